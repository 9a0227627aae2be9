//! Rows of `outbox`: mail to be sent, and afterwards how that went.
//!
//! A message carries ids only; whoever sends it loads the invitation and derives the link then.

use vestibule_core::invitation::Invitation;
use vestibule_core::organization::Organization;
use vestibule_core::{Id, Timestamp};

use super::read;
use crate::{Error, Row, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into outbox (org_id, subject_id, kind, generation, state, run_at, give_up_at, fence,
     attempts, created_at) values ($1, $2, 'invitation', $3, 'queued', $4, $5, 0, 0, $4)",
);
// A claim is a lease: whoever died holding one loses it when its run_at comes. The fence tells a
// late worker that the lease went to another.
const CLAIM: Sql = Sql::new(
    "update outbox set state = 'claimed', run_at = $2, fence = fence + 1
     where (org_id, subject_id, kind, generation) in (
         select org_id, subject_id, kind, generation from outbox
         where state in ('queued', 'claimed', 'deferred') and run_at <= $1
         order by run_at limit $3)
     returning org_id, subject_id, generation, fence, attempts, give_up_at",
);
const SETTLE: Sql = Sql::new(
    "update outbox set state = $5, run_at = $6, attempts = attempts + 1, last_error = $7,
     ended_at = $8
     where org_id = $1 and subject_id = $2 and kind = 'invitation' and generation = $3
     and fence = $4 and state = 'claimed'",
);
const FIND_DELIVERY: Sql = Sql::new(
    "select state, attempts, last_error, run_at, ended_at from outbox
     where org_id = $1 and subject_id = $2 and kind = 'invitation' and generation = $3",
);
const LIST_DELIVERIES: Sql = Sql::new(
    "select state, attempts, last_error, run_at, ended_at, subject_id, generation from outbox
     where org_id = $1 and subject_id >= $2 and subject_id <= $3 and kind = 'invitation'",
);
const NEXT_DUE: Sql = Sql::new(
    "select run_at from outbox where state in ('queued', 'claimed', 'deferred')
     order by run_at limit 1",
);

const COUNT_UNDER_WAY: Sql = Sql::new(
    "select count(*) from outbox where state in ('queued', 'claimed', 'deferred')
     and (state = 'claimed' or run_at <= $1)",
);

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT,
    CLAIM,
    SETTLE,
    FIND_DELIVERY,
    LIST_DELIVERIES,
    NEXT_DUE,
    COUNT_UNDER_WAY,
];

/// A claimed piece of mail.
#[derive(Clone, Debug)]
pub struct Message {
    /// The invitation's organization.
    pub organization: Id<Organization>,
    /// The invitation to mail.
    pub invitation: Id<Invitation>,
    /// The generation it was queued for; another one by now means that it is not sent.
    pub generation: i64,
    /// The number of this claim.
    pub fence: i64,
    /// How often it was tried before.
    pub attempts: i64,
    /// When trying again makes no sense any more.
    pub give_up_at: Timestamp,
}

/// How the mail of an invitation's generation fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// How it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// What went wrong at the last try.
    pub last_error: Option<String>,
    /// When it will be tried (again).
    pub run_at: Timestamp,
    /// When it was handed to the mail server, dropped or given up.
    pub ended_at: Option<Timestamp>,
}

/// How a piece of mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits for its first try.
    Queued,
    /// Somebody is sending it.
    Claimed,
    /// It could not be sent and will be tried again.
    Deferred,
    /// The mail server has taken it.
    HandedOff,
    /// It was not sent, because the invitation was answered, withdrawn or sent anew before.
    Dropped,
    /// It could not be sent, and will not be tried again.
    Dead,
}

impl DeliveryState {
    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Claimed => "claimed",
            Self::Deferred => "deferred",
            Self::HandedOff => "handed_off",
            Self::Dropped => "dropped",
            Self::Dead => "dead",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Claimed,
            Self::Deferred,
            Self::HandedOff,
            Self::Dropped,
            Self::Dead,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }

    const fn has_ended(self) -> bool {
        matches!(self, Self::HandedOff | Self::Dropped | Self::Dead)
    }
}

impl Tx<'_> {
    /// Queues the mail of an invitation's current generation. It is tried until the invitation
    /// expires: nobody is sent a dead link.
    ///
    /// # Errors
    /// What the database says.
    pub fn enqueue_invitation_mail(&mut self, invitation: &Invitation) -> Result<(), Error> {
        self.execute(
            INSERT,
            &[
                (&invitation.organization.to_hex()).into(),
                (&invitation.id.to_hex()).into(),
                invitation.generation.into(),
                invitation.sent_at.as_micros().into(),
                invitation.expires_at.as_micros().into(),
            ],
        )?;
        Ok(())
    }

    /// Claims at most `limit` messages that are due, until `lease_until`.
    ///
    /// # Errors
    /// What the database says.
    pub fn claim_messages(
        &mut self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Message>, Error> {
        self.list(
            CLAIM,
            &[
                now.as_micros().into(),
                lease_until.as_micros().into(),
                limit.into(),
            ],
            message,
        )
    }

    /// Records the outcome of a claimed message; `false` if the claim has gone to another.
    ///
    /// # Errors
    /// What the database says.
    pub fn settle_message(
        &mut self,
        message: &Message,
        state: DeliveryState,
        run_at: Timestamp,
        error: Option<&str>,
    ) -> Result<bool, Error> {
        let ended_at = state.has_ended().then_some(run_at);
        let changed = self.execute(
            SETTLE,
            &[
                (&message.organization.to_hex()).into(),
                (&message.invitation.to_hex()).into(),
                message.generation.into(),
                message.fence.into(),
                state.name().into(),
                run_at.as_micros().into(),
                error.into(),
                read::micros(ended_at).into(),
            ],
        )?;
        Ok(changed == 1)
    }

    /// How the mail of an invitation's current generation fares.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_delivery(&mut self, invitation: &Invitation) -> Result<Option<Delivery>, Error> {
        self.find(
            FIND_DELIVERY,
            &[
                (&invitation.organization.to_hex()).into(),
                (&invitation.id.to_hex()).into(),
                invitation.generation.into(),
            ],
            delivery,
        )
    }

    /// How the mail of each generation of some invitations fares: those of an organization whose
    /// ids lie between two ids, both included.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_deliveries(
        &mut self,
        organization: Id<Organization>,
        first: Id<Invitation>,
        last: Id<Invitation>,
    ) -> Result<Vec<(Id<Invitation>, i64, Delivery)>, Error> {
        self.list(
            LIST_DELIVERIES,
            &[
                (&organization.to_hex()).into(),
                (&first.to_hex()).into(),
                (&last.to_hex()).into(),
            ],
            |row| {
                Ok((
                    read::id(row, 5, "outbox.subject_id")?,
                    row.int(6)?,
                    delivery(row)?,
                ))
            },
        )
    }

    /// How many messages are being sent, or should be at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_mail_under_way(&mut self, now: Timestamp) -> Result<i64, Error> {
        self.one(COUNT_UNDER_WAY, &[now.as_micros().into()], |row| row.int(0))
    }

    /// When the next message is due; the past if one is.
    ///
    /// # Errors
    /// What the database says.
    pub fn next_message_due(&mut self) -> Result<Option<Timestamp>, Error> {
        self.find(NEXT_DUE, &[], |row| read::time(row, 0))
    }
}

fn delivery(row: &Row<'_>) -> Result<Delivery, Error> {
    Ok(Delivery {
        state: read::parsed(row, 0, "outbox.state", DeliveryState::from_name)?,
        attempts: row.int(1)?,
        last_error: row.opt_text(2)?,
        run_at: read::time(row, 3)?,
        ended_at: read::opt_time(row, 4)?,
    })
}

fn message(row: &Row<'_>) -> Result<Message, Error> {
    Ok(Message {
        organization: read::id(row, 0, "outbox.org_id")?,
        invitation: read::id(row, 1, "outbox.subject_id")?,
        generation: row.int(2)?,
        fence: row.int(3)?,
        attempts: row.int(4)?,
        give_up_at: read::time(row, 5)?,
    })
}
