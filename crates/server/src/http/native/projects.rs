//! `/v1/organizations/{organization}/projects`.

use axum::response::Response;
use vestibule_core::project::Project as CoreProject;
use vestibule_store::Tx;
use vestibule_wire::native::{Page, PageQuery, Project, ProjectCreate, ProjectPatch};

use super::call::{Body, Call, ListCall};
use super::error::Failure;
use super::page::Wanted;
use super::{answer, convert};
use crate::ctx::Ctx;
use crate::ops::{once, projects};

/// Makes a project. Whoever does owns it.
#[utoipa::path(
    post, path = "/organizations/{organization}/projects", operation_id = "createProject",
    tag = "projects",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "The caller's key for this request: within a day, the same request with the same key makes nothing more"),
    ),
    request_body = ProjectCreate,
    responses(
        (status = 201, description = "Made; Location names it", body = Project),
        (status = 409, description = "The name is taken: `project_name_taken`"),
        (status = 422, description = "The key was given to another request: `idempotency_mismatch`"),
    ),
)]
pub(super) async fn create(
    call: Call,
    Body(new): Body<ProjectCreate>,
) -> Result<Response, Failure> {
    let once = call.once("createProject", &new)?;
    let made = call
        .write(move |tx, ctx| {
            let make = |tx: &mut Tx<'_>, ctx: &Ctx| projects::create(tx, ctx, &new.name);
            once::make(tx, ctx, once.as_ref(), make, |made| made.id, projects::load)
        })
        .await?;
    let organization = answer::organization_path(made.organization);
    let path = format!("{organization}/projects/{}", made.id);
    Ok(answer::created(&path, &convert::project(&made)))
}

/// Lists the projects of an organization in the order they were made.
#[utoipa::path(
    get, path = "/organizations/{organization}/projects", operation_id = "listProjects",
    tag = "projects",
    params(("organization" = String, Path, description = "`org_…`"), PageQuery),
    responses((status = 200, description = "A page", body = Page<Project>)),
)]
pub(super) async fn list(ListCall { call, query }: ListCall) -> Result<Response, Failure> {
    let page = Wanted::of(&query, &[])?;
    let items = call
        .read(move |tx, ctx| projects::list(tx, ctx, page.after, page.fetch()))
        .await?;
    Ok(page.answer(items, |project| project.id, convert::project))
}

/// Shows a project.
#[utoipa::path(
    get, path = "/organizations/{organization}/projects/{project}", operation_id = "getProject",
    tag = "projects",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("project" = String, Path, description = "`prj_…`"),
    ),
    responses((status = 200, description = "The project", body = Project)),
)]
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let id = call.id::<CoreProject>("project")?;
    let found = call
        .read(move |tx, ctx| projects::load(tx, ctx, id))
        .await?;
    Ok(answer::ok(&convert::project(&found)))
}

/// Gives a project another name.
#[utoipa::path(
    patch, path = "/organizations/{organization}/projects/{project}",
    operation_id = "updateProject", tag = "projects",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("project" = String, Path, description = "`prj_…`"),
    ),
    request_body = ProjectPatch,
    responses(
        (status = 200, description = "Changed", body = Project),
        (status = 403, description = "`not_project_owner`"),
        (status = 409, description = "The name is taken: `project_name_taken`"),
    ),
)]
pub(super) async fn update(
    call: Call,
    Body(patch): Body<ProjectPatch>,
) -> Result<Response, Failure> {
    let id = call.id::<CoreProject>("project")?;
    let changed = call.write(move |tx, ctx| match &patch.name {
        Some(name) => projects::rename(tx, ctx, id, name),
        None => projects::load(tx, ctx, id),
    });
    Ok(answer::ok(&convert::project(&changed.await?)))
}

/// Deletes a project. Its people lose their roles in it, and open invitations to it are revoked.
#[utoipa::path(
    delete, path = "/organizations/{organization}/projects/{project}",
    operation_id = "deleteProject", tag = "projects",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("project" = String, Path, description = "`prj_…`"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "`not_project_owner`"),
    ),
)]
pub(super) async fn delete(call: Call) -> Result<Response, Failure> {
    let id = call.id::<CoreProject>("project")?;
    call.write(move |tx, ctx| projects::delete(tx, ctx, id))
        .await?;
    Ok(answer::nothing())
}
