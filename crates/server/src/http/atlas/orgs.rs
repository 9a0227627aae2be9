//! Organizations: `/orgs`, `/orgs/{orgId}` and its settings, to be read.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::organization::Organization;
use vestibule_store::Tx;
use vestibule_wire::atlas::{self as wire, Link, OrganizationSettings};

use super::error::Failure;
use super::extract::Call;
use super::page::Paging;
use super::users::organizations_of;
use super::version::LEGACY;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::organizations;

/// `GET /orgs`: a page of the organizations that the caller's key opens; `name` finds those whose
/// name begins like this, in whatever case.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let paging = Paging::of(&call.query)?;
    let ctx = call.in_own_organization();
    let mut found = call.read(ctx, visible).await?;
    if let Some(start) = call.query.get("name") {
        let start = start.to_lowercase();
        found.retain(|one| one.name.to_lowercase().starts_with(&start));
    }
    let shown = paging.cut(found).map(|found| organization(&call, &found));
    let url = call.url("/orgs");
    let page = paging.page(shown, &url, &call.query, &["name"]);
    Ok(call.answer(StatusCode::OK, version, &page))
}

fn visible(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Organization>, AppError> {
    let mut found = Vec::new();
    for organization in organizations_of(tx, ctx)? {
        let ctx = &Ctx {
            organization,
            ..ctx.clone()
        };
        found.push(organizations::load(tx, ctx)?);
    }
    Ok(found)
}

/// `GET /orgs/{orgId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let found = call.read(ctx, organizations::load).await?;
    Ok(call.answer(StatusCode::OK, version, &organization(&call, &found)))
}

/// `GET /orgs/{orgId}/settings`: none of the vendor's settings exists here, so that each has the
/// value that takes nothing away.
pub(super) async fn settings(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    call.read(ctx, organizations::load).await?;
    let shown = OrganizationSettings::default();
    Ok(call.answer(StatusCode::OK, version, &shown))
}

fn organization(call: &Call, found: &Organization) -> wire::Organization {
    let id = found.id.to_hex();
    wire::Organization {
        links: vec![Link {
            href: call.url(&format!("/orgs/{id}")),
            rel: "self".to_owned(),
        }],
        id,
        is_deleted: false,
        name: found.name.clone(),
        skip_default_alerts_settings: false,
    }
}
