//! How fast a caller may invite.

use vestibule_core::Refusal;
use vestibule_store::Tx;

use crate::ctx::Ctx;
use crate::error::AppError;

/// The span in seconds that a pace is counted over.
const SPAN_SECONDS: i64 = 60;

/// Checks that the actor has made fewer than `limit` invitations through this API within the last
/// minute. What is counted are rows, so that every node and every restart counts the same.
///
/// # Errors
/// [`Refusal::TooManyInvitations`].
pub fn require(tx: &mut Tx<'_>, ctx: &Ctx, limit: i64) -> Result<(), AppError> {
    let Some(inviter) = ctx.actor.principal() else {
        return Ok(());
    };
    let since = ctx.now.plus_seconds(-SPAN_SECONDS);
    let made = tx.count_invitations_made(ctx.organization, inviter, ctx.dialect, since)?;
    if made >= limit {
        return Err(Refusal::TooManyInvitations { limit }.into());
    }
    Ok(())
}
