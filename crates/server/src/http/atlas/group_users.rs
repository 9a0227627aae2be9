//! The people of a project: `/groups/{groupId}/users`.
//!
//! Owns four operations and two actions. Whoever is invited to the project by the legacy endpoint
//! is not among them until they accept (the vendor's document).

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::Refusal;
use vestibule_core::project::ProjectGrant;
use vestibule_wire::atlas::{GroupRoleRequest, GroupUserCreate, VERSION_2023_01_01};

use super::error::{Code, Failure};
use super::extract::{Call, Unread};
use super::people::{self as lists, Wanted, Whose};
use super::version::{BOTH, CLOUD_USERS};
use super::{convert, invites, project_roles};
use crate::ops::project_members::{self, Removal};
use crate::ops::projects;

/// `GET /groups/{groupId}/users`: a page of people, in the shape of the version that is asked for.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(BOTH)?;
    let project = call.project()?;
    let path = format!("/groups/{}/users", project.to_hex());
    let ctx = call.in_own_organization();
    lists::list(&call, version, ctx, Whose::Project(project), &path).await
}

/// `POST /groups/{groupId}/users`: a member of the organization is in at once, anybody else is
/// invited to the organization; 409 for whoever is in already.
pub(super) async fn create(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(CLOUD_USERS)?;
    let project = call.project()?;
    let body: GroupUserCreate = body.object().await?;
    let username = body.username.ok_or_else(|| Failure::missing("username"))?;
    let email = convert::address(&username)?;
    let names = body.roles.ok_or_else(|| Failure::missing("roles"))?;
    let roles = project_roles::parse("roles", &names)?;
    let grant = ProjectGrant { project, roles };
    let added = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            project_members::add(tx, ctx, &email, grant, invites::pace(ctx))
        })
        .await;
    let taken = Code::UserAlreadyInGroupConflict;
    let added = added.map_err(|failure| failure.recoded(Code::UserAlreadyInGroup, taken))?;
    call.app.mail_is_due();
    let shown = lists::group_user(call.app.settings(), &added, project);
    Ok(call.answer(StatusCode::CREATED, version, &shown))
}

/// `GET /groups/{groupId}/users/{userId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(CLOUD_USERS)?;
    let project = call.project()?;
    let id = Call::user_id(call.path.get("user_id"))?;
    let wanted = Wanted::of(&call.query)?;
    let found = call
        .read(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            let person = project_members::load(tx, ctx, project, id)?;
            if !wanted.includes(person.standing) {
                let user = id.to_native();
                return Err(Refusal::NotInProject { user }.into());
            }
            Ok(person)
        })
        .await?;
    let shown = lists::group_user(call.app.settings(), &found, project);
    Ok(call.answer(StatusCode::OK, version, &shown))
}

/// `DELETE /groups/{groupId}/users/{userId}`: takes the person out of the project, or the project
/// out of an open invitation to the organization; the old version knows members only.
pub(super) async fn remove(call: Call) -> Result<Response, Failure> {
    let version = call.version(BOTH)?;
    let project = call.project()?;
    let id = Call::user_id(call.path.get("user_id"))?;
    let removal = if version.date == VERSION_2023_01_01 {
        Removal::OfMembers
    } else {
        Removal::OfAnybody
    };
    call.write(call.in_own_organization(), move |tx, ctx| {
        let ctx = &projects::entered(tx, ctx, project)?;
        project_members::remove(tx, ctx, project, id, removal)
    })
    .await?;
    Ok(Call::no_content(version))
}

/// `POST /groups/{groupId}/users/{userId}:addRole` and `:removeRole`: one role in the project more
/// or less.
pub(super) async fn act(call: Call, body: Unread) -> Result<Response, Failure> {
    let (id, action) = call.action("user_id", "GET,HEAD,DELETE")?;
    let version = call.version(CLOUD_USERS)?;
    let project = call.project()?;
    let change = match action {
        "addRole" => project_members::add_role,
        "removeRole" => project_members::remove_role,
        other => return Err(Call::unknown_action(other)),
    };
    let id = Call::user_id(id)?;
    let body: GroupRoleRequest = body.object().await?;
    let role = body.group_role;
    let role = role.ok_or_else(|| Failure::missing("groupRole"))?;
    let role = project_roles::role(&role)?;
    let changed = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            change(tx, ctx, project, id, role)
        })
        .await?;
    let shown = lists::group_user(call.app.settings(), &changed, project);
    Ok(call.answer(StatusCode::OK, version, &shown))
}
