//! The legacy invitations to projects: `/groups/{groupId}/invites`.
//!
//! Owns the six operations. An invitation to the organization is not there, even if it promises
//! roles in the project.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::invitation::Invitation;
use vestibule_core::project::{Project, ProjectGrant};
use vestibule_core::role::Permission;
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::{Scope, Tx};
use vestibule_wire::atlas::{GroupInvitation, GroupInvitationRequest, GroupInvitationUpdate};

use super::error::{Code, Failure};
use super::extract::{Call, Unread};
use super::version::ENDING;
use super::{convert, invites, project_roles};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::invitations::{self, InvitationEdit, NewInvitation};
use crate::ops::{authority, projects};

/// `POST /groups/{groupId}/invites`: 200, as for organizations (recorded).
pub(super) async fn create(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let project = call.project()?;
    let body: GroupInvitationRequest = body.object().await?;
    let new = new_invitation(&body, project)?;
    let made = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            let (made, _) = invites::invite(tx, ctx, &new)?;
            shown(tx, ctx, project, &made)
        })
        .await;
    let made = made.map_err(|failure| invites::duplicate(&call, failure))?;
    call.app.mail_is_due();
    Ok(call.answer(StatusCode::OK, version, &made))
}

/// `GET /groups/{groupId}/invites?username=`: a bare array in order of creation; an empty username
/// is none, as for organizations.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let project = call.project()?;
    let username = call.query.get("username").filter(|name| !name.is_empty());
    let email = username.map(EmailAddress::parse);
    let found = call
        .read(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            let scope = Scope::Project(project);
            let found = match &email {
                None => invites::visible_ones(tx, ctx, None, scope)?,
                Some(Ok(email)) => invites::visible_ones(tx, ctx, Some(email), scope)?,
                // Nobody has an address that is none.
                Some(Err(_)) => {
                    authority::require(tx, ctx, Permission::View)?;
                    Vec::new()
                }
            };
            let named = projects::load(tx, ctx, project)?;
            let shown = |invitation| invitation_of(ctx, &named, invitation);
            Ok(found.iter().map(shown).collect::<Vec<_>>())
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// `GET /groups/{groupId}/invites/{invitationId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let project = call.project()?;
    let id = invites::invitation_id(&call)?;
    let found = call
        .read(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            let found = load_here(tx, ctx, project, id)?;
            shown(tx, ctx, project, &found)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// `PATCH /groups/{groupId}/invites/{invitationId}`.
pub(super) async fn update(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let project = call.project()?;
    let id = invites::invitation_id(&call)?;
    let body: GroupInvitationUpdate = body.object().await?;
    let edit = edit(body.roles.as_deref(), project)?;
    let changed = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            load_here(tx, ctx, project, id)?;
            let changed = invitations::edit(tx, ctx, id, &edit)?;
            shown(tx, ctx, project, &changed)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &changed))
}

/// `PATCH /groups/{groupId}/invites`: the invitation is named by its address.
pub(super) async fn update_by_username(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let project = call.project()?;
    let body: GroupInvitationRequest = body.object().await?;
    let email = username(&body)?;
    let edit = edit(body.roles.as_deref(), project)?;
    let changed = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            let scope = Scope::Project(project);
            let known = invitations::load_open_by_email(tx, ctx, &email, scope)?;
            let changed = invitations::edit(tx, ctx, known.id, &edit)?;
            shown(tx, ctx, project, &changed)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &changed))
}

/// `DELETE /groups/{groupId}/invites/{invitationId}`: 204 without a body.
pub(super) async fn delete(call: Call) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let project = call.project()?;
    let id = invites::invitation_id(&call)?;
    let is_here = call
        .write(call.in_own_organization(), move |tx, ctx| {
            let ctx = &projects::entered(tx, ctx, project)?;
            if invites::load_visible(tx, ctx, id)?.project.is_none() {
                return Ok(false);
            }
            load_here(tx, ctx, project, id)?;
            invitations::revoke(tx, ctx, id)?;
            Ok(true)
        })
        .await?;
    if is_here {
        return Ok(Call::no_content(version));
    }
    Err(Failure::about(
        Code::CannotDeleteOrgInvitation,
        "This is an invitation to an organization; delete it there.",
        id.to_hex(),
    ))
}

fn new_invitation(
    body: &GroupInvitationRequest,
    project: Id<Project>,
) -> Result<NewInvitation, Failure> {
    let email = username(body)?;
    let names = body.roles.as_ref();
    let names = names.ok_or_else(|| Failure::missing("roles"))?;
    let roles = project_roles::parse("roles", names)?;
    Ok(NewInvitation::to_project(email, project, roles))
}

fn username(body: &GroupInvitationRequest) -> Result<EmailAddress, Failure> {
    let username = body.username.as_deref();
    convert::address(username.ok_or_else(|| Failure::missing("username"))?)
}

/// What to change: absent roles stay as they are.
fn edit(names: Option<&[String]>, project: Id<Project>) -> Result<InvitationEdit, Failure> {
    let roles = names.map(|names| project_roles::parse("roles", names));
    let grant = |roles| vec![ProjectGrant { project, roles }];
    Ok(InvitationEdit {
        project_roles: roles.transpose()?.map(grant),
        ..InvitationEdit::default()
    })
}

/// The invitation to this project with this id, if this API shows it.
fn load_here(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    id: Id<Invitation>,
) -> Result<Invitation, AppError> {
    let found = invites::load_visible(tx, ctx, id)?;
    if found.project == Some(project) {
        Ok(found)
    } else {
        Err(Refusal::not_found::<Invitation>(id.to_hex()).into())
    }
}

fn shown(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    found: &Invitation,
) -> Result<GroupInvitation, AppError> {
    let project = projects::load(tx, ctx, project)?;
    Ok(invitation_of(ctx, &project, found))
}

fn invitation_of(ctx: &Ctx, project: &Project, found: &Invitation) -> GroupInvitation {
    GroupInvitation {
        created_at: found.created_at.to_rfc3339_seconds(),
        expires_at: found.expires_at.to_rfc3339_seconds(),
        group_id: project.id.to_hex(),
        group_name: project.name.clone(),
        id: found.id.to_hex(),
        inviter_username: found.inviter.name.clone(),
        roles: project_roles::names(found.roles_in(project.id)),
        username: convert::spelled(&ctx.settings, &found.email),
    }
}
