//! Teams of an organization: `/orgs/{orgId}/teams`.
//!
//! Owns six operations, two actions, and the links of a team.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use vestibule_core::EmailAddress;
use vestibule_core::team::Team;
use vestibule_wire::atlas::{self as wire, Link, TeamCreate, TeamUpdate, TeamUserRequest};

use super::error::{Code, Failure};
use super::extract::{Call, Unread};
use super::page::Paging;
use super::team_users::user_of;
use super::version::{CLOUD_USERS, LEGACY};
use super::{convert, people};
use crate::ops::{team_members, teams};

/// `POST /orgs/{orgId}/teams`: 201 with a `Location` (recorded; the vendor's document says 200).
pub(super) async fn create(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let body: TeamCreate = body.object().await?;
    let name = body.name.ok_or_else(|| Failure::missing("name"))?;
    let usernames = body.usernames.unwrap_or_default();
    let members: Result<Vec<EmailAddress>, Failure> = usernames
        .iter()
        .map(|name| convert::address(name))
        .collect();
    let members = members?;
    let made = call
        .write(ctx, move |tx, ctx| teams::create(tx, ctx, &name, &members))
        .await?;
    let mut shown = team(&call, &made);
    shown.usernames = Some(usernames);
    let mut response = call.answer(StatusCode::CREATED, version, &shown);
    if let Ok(location) = HeaderValue::from_str(&address(&call, &made)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `GET /orgs/{orgId}/teams`: a page of teams in the order they were made.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let paging = Paging::of(&call.query)?;
    let url = call.url(&format!("/orgs/{}/teams", ctx.organization.to_hex()));
    let found = call
        .read(ctx, move |tx, ctx| teams::page(tx, ctx, paging.slice()))
        .await?;
    let shown = found.map(|found| team(&call, &found));
    let page = paging.page(shown, &url, &call.query, &[]);
    Ok(call.answer(StatusCode::OK, version, &page))
}

/// `GET /orgs/{orgId}/teams/{teamId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let id = convert::team_id(call.path.get("team_id"))?;
    let found = call
        .read(ctx, move |tx, ctx| teams::load(tx, ctx, id))
        .await?;
    Ok(call.answer(StatusCode::OK, version, &team(&call, &found)))
}

/// `GET /orgs/{orgId}/teams/byName/{teamName}`.
pub(super) async fn by_name(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let name = call.path.get("team_name");
    let wanted = name.to_owned();
    let found = call
        .read(ctx, move |tx, ctx| teams::load_by_name(tx, ctx, &wanted))
        .await;
    let found = found.map_err(|failure| {
        if failure.code() != Code::TeamNotFound {
            return failure;
        }
        let detail = format!("No team with name {name} exists.");
        Failure::about(Code::TeamNameNotFound, detail, name)
    })?;
    Ok(call.answer(StatusCode::OK, version, &team(&call, &found)))
}

/// `PATCH /orgs/{orgId}/teams/{teamId}`: another name.
pub(super) async fn update(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let id = convert::team_id(call.path.get("team_id"))?;
    let body: TeamUpdate = body.object().await?;
    let name = body.name.ok_or_else(|| Failure::missing("name"))?;
    let changed = call
        .write(ctx, move |tx, ctx| teams::rename(tx, ctx, id, &name))
        .await?;
    Ok(call.answer(StatusCode::OK, version, &team(&call, &changed)))
}

/// `DELETE /orgs/{orgId}/teams/{teamId}`: 204; its members stay in the organization.
pub(super) async fn delete(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let id = convert::team_id(call.path.get("team_id"))?;
    call.write(ctx, move |tx, ctx| teams::delete(tx, ctx, id))
        .await?;
    Ok(Call::no_content(version))
}

/// `POST /orgs/{orgId}/teams/{teamId}:addUser` and `:removeUser`: a member at once, an invitee by
/// what they are promised.
pub(super) async fn act(call: Call, body: Unread) -> Result<Response, Failure> {
    let ctx = call.in_organization()?;
    let (id, action) = call.action("team_id", "GET,HEAD,PATCH,DELETE")?;
    let version = call.version(CLOUD_USERS)?;
    let change = match action {
        "addUser" => team_members::add,
        "removeUser" => team_members::remove,
        other => return Err(Call::unknown_action(other)),
    };
    let team = convert::team_id(id)?;
    let body: TeamUserRequest = body.object().await?;
    let user = user_of(&body)?;
    let changed = call
        .write(ctx, move |tx, ctx| change(tx, ctx, team, user))
        .await?;
    let shown = people::org_user(call.app.settings(), &changed);
    Ok(call.answer(StatusCode::OK, version, &shown))
}

fn team(call: &Call, team: &Team) -> wire::Team {
    wire::Team {
        id: team.id.to_hex(),
        links: vec![Link {
            href: address(call, team),
            rel: "self".to_owned(),
        }],
        name: team.name.clone(),
        usernames: None,
    }
}

fn address(call: &Call, team: &Team) -> String {
    let (organization, team) = (team.organization.to_hex(), team.id.to_hex());
    call.url(&format!("/orgs/{organization}/teams/{team}"))
}
