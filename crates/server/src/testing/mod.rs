//! What no cloud lets a tester do: set the clock, force a state, inject a fault, empty the database.
//!
//! Exists only in a server that was started for testing; without it there is neither a route nor
//! anything that looks at requests. Owns the controls. Must not break a rule: whatever is forced on
//! an invitation goes through the rulebook's own transitions (`state.rs`).

pub(crate) mod duration;
pub(crate) mod faults;
pub(crate) mod journal;
pub(crate) mod reset;
pub mod seed;
pub(crate) mod state;

use std::sync::Arc;

use vestibule_core::time::SettableClock;
use vestibule_core::{Clock, Timestamp};
use vestibule_store::Claim;

use faults::Faults;
use journal::Journal;
pub use seed::Seed;

/// The key ring of every server that is there for testing.
///
/// It is public, so that ids fix secrets: what a seed names has the same secret on each machine. A
/// server that is not for testing does not know this ring's key, and so none of the secrets.
pub const KEY_RING: &str = concat!(
    "testing ",
    "766573746962756c653a2070",
    "75626c69632c20666f722074",
    "657374732e2e2e21"
);

/// From where the controls can be used. They ask for no credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From the server's own machine.
    ThisMachine,
    /// From wherever the server is reached: the operator said so.
    Anywhere,
}

/// The controls of a server that is there for testing.
pub struct Testing {
    pub(crate) clock: SettableClock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) seed: Seed,
    pub(crate) reach: Reach,
    pub(crate) claim: Claim,
}

impl Testing {
    /// Controls over a server whose clock goes as `clock` does, until it is set, and that has its
    /// database for itself.
    #[must_use]
    pub(crate) fn new(clock: Arc<dyn Clock>, seed: Seed, reach: Reach, claim: Claim) -> Self {
        Self {
            clock: SettableClock::over(clock),
            faults: Faults::default(),
            journal: Journal::default(),
            seed,
            reach,
            claim,
        }
    }
}

/// The first and the last instant that the clock can be set to. Ids hold 32 bits of seconds.
pub(crate) const CLOCK_RANGE: (Timestamp, Timestamp) = (
    Timestamp::from_seconds(946_684_800),
    Timestamp::from_seconds(4_102_444_800),
);
