//! `/v1/organizations`.

use axum::response::Response;
use vestibule_store::Tx;
use vestibule_wire::native::{
    Organization, OrganizationCreate, OrganizationPatch, Page, PageQuery,
};

use super::answer::{self, with_version};
use super::call::{Body, Call, ListCall};
use super::error::Failure;
use super::page::Wanted;
use super::{convert, read};
use crate::ctx::Ctx;
use crate::ops::{once, organizations};

/// Makes an organization.
///
/// Whoever asks becomes its owner, so this takes the native key of a person.
#[utoipa::path(
    post, path = "/organizations", operation_id = "createOrganization", tag = "organizations",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "The caller's key for this request: within a day, the same request with the same key makes nothing more"),
    ),
    request_body = OrganizationCreate,
    responses(
        (status = 201, description = "Made; Location names it", body = Organization),
        (status = 422, description = "The key was given to another request: `idempotency_mismatch`"),
    ),
)]
pub(super) async fn create(
    call: Call,
    Body(new): Body<OrganizationCreate>,
) -> Result<Response, Failure> {
    let once = call.once("createOrganization", &new)?;
    let new = read::new_organization(new)?;
    let made = call
        .write(move |tx, ctx| {
            let make = |tx: &mut Tx<'_>, ctx: &Ctx| organizations::create(tx, ctx, &new);
            let find = |tx: &mut Tx<'_>, ctx: &Ctx, organization| {
                let there = Ctx {
                    organization,
                    ..ctx.clone()
                };
                organizations::load(tx, &there)
            };
            once::make(tx, ctx, once.as_ref(), make, |made| made.id, find)
        })
        .await?;
    let path = answer::organization_path(made.id);
    let response = answer::created(&path, &convert::organization(&made));
    Ok(with_version(response, made.version))
}

/// Lists the organizations that the caller belongs to.
#[utoipa::path(
    get, path = "/organizations", operation_id = "listOrganizations", tag = "organizations",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Organization>)),
)]
pub(super) async fn list(ListCall { call, query }: ListCall) -> Result<Response, Failure> {
    let page = Wanted::of(&query, &[])?;
    let all = call.read(organizations::list).await?;
    let items = page.cut(all, |organization| organization.id);
    Ok(page.answer(items, |organization| organization.id, convert::organization))
}

/// Shows an organization.
#[utoipa::path(
    get, path = "/organizations/{organization}", operation_id = "getOrganization",
    tag = "organizations",
    params(("organization" = String, Path, description = "`org_…`")),
    responses((status = 200, description = "The organization; ETag is its version", body = Organization)),
)]
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let found = call.read(organizations::load).await?;
    let response = answer::ok(&convert::organization(&found));
    Ok(with_version(response, found.version))
}

/// Changes an organization's settings.
///
/// With `If-Match`, only if the organization still has that version.
#[utoipa::path(
    patch, path = "/organizations/{organization}", operation_id = "updateOrganization",
    tag = "organizations",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read before"),
    ),
    request_body = OrganizationPatch,
    responses(
        (status = 200, description = "Changed", body = Organization),
        (status = 412, description = "It has another version by now: `version_conflict`"),
    ),
)]
pub(super) async fn update(
    call: Call,
    Body(patch): Body<OrganizationPatch>,
) -> Result<Response, Failure> {
    let if_version = call.if_version()?;
    let (mut edit, lifetimes) = read::organization_edit(patch, if_version)?;
    let changed = call
        .write(move |tx, ctx| {
            let before = organizations::load(tx, ctx)?;
            edit.lifetimes = Some(lifetimes.over(before.lifetimes));
            organizations::edit(tx, ctx, &edit)
        })
        .await;
    let changed = changed.map_err(|failure| failure.conditional(if_version))?;
    let response = answer::ok(&convert::organization(&changed));
    Ok(with_version(response, changed.version))
}
