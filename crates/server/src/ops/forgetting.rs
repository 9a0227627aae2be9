//! What is remembered for a time only.
//!
//! Owns the end of it: which request made what ([`super::once`]), and which tokens were given back
//! ([`super::tokens`]). Whoever asks goes by the time that each row says; nothing may depend on when
//! rows are deleted.

use vestibule_store::Tx;

use crate::ctx::Ctx;
use crate::error::AppError;

/// Deletes some of what is over by now, the oldest first; how many rows that were, 0 if none is left.
///
/// # Errors
/// The store's failure.
pub fn forget_ended(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<u64, AppError> {
    let creations = tx.delete_ended_creations(ctx.now)?;
    let revocations = tx.delete_ended_revocations(ctx.now)?;
    Ok(creations.saturating_add(revocations))
}
