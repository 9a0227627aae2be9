//! Teams of an organization: `/orgs/{orgId}/teams`.
//!
//! Owns three operations and the links of a team.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use vestibule_core::EmailAddress;
use vestibule_core::team::Team;
use vestibule_wire::atlas::{self as wire, Link, TeamCreate};

use super::convert;
use super::error::Failure;
use super::extract::{Call, Json};
use super::page::Paging;
use super::version::LEGACY;
use crate::ops::teams;

/// `POST /orgs/{orgId}/teams`: 201 with a `Location` (recorded; the vendor's document says 200).
pub(super) async fn create(call: Call, Json(body): Json<TeamCreate>) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
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
    let found = call.read(ctx, teams::list).await?;
    let (total, found) = paging.cut(found);
    let shown: Vec<wire::Team> = found.iter().map(|found| team(&call, found)).collect();
    let page = paging.page(total, shown, &url, &call.query, &[]);
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
