//! What the looks of a listed invitation depend on, so that a page that was shown before can be
//! shown again.

use vestibule_core::invitation::{Invitation, State};
use vestibule_core::{Id, Timestamp};
use vestibule_store::Tx;

use super::authority;
use super::invitations::{Listing, TO_LIST};
use crate::ctx::Ctx;
use crate::error::AppError;

/// Equal marks, equal looks: every change raises the version, and time alone changes the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    id: Id<Invitation>,
    version: i64,
    state: State,
}

impl Mark {
    /// The mark of an invitation at `now`.
    #[must_use]
    pub fn of(invitation: &Invitation, now: Timestamp) -> Self {
        Self {
            id: invitation.id,
            version: invitation.version,
            state: invitation.state_at(now),
        }
    }
}

/// Whether [`super::invitations::list`] would list what has these marks; for a plain listing.
///
/// # Errors
/// As [`super::invitations::list`].
pub fn are(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    listing: &Listing,
    marks: &[Mark],
) -> Result<bool, AppError> {
    authority::require(tx, ctx, TO_LIST)?;
    let heads = tx.list_invitation_heads(ctx.organization, listing.after, listing.limit)?;
    let now = heads.into_iter().map(|head| Mark {
        id: head.id,
        version: head.version,
        state: head.state.at(head.expires_at, ctx.now),
    });
    Ok(now.eq(marks.iter().copied()))
}
