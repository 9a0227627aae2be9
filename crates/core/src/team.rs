//! Teams of an organization. Must not know who is in them: that is a row of its own.

use crate::id::{Id, Kind};
use crate::organization::Organization;
use crate::time::Timestamp;

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: Id<Self>,
    /// The organization it belongs to.
    pub organization: Id<Organization>,
    /// Its name, unique among the organization's living teams.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted. The row stays, so that a promise to put somebody into it is pruned
    /// visibly.
    pub deleted_at: Option<Timestamp>,
}

impl Kind for Team {
    const NATIVE: &'static str = "team";
    const CONFLUENT: &'static str = "team";
    const NOUN: &'static str = "team";
}
