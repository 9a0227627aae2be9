//! The life of an invitation as far as the inviting side decides it.
//!
//! Owns the look-ups of single invitations, and what follows from an invitation's end. What an
//! inviter does is in the files of this folder.

mod change;
mod create;
mod link;
mod list;

use vestibule_core::invitation::Invitation;
use vestibule_core::organization::Organization;
use vestibule_core::role::Permission;
use vestibule_core::user::{User, UserState};
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::{Delivery, Scope, Tx};

pub use change::{InvitationEdit, edit, resend, revoke};
pub(super) use create::create_for_project;
pub use create::{NewInvitation, create, create_there};
pub use link::{Link, link};
pub(super) use list::TO_LIST;
pub use list::{Listing, deliveries, list};

use super::authority;
use crate::ctx::Ctx;
use crate::error::AppError;

/// The invitation with this id.
///
/// # Errors
/// [`Refusal::NotFound`], also for another organization's id.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    find(tx, ctx, id)
}

fn find(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    let found = tx.find_invitation(ctx.organization, id)?;
    found.ok_or_else(|| Refusal::not_found::<Invitation>(id.to_native()).into())
}

/// The invitation with this id, and how its mail fares.
///
/// # Errors
/// As [`load`].
pub fn load_with_delivery(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
) -> Result<(Invitation, Option<Delivery>), AppError> {
    let invitation = load(tx, ctx, id)?;
    let delivery = tx.find_delivery(&invitation)?;
    Ok((invitation, delivery))
}

/// The open invitation of an address to this, for the dialect that names invitations by address.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn load_open_by_email(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
    scope: Scope,
) -> Result<Invitation, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let found = tx.find_live_invitation(ctx.organization, email, scope)?;
    found
        .filter(|invitation| invitation.state_at(ctx.now).is_live())
        .ok_or_else(|| Refusal::not_found::<Invitation>(email.display()).into())
}

/// Deactivates a placeholder that nothing holds any more.
pub(crate) fn release_user(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<(), AppError> {
    let Some(mut user) = tx.find_user(id)? else {
        return Ok(());
    };
    if user.state == UserState::Placeholder && tx.count_live_ties(id)? == 0 {
        user.state = UserState::Deactivated;
        user.updated_at = ctx.now;
        tx.update_user(&user)?;
    }
    Ok(())
}

/// The organization an invitation belongs to, for whoever shows it to people.
pub(crate) fn organization_of(
    tx: &mut Tx<'_>,
    invitation: &Invitation,
) -> Result<Organization, AppError> {
    let found = tx.find_organization(invitation.organization)?;
    found.ok_or(AppError::Inconsistent {
        what: "an invitation's organization is not there",
    })
}
