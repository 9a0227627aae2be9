//! What happens at the service when an organization invitation is created, read, changed, deleted
//! and imported.
//!
//! Owns the promises of the vendor's documentation, which the vendor's provider keeps in part: a
//! pending invitation is left as it is, an accepted one leaves the state, and one that came to
//! nothing (declined, expired, deleted, or the member has left) leaves the state so that the next
//! plan invites again.

use tfplugin::{Context, Diagnostic, Diagnostics, Object, ReadOutcome, Value};
use vestibule_client::atlas::Atlas;
use vestibule_client::{Error, ErrorKind};
use vestibule_wire::atlas::{OrgInvitation, OrgInvitationRequest, OrgInvitationUpdate};

use super::attributes::{fill, identity, strings};
use super::failures::check_id;
use super::listed::{Addressees, Invitations, Snapshots, Standings};
use super::membership::{Standing, is_member};
use super::state_id::{StateId, split_import_id};
use super::values::keep_planned;
use crate::address;
use crate::failure::{change_of_open, deleted, failed, not_interrupted, stop, stop_reading};
use crate::snapshot::{Sight, Sought, Source as _};

const CANNOT_CREATE: &str = "Cannot create the invitation";
const CANNOT_READ: &str = "Cannot read the invitation";
const CANNOT_CHECK: &str = "Cannot tell whether the user is a member";
const CANNOT_UPDATE: &str = "Cannot change the invitation";
const CANNOT_DELETE: &str = "Cannot delete the invitation";
const CANNOT_IMPORT: &str = "Cannot import the invitation";

/// What a service may answer when a member is invited.
const ALREADY_IN_ORG: &str = "USER_ALREADY_IN_ORG";

/// Invites, unless the user is a member: then the state becomes the vendor's placeholder.
pub(super) async fn create(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let (org_id, username) = (planned.str("org_id")?, planned.str("username")?);
    if is_known_member(client, snapshots, org_id, username)
        .await
        .map_err(stop(CANNOT_CHECK))?
    {
        return Ok(placeholder(cx, planned)?);
    }
    let invite = OrgInvitationRequest {
        roles: strings(&planned, "roles")?,
        // Recorded: the vendor's clients always send the list.
        team_ids: Some(strings(&planned, "teams_ids")?.unwrap_or_default()),
        username: Some(username.to_owned()),
        ..OrgInvitationRequest::default()
    };
    not_interrupted(cx)?;
    let answer = client.create_org_invitation(org_id, &invite).await;
    if let Err(error) = &answer
        && error.code() == Some(ALREADY_IN_ORG)
        && let Ok(true) = is_member(client, org_id, username).await
    {
        return Ok(placeholder(cx, planned)?);
    }
    let id = answer.as_ref().map_or("", |found| &found.id);
    snapshots.changed(org_id, id, username);
    let found = answer.map_err(|error| creation_failed(&error, org_id, username))?;
    let mut state = planned.clone();
    fill(&mut state, &found);
    keep_planned(
        &mut state,
        &planned,
        &["org_id", "username", "roles", "teams_ids"],
    );
    cx.checkpoint(&state);
    check_id(&found.id)?;
    Ok(state)
}

fn placeholder(cx: &Context, planned: Object) -> Result<Object, tfplugin::AccessError> {
    let id = StateId::placeholder(planned.str("org_id")?, planned.str("username")?);
    let mut state = planned;
    state.set("id", id.encode());
    if state.get("teams_ids").is_unknown() {
        state.set("teams_ids", Value::Set(Vec::new()));
    }
    for name in [
        "invitation_id",
        "created_at",
        "expires_at",
        "inviter_username",
    ] {
        state.set(name, Value::Null);
    }
    cx.warning(
        "The user is a member already",
        "No invitation was sent. This resource now stands for the member without managing the \
         membership: changes of its roles are refused, and destroying it removes nobody. Remove \
         the block.",
    );
    Ok(state)
}

fn creation_failed(error: &Error, org_id: &str, username: &str) -> Diagnostics {
    let mut diagnostic = failed(CANNOT_CREATE, error).at("username");
    let already = error.kind() == ErrorKind::Conflict
        || error.code().is_some_and(|code| code.contains("ALREADY"));
    if already || error.maybe_done() {
        diagnostic.detail.push_str(&format!(
            "\n\nIf there is an open invitation for this address, import it:\n\n    terraform \
             import mongodbatlas_org_invitation.NAME '{org_id}-{username}'"
        ));
    }
    diagnostic.into()
}

/// Whether somebody is a member, as far as it has to be known before they are invited.
///
/// Where the service itself refuses members nobody is asked. Elsewhere it is the list of all
/// members if many are invited: asking once is worth that one of them joins meanwhile.
async fn is_known_member(
    client: &Atlas,
    snapshots: &Snapshots,
    org_id: &str,
    username: &str,
) -> Result<bool, Error> {
    if client.refuses_members(org_id).await {
        return Ok(false);
    }
    let standings = snapshots.standings.of(org_id);
    let source = Standings {
        client,
        org_id,
        username,
    };
    match standings.look(&address::key(username), &source).await? {
        Sight::Listed(standing) => Ok(standing == Standing::Member),
        Sight::NotListed => Ok(false),
        Sight::Unknown => is_member(client, org_id, username).await,
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
    let identity = identity(&state)?;
    let StateId {
        invitation_id: id,
        org_id,
        username,
    } = &identity;
    let invitations = snapshots.invitations.of(org_id);
    let source = Invitations { client, org_id };
    let mut is_certain = true;
    if !identity.is_placeholder() {
        let sought = invitations.seek(id, &source).await;
        match sought.map_err(stop_reading(CANNOT_READ))? {
            Sought::Found(found) => return Ok(keep(state, &found)),
            Sought::Missing => {}
            Sought::NotListed => is_certain = false,
        }
    }
    let standing = current_standing(client, snapshots, org_id, username).await?;
    if standing == Standing::Member {
        return Ok(of_member(cx, state, &identity));
    }
    // Nothing leaves the state because a list does not have it.
    if !is_certain {
        let found = source.single(id).await;
        if let Some(found) = found.map_err(stop_reading(CANNOT_READ))? {
            return Ok(keep(state, &found));
        }
    }
    if standing == Standing::Nothing {
        return Ok(ReadOutcome::Gone);
    }
    let successor = addressed_to(client, snapshots, org_id, username)
        .await
        .map_err(stop_reading(CANNOT_READ))?;
    Ok(match successor {
        Some(found) => keep(state, &found),
        None if standing == Standing::Invited => {
            cx.warning(
                "The invitation was replaced by one that cannot be seen here",
                "The service says that the user is invited, but does not list the invitation. The \
                 state is left as it is.",
            );
            ReadOutcome::Keep(state)
        }
        None => ReadOutcome::Gone,
    })
}

/// What a state comes to whose user is a member.
fn of_member(cx: &Context, state: Object, identity: &StateId) -> ReadOutcome {
    if identity.is_placeholder() {
        return ReadOutcome::Keep(state);
    }
    cx.warning(
        "The invitation was accepted",
        "The user is now a member, so the invitation is no longer managed. Remove the \
         mongodbatlas_org_invitation block from the configuration; while it is there, the next \
         apply creates an entry that manages nothing. Terraform does not remove the member.",
    );
    ReadOutcome::Gone
}

async fn current_standing(
    client: &Atlas,
    snapshots: &Snapshots,
    org_id: &str,
    username: &str,
) -> Result<Standing, Diagnostics> {
    let standings = snapshots.standings.of(org_id);
    let source = Standings {
        client,
        org_id,
        username,
    };
    let found = standings
        .find(&address::key(username), &source)
        .await
        .map_err(stop_reading(CANNOT_CHECK))?;
    Ok(found.unwrap_or(Standing::Nothing))
}

/// The open invitation of an address.
async fn addressed_to(
    client: &Atlas,
    snapshots: &Snapshots,
    org_id: &str,
    username: &str,
) -> Result<Option<OrgInvitation>, Error> {
    let addressees = snapshots.addressees.of(org_id);
    let source = Addressees {
        client,
        org_id,
        username,
    };
    addressees.find(&address::key(username), &source).await
}

fn keep(mut state: Object, found: &OrgInvitation) -> ReadOutcome {
    fill(&mut state, found);
    ReadOutcome::Keep(state)
}

/// Sends the roles, and the teams if the configuration names them.
pub(super) async fn update(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    prior: &Object,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let identity = identity(prior)?;
    if identity.is_placeholder() {
        let changed = ["roles", "teams_ids"]
            .into_iter()
            .find(|name| prior.get(name) != planned.get(name));
        return changed.map_or(Ok(planned), |name| Err(nothing_to_change(name).into()));
    }
    // Left out, the teams stay as the service has them; the vendor's provider never sends them.
    let are_configured = !cx.config().get("teams_ids").is_null();
    let update = OrgInvitationUpdate {
        roles: strings(&planned, "roles")?,
        team_ids: if are_configured {
            strings(&planned, "teams_ids")?
        } else {
            None
        },
        ..OrgInvitationUpdate::default()
    };
    let StateId {
        invitation_id: id,
        org_id,
        username,
    } = &identity;
    let answer = client.update_org_invitation(org_id, id, &update).await;
    snapshots.changed(org_id, id, username);
    answer.map_err(|error| change_of_open(CANNOT_UPDATE, &error))?;
    Ok(planned)
}

/// A placeholder has no invitation that could change.
pub(super) fn nothing_to_change(name: &str) -> Diagnostic {
    Diagnostic::error("The user is a member already")
        .detail(
            "The user belonged to the organization when this resource was created, so no \
             invitation was sent and there is none to change. Change the member's roles and teams \
             in the organization itself, and remove this block.",
        )
        .at(name)
}

/// Withdraws the invitation. A member stays a member.
pub(super) async fn delete(
    client: &Atlas,
    snapshots: &Snapshots,
    cx: &Context,
    state: &Object,
) -> Result<(), Diagnostics> {
    let identity = identity(state)?;
    if identity.is_placeholder() {
        cx.warning(
            "The user remains a member",
            "No invitation was sent when this resource was created, because the user was a member \
             already. Remove the member in the organization if they are to leave.",
        );
        return Ok(());
    }
    let StateId {
        invitation_id: id,
        org_id,
        username,
    } = &identity;
    let answer = client.delete_org_invitation(org_id, id).await;
    snapshots.changed(org_id, id, username);
    deleted(CANNOT_DELETE, answer)
}

/// Finds the open invitation of `ORG_ID-USERNAME`.
pub(super) async fn import(
    client: &Atlas,
    snapshots: &Snapshots,
    id: &str,
) -> Result<Object, Diagnostics> {
    let Some((org_id, username)) = split_import_id(id) else {
        return Err(Diagnostic::error("The import id is malformed")
            .detail(format!(
                "It must be the organization's id (24 hexadecimal digits), a hyphen and the \
                 invited address, for example 1112222b3bf99403840e8934-my_user@mongodb.com, but \
                 it is {id:?}."
            ))
            .into());
    };
    let found = addressed_to(client, snapshots, org_id, username)
        .await
        .map_err(stop(CANNOT_IMPORT))?;
    let Some(found) = found else {
        return Err(Diagnostic::error("There is no such invitation")
            .detail(format!(
                "The organization {org_id} has no open invitation for {username:?}. An accepted \
                 invitation cannot be imported: its user is a member."
            ))
            .into());
    };
    let mut state = Object::new().with("org_id", org_id);
    fill(&mut state, &found);
    Ok(state)
}
