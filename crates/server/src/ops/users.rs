//! What an organization may do to its people, whether they have answered or not: name them, remove
//! them.

use vestibule_core::key::Principal;
use vestibule_core::role::Permission;
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal, policy, text};
use vestibule_store::Tx;

use super::audit::{record, save_invitation};
use super::{authority, directory, invitations, members};
use crate::ctx::Ctx;
use crate::error::AppError;

/// Gives a member a name. People name themselves; whoever manages members names those whom no other
/// organization knows.
///
/// # Errors
/// [`Refusal::InvalidName`], [`Refusal::NotPermitted`], [`Refusal::RoleAboveCeiling`],
/// [`Refusal::NameNotYours`]; [`Refusal::NotMemberYet`] for somebody who is only invited;
/// [`Refusal::NotFound`].
pub fn rename(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>, name: &str) -> Result<User, AppError> {
    let mine = authority::require(tx, ctx, Permission::View)?;
    let name = text::checked_name("full name", name)?;
    let mut user = directory::load_current_user(tx, ctx, id)?;
    let Some(membership) = tx.find_membership(ctx.organization, id)? else {
        policy::require(mine, Permission::ManageMembers)?;
        return Err(Refusal::NotMemberYet.into());
    };
    if ctx.actor.principal() != Some(Principal::User(id)) {
        policy::may_manage_member(mine, membership.roles)?;
        if tx.count_live_ties(id)? > 1 {
            return Err(Refusal::NameNotYours.into());
        }
    }
    user.full_name = name;
    user.updated_at = ctx.now;
    tx.update_user(&user)?;
    record(tx, ctx, "user.renamed", id)?;
    Ok(user)
}

/// Removes a person from the organization, and with it all that they could do here.
///
/// Ends the membership, or takes back the invitations that wait for an answer or ran out, those to
/// projects among them. Whoever is invited to a project only is nobody that could be removed.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::RoleAboveCeiling`], [`Refusal::LastOwner`],
/// [`Refusal::NotFound`].
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<(), AppError> {
    let mine = authority::require(tx, ctx, Permission::ManageMembers)?;
    directory::load_current_user(tx, ctx, id)?;
    if tx.find_membership(ctx.organization, id)?.is_some() {
        members::remove(tx, ctx, id)?;
    }
    let mut unanswered = tx.list_invitations_of(ctx.organization, id)?;
    unanswered.retain(|invitation| directory::is_unanswered(invitation, ctx));
    for mut invitation in unanswered {
        policy::may_manage_member(mine, invitation.roles)?;
        let read_version = invitation.version;
        invitation.remove_invitee(ctx.now)?;
        save_invitation(tx, ctx, &invitation, read_version, "invitation.ended")?;
    }
    record(tx, ctx, "user.removed", id)?;
    invitations::release_user(tx, ctx, id)
}
