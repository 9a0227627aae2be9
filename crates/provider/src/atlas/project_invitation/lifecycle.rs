//! What happens at the service when a project invitation is created, read, changed, deleted and
//! imported.
//!
//! Owns the same promises as for organizations: pending stays, accepted leaves the state, and what
//! came to nothing leaves it so that the next plan invites again.

use tfplugin::{AccessError, Context, Diagnostic, Diagnostics, Object, ReadOutcome, Value};
use vestibule_client::Error;
use vestibule_client::atlas::Atlas;
use vestibule_wire::atlas::{
    GroupInvitation, GroupInvitationRequest, GroupInvitationUpdate, STATUS_ACTIVE,
};

use super::super::failures;
use super::super::listed::ProjectInvitations;
use super::super::membership::is_not_offered;
use super::super::state_id::split_import_id;
use super::super::values::{keep_planned, stored_strings};
use super::attributes::{Identity, fill};
use crate::address;
use crate::failure::{failed, not_interrupted, stop, stop_reading};
use crate::snapshot::Snapshots;

const TYPE_NAME: &str = "mongodbatlas_project_invitation";
const CANNOT_READ: &str = "Cannot read the project invitation";
const CANNOT_CHECK: &str = "Cannot tell whether the user is in the project";

/// Invites, unless the user is in the project: then the state becomes a placeholder. The vendor's
/// provider would invite a member again with every apply.
pub(super) async fn create(
    client: &Atlas,
    cx: &Context,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let (project_id, username) = (planned.str("project_id")?, planned.str("username")?);
    if is_in_project(client, project_id, username)
        .await
        .map_err(stop(CANNOT_CHECK))?
    {
        return Ok(placeholder(cx, planned)?);
    }
    let invite = GroupInvitationRequest {
        roles: Some(stored_strings(&planned, "roles")),
        username: Some(username.to_owned()),
    };
    not_interrupted(cx)?;
    let found = client
        .create_project_invitation(project_id, &invite)
        .await
        .map_err(|error| {
            let id = format!("{project_id}-{username}");
            failures::creation(
                "Cannot create the project invitation",
                &error,
                TYPE_NAME,
                &id,
            )
        })?;
    let mut state = planned.clone();
    fill(&mut state, &found);
    keep_planned(&mut state, &planned, &["project_id", "username", "roles"]);
    cx.checkpoint(&state);
    failures::check_id(&found.id)?;
    Ok(state)
}

fn placeholder(cx: &Context, planned: Object) -> Result<Object, AccessError> {
    let id = Identity::placeholder(planned.str("project_id")?, planned.str("username")?);
    let mut state = planned;
    state.set("id", id.encode());
    for name in [
        "invitation_id",
        "created_at",
        "expires_at",
        "inviter_username",
    ] {
        state.set(name, Value::Null);
    }
    cx.warning(
        "The user is in the project already",
        "No invitation was sent. This resource now stands for the user without managing anything: \
         changes of its roles are refused, and destroying it removes nobody. Remove the block, or \
         manage the user with mongodbatlas_cloud_user_project_assignment.",
    );
    Ok(state)
}

/// Reads the invitation; if there is none any more, finds out what became of it.
pub(super) async fn read(
    client: &Atlas,
    invitations: &Snapshots<GroupInvitation>,
    cx: &Context,
    state: Object,
) -> Result<ReadOutcome, Diagnostics> {
    let identity = Identity::of(&state)?;
    let (project_id, username) = (&identity.project_id, &identity.username);
    if !identity.is_placeholder() {
        let source = ProjectInvitations { client, project_id };
        let found = invitations
            .of(project_id)
            .find(&identity.invitation_id, &source)
            .await
            .map_err(stop_reading(CANNOT_READ))?;
        if let Some(found) = found {
            return Ok(keep(state, &found));
        }
    }
    if is_in_project(client, project_id, username)
        .await
        .map_err(stop_reading(CANNOT_CHECK))?
    {
        if identity.is_placeholder() {
            return Ok(ReadOutcome::Keep(state));
        }
        cx.warning(
            "The project invitation was accepted",
            "The user is now in the project, so the invitation is no longer managed. Remove the \
             mongodbatlas_project_invitation block from the configuration; while it is there, the \
             next apply creates an entry that manages nothing. Terraform does not remove the user.",
        );
        return Ok(ReadOutcome::Gone);
    }
    let other = find_invitation(client, project_id, username)
        .await
        .map_err(stop_reading(CANNOT_READ))?;
    Ok(other.map_or(ReadOutcome::Gone, |found| keep(state, &found)))
}

fn keep(mut state: Object, found: &GroupInvitation) -> ReadOutcome {
    fill(&mut state, found);
    ReadOutcome::Keep(state)
}

pub(super) async fn update(
    client: &Atlas,
    invitations: &Snapshots<GroupInvitation>,
    prior: &Object,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let identity = Identity::of(prior)?;
    if identity.is_placeholder() {
        if prior.get("roles") == planned.get("roles") {
            return Ok(planned);
        }
        return Err(nothing_to_change().into());
    }
    let update = GroupInvitationUpdate {
        roles: Some(stored_strings(&planned, "roles")),
    };
    let (project_id, id) = (&identity.project_id, &identity.invitation_id);
    invitations.of(project_id).changed(id);
    client
        .update_project_invitation(project_id, id, &update)
        .await
        .map_err(|error| failures::change("Cannot change the project invitation", &error))?;
    Ok(planned)
}

/// A placeholder has no invitation that could change.
pub(super) fn nothing_to_change() -> Diagnostic {
    Diagnostic::error("The user is in the project already")
        .detail(
            "The user was in the project when this resource was created, so no invitation was sent \
             and there is none to change. Manage the user's roles with \
             mongodbatlas_cloud_user_project_assignment, and remove this block.",
        )
        .at("roles")
}

/// Withdraws the invitation; one that is no longer open is done.
pub(super) async fn delete(
    client: &Atlas,
    invitations: &Snapshots<GroupInvitation>,
    cx: &Context,
    state: &Object,
) -> Result<(), Diagnostics> {
    let identity = Identity::of(state)?;
    if identity.is_placeholder() {
        cx.warning(
            "The user remains in the project",
            "No invitation was sent when this resource was created, because the user was in the \
             project already. Remove the user from the project if they are to leave.",
        );
        return Ok(());
    }
    let (project_id, id) = (&identity.project_id, &identity.invitation_id);
    invitations.of(project_id).changed(id);
    match client.delete_project_invitation(project_id, id).await {
        Err(error) if !error.is_not_found() => {
            Err(failed("Cannot delete the project invitation", &error).into())
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Finds the open invitation of `PROJECT_ID-USERNAME`.
pub(super) async fn import(client: &Atlas, id: &str) -> Result<Object, Diagnostics> {
    let Some((project_id, username)) = split_import_id(id) else {
        return Err(Diagnostic::error("The import id is malformed")
            .detail(format!(
                "It must be the project's id (24 hexadecimal digits), a hyphen and the invited \
                 address, for example 1112222b3bf99403840e8934-my_user@mongodb.com, but it is \
                 {id:?}."
            ))
            .into());
    };
    let found = find_invitation(client, project_id, username)
        .await
        .map_err(stop("Cannot import the project invitation"))?;
    let Some(found) = found else {
        return Err(Diagnostic::error("There is no such invitation")
            .detail(format!(
                "The project {project_id} has no open invitation for {username:?}. An accepted \
                 invitation cannot be imported: its user is in the project."
            ))
            .into());
    };
    let mut state = Object::new().with("project_id", project_id);
    fill(&mut state, &found);
    Ok(state)
}

/// The invitation of an address, if one waits for an answer.
async fn find_invitation(
    client: &Atlas,
    project_id: &str,
    username: &str,
) -> Result<Option<GroupInvitation>, Error> {
    let all = client.list_project_invitations(project_id).await?;
    let exact = all
        .iter()
        .position(|invitation| invitation.username == username);
    let found = exact.or_else(|| {
        all.iter()
            .position(|invitation| address::is_same(&invitation.username, username))
    });
    Ok(found.and_then(|position| all.into_iter().nth(position)))
}

/// Whether somebody is in the project: by its users, or where the service does not list them with
/// their status, by the roles of the user.
async fn is_in_project(client: &Atlas, project_id: &str, username: &str) -> Result<bool, Error> {
    match client.list_project_users(project_id, Some(username)).await {
        Err(error) if is_not_offered(&error) => {}
        answer => {
            return Ok(answer?.iter().any(|user| {
                user.user.org_membership_status == STATUS_ACTIVE
                    && address::is_same(&user.username, username)
            }));
        }
    }
    let user = client.user_by_name(username).await?;
    Ok(user.is_some_and(|user| {
        let mut projects = user
            .roles
            .iter()
            .filter_map(|role| role.group_id.as_deref());
        address::is_same(&user.username, username)
            && projects.any(|other| other.eq_ignore_ascii_case(project_id))
    }))
}
