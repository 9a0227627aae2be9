//! The outbox from the mail job's side: claim, look again, settle.

use vestibule_core::Timestamp;
use vestibule_core::invitation::State;
use vestibule_store::{DeliveryState, Message, Tx};

use super::acceptance::{self, Invited};
use crate::ctx::Ctx;
use crate::error::AppError;

/// For how many seconds a claim holds.
pub const LEASE_SECONDS: i64 = 120;

/// Claims at most `limit` messages that are due.
///
/// # Errors
/// The store's failure.
pub fn claim(tx: &mut Tx<'_>, ctx: &Ctx, limit: u32) -> Result<Vec<Message>, AppError> {
    let lease_until = ctx.now.plus_seconds(LEASE_SECONDS);
    Ok(tx.claim_messages(ctx.now, lease_until, limit)?)
}

/// Looks at a claimed message's invitation again, right before it is handed over: `None` if it was
/// withdrawn, answered or sent anew since, or has expired, and must not be mailed.
///
/// # Errors
/// The store's failure.
pub fn prepare(tx: &mut Tx<'_>, ctx: &Ctx, message: &Message) -> Result<Option<Invited>, AppError> {
    match tx.find_invitation(message.organization, message.invitation)? {
        Some(invitation)
            if invitation.state_at(ctx.now) == State::Sent
                && invitation.generation == message.generation =>
        {
            acceptance::describe(tx, invitation).map(Some)
        }
        Some(_) | None => Ok(None),
    }
}

/// What came of trying to send a message.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The mail server has taken it.
    HandedOff,
    /// It must not be sent any more.
    Dropped,
    /// It could not be sent now. The words are for the operator; they hold no address.
    Failed(String),
    /// It can never be sent. The words are for the operator; they hold no address.
    Refused(String),
}

/// Records what came of messages. A failed one is tried again after a while, but never after its
/// invitation has expired.
///
/// # Errors
/// The store's failure.
pub fn settle(tx: &mut Tx<'_>, ctx: &Ctx, outcomes: &[(Message, Outcome)]) -> Result<(), AppError> {
    for (message, outcome) in outcomes {
        let (state, at, error) = match outcome {
            Outcome::HandedOff => (DeliveryState::HandedOff, ctx.now, None),
            Outcome::Dropped => (DeliveryState::Dropped, ctx.now, None),
            Outcome::Refused(error) => (DeliveryState::Dead, ctx.now, Some(error.as_str())),
            Outcome::Failed(error) => {
                let next = next_try(ctx.now, message.attempts);
                if next < message.give_up_at {
                    (DeliveryState::Deferred, next, Some(error.as_str()))
                } else {
                    (DeliveryState::Dead, ctx.now, Some(error.as_str()))
                }
            }
        };
        tx.settle_message(message, state, at, error)?;
    }
    Ok(())
}

/// One minute after the first failure, doubling up to six hours: an outage of days is survived,
/// a short one costs a minute.
fn next_try(now: Timestamp, failures: i64) -> Timestamp {
    let doublings = u32::try_from(failures.clamp(0, 16)).unwrap_or(16);
    now.plus_seconds((60_i64 << doublings).min(6 * 3600))
}

/// When the next message is due; `None` if none waits.
///
/// # Errors
/// The store's failure.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, AppError> {
    Ok(tx.next_message_due()?)
}
