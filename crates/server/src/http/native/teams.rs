//! `/v1/organizations/{organization}/teams`.

use axum::response::Response;
use vestibule_core::team::Team as CoreTeam;
use vestibule_core::user::User;
use vestibule_store::Tx;
use vestibule_wire::native::{Page, PageQuery, Team, TeamCreate, TeamPatch};

use super::answer;
use super::call::{Body, Call, ListCall};
use super::error::Failure;
use super::page::Wanted;
use super::{convert, read};
use crate::ctx::Ctx;
use crate::ops::{once, teams};

/// Makes a team.
#[utoipa::path(
    post, path = "/organizations/{organization}/teams", operation_id = "createTeam", tag = "teams",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "The caller's key for this request: within a day, the same request with the same key makes nothing more"),
    ),
    request_body = TeamCreate,
    responses(
        (status = 201, description = "Made; Location names it", body = Team),
        (status = 409, description = "The name is taken: `team_name_taken`"),
        (status = 422, description = "The key was given to another request: `idempotency_mismatch`"),
    ),
)]
pub(super) async fn create(call: Call, Body(new): Body<TeamCreate>) -> Result<Response, Failure> {
    let once = call.once("createTeam", &new)?;
    let members = read::team_members(&new.members)?;
    let made = call
        .write(move |tx, ctx| {
            let make = |tx: &mut Tx<'_>, ctx: &Ctx| teams::create(tx, ctx, &new.name, &members);
            once::make(tx, ctx, once.as_ref(), make, |made| made.id, teams::load)
        })
        .await
        .map_err(|failure| {
            let detail = "somebody whom it names is not a member of this organization";
            failure.named_in_body::<User>("/members", detail)
        })?;
    let organization = answer::organization_path(made.organization);
    let path = format!("{organization}/teams/{}", made.id);
    Ok(answer::created(&path, &convert::team(&made)))
}

/// Lists the teams of an organization in the order they were made.
#[utoipa::path(
    get, path = "/organizations/{organization}/teams", operation_id = "listTeams", tag = "teams",
    params(("organization" = String, Path, description = "`org_…`"), PageQuery),
    responses((status = 200, description = "A page", body = Page<Team>)),
)]
pub(super) async fn list(ListCall { call, query }: ListCall) -> Result<Response, Failure> {
    let page = Wanted::of(&query, &[])?;
    let items = call
        .read(move |tx, ctx| teams::list(tx, ctx, page.after, page.fetch()))
        .await?;
    Ok(page.answer(items, |team| team.id, convert::team))
}

/// Shows a team.
#[utoipa::path(
    get, path = "/organizations/{organization}/teams/{team}", operation_id = "getTeam",
    tag = "teams",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("team" = String, Path, description = "`team_…`"),
    ),
    responses((status = 200, description = "The team", body = Team)),
)]
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let id = call.id::<CoreTeam>("team")?;
    let found = call.read(move |tx, ctx| teams::load(tx, ctx, id)).await?;
    Ok(answer::ok(&convert::team(&found)))
}

/// Gives a team another name.
#[utoipa::path(
    patch, path = "/organizations/{organization}/teams/{team}", operation_id = "updateTeam",
    tag = "teams",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("team" = String, Path, description = "`team_…`"),
    ),
    request_body = TeamPatch,
    responses(
        (status = 200, description = "Changed", body = Team),
        (status = 409, description = "The name is taken: `team_name_taken`"),
    ),
)]
pub(super) async fn update(call: Call, Body(patch): Body<TeamPatch>) -> Result<Response, Failure> {
    let id = call.id::<CoreTeam>("team")?;
    let changed = call.write(move |tx, ctx| match &patch.name {
        Some(name) => teams::rename(tx, ctx, id, name),
        None => teams::load(tx, ctx, id),
    });
    Ok(answer::ok(&convert::team(&changed.await?)))
}

/// Deletes a team. Its members stay in the organization; who was promised it joins without it.
#[utoipa::path(
    delete, path = "/organizations/{organization}/teams/{team}", operation_id = "deleteTeam",
    tag = "teams",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("team" = String, Path, description = "`team_…`"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, description = "It has roles in projects: `team_in_use`"),
    ),
)]
pub(super) async fn delete(call: Call) -> Result<Response, Failure> {
    let id = call.id::<CoreTeam>("team")?;
    call.write(move |tx, ctx| teams::delete(tx, ctx, id))
        .await?;
    Ok(answer::nothing())
}
