//! Rows of `creations`: what requests made that have a key of their caller's.

use vestibule_core::id::Kind;
use vestibule_core::key::Principal;
use vestibule_core::organization::Organization;
use vestibule_core::{Id, Timestamp};

use super::{DELETED_AT_ONCE, read};
use crate::{Error, Row, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into creations (org_id, principal_id, request_key, fingerprint, made_id, forget_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, principal_id, request_key) do update
     set fingerprint = excluded.fingerprint, made_id = excluded.made_id,
     forget_at = excluded.forget_at where creations.forget_at <= $7",
);
const FIND: Sql = Sql::new(
    "select fingerprint, made_id, forget_at from creations
     where org_id = $1 and principal_id = $2 and request_key = $3 and forget_at > $4",
);
const DELETE_ENDED: Sql = Sql::new(
    "delete from creations where (org_id, principal_id, request_key) in
     (select org_id, principal_id, request_key from creations
      where forget_at <= $1 order by forget_at limit $2)",
);

pub(crate) const STATEMENTS: &[Sql] = &[INSERT, FIND, DELETE_ENDED];

/// Whose request it is, by the key that the caller gave it.
#[derive(Clone, Copy, Debug)]
pub struct RequestKey<'a> {
    /// Where something is to be made.
    pub organization: Id<Organization>,
    /// Who asks.
    pub principal: Principal,
    /// The caller's key.
    pub key: &'a str,
}

/// What a request made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation<K: Kind> {
    /// Tells the request from others.
    pub fingerprint: String,
    /// What it made.
    pub made: Id<K>,
    /// Until when that is remembered.
    pub forget_at: Timestamp,
}

impl Tx<'_> {
    /// Remembers what a request made; `false` if something is remembered already at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_creation<K: Kind>(
        &mut self,
        request: RequestKey<'_>,
        creation: &Creation<K>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let inserted = self.execute(
            INSERT,
            &[
                (&request.organization.to_hex()).into(),
                (&request.principal.id_hex()).into(),
                request.key.into(),
                (&creation.fingerprint).into(),
                (&creation.made.to_hex()).into(),
                creation.forget_at.as_micros().into(),
                now.as_micros().into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// What a request has made before, as long as that is remembered at `now`.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_creation<K: Kind>(
        &mut self,
        request: RequestKey<'_>,
        now: Timestamp,
    ) -> Result<Option<Creation<K>>, Error> {
        self.find(
            FIND,
            &[
                (&request.organization.to_hex()).into(),
                (&request.principal.id_hex()).into(),
                request.key.into(),
                now.as_micros().into(),
            ],
            creation,
        )
    }

    /// Forgets some of what was to be remembered until `now`, the oldest first; how many rows that
    /// were.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_ended_creations(&mut self, now: Timestamp) -> Result<u64, Error> {
        let params = [now.as_micros().into(), DELETED_AT_ONCE.into()];
        self.execute(DELETE_ENDED, &params)
    }
}

fn creation<K: Kind>(row: &Row<'_>) -> Result<Creation<K>, Error> {
    Ok(Creation {
        fingerprint: row.text(0)?,
        made: read::id(row, 1, "creations.made_id")?,
        forget_at: read::time(row, 2)?,
    })
}
