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
use crate::ops::{authority, keys};

/// `GET /orgs/{orgId}/apiKeys`: a page of keys that open something, without their private halves.
/// Who may not manage keys sees their own.
pub(super) async fn api_keys(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let paging = Paging::of(&call.query)?;
    let path = format!("/orgs/{}/apiKeys", ctx.organization.to_hex());
    let (total, found) = call
        .read(ctx, move |tx, ctx| list(tx, ctx, KeyKind::Atlas, paging))
        .await?;
    let shown = found.iter().map(|(key, roles)| ApiKeyDetails {
        desc: key.name.clone(),
        id: key.id.to_hex(),
        public_key: key.public_id.clone(),
        roles: convert::role_elements(key.organization, *roles, &[]),
        ..ApiKeyDetails::default()
    });
    let url = call.url(&path);
    let page = paging.page(total, shown.collect(), &url, &call.query, &[]);
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
    let (total, found) = call
        .read(ctx, move |tx, ctx| {
            list(tx, ctx, KeyKind::AtlasServiceAccount, paging)
        })
        .await?;
    let shown = found.iter().map(|(key, roles)| OrgServiceAccount {
        client_id: key.public_id.clone(),
        created_at: key.created_at.to_rfc3339_seconds(),
        description: String::new(),
        name: key.name.clone(),
        roles: roles::names(*roles),
    });
    let page = paging.page(total, shown.collect(), &url, &call.query, &[]);
    Ok(call.answer(StatusCode::OK, version, &page))
}

/// A page of usable keys of one kind, with the roles of whom they act for.
fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kind: KeyKind,
    paging: Paging,
) -> Result<(usize, Vec<(ApiKey, RoleSet)>), AppError> {
    let mut found = keys::list(tx, ctx)?;
    found.retain(|key| key.kind == kind && key.is_usable(ctx.now));
    let (total, found) = paging.cut(found);
    let mut shown = Vec::with_capacity(found.len());
    for key in found {
        let roles = authority::roles_of(tx, ctx, key.principal)?;
        shown.push((key, roles.unwrap_or(RoleSet::NONE)));
    }
    Ok((total, shown))
}
