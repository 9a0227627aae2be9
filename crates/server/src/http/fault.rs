//! What goes wrong on the server's side of any request, before it has a dialect's words.
//!
//! Owns the log lines of such faults: each is written once, here. Must not answer; each dialect
//! has a `fault` function for that.

use crate::error::{AppError, chain};

/// A fault of the server, told to a caller without any detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A defect: a panic, or something that cannot be.
    Internal,
    /// The database cannot be reached, or is too busy: it may go better in a moment.
    Unavailable,
    /// The request took longer than [`super::TIMEOUT`]. Whether it was done is not known.
    TimedOut,
}

/// Writes down why a use case failed on our side, and says what kind of fault it is.
///
/// For [`AppError::Store`] and [`AppError::Inconsistent`] only; the other variants are no faults.
pub(crate) fn of_error(error: &AppError, request_id: &str) -> Fault {
    let chain = chain(error);
    if is_passing(error) {
        tracing::warn!(
            request.id = request_id,
            chain,
            "a request found no database"
        );
        return Fault::Unavailable;
    }
    tracing::error!(request.id = request_id, chain, "a request failed");
    Fault::Internal
}

/// Whether the same request may succeed a moment later.
fn is_passing(error: &AppError) -> bool {
    use vestibule_store::Error as Store;
    matches!(
        error,
        AppError::Store(
            Store::Unavailable { .. }
                | Store::Contended
                | Store::CommitUnknown { .. }
                | Store::Closed
        )
    )
}
