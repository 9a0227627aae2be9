//! Rows of `service_accounts`.

use vestibule_core::Id;
use vestibule_core::organization::Organization;
use vestibule_core::user::ServiceAccount;

use super::read;
use crate::{Error, Row, Sql, Tx};

const INSERT: Sql = Sql::new(
    "insert into service_accounts (org_id, id, name, roles, created_at) values ($1, $2, $3, $4, $5)",
);
const FIND: Sql = Sql::new(
    "select org_id, id, name, roles, created_at from service_accounts where org_id = $1 and id = $2",
);
const LIST: Sql = Sql::new(
    "select org_id, id, name, roles, created_at from service_accounts
     where org_id = $1 and id > $2 order by id limit $3",
);
const LIST_BACK: Sql = Sql::new(
    "select org_id, id, name, roles, created_at from service_accounts
     where org_id = $1 and id < $2 order by id desc limit $3",
);

pub(crate) const STATEMENTS: &[Sql] = &[INSERT, FIND, LIST, LIST_BACK];

impl Tx<'_> {
    /// Adds a service account.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_service_account(&mut self, account: &ServiceAccount) -> Result<(), Error> {
        self.execute(
            INSERT,
            &[
                (&account.organization.to_hex()).into(),
                (&account.id.to_hex()).into(),
                (&account.name).into(),
                (&account.roles.to_names()).into(),
                account.created_at.as_micros().into(),
            ],
        )?;
        Ok(())
    }

    /// The service account with this id.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_service_account(
        &mut self,
        organization: Id<Organization>,
        id: Id<ServiceAccount>,
    ) -> Result<Option<ServiceAccount>, Error> {
        self.find(
            FIND,
            &[(&organization.to_hex()).into(), (&id.to_hex()).into()],
            account,
        )
    }

    /// At most `limit` service accounts of an organization, in the order they were made, after
    /// `after`.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_service_accounts(
        &mut self,
        organization: Id<Organization>,
        after: Option<Id<ServiceAccount>>,
        limit: u32,
    ) -> Result<Vec<ServiceAccount>, Error> {
        let after = after.map(Id::to_hex).unwrap_or_default();
        let organization = organization.to_hex();
        let params = [(&organization).into(), (&after).into(), limit.into()];
        self.list(LIST, &params, account)
    }

    /// As [`Tx::list_service_accounts`], from the newest to the oldest, before `before`.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_service_accounts_back(
        &mut self,
        organization: Id<Organization>,
        before: Option<Id<ServiceAccount>>,
        limit: u32,
    ) -> Result<Vec<ServiceAccount>, Error> {
        // Above all hexadecimal digits.
        let before = before.map_or_else(|| "g".to_owned(), Id::to_hex);
        let organization = organization.to_hex();
        let params = [(&organization).into(), (&before).into(), limit.into()];
        self.list(LIST_BACK, &params, account)
    }
}

fn account(row: &Row<'_>) -> Result<ServiceAccount, Error> {
    Ok(ServiceAccount {
        organization: read::id(row, 0, "service_accounts.org_id")?,
        id: read::id(row, 1, "service_accounts.id")?,
        name: row.text(2)?,
        roles: read::roles(row, 3, "service_accounts.roles")?,
        created_at: read::time(row, 4)?,
    })
}
