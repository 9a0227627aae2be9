//! Forcing an invitation into a state.
//!
//! Owns which of the rulebook's transitions leads there, and acts as whoever would make it. Must
//! not write a row itself but for the one transition that only time makes: an early expiry.

use vestibule_core::invitation::{Invitation, Reason, State};
use vestibule_core::secret::AcceptToken;
use vestibule_core::{Id, Refusal};
use vestibule_store::Tx;
use vestibule_wire::native::ForcedState;

use crate::ctx::{Actor, Ctx};
use crate::error::AppError;
use crate::ops::audit::save_invitation;
use crate::ops::project_members::Removal;
use crate::ops::{acceptance, invitations, members, project_members};

/// Makes the invitation with this id, of whatever organization, reach a state; nothing happens if it
/// is there already.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::NotOpen`] where no transition leads there; what the transition
/// itself refuses.
pub(crate) fn force(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
    wanted: ForcedState,
) -> Result<Invitation, AppError> {
    let invitation = find(tx, id)?;
    let ctx = &Ctx {
        organization: invitation.organization,
        ..ctx.clone()
    };
    if is_there(&invitation, wanted, ctx) {
        return Ok(invitation);
    }
    match wanted {
        ForcedState::Accepted => {
            must_be(&invitation, State::Sent, "accepted", ctx)?;
            acceptance::accept(tx, &as_invitee(ctx), &token(&invitation, ctx)?)?;
        }
        ForcedState::Declined => {
            must_be(&invitation, State::Sent, "declined", ctx)?;
            acceptance::decline(tx, &as_invitee(ctx), &token(&invitation, ctx)?)?;
        }
        ForcedState::Expired => expire(tx, ctx, invitation)?,
        ForcedState::Revoked => {
            invitations::revoke(tx, ctx, id)?;
        }
        ForcedState::Left => {
            must_be_membership(tx, &invitation, ctx)?;
            acceptance::leave(tx, &as_invitee(ctx), &token(&invitation, ctx)?)?;
        }
        ForcedState::Removed => {
            must_be_membership(tx, &invitation, ctx)?;
            remove(tx, ctx, &invitation)?;
        }
    }
    find(tx, id)
}

/// The invitation with this id. Ids of different organizations are never the same.
fn find(tx: &mut Tx<'_>, id: Id<Invitation>) -> Result<Invitation, AppError> {
    for organization in tx.list_organization_ids()? {
        if let Some(found) = tx.find_invitation(organization, id)? {
            return Ok(found);
        }
    }
    Err(Refusal::not_found::<Invitation>(id.to_native()).into())
}

fn is_there(invitation: &Invitation, wanted: ForcedState, ctx: &Ctx) -> bool {
    let (state, reason) = match wanted {
        ForcedState::Accepted => (State::Accepted, None),
        ForcedState::Expired => (State::Expired, None),
        ForcedState::Declined => (State::Deactivated, Some(Reason::Declined)),
        ForcedState::Revoked => (State::Deactivated, Some(Reason::Revoked)),
        ForcedState::Left => (State::Deactivated, Some(Reason::UserLeft)),
        ForcedState::Removed => (State::Deactivated, Some(Reason::UserRemoved)),
    };
    invitation.state_at(ctx.now) == state && (reason.is_none() || invitation.reason == reason)
}

fn must_be(
    invitation: &Invitation,
    wanted: State,
    what: &'static str,
    ctx: &Ctx,
) -> Result<(), AppError> {
    let state = invitation.state_at(ctx.now);
    if state == wanted {
        return Ok(());
    }
    Err(not(state, what))
}

const fn not(state: State, wanted: &'static str) -> AppError {
    AppError::Refused(Refusal::NotOpen { state, wanted })
}

/// Whether the invitation led to a membership of the organization that lasts.
fn is_member_by(tx: &mut Tx<'_>, invitation: &Invitation) -> Result<bool, AppError> {
    let membership = tx.find_membership(invitation.organization, invitation.user)?;
    Ok(membership.is_some_and(|membership| membership.invitation == Some(invitation.id)))
}

/// Removes whoever joined by the invitation: from the organization, or only from the project that it
/// was to.
fn remove(tx: &mut Tx<'_>, ctx: &Ctx, invitation: &Invitation) -> Result<(), AppError> {
    match invitation.project {
        Some(project) if !is_member_by(tx, invitation)? => {
            project_members::remove(tx, ctx, project, invitation.user, Removal::OfMembers)?;
        }
        _ => {
            members::remove(tx, ctx, invitation.user)?;
        }
    }
    Ok(())
}

/// Checks that the invitation led to a membership, of the organization or of a project, that lasts.
fn must_be_membership(tx: &mut Tx<'_>, invitation: &Invitation, ctx: &Ctx) -> Result<(), AppError> {
    let what = "ended as a membership";
    must_be(invitation, State::Accepted, what, ctx)?;
    if is_member_by(tx, invitation)? {
        return Ok(());
    }
    if let Some(project) = invitation.project {
        let place = tx.find_project_member(invitation.organization, project, invitation.user)?;
        if place.is_some_and(|place| place.invitation == Some(invitation.id)) {
            return Ok(());
        }
    }
    let what = "ended as a membership, because the person joined by another road";
    Err(not(State::Accepted, what))
}

fn expire(tx: &mut Tx<'_>, ctx: &Ctx, mut invitation: Invitation) -> Result<(), AppError> {
    let read_version = invitation.version;
    invitation.expire_early(ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.expired")
}

fn as_invitee(ctx: &Ctx) -> Ctx {
    Ctx {
        actor: Actor::Invitee,
        ..ctx.clone()
    }
}

/// The token of the invitation's current link.
fn token(invitation: &Invitation, ctx: &Ctx) -> Result<AcceptToken, AppError> {
    let text = ctx.keys.accept_token(invitation);
    text.and_then(|text| AcceptToken::parse(&text))
        .ok_or(AppError::Inconsistent {
            what: "the key ring has lost the key of an invitation",
        })
}
