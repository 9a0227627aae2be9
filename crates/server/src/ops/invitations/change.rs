//! What an inviter does to an invitation afterwards: change it, send it again, withdraw it.

use vestibule_core::invitation::{Edit, Invitation};
use vestibule_core::role::Permission;
use vestibule_core::{Id, Refusal, policy, text};
use vestibule_store::Tx;

use super::create::{require_room, require_teams, reserve_user, standing_in_the_way, still_open};
use super::{find, release_user};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::audit::save_invitation;
use crate::ops::authority;

/// What to change of an open invitation. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct InvitationEdit {
    /// See [`Edit`].
    pub edit: Edit,
    /// Only if it still has this version.
    pub if_version: Option<i64>,
}

/// Changes what an open invitation promises; within what the editor may promise.
///
/// # Errors
/// [`Refusal::RoleAboveCeiling`], [`Refusal::NotOpen`], [`Refusal::NotFound`],
/// [`Refusal::VersionConflict`].
pub fn edit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
    change: &InvitationEdit,
) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let mut invitation = find(tx, ctx, id)?;
    let read_version = invitation.version;
    if change
        .if_version
        .is_some_and(|version| version != read_version)
    {
        return Err(Refusal::VersionConflict.into());
    }
    let mut edit = change.edit.clone();
    // Neither the old promise nor the new one may be above the editor.
    policy::may_promise(roles, invitation.roles)?;
    policy::may_promise(roles, edit.roles.unwrap_or(invitation.roles))?;
    require_teams(tx, ctx, edit.teams.as_deref().unwrap_or_default())?;
    if let Some(message) = &edit.message {
        edit.message = Some(text::checked_message(message)?);
    }
    invitation.edit(edit, ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.changed")?;
    Ok(invitation)
}

/// Sends an invitation again, or renews an expired one: a new link, a new life.
///
/// # Errors
/// [`Refusal::ResendTooSoon`], [`Refusal::NotOpen`], [`Refusal::RoleAboveCeiling`],
/// [`Refusal::NotFound`]; [`Refusal::LiveInvitation`] if the address was invited anew meanwhile.
pub fn resend(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let organization = authority::organization(tx, ctx)?;
    let mut invitation = find(tx, ctx, id)?;
    let read_version = invitation.version;
    policy::may_invite(roles, &organization, invitation.roles, invitation.auth_type)?;
    if let Some(other) = tx.find_live_invitation(ctx.organization, &invitation.email)?
        && other.id != invitation.id
        && let Some(live) = still_open(tx, ctx, other)?
    {
        return Err(standing_in_the_way(&live));
    }
    // A renewal is a new promise to the same person, and takes up room again.
    reserve_user(tx, ctx, &invitation.email, invitation.auth_type)?;
    invitation.resend(ctx.new_nonce(), ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.resent")?;
    require_room(tx, ctx)?;
    tx.enqueue_invitation_mail(&invitation)?;
    Ok(invitation)
}

/// Withdraws an invitation: its link dies, and a placeholder without any other tie is deactivated.
///
/// # Errors
/// [`Refusal::AlreadyAccepted`], [`Refusal::NotOpen`], [`Refusal::RoleAboveCeiling`],
/// [`Refusal::NotFound`].
pub fn revoke(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let mut invitation = find(tx, ctx, id)?;
    let read_version = invitation.version;
    policy::may_promise(roles, invitation.roles)?;
    invitation.revoke(ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.revoked")?;
    release_user(tx, ctx, invitation.user)?;
    Ok(invitation)
}
