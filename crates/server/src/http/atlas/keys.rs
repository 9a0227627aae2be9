//! Programmatic keys and service accounts of an organization, to be read: `/orgs/{orgId}/apiKeys`
//! and `/orgs/{orgId}/serviceAccounts`.
//!
//! Must not show a secret.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::key::{ApiKey, KeyKind};
use vestibule_core::role::RoleSet;
use vestibule_store::Tx;
use vestibule_wire::atlas::{ApiKeyDetails, OrgServiceAccount};

use super::error::Failure;
use super::extract::Call;
use super::page::Paging;
use super::version::{LEGACY, SERVICE_ACCOUNTS};
use super::{convert, roles};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::{Counted, authority, keys};

/// `GET /orgs/{orgId}/apiKeys`: a page of keys that open something, without their private halves.
/// Who may not manage keys sees their own.
pub(super) async fn api_keys(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let paging = Paging::of(&call.query)?;
    let path = format!("/orgs/{}/apiKeys", ctx.organization.to_hex());
    let found = call
        .read(ctx, move |tx, ctx| list(tx, ctx, KeyKind::Atlas, paging))
        .await?;
    let shown = found.map(|(key, roles)| ApiKeyDetails {
        id: key.id.to_hex(),
        desc: key.name,
        public_key: key.public_id,
        roles: convert::role_elements(key.organization, roles, &[]),
        ..ApiKeyDetails::default()
    });
    let url = call.url(&path);
    let page = paging.page(shown, &url, &call.query, &[]);
    Ok(call.answer(StatusCode::OK, version, &page))
}

/// `GET /orgs/{orgId}/serviceAccounts`: a page of service accounts, without their secrets.
pub(super) async fn service_accounts(call: Call) -> Result<Response, Failure> {
    let version = call.version(SERVICE_ACCOUNTS)?;
    let ctx = call.in_organization()?;
    let paging = Paging::of(&call.query)?;
    let url = call.url(&format!(
        "/orgs/{}/serviceAccounts",
        ctx.organization.to_hex()
    ));
    let found = call
        .read(ctx, move |tx, ctx| {
            list(tx, ctx, KeyKind::AtlasServiceAccount, paging)
        })
        .await?;
    let shown = found.map(|(key, roles)| OrgServiceAccount {
        client_id: key.public_id,
        created_at: key.created_at.to_rfc3339_seconds(),
        description: String::new(),
        name: key.name,
        roles: roles::names(roles),
    });
    let page = paging.page(shown, &url, &call.query, &[]);
    Ok(call.answer(StatusCode::OK, version, &page))
}

/// A page of usable keys of one kind, with the roles of whom they act for.
fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kind: KeyKind,
    paging: Paging,
) -> Result<Counted<(ApiKey, RoleSet)>, AppError> {
    let found = keys::usable(tx, ctx, kind, paging.slice())?;
    let mut items = Vec::with_capacity(found.items.len());
    for key in found.items {
        let roles = authority::roles_of(tx, ctx, key.principal)?;
        items.push((key, roles.unwrap_or(RoleSet::NONE)));
    }
    let total = found.total;
    Ok(Counted { total, items })
}
