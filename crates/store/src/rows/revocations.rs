//! Rows of `revocations`: what was given back before its end.

use vestibule_core::key::ApiKey;
use vestibule_core::{Timestamp, text};

use super::DELETED_AT_ONCE;
use crate::{Error, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into revocations (org_id, key_id, serial, expires_at) values ($1, $2, $3, $4)
     on conflict (org_id, key_id, serial) do nothing",
);
const FIND: Sql = Sql::new(
    "select expires_at from revocations where org_id = $1 and key_id = $2 and serial = $3",
);
const DELETE_ENDED: Sql = Sql::new(
    "delete from revocations where (org_id, key_id, serial) in
     (select org_id, key_id, serial from revocations
      where expires_at <= $1 order by expires_at limit $2)",
);

pub(crate) const STATEMENTS: &[Sql] = &[INSERT, FIND, DELETE_ENDED];

impl Tx<'_> {
    /// Remembers that what a key was given under this serial opens nothing any more; it would have
    /// expired at `end`.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_revocation(
        &mut self,
        key: &ApiKey,
        serial: [u8; 8],
        end: Timestamp,
    ) -> Result<(), Error> {
        self.execute(
            INSERT,
            &[
                (&key.organization.to_hex()).into(),
                (&key.id.to_hex()).into(),
                (&text::to_hex(&serial)).into(),
                end.as_micros().into(),
            ],
        )?;
        Ok(())
    }

    /// Whether what a key was given under this serial was given back.
    ///
    /// # Errors
    /// What the database says.
    pub fn is_revoked(&mut self, key: &ApiKey, serial: [u8; 8]) -> Result<bool, Error> {
        let found = self.find(
            FIND,
            &[
                (&key.organization.to_hex()).into(),
                (&key.id.to_hex()).into(),
                (&text::to_hex(&serial)).into(),
            ],
            |row| row.int(0),
        )?;
        Ok(found.is_some())
    }

    /// Forgets some of what has expired by `now`, the oldest first; how many rows that were.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_ended_revocations(&mut self, now: Timestamp) -> Result<u64, Error> {
        let params = [now.as_micros().into(), DELETED_AT_ONCE.into()];
        self.execute(DELETE_ENDED, &params)
    }
}
