//! Memberships: periods in which a person belongs to an organization. A person who leaves and
//! comes back has a second period; the first one stays as history.

use crate::id::{Id, Kind};
use crate::invitation::Invitation;
use crate::organization::Organization;
use crate::role::RoleSet;
use crate::time::Timestamp;
use crate::user::User;

/// One period of belonging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The id of the period.
    pub id: Id<Self>,
    /// The organization.
    pub organization: Id<Organization>,
    /// The person.
    pub user: Id<User>,
    /// Whether it lasts.
    pub state: MembershipState,
    /// What the member may do.
    pub roles: RoleSet,
    /// The invitation that led here; none for the first owner.
    pub invitation: Option<Id<Invitation>>,
    /// When it began.
    pub joined_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Kind for Membership {
    const NATIVE: &'static str = "mem";
    const CONFLUENT: &'static str = "mem";
    const NOUN: &'static str = "membership";
}

/// Whether a membership lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembershipState {
    /// It lasts.
    Active,
    /// The member left.
    Left,
    /// The member was removed.
    Removed,
}

impl MembershipState {
    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Left => "left",
            Self::Removed => "removed",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Left, Self::Removed]
            .into_iter()
            .find(|s| s.name() == name)
    }
}
