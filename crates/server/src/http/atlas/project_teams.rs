//! Teams on a project: `/groups/{groupId}/teams`.
//!
//! Owns five operations. What writes answers with the page of all teams on the project, as the
//! vendor's document says.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::Id;
use vestibule_core::project::{Project, ProjectHolder, ProjectRole};
use vestibule_core::role::RoleSet;
use vestibule_core::team::Team;
use vestibule_wire::atlas::{Link, TeamRoles, TeamRolesRequest};

use super::error::{Code, Failure};
use super::extract::{Call, Unread};
use super::page::Paging;
use super::version::{LEGACY, Version};
use super::{convert, project_roles};
use crate::ops::{Counted, project_teams, projects};

/// `GET /groups/{groupId}/teams`: a page of the teams on a project, in the order the teams were
/// made.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    let paging = Paging::of(&call.query)?;
    let found = call
        .read(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            project_teams::list(tx, ctx, project, paging.slice())
        })
        .await?;
    Ok(page(&call, version, project, paging, found))
}

/// `POST /groups/{groupId}/teams`: puts teams on a project, all of them or none.
pub(super) async fn add(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    let paging = Paging::of(&call.query)?;
    let body: Vec<TeamRolesRequest> = body.array().await?;
    let new: Vec<_> = body.iter().map(team_and_roles).collect::<Result<_, _>>()?;
    let found = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            project_teams::add(tx, ctx, project, &new)?;
            project_teams::list(tx, ctx, project, paging.slice())
        })
        .await?;
    Ok(page(&call, version, project, paging, found))
}

/// `GET /groups/{groupId}/teams/{teamId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    let team = convert::team_id(call.path.get("team_id"))?;
    let found = call
        .read(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            project_teams::load(tx, ctx, project, team)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &shown(&call, &found)))
}

/// `PATCH /groups/{groupId}/teams/{teamId}`: other roles.
pub(super) async fn update(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    let team = convert::team_id(call.path.get("team_id"))?;
    let paging = Paging::of(&call.query)?;
    let body: TeamRolesRequest = body.object().await?;
    if body.role_names.as_ref().is_some_and(Vec::is_empty) {
        let detail = "You cannot take all roles of a team away; take it off the project.";
        return Err(Failure::new(Code::NoRolesInAssignment, detail));
    }
    let roles = roles(&body)?;
    let found = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            project_teams::set_roles(tx, ctx, project, team, roles)?;
            project_teams::list(tx, ctx, project, paging.slice())
        })
        .await?;
    Ok(page(&call, version, project, paging, found))
}

/// `DELETE /groups/{groupId}/teams/{teamId}`: 204; the team stays.
pub(super) async fn remove(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    let team = convert::team_id(call.path.get("team_id"))?;
    call.write(call.in_own_organization(), move |tx, ctx| {
        let ctx = &projects::entered(tx, ctx, project)?;
        project_teams::remove(tx, ctx, project, team)
    })
    .await?;
    Ok(Call::no_content(version))
}

fn team_and_roles(body: &TeamRolesRequest) -> Result<(Id<Team>, RoleSet<ProjectRole>), Failure> {
    let team = body.team_id.as_deref();
    let team = convert::team_id(team.ok_or_else(|| Failure::missing("teamId"))?)?;
    Ok((team, roles(body)?))
}

fn roles(body: &TeamRolesRequest) -> Result<RoleSet<ProjectRole>, Failure> {
    let names = body.role_names.as_ref();
    project_roles::parse(
        "roleNames",
        names.ok_or_else(|| Failure::missing("roleNames"))?,
    )
}

fn page(
    call: &Call,
    version: Version,
    project: Id<Project>,
    paging: Paging,
    found: Counted<ProjectHolder>,
) -> Response {
    let results = found.map(|found| shown(call, &found));
    let url = call.url(&format!("/groups/{}/teams", project.to_hex()));
    let page = paging.page(results, &url, &call.query, &[]);
    call.answer(StatusCode::OK, version, &page)
}

fn shown(call: &Call, found: &ProjectHolder) -> TeamRoles {
    let (project, team) = (found.project.to_hex(), found.holder.id_hex());
    TeamRoles {
        links: vec![Link {
            href: call.url(&format!("/groups/{project}/teams/{team}")),
            rel: "self".to_owned(),
        }],
        role_names: project_roles::names(found.roles),
        team_id: team,
    }
}
