//! Rows of `organizations`.

use vestibule_core::organization::{Lifetimes, Organization};
use vestibule_core::{Id, Lifetime};

use super::read;
use crate::{Error, Row, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into organizations (id, name, sso_enabled, lifetime_native, lifetime_confluent,
     lifetime_atlas, created_at, updated_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
const FIND: Sql = Sql::new(
    "select id, name, sso_enabled, lifetime_native, lifetime_confluent, lifetime_atlas,
     created_at, updated_at, version from organizations where id = $1",
);
const LIST_OF_USER: Sql = Sql::new(
    "select o.id, o.name, o.sso_enabled, o.lifetime_native, o.lifetime_confluent, o.lifetime_atlas,
     o.created_at, o.updated_at, o.version from memberships m join organizations o on o.id = m.org_id
     where m.user_id = $1 and m.state = 'active' order by o.id",
);
const UPDATE: Sql = Sql::new(
    "update organizations set name = $3, sso_enabled = $4, lifetime_native = $5,
     lifetime_confluent = $6, lifetime_atlas = $7, updated_at = $8, version = version + 1
     where id = $1 and version = $2",
);
const COUNT: Sql = Sql::new("select count(*) from organizations");
const LIST_IDS: Sql = Sql::new("select id from organizations order by id");

pub(crate) const STATEMENTS: &[Sql] = &[INSERT, FIND, LIST_OF_USER, UPDATE, COUNT, LIST_IDS];

impl Tx<'_> {
    /// Adds an organization.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_organization(&mut self, organization: &Organization) -> Result<(), Error> {
        let lifetimes = &organization.lifetimes;
        self.execute(
            INSERT,
            &[
                (&organization.id.to_hex()).into(),
                (&organization.name).into(),
                organization.sso_enabled.into(),
                lifetimes.native.as_seconds().into(),
                lifetimes.confluent.as_seconds().into(),
                lifetimes.atlas.as_seconds().into(),
                organization.created_at.as_micros().into(),
                organization.updated_at.as_micros().into(),
                organization.version.into(),
            ],
        )?;
        Ok(())
    }

    /// The organization with this id.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_organization(
        &mut self,
        id: Id<Organization>,
    ) -> Result<Option<Organization>, Error> {
        self.find(FIND, &[(&id.to_hex()).into()], organization)
    }

    /// The organizations that a user is a member of, by id.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_organizations_of(
        &mut self,
        user: Id<vestibule_core::user::User>,
    ) -> Result<Vec<Organization>, Error> {
        self.list(LIST_OF_USER, &[(&user.to_hex()).into()], organization)
    }

    /// Writes an organization's settings if it still has the version that was read; `false` if not.
    ///
    /// # Errors
    /// What the database says.
    pub fn update_organization(&mut self, organization: &Organization) -> Result<bool, Error> {
        let lifetimes = &organization.lifetimes;
        let changed = self.execute(
            UPDATE,
            &[
                (&organization.id.to_hex()).into(),
                organization.version.into(),
                (&organization.name).into(),
                organization.sso_enabled.into(),
                lifetimes.native.as_seconds().into(),
                lifetimes.confluent.as_seconds().into(),
                lifetimes.atlas.as_seconds().into(),
                organization.updated_at.as_micros().into(),
            ],
        )?;
        Ok(changed == 1)
    }

    /// The ids of all organizations.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_organization_ids(&mut self) -> Result<Vec<Id<Organization>>, Error> {
        self.list(LIST_IDS, &[], |row| read::id(row, 0, "organizations.id"))
    }

    /// How many organizations there are.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_organizations(&mut self) -> Result<i64, Error> {
        self.one(COUNT, &[], |row| row.int(0))
    }
}

fn organization(row: &Row<'_>) -> Result<Organization, Error> {
    let lifetime = |index| {
        Lifetime::from_seconds(row.int(index)?)
            .ok_or_else(|| Error::value("organizations.lifetime"))
    };
    Ok(Organization {
        id: read::id(row, 0, "organizations.id")?,
        name: row.text(1)?,
        sso_enabled: row.int(2)? != 0,
        lifetimes: Lifetimes {
            native: lifetime(3)?,
            confluent: lifetime(4)?,
            atlas: lifetime(5)?,
        },
        created_at: read::time(row, 6)?,
        updated_at: read::time(row, 7)?,
        version: row.int(8)?,
    })
}
