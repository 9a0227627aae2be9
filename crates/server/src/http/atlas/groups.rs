//! Projects, which this vendor calls groups: `/groups` and `/orgs/{orgId}/groups`.
//!
//! Owns their six operations and the links of a project.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use vestibule_core::project::Project;
use vestibule_store::{Slice, Tx};
use vestibule_wire::atlas::{Group, GroupCreate, GroupUpdate, Link};

use super::error::{Code, Failure};
use super::extract::{Call, Unread};
use super::page::Paging;
use super::users::organizations_of;
use super::version::{LEGACY, Version};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::{Counted, projects};

/// `POST /groups`: 201 with a `Location` (recorded).
pub(super) async fn create(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let body: GroupCreate = body.object().await?;
    let name = body.name.ok_or_else(|| Failure::missing("name"))?;
    let organization = body.org_id.ok_or_else(|| Failure::missing("orgId"))?;
    let ctx = call.in_organization_named(&organization)?;
    let made = call
        .write(ctx, move |tx, ctx| projects::create(tx, ctx, &name))
        .await?;
    let mut response = call.answer(StatusCode::CREATED, version, &group(&call, &made));
    if let Ok(location) = HeaderValue::from_str(&address(&call, &made)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `GET /groups`: a page of the projects of all organizations that the caller's key opens.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let paging = Paging::of(&call.query)?;
    let ctx = call.in_own_organization();
    let found = call
        .read(ctx, move |tx, ctx| visible(tx, ctx, paging.slice()))
        .await?;
    Ok(page(&call, version, paging, found, "/groups", &[]))
}

/// One organization after the other.
fn visible(tx: &mut Tx<'_>, ctx: &Ctx, wanted: Slice) -> Result<Counted<Project>, AppError> {
    let (mut total, mut items) = (0, Vec::new());
    for ctx in &everywhere(tx, ctx)? {
        let found = projects::page(tx, ctx, wanted.rest(total, items.len()))?;
        total += found.total;
        items.extend(found.items);
    }
    Ok(Counted { total, items })
}

/// The circumstances in each organization that the caller's key opens.
fn everywhere(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Ctx>, AppError> {
    let within = |organization| Ctx {
        organization,
        ..ctx.clone()
    };
    let all = organizations_of(tx, ctx)?;
    Ok(all.into_iter().map(within).collect())
}

/// `GET /orgs/{orgId}/groups`: a page of the organization's projects; `name` finds the one with
/// exactly this name.
pub(super) async fn list_of_organization(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_organization()?;
    let paging = Paging::of(&call.query)?;
    let path = format!("/orgs/{}/groups", ctx.organization.to_hex());
    let name = call.query.get("name").filter(|name| !name.is_empty());
    let name = name.map(str::to_owned);
    let found = call
        .read(ctx, move |tx, ctx| match &name {
            Some(name) => {
                let named = projects::find_by_name(tx, ctx, name)?;
                Ok(paging.cut(named.into_iter().collect()))
            }
            None => projects::page(tx, ctx, paging.slice()),
        })
        .await?;
    Ok(page(&call, version, paging, found, &path, &["name"]))
}

/// `GET /groups/{groupId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    let found = call
        .read(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            projects::load(tx, ctx, project)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &group(&call, &found)))
}

/// `GET /groups/byName/{groupName}`: the project of this name, in whichever organization that the
/// caller's key opens.
pub(super) async fn by_name(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let name = call.path.get("group_name");
    let wanted = name.to_owned();
    let found = call
        .read(call.in_own_organization(), move |tx, ctx| {
            let mut found = Vec::new();
            for ctx in &everywhere(tx, ctx)? {
                found.extend(projects::find_by_name(tx, ctx, &wanted)?);
            }
            Ok(found)
        })
        .await?;
    match found.as_slice() {
        [one] => Ok(call.answer(StatusCode::OK, version, &group(&call, one))),
        [] => {
            let detail = format!("No group with name \"{name}\" exists.");
            Err(Failure::about(Code::GroupNameNotFound, detail, name))
        }
        _ => {
            let detail = "Several organizations have a group of this name.";
            Err(Failure::about(Code::MultipleGroups, detail, name))
        }
    }
}

/// `PATCH /groups/{groupId}`: another name, if one is given.
pub(super) async fn update(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    let body: GroupUpdate = body.object().await?;
    let changed = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            match &body.name {
                Some(name) => projects::rename(tx, ctx, project, name),
                None => projects::load(tx, ctx, project),
            }
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &group(&call, &changed)))
}

/// `DELETE /groups/{groupId}`: 202 and an empty object (recorded), though all is done by then.
pub(super) async fn delete(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let project = call.project()?;
    call.write(call.in_own_organization(), move |tx, ctx| {
        let ctx = &projects::entered(tx, ctx, project)?;
        projects::delete(tx, ctx, project)
    })
    .await?;
    Ok(call.answer(StatusCode::ACCEPTED, version, &json!({})))
}

fn page(
    call: &Call,
    version: Version,
    paging: Paging,
    found: Counted<Project>,
    path: &str,
    filters: &[&str],
) -> Response {
    let shown = found.map(|project| group(call, &project));
    let page = paging.page(shown, &call.url(path), &call.query, filters);
    call.answer(StatusCode::OK, version, &page)
}

fn group(call: &Call, project: &Project) -> Group {
    Group {
        cluster_count: 0,
        created: project.created_at.to_rfc3339_seconds(),
        links: vec![Link {
            href: address(call, project),
            rel: "self".to_owned(),
        }],
        id: project.id.to_hex(),
        name: project.name.clone(),
        org_id: project.organization.to_hex(),
    }
}

fn address(call: &Call, project: &Project) -> String {
    call.url(&format!("/groups/{}", project.id.to_hex()))
}
