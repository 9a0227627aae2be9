//! What happens at the service when an invitation is created, read and deleted.
//!
//! Owns the promises: only 404 means gone, and an accepted invitation is deleted by nobody.

use tfplugin::{Context, Diagnostic, Diagnostics, Object, ReadOutcome};
use vestibule_client::ErrorKind;
use vestibule_client::confluent::Confluent;
use vestibule_wire::confluent::{
    Invitation as Found, InvitationCreate, STATUS_ACCEPTED, STATUS_DEACTIVATED, STATUS_EXPIRED,
};

use super::attributes::{allows_deletion, fill, import_hint};
use super::listed::Invitations;
use super::rules::{Rules, lapsed};
use crate::address;
use crate::failure::{failed, not_interrupted, stop, stop_reading};
use crate::snapshot::Snapshot;

const CANNOT_CREATE: &str = "Cannot create the invitation";
const CANNOT_READ: &str = "Cannot read the invitation";
const CANNOT_DELETE: &str = "Cannot delete the invitation";

/// Why an accepted invitation stays, and what to do.
pub(super) const DELETION_NOT_ALLOWED: &str = "The invitation was accepted, and the service deletes no accepted invitation. To let Terraform \
     forget it, set allow_deletion = true and apply that first; the user then stays in the \
     organization. Or remove it from the state with terraform state rm.";

/// Invites. The answer has everything there is to know, so nothing is read afterwards.
pub(super) async fn create(
    client: &Confluent,
    cx: &Context,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let email = planned.str("email")?;
    let wanted = planned
        .string("auth_type")?
        .known()
        .filter(|text| !text.is_empty());
    let create = InvitationCreate {
        auth_type: wanted.map(str::to_owned),
        email: Some(email.to_owned()),
    };
    not_interrupted(cx)?;
    let found = client.create_invitation(&create).await.map_err(|error| {
        let mut diagnostic = failed(CANNOT_CREATE, &error);
        if let Some(hint) = import_hint(&error) {
            diagnostic.detail.push_str("\n\n");
            diagnostic.detail.push_str(&hint);
        }
        diagnostic.at("email")
    })?;
    let wanted = wanted.map(str::to_owned);
    let mut state = planned;
    fill(&mut state, &found);
    if state.get("auth_type").is_unknown() {
        state.set("auth_type", found.auth_type.clone());
    }
    cx.checkpoint(&state);
    check_created(&found, wanted.as_deref())?;
    Ok(state)
}

/// Reads the invitation, out of the list if many are read, and says when it has come to nothing.
pub(super) async fn read(
    client: &Confluent,
    snapshot: &Snapshot<Found>,
    cx: &Context,
    rules: Rules,
    mut state: Object,
) -> Result<ReadOutcome, Diagnostics> {
    let found = match snapshot.find(state.str("id")?, &Invitations(client)).await {
        Err(error)
            if error.kind() == ErrorKind::Forbidden && rules.takes_for_gone(error.body()) =>
        {
            None
        }
        result => result.map_err(stop_reading(CANNOT_READ))?,
    };
    let Some(found) = found else {
        tracing::warn!(invitation.id = ?state.get("id"), "invitation is gone");
        return Ok(ReadOutcome::Gone);
    };
    if let Some((summary, detail)) = lapsed(&found.status)
        && !rules.reinvites(&found.status)
    {
        cx.warning(summary, detail);
    }
    fill(&mut state, &found);
    let spelling_kept = state
        .get("email")
        .as_str()
        .is_some_and(|kept| address::is_same(kept, &found.email));
    if !spelling_kept {
        state.set("email", &found.email);
    }
    if found.auth_type.is_some() {
        state.set("auth_type", found.auth_type);
    }
    if state.get("allow_deletion").is_null() {
        state.set("allow_deletion", false);
    }
    Ok(ReadOutcome::Keep(state))
}

/// Withdraws the invitation: one request, unless it was or becomes accepted.
pub(super) async fn delete(
    client: &Confluent,
    snapshot: &Snapshot<Found>,
    cx: &Context,
    state: &Object,
) -> Result<(), Diagnostics> {
    let id = state.str("id")?;
    if is_accepted(state)
        && let Some(end) = settled(client, cx, state).await?
    {
        return end;
    }
    let answer = client.delete_invitation(id).await;
    snapshot.changed(id);
    match answer {
        Ok(()) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => {
            // Refused, perhaps because it was accepted since the last refresh.
            let is_refusal = matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Conflict);
            if is_refusal && let Ok(Some(end)) = settled(client, cx, state).await {
                return end;
            }
            Err(failed(CANNOT_DELETE, &error).into())
        }
    }
}

pub(super) fn is_accepted(state: &Object) -> bool {
    state.get("status").as_str() == Some(STATUS_ACCEPTED)
}

/// How destroying ends without a request to delete, if the invitation's status says so.
async fn settled(
    client: &Confluent,
    cx: &Context,
    state: &Object,
) -> Result<Option<Result<(), Diagnostics>>, Diagnostics> {
    let found = client
        .invitation(state.str("id")?)
        .await
        .map_err(stop(CANNOT_DELETE))?;
    Ok(match found {
        None => Some(Ok(())),
        // Whether the vendor's cloud deletes what has expired is not documented; nobody can accept
        // either of them any more.
        Some(found) if [STATUS_DEACTIVATED, STATUS_EXPIRED].contains(&&*found.status) => {
            Some(Ok(()))
        }
        Some(found) if found.status == STATUS_ACCEPTED => Some(forget_accepted(cx, state)),
        Some(_) => None,
    })
}

/// Ends the management of an accepted invitation, if that was asked for.
fn forget_accepted(cx: &Context, state: &Object) -> Result<(), Diagnostics> {
    if !allows_deletion(state) {
        return Err(
            Diagnostic::error("An accepted invitation cannot be deleted")
                .detail(DELETION_NOT_ALLOWED)
                .at("allow_deletion")
                .into(),
        );
    }
    cx.warning(
        "The invited user remains in the organization",
        "The invitation was accepted, so there was nothing to delete but the entry in the state. \
         Remove the user in the organization if they are to leave.",
    );
    Ok(())
}

/// Refuses what does not fit the plan; the invitation is in the state already.
fn check_created(found: &Found, wanted: Option<&str>) -> Result<(), Diagnostics> {
    if found.id.is_empty() {
        return Err(Diagnostic::error("The service gave the invitation no id")
            .detail("Its answer has an empty id, so Terraform cannot manage the invitation.")
            .into());
    }
    let (Some(wanted), Some(given)) = (wanted, found.auth_type.as_deref()) else {
        return Ok(());
    };
    if wanted == given {
        return Ok(());
    }
    Err(
        Diagnostic::error("The invitation has another auth_type than configured")
            .detail(format!(
                "The configuration says {wanted}, the service made it {given}. Change or remove \
             auth_type, and apply again: Terraform then replaces the invitation."
            ))
            .at("auth_type")
            .into(),
    )
}
