//! What an inviter does to an invitation afterwards: change it, send it again, withdraw it.

use vestibule_core::invitation::{Edit, Invitation, State};
use vestibule_core::project::ProjectGrant;
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::{Id, Refusal, policy, text};
use vestibule_store::{Scope, Tx};

use super::create::{
    promises, require_room, require_teams, reserve_user, standing_in_the_way, still_open,
};
use super::{find, release_user};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::audit::save_invitation;
use crate::ops::{authority, project_teams};

/// What to change of an open invitation. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct InvitationEdit {
    /// See [`Edit`]; its promises in projects are made of the next field.
    pub edit: Edit,
    /// New roles in projects, in place of those of before; an empty list takes all away.
    pub project_roles: Option<Vec<ProjectGrant>>,
    /// Only if it still has this version.
    pub if_version: Option<i64>,
}

/// Changes what an open invitation promises; within what the editor may promise.
///
/// # Errors
/// [`Refusal::RoleAboveCeiling`], [`Refusal::NotProjectOwner`], [`Refusal::NotYourProject`],
/// [`Refusal::OutOfScope`], [`Refusal::NotOpen`], [`Refusal::NotFound`], [`Refusal::VersionConflict`].
pub fn edit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
    change: &InvitationEdit,
) -> Result<Invitation, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let mut invitation = find(tx, ctx, id)?;
    // Neither the old promise nor the new one may be above the editor.
    let roles = may_touch(tx, ctx, &invitation)?;
    let read_version = invitation.version;
    if change
        .if_version
        .is_some_and(|version| version != read_version)
    {
        return Err(Refusal::VersionConflict.into());
    }
    let mut edit = change.edit.clone();
    if let Some(new) = edit.roles {
        policy::may_promise(roles, new)?;
    }
    let teams = edit.teams.as_deref().unwrap_or_default();
    require_teams(tx, ctx, teams, &invitation.teams)?;
    edit.project_roles = match &change.project_roles {
        Some(grants) => Some(promises(tx, ctx, grants, &invitation.project_roles)?),
        None => None,
    };
    if let Some(message) = &edit.message {
        edit.message = Some(text::checked_message(message)?);
    }
    invitation.edit(edit, ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.changed")?;
    Ok(invitation)
}

/// The roles of an actor who may do something to this invitation: whoever could promise in the
/// organization what it promises there, or, for one to a project, whoever owns the project.
fn may_touch(tx: &mut Tx<'_>, ctx: &Ctx, invitation: &Invitation) -> Result<RoleSet, AppError> {
    if let Some(project) = invitation.project {
        let (roles, mine) = authority::in_project(tx, ctx, project)?;
        policy::may_manage_project(roles, mine)?;
        return Ok(roles);
    }
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    policy::may_promise(roles, invitation.roles)?;
    Ok(roles)
}

/// Sends an invitation again, or renews an expired one: a new link, a new life.
///
/// # Errors
/// [`Refusal::ResendTooSoon`], [`Refusal::NotOpen`], [`Refusal::RoleAboveCeiling`],
/// [`Refusal::NotProjectOwner`], [`Refusal::NotFound`]; [`Refusal::LiveInvitation`] if the address
/// was invited anew meanwhile.
pub fn resend(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let organization = authority::organization(tx, ctx)?;
    let mut invitation = find(tx, ctx, id)?;
    let roles = may_touch(tx, ctx, &invitation)?;
    let read_version = invitation.version;
    policy::may_invite_to_sign_in(roles, &organization, invitation.auth_type)?;
    let scope = Scope::of(&invitation);
    if let Some(other) = tx.find_live_invitation(ctx.organization, &invitation.email, scope)?
        && other.id != invitation.id
        && let Some(live) = still_open(tx, ctx, other)?
    {
        return Err(standing_in_the_way(&live));
    }
    // A renewal is a new promise to the same person, and takes up room again. Its teams may have
    // been put on projects in the meantime, by somebody who did not take them with this person.
    if invitation.state_at(ctx.now) == State::Expired {
        project_teams::require_grantable(tx, ctx, &invitation.teams)?;
    }
    let auth_type = invitation.auth_type;
    reserve_user(tx, ctx, &invitation.email, auth_type, invitation.project)?;
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
    authority::require(tx, ctx, Permission::View)?;
    let mut invitation = find(tx, ctx, id)?;
    may_touch(tx, ctx, &invitation)?;
    let read_version = invitation.version;
    invitation.revoke(ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.revoked")?;
    release_user(tx, ctx, invitation.user)?;
    Ok(invitation)
}
