//! The states of an invitation, and why it is in one. Must not know how it got there.

use crate::time::Timestamp;

/// What becomes of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It exists and is not released.
    Staged,
    /// It is released and waits for an answer.
    Sent,
    /// The invitee is, or was, a member by it.
    Accepted,
    /// Nobody answered in time.
    Expired,
    /// Somebody ended it.
    Deactivated,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Staged,
        Self::Sent,
        Self::Accepted,
        Self::Expired,
        Self::Deactivated,
    ];

    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
            Self::Deactivated => "deactivated",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What this stored state is at `now` for an invitation that expires then: see
    /// [`super::Invitation::state_at`].
    #[must_use]
    pub fn at(self, expires_at: Timestamp, now: Timestamp) -> Self {
        if self.is_live() && now >= expires_at {
            Self::Expired
        } else {
            self
        }
    }

    /// Whether it still waits for an answer. At most one invitation of an address in an
    /// organization does.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Staged | Self::Sent)
    }
}

/// Why an invitation is in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Withdrawn by somebody who may.
    Revoked,
    /// Declined by the invitee.
    Declined,
    /// The member left.
    UserLeft,
    /// The member was removed, or the invitee before they answered.
    UserRemoved,
    /// The person joined by another road.
    JoinedOtherwise,
}

impl Reason {
    const ALL: [Self; 5] = [
        Self::Revoked,
        Self::Declined,
        Self::UserLeft,
        Self::UserRemoved,
        Self::JoinedOtherwise,
    ];

    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Declined => "declined",
            Self::UserLeft => "user_left",
            Self::UserRemoved => "user_removed",
            Self::JoinedOtherwise => "joined_otherwise",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
}
