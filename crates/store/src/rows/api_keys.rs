//! Rows of `api_keys`.

use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::organization::Organization;
use vestibule_core::user::User;
use vestibule_core::{Id, Timestamp};

use super::read;
use super::slice::Slice;
use crate::{Error, Row, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into api_keys (org_id, id, principal_kind, principal_id, kind, public_id, name,
     generation, nonce, created_at, expires_at, revoked_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
);
const FIND_BY_PUBLIC_ID: Sql = Sql::new(
    "select org_id, id, principal_kind, principal_id, kind, public_id, name, generation, nonce,
     created_at, expires_at, revoked_at from api_keys where public_id = $1",
);
const FIND_BY_ID: Sql = Sql::new(
    "select org_id, id, principal_kind, principal_id, kind, public_id, name, generation, nonce,
     created_at, expires_at, revoked_at from api_keys where id = $1",
);
const LIST: Sql = Sql::new(
    "select org_id, id, principal_kind, principal_id, kind, public_id, name, generation, nonce,
     created_at, expires_at, revoked_at from api_keys where org_id = $1 and id > $2
     and ($3 is null or (principal_kind = $3 and principal_id = $4)) order by id limit $5",
);
const FIND_OLDEST: Sql = Sql::new(
    "select org_id, id, principal_kind, principal_id, kind, public_id, name, generation, nonce,
     created_at, expires_at, revoked_at from api_keys where org_id = $1 and kind = $2
     order by created_at, id limit 1",
);
// What opens something at $3 is what ApiKey::is_usable says; tests/rows.rs holds the two together.
const LIST_USABLE: Sql = Sql::new(
    "select org_id, id, principal_kind, principal_id, kind, public_id, name, generation, nonce,
     created_at, expires_at, revoked_at from api_keys where org_id = $1 and kind = $2
     and revoked_at is null and (expires_at is null or expires_at > $3)
     and ($4 is null or (principal_kind = $4 and principal_id = $5))
     order by id limit $6 offset $7",
);
const COUNT_USABLE: Sql = Sql::new(
    "select count(*) from api_keys where org_id = $1 and kind = $2
     and revoked_at is null and (expires_at is null or expires_at > $3)
     and ($4 is null or (principal_kind = $4 and principal_id = $5))",
);
const REVOKE: Sql = Sql::new(
    "update api_keys set revoked_at = $3, generation = generation + 1
     where org_id = $1 and id = $2 and revoked_at is null",
);
// A native key is the person's own, and opens what else the person belongs to.
const REVOKE_OF_USER: Sql = Sql::new(
    "update api_keys set revoked_at = $3, generation = generation + 1
     where org_id = $1 and principal_kind = 'user' and principal_id = $2 and kind <> 'native'
     and revoked_at is null",
);

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT,
    FIND_BY_PUBLIC_ID,
    FIND_BY_ID,
    LIST,
    FIND_OLDEST,
    LIST_USABLE,
    COUNT_USABLE,
    REVOKE,
    REVOKE_OF_USER,
];

/// Keys that open something.
#[derive(Clone, Copy, Debug)]
pub struct UsableKeys {
    /// Where.
    pub organization: Id<Organization>,
    /// Of which kind.
    pub kind: KeyKind,
    /// For whom; `None` for everybody.
    pub of: Option<Principal>,
    /// When.
    pub at: Timestamp,
}

impl Tx<'_> {
    /// Adds a key.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_api_key(&mut self, key: &ApiKey) -> Result<(), Error> {
        self.execute(
            INSERT,
            &[
                (&key.organization.to_hex()).into(),
                (&key.id.to_hex()).into(),
                key.principal.kind_name().into(),
                (&key.principal.id_hex()).into(),
                key.kind.name().into(),
                (&key.public_id).into(),
                (&key.name).into(),
                key.generation.into(),
                (&key.nonce).into(),
                key.created_at.as_micros().into(),
                read::micros(key.expires_at).into(),
                read::micros(key.revoked_at).into(),
            ],
        )?;
        Ok(())
    }

    /// The key with this public half.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_api_key_by_public_id(&mut self, public_id: &str) -> Result<Option<ApiKey>, Error> {
        self.find(FIND_BY_PUBLIC_ID, &[public_id.into()], key)
    }

    /// The key with this id, whatever its organization.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_api_key(&mut self, id: Id<ApiKey>) -> Result<Option<ApiKey>, Error> {
        self.find(FIND_BY_ID, &[(&id.to_hex()).into()], key)
    }

    /// The key of this kind that an organization had first, whether or not it still opens something.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_oldest_api_key(
        &mut self,
        organization: Id<Organization>,
        kind: KeyKind,
    ) -> Result<Option<ApiKey>, Error> {
        let organization = organization.to_hex();
        self.find(
            FIND_OLDEST,
            &[(&organization).into(), kind.name().into()],
            key,
        )
    }

    /// At most `limit` keys of an organization, or of one of its people or service accounts, by id,
    /// after `after`; revoked ones included.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_api_keys(
        &mut self,
        organization: Id<Organization>,
        of: Option<Principal>,
        after: Option<Id<ApiKey>>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, Error> {
        self.list(
            LIST,
            &[
                (&organization.to_hex()).into(),
                (&read::hex_or_first(after)).into(),
                of.map(Principal::kind_name).into(),
                (&of.map(|principal| principal.id_hex())).into(),
                limit.into(),
            ],
            key,
        )
    }

    /// A slice of the keys that open something, by id.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_usable_keys(
        &mut self,
        keys: UsableKeys,
        slice: Slice,
    ) -> Result<Vec<ApiKey>, Error> {
        self.list(
            LIST_USABLE,
            &[
                (&keys.organization.to_hex()).into(),
                keys.kind.name().into(),
                keys.at.as_micros().into(),
                keys.of.map(Principal::kind_name).into(),
                (&keys.of.map(|principal| principal.id_hex())).into(),
                slice.limit.into(),
                slice.offset.into(),
            ],
            key,
        )
    }

    /// How many keys [`Tx::list_usable_keys`] has in all.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_usable_keys(&mut self, keys: UsableKeys) -> Result<i64, Error> {
        self.one(
            COUNT_USABLE,
            &[
                (&keys.organization.to_hex()).into(),
                keys.kind.name().into(),
                keys.at.as_micros().into(),
                keys.of.map(Principal::kind_name).into(),
                (&keys.of.map(|principal| principal.id_hex())).into(),
            ],
            |row| row.int(0),
        )
    }

    /// Revokes a key; `false` if there is none, or it was revoked before.
    ///
    /// # Errors
    /// What the database says.
    pub fn revoke_api_key(
        &mut self,
        organization: Id<Organization>,
        id: Id<ApiKey>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        Ok(self.execute(
            REVOKE,
            &[
                (&organization.to_hex()).into(),
                (&id.to_hex()).into(),
                now.as_micros().into(),
            ],
        )? == 1)
    }

    /// Revokes the keys that a person has in an organization, without native ones, which are the
    /// person's own.
    ///
    /// # Errors
    /// What the database says.
    pub fn revoke_api_keys_of(
        &mut self,
        organization: Id<Organization>,
        user: Id<User>,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.execute(
            REVOKE_OF_USER,
            &[
                (&organization.to_hex()).into(),
                (&user.to_hex()).into(),
                now.as_micros().into(),
            ],
        )?;
        Ok(())
    }
}

fn key(row: &Row<'_>) -> Result<ApiKey, Error> {
    Ok(ApiKey {
        organization: read::id(row, 0, "api_keys.org_id")?,
        id: read::id(row, 1, "api_keys.id")?,
        principal: read::principal(row, 2, "api_keys.principal_id")?,
        kind: read::parsed(row, 4, "api_keys.kind", KeyKind::from_name)?,
        public_id: row.text(5)?,
        name: row.text(6)?,
        generation: row.int(7)?,
        nonce: row.text(8)?,
        created_at: read::time(row, 9)?,
        expires_at: read::opt_time(row, 10)?,
        revoked_at: read::opt_time(row, 11)?,
    })
}
