//! Lists of invitations, and how their mail fares.

use std::collections::HashMap;

use vestibule_core::invitation::Invitation;
use vestibule_core::role::Permission;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id};
use vestibule_store::{Delivery, InvitationFilter, Scope, Tx};

use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::authority;

/// What to list, and from where on.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Which ones.
    pub filter: InvitationFilter,
    /// Only those to this address.
    pub email: Option<EmailAddress>,
    /// Only those for this user.
    pub user: Option<Id<User>>,
    /// Only those after this one.
    pub after: Option<Id<Invitation>>,
    /// At most so many.
    pub limit: u32,
}

impl Listing {
    /// Whether no invitation is left out but for the page's bounds.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.filter.is_empty() && self.email.is_none() && self.user.is_none()
    }
}

/// What it takes to see a list of invitations, whether it is read or kept ([`crate::ops::marks`]).
pub(in crate::ops) const TO_LIST: Permission = Permission::View;

/// Invitations of the organization by id, that is by the second they were made in; the other way
/// round if the filter says so.
///
/// # Errors
/// [`vestibule_core::Refusal::NotFound`] or [`vestibule_core::Refusal::NotPermitted`] for the organization.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, listing: &Listing) -> Result<Vec<Invitation>, AppError> {
    authority::require(tx, ctx, TO_LIST)?;
    let filter = &listing.filter;
    let mut wanted = listing.user;
    if let Some(email) = &listing.email {
        let Some(user) = tx.find_user_by_email(email)? else {
            return Ok(Vec::new());
        };
        if wanted.is_some_and(|id| id != user.id) {
            return Ok(Vec::new());
        }
        wanted = Some(user.id);
    }
    let Some(user) = wanted else {
        return Ok(tx.list_invitations(
            ctx.organization,
            filter,
            listing.after,
            listing.limit,
            ctx.now,
        )?);
    };
    // The invitations of one person are few: they are filtered here.
    let mut found = tx.list_invitations_of(ctx.organization, user)?;
    if filter.newest_first {
        found.reverse();
    }
    found.retain(|invitation| passes(invitation, listing, ctx));
    found.truncate(usize::try_from(listing.limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// How the mails of these invitations' current generations fare; in their order.
///
/// # Errors
/// The store's failure.
pub fn deliveries(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    listed: &[Invitation],
) -> Result<Vec<Option<Delivery>>, AppError> {
    let ids = listed.iter().map(|invitation| invitation.id);
    let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else {
        return Ok(Vec::new());
    };
    let mut known: HashMap<_, _> = tx
        .list_deliveries(ctx.organization, first, last)?
        .into_iter()
        .map(|(id, generation, delivery)| ((id, generation), delivery))
        .collect();
    Ok(listed
        .iter()
        .map(|i| known.remove(&(i.id, i.generation)))
        .collect())
}

fn passes(invitation: &Invitation, listing: &Listing, ctx: &Ctx) -> bool {
    use vestibule_core::invitation::Reason;
    let filter = &listing.filter;
    let comes_after = |after| {
        if filter.newest_first {
            invitation.id < after
        } else {
            invitation.id > after
        }
    };
    listing.after.is_none_or(comes_after)
        && filter
            .state
            .is_none_or(|state| filter.state_of(invitation, ctx.now) == state)
        && filter
            .inviter
            .is_none_or(|inviter| invitation.inviter.principal == inviter)
        && filter
            .role
            .is_none_or(|role| invitation.roles.contains(role))
        && filter
            .team
            .is_none_or(|team| invitation.teams.contains(&team))
        && filter
            .scope
            .is_none_or(|scope| Scope::of(invitation) == scope)
        && !(filter.hide_revoked && invitation.reason == Some(Reason::Revoked))
}
