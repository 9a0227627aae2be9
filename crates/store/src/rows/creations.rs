//! Rows of `creations`: what requests made that have a key of their caller's.

use vestibule_core::id::Kind;
use vestibule_core::key::Principal;
use vestibule_core::organization::Organization;
use vestibule_core::{Id, Timestamp};

use super::read;
use crate::{Error, Row, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into creations (org_id, principal_id, request_key, fingerprint, made_id, forget_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, principal_id, request_key) do nothing",
);
const FIND: Sql = Sql::new(
    "select fingerprint, made_id, forget_at from creations
     where org_id = $1 and principal_id = $2 and request_key = $3",
);
const DELETE_ENDED: Sql = Sql::new("delete from creations where forget_at <= $1");

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
    /// Remembers what a request made; `false` if something is remembered already.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_creation<K: Kind>(
        &mut self,
        request: RequestKey<'_>,
        creation: &Creation<K>,
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
            ],
        )?;
        Ok(inserted == 1)
    }

    /// What a request has made before.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_creation<K: Kind>(
        &mut self,
        request: RequestKey<'_>,
    ) -> Result<Option<Creation<K>>, Error> {
        self.find(
            FIND,
            &[
                (&request.organization.to_hex()).into(),
                (&request.principal.id_hex()).into(),
                request.key.into(),
            ],
            creation,
        )
    }

    /// Forgets what was to be remembered until `now`; how many rows that were.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_ended_creations(&mut self, now: Timestamp) -> Result<u64, Error> {
        self.execute(DELETE_ENDED, &[now.as_micros().into()])
    }
}

fn creation<K: Kind>(row: &Row<'_>) -> Result<Creation<K>, Error> {
    Ok(Creation {
        fingerprint: row.text(0)?,
        made: read::id(row, 1, "creations.made_id")?,
        forget_at: read::time(row, 2)?,
    })
}
