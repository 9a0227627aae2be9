//! What an organization may do to its people, whether they have answered or not: name them, remove
//! them.

use vestibule_core::invitation::{Invitation, State};
use vestibule_core::key::Principal;
use vestibule_core::role::Permission;
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal, policy, text};
use vestibule_store::Tx;

use super::audit::{record, save_invitation};
use super::{authority, invitations, members};
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
    let Some(membership) = tx.find_membership(ctx.organization, id)? else {
        return Err(if open_invitations(tx, ctx, id)?.is_empty() {
            Refusal::not_found::<User>(id.to_native()).into()
        } else {
            policy::require(mine, Permission::ManageMembers)?;
            Refusal::NotMemberYet.into()
        });
    };
    if ctx.actor.principal() != Some(Principal::User(id)) {
        policy::may_manage_member(mine, membership.roles)?;
        if tx.count_live_ties(id)? > 1 {
            return Err(Refusal::NameNotYours.into());
        }
    }
    let mut user = tx.find_user(id)?.ok_or(AppError::Inconsistent {
        what: "a member is nobody",
    })?;
    user.full_name = name;
    user.updated_at = ctx.now;
    tx.update_user(&user)?;
    record(tx, ctx, "user.renamed", id)?;
    Ok(user)
}

/// Removes a person from the organization: ends the membership, or takes the invitations back that
/// wait for an answer or ran out. What such a person could do here ends with it.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::RoleAboveCeiling`], [`Refusal::LastOwner`],
/// [`Refusal::NotFound`].
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<(), AppError> {
    let mine = authority::require(tx, ctx, Permission::ManageMembers)?;
    let is_member = tx.find_membership(ctx.organization, id)?.is_some();
    if is_member {
        members::remove(tx, ctx, id)?;
    }
    let open = open_invitations(tx, ctx, id)?;
    if open.is_empty() && !is_member {
        return Err(Refusal::not_found::<User>(id.to_native()).into());
    }
    for mut invitation in open {
        policy::may_manage_member(mine, invitation.roles)?;
        let read_version = invitation.version;
        invitation.remove_invitee(ctx.now)?;
        save_invitation(tx, ctx, &invitation, read_version, "invitation.ended")?;
    }
    record(tx, ctx, "user.removed", id)?;
    invitations::release_user(tx, ctx, id)
}

/// The invitations by which somebody who is no member is known here: what waits for an answer, or
/// ran out without one.
fn open_invitations(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<Vec<Invitation>, AppError> {
    let mut found = tx.list_invitations_of(ctx.organization, id)?;
    found.retain(|invitation| {
        matches!(
            invitation.state_at(ctx.now),
            State::Staged | State::Sent | State::Expired
        )
    });
    Ok(found)
}
