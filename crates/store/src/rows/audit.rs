//! Rows of `audit_events`: who did what to what. Rows are only added.

use vestibule_core::organization::Organization;
use vestibule_core::{Id, Timestamp};

use super::read;
use crate::{Error, Row, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into audit_events (org_id, id, at, actor_kind, actor_id, action, subject_kind,
     subject_id, detail, request_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
);
const LIST: Sql = Sql::new(
    "select org_id, id, at, actor_kind, actor_id, action, subject_kind, subject_id, detail,
     request_id from audit_events where org_id = $1 order by at, id",
);

pub(crate) const STATEMENTS: &[Sql] = &[INSERT, LIST];

/// Something that happened in an organization. Holds ids and states, never addresses or secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// Where.
    pub organization: Id<Organization>,
    /// The event's id, 24 hexadecimal digits.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// `user`, `service_account`, `invitee` or `system`.
    pub actor_kind: String,
    /// The actor's id; empty for the system.
    pub actor_id: String,
    /// What, as `subject.verb`: `invitation.sent`.
    pub action: String,
    /// The kind of thing it happened to.
    pub subject_kind: String,
    /// The id of the thing it happened to.
    pub subject_id: String,
    /// More about it, a JSON object.
    pub detail: String,
    /// The request that caused it.
    pub request_id: String,
}

impl Tx<'_> {
    /// Adds an event.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_audit_event(&mut self, event: &AuditEvent) -> Result<(), Error> {
        self.execute(
            INSERT,
            &[
                (&event.organization.to_hex()).into(),
                (&event.id).into(),
                event.at.as_micros().into(),
                (&event.actor_kind).into(),
                (&event.actor_id).into(),
                (&event.action).into(),
                (&event.subject_kind).into(),
                (&event.subject_id).into(),
                (&event.detail).into(),
                (&event.request_id).into(),
            ],
        )?;
        Ok(())
    }

    /// All events of an organization, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_audit_events(
        &mut self,
        organization: Id<Organization>,
    ) -> Result<Vec<AuditEvent>, Error> {
        self.list(LIST, &[(&organization.to_hex()).into()], event)
    }
}

fn event(row: &Row<'_>) -> Result<AuditEvent, Error> {
    Ok(AuditEvent {
        organization: read::id(row, 0, "audit_events.org_id")?,
        id: row.text(1)?,
        at: read::time(row, 2)?,
        actor_kind: row.text(3)?,
        actor_id: row.text(4)?,
        action: row.text(5)?,
        subject_kind: row.text(6)?,
        subject_id: row.text(7)?,
        detail: row.text(8)?,
        request_id: row.text(9)?,
    })
}
