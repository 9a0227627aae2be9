//! Who is in a team: `/orgs/{orgId}/teams/{teamId}/users`.
//!
//! Owns the list in both versions, and the two operations of the old one, which knows members only.
//! What takes invitees, too, are the actions in [`super::teams`].

use axum::response::Response;
use vestibule_core::Id;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_wire::atlas::TeamUserRequest;

use super::error::Failure;
use super::extract::{Call, Unread};
use super::people::Whose;
use super::version::{BOTH, LEGACY};
use super::{convert, people};
use crate::ctx::Ctx;
use crate::ops::team_members;

/// `GET /orgs/{orgId}/teams/{teamId}/users`: a page of people, in the shape of the version that is
/// asked for.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(BOTH)?;
    let ctx = call.in_organization()?;
    let team = convert::team_id(call.path.get("team_id"))?;
    let path = path_of(&ctx, team);
    people::list(&call, version, ctx, Whose::Team(team), &path).await
}

/// `POST /orgs/{orgId}/teams/{teamId}/users`: puts members into a team, all of them or none, and
/// answers with a page of who is in it now.
pub(super) async fn add(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let team = convert::team_id(call.path.get("team_id"))?;
    let body: Vec<TeamUserRequest> = body.array().await?;
    let users: Result<Vec<Id<User>>, Failure> = body.iter().map(user_of).collect();
    let users = users?;
    call.write(ctx.clone(), move |tx, ctx| {
        team_members::add_members(tx, ctx, team, &users)
    })
    .await?;
    let path = path_of(&ctx, team);
    people::list(&call, version, ctx, Whose::Team(team), &path).await
}

/// `DELETE /orgs/{orgId}/teams/{teamId}/users/{userId}`.
pub(super) async fn remove(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let team = convert::team_id(call.path.get("team_id"))?;
    let user = Call::user_id(call.path.get("user_id"))?;
    call.write(ctx, move |tx, ctx| {
        team_members::remove_member(tx, ctx, team, user)
    })
    .await?;
    Ok(Call::no_content(version))
}

/// Whom a body names.
///
/// # Errors
/// 400 `MISSING_ATTRIBUTE`, 404 `INVALID_USER_ID`.
pub(super) fn user_of(body: &TeamUserRequest) -> Result<Id<User>, Failure> {
    Call::user_id(body.id.as_deref().ok_or_else(|| Failure::missing("id"))?)
}

fn path_of(ctx: &Ctx, team: Id<Team>) -> String {
    let (organization, team) = (ctx.organization.to_hex(), team.to_hex());
    format!("/orgs/{organization}/teams/{team}/users")
}
