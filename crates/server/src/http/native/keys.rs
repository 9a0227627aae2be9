//! `/v1/organizations/{organization}/keys`, and `/v1/me`.

use axum::response::Response;
use vestibule_core::key::ApiKey as CoreKey;
use vestibule_store::Tx;
use vestibule_wire::Secret;
use vestibule_wire::native::{ApiKey, ApiKeyCreate, ApiKeyCreated, Me, Page, PageQuery};

use super::answer;
use super::call::{Body, Call, ListCall};
use super::error::Failure;
use super::page::Wanted;
use super::{convert, read};
use crate::ctx::Ctx;
use crate::http::fault::Fault;
use crate::ops::{keys, me, once};

/// Makes a key.
///
/// The secret is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/organizations/{organization}/keys", operation_id = "createKey", tag = "keys",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "The caller's key for this request: within a day, the same request with the same key makes nothing more"),
    ),
    request_body = ApiKeyCreate,
    responses(
        (status = 201, description = "Made", body = ApiKeyCreated),
        (status = 422, description = "The key was given to another request: `idempotency_mismatch`"),
    ),
)]
pub(super) async fn create(call: Call, Body(new): Body<ApiKeyCreate>) -> Result<Response, Failure> {
    let once = call.once("createKey", &new)?;
    let new = read::new_key(new, call.ctx.now)?;
    let made = call
        .write(move |tx, ctx| {
            let make = |tx: &mut Tx<'_>, ctx: &Ctx| keys::create(tx, ctx, &new);
            once::make(tx, ctx, once.as_ref(), make, |made| made.id, keys::load)
        })
        .await?;
    let Some(secret) = call.app.keys().api_secret(&made) else {
        return Err(Failure::fault(Fault::Internal, &call.ctx.request_id));
    };
    call.app.forget_api_key(&made.public_id);
    let organization = answer::organization_path(made.organization);
    let path = format!("{organization}/keys/{}", made.id);
    let body = ApiKeyCreated {
        key: convert::key(&made),
        secret: Secret::new(secret),
    };
    Ok(answer::created(&path, &body))
}

/// Lists keys: all of the organization for whoever may manage keys, the caller's own otherwise.
#[utoipa::path(
    get, path = "/organizations/{organization}/keys", operation_id = "listKeys", tag = "keys",
    params(("organization" = String, Path, description = "`org_…`"), PageQuery),
    responses((status = 200, description = "A page", body = Page<ApiKey>)),
)]
pub(super) async fn list(ListCall { call, query }: ListCall) -> Result<Response, Failure> {
    let page = Wanted::of(&query, &[])?;
    let items = call
        .read(move |tx, ctx| keys::list(tx, ctx, page.after, page.fetch()))
        .await?;
    Ok(page.answer(items, |key| key.id, convert::key))
}

/// Revokes a key. Its secret dies at once.
#[utoipa::path(
    delete, path = "/organizations/{organization}/keys/{key}", operation_id = "revokeKey",
    tag = "keys",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("key" = String, Path, description = "`key_…`"),
    ),
    responses((status = 204, description = "Revoked")),
)]
pub(super) async fn revoke(call: Call) -> Result<Response, Failure> {
    let id = call.id::<CoreKey>("key")?;
    let revoked = call.write(move |tx, ctx| keys::revoke(tx, ctx, id)).await?;
    call.app.forget_api_key(&revoked.public_id);
    Ok(answer::nothing())
}

/// Whom the key speaks for.
#[utoipa::path(
    get, path = "/me", operation_id = "getMe", tag = "keys",
    responses((status = 200, description = "The caller", body = Me)),
)]
pub(super) async fn me(call: Call) -> Result<Response, Failure> {
    let found = call.read(me::load).await?;
    Ok(answer::ok(&convert::me(&found)))
}
