//! What happens at the service when a project invitation is created, read, changed, deleted and
//! imported.
//!
//! Owns the same promises as for organizations: pending stays, accepted leaves the state, and what
//! came to nothing leaves it so that the next plan invites again.

use tfplugin::{AccessError, Context, Diagnostic, Diagnostics, Object, ReadOutcome, Value};
use vestibule_client::Error;
use vestibule_client::atlas::Atlas;
use vestibule_wire::atlas::{GroupInvitation, GroupInvitationRequest, GroupInvitationUpdate};

use super::super::failures;
use super::super::listed::{ProjectAddressees, ProjectInvitations, ProjectStandings, Snapshots};
use super::super::state_id::split_import_id;
use super::super::values::{keep_planned, stored_strings};
use super::attributes::{Identity, fill};
use super::membership::{find_invitation, is_in_project};
use crate::address;
use crate::failure::{change_of_open, deleted, not_interrupted, stop, stop_reading};
use crate::snapshot::{Sight, Sought, Source as _};

const TYPE_NAME: &str = "mongodbatlas_project_invitation";
/// What a service may answer when a member is invited.
const ALREADY_IN_PROJECT: &str = "USER_ALREADY_IN_GROUP";
const CANNOT_READ: &str = "Cannot read the project invitation";
const CANNOT_CHECK: &str = "Cannot tell whether the user is in the project";

/// Invites, unless the user is in the project: then the state becomes a placeholder. The vendor's
/// provider would invite a member again with every apply.
pub(super) async fn create(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let (project_id, username) = (planned.str("project_id")?, planned.str("username")?);
    if is_known_member(client, snapshots, project_id, username)
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
    let answer = client.create_project_invitation(project_id, &invite).await;
    if let Err(error) = &answer
        && error.code() == Some(ALREADY_IN_PROJECT)
        && let Ok(true) = is_in_project(client, project_id, username).await
    {
        return Ok(placeholder(cx, planned)?);
    }
    snapshots.changed_in_project(project_id, None, username);
    let found = answer.map_err(|error| {
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

/// Whether somebody is in the project, as far as it has to be known before they are invited.
///
/// Where the service itself refuses members nobody is asked. Elsewhere it is the list of all users
/// of the project if many are invited, as with invitations to organizations.
async fn is_known_member(
    client: &Atlas,
    snapshots: &Snapshots,
    project_id: &str,
    username: &str,
) -> Result<bool, Error> {
    if client.refuses_project_members(project_id).await {
        return Ok(false);
    }
    let source = ProjectStandings {
        client,
        project_id,
        username,
    };
    let standings = snapshots.project_standings.of(project_id);
    match standings.look(&address::key(username), &source).await? {
        Sight::Listed(is_member) => Ok(is_member),
        Sight::NotListed => Ok(false),
        Sight::Unknown => is_in_project(client, project_id, username).await,
    }
}

/// Reads the invitation; if there is none any more, finds out what became of it. Both out of lists
/// if many are read.
pub(super) async fn read(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    state: Object,
) -> Result<ReadOutcome, Diagnostics> {
    let identity = Identity::of(&state)?;
    let (project_id, username) = (&identity.project_id, &identity.username);
    let id = &identity.invitation_id;
    let source = ProjectInvitations { client, project_id };
    let mut is_certain = true;
    if !identity.is_placeholder() {
        let invitations = snapshots.project_invitations.of(project_id);
        let sought = invitations.seek(id, &source).await;
        match sought.map_err(stop_reading(CANNOT_READ))? {
            Sought::Found(found) => return Ok(keep(state, &found)),
            Sought::Missing => {}
            Sought::NotListed => is_certain = false,
        }
    }
    if is_member(client, snapshots, project_id, username).await? {
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
    // Nothing leaves the state because a list does not have it.
    if !is_certain {
        let found = source.single(id).await;
        if let Some(found) = found.map_err(stop_reading(CANNOT_READ))? {
            return Ok(keep(state, &found));
        }
    }
    let source = ProjectAddressees {
        client,
        project_id,
        username,
    };
    let addressees = snapshots.project_addressees.of(project_id);
    let successor = addressees.find(&address::key(username), &source).await;
    let successor = successor.map_err(stop_reading(CANNOT_READ))?;
    Ok(successor.map_or(ReadOutcome::Gone, |found| keep(state, &found)))
}

async fn is_member(
    client: &Atlas,
    snapshots: &Snapshots,
    project_id: &str,
    username: &str,
) -> Result<bool, Diagnostics> {
    let source = ProjectStandings {
        client,
        project_id,
        username,
    };
    let standings = snapshots.project_standings.of(project_id);
    let found = standings.find(&address::key(username), &source).await;
    let found = found.map_err(stop_reading(CANNOT_CHECK))?;
    Ok(found.unwrap_or(false))
}

fn keep(mut state: Object, found: &GroupInvitation) -> ReadOutcome {
    fill(&mut state, found);
    ReadOutcome::Keep(state)
}

pub(super) async fn update(
    client: &Atlas,
    snapshots: &Snapshots,
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
    snapshots.changed_in_project(project_id, Some(id), &identity.username);
    client
        .update_project_invitation(project_id, id, &update)
        .await
        .map_err(|error| change_of_open("Cannot change the project invitation", &error))?;
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
    snapshots: &Snapshots,
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
    snapshots.changed_in_project(project_id, Some(id), &identity.username);
    let answer = client.delete_project_invitation(project_id, id).await;
    deleted("Cannot delete the project invitation", answer)
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
