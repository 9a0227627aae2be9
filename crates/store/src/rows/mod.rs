//! The row primitives, one file per table, and the list of every statement.
//!
//! Each module has its statements as constants (`const INSERT: Sql = Sql::new("…")`), lists them in
//! `pub(crate) const STATEMENTS: &[Sql]`, and adds methods to [`crate::Tx`]. It decides nothing.

mod api_keys;
mod audit;
mod creations;
mod everything;
mod invitation_filter;
mod invitations;
mod memberships;
mod organizations;
mod outbox;
mod people;
mod project_holders;
mod projects;
mod promises;
mod read;
mod revocations;
mod role_holders;
mod service_accounts;
mod slice;
mod teams;
mod users;

pub use api_keys::UsableKeys;
pub use audit::AuditEvent;
pub use creations::{Creation, RequestKey};
pub use invitation_filter::{InvitationFilter, Scope};
pub use invitations::InvitationHead;
pub use memberships::Member;
pub use outbox::{Delivery, DeliveryState, Message};
pub use people::{Circle, Ended, ListedMember};
pub use slice::Slice;

use crate::Sql;

/// How many rows of a table that are over are deleted at once: never so many that a request waits for
/// it.
const DELETED_AT_ONCE: u32 = 100;

/// Every statement of the crate, for the test that prepares each on both engines.
pub(crate) fn statements() -> Vec<Sql> {
    [
        api_keys::STATEMENTS,
        audit::STATEMENTS,
        creations::STATEMENTS,
        everything::STATEMENTS,
        invitations::STATEMENTS,
        memberships::STATEMENTS,
        organizations::STATEMENTS,
        outbox::STATEMENTS,
        people::STATEMENTS,
        project_holders::STATEMENTS,
        projects::STATEMENTS,
        revocations::STATEMENTS,
        role_holders::STATEMENTS,
        service_accounts::STATEMENTS,
        teams::STATEMENTS,
        users::STATEMENTS,
    ]
    .concat()
}
