//! Rows of `users`.

use vestibule_core::organization::Organization;
use vestibule_core::user::{AuthType, User, UserState};
use vestibule_core::{EmailAddress, Id, Timestamp};

use super::invitations::is_last;
use super::read;
use crate::{Error, Row, Sql, Tx};

const INSERT_OR_NOTHING: Sql = Sql::new(
    "insert into users (id, email, email_key, full_name, state, auth_type, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (email_key) do nothing",
);
const FIND: Sql = Sql::new(
    "select id, email, email_key, full_name, state, auth_type, created_at, updated_at
     from users where id = $1",
);
const FIND_BY_EMAIL: Sql = Sql::new(
    "select id, email, email_key, full_name, state, auth_type, created_at, updated_at
     from users where email_key = $1",
);
const UPDATE: Sql = Sql::new(
    "update users set full_name = $2, state = $3, auth_type = $4, updated_at = $5 where id = $1",
);
/// Who, of the users `u`, is or may become a member: has an active membership, or an invitation to
/// the organization that is open, or that ran out and was the last.
macro_rules! of_organization {
    () => {
        concat!(
            "(exists (select 1 from memberships m
                  where m.org_id = $1 and m.user_id = u.id and m.state = 'active')
       or exists (select 1 from invitations i
                  where i.org_id = $1 and i.user_id = u.id and i.project_id = ''
                  and (i.state in ('staged', 'sent') or (i.state = 'expired' and ",
            is_last!(),
            "))))"
        )
    };
}
const LIST_OF_ORGANIZATION: Sql = Sql::new(concat!(
    "select id, email, email_key, full_name, state, auth_type, created_at, updated_at
     from users u where u.id > $2 and ",
    of_organization!(),
    " order by u.id limit $3",
));
// The same from the newest to the oldest.
const LIST_OF_ORGANIZATION_BACK: Sql = Sql::new(concat!(
    "select id, email, email_key, full_name, state, auth_type, created_at, updated_at
     from users u where u.id < $2 and ",
    of_organization!(),
    " order by u.id desc limit $3",
));
const LIVE_TIES: Sql = Sql::new(
    "select (select count(*) from memberships where user_id = $1 and state = 'active')
          + (select count(*) from invitations where user_id = $1 and state in ('staged', 'sent'))",
);

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_OR_NOTHING,
    FIND,
    FIND_BY_EMAIL,
    UPDATE,
    LIST_OF_ORGANIZATION,
    LIST_OF_ORGANIZATION_BACK,
    LIVE_TIES,
];

impl Tx<'_> {
    /// Adds a user unless one with the same address exists; `false` if one does.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_user(&mut self, user: &User) -> Result<bool, Error> {
        let inserted = self.execute(
            INSERT_OR_NOTHING,
            &[
                (&user.id.to_hex()).into(),
                user.email.display().into(),
                user.email.key().into(),
                (&user.full_name).into(),
                user.state.name().into(),
                user.auth_type.name().into(),
                user.created_at.as_micros().into(),
                user.updated_at.as_micros().into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// The user with this id.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_user(&mut self, id: Id<User>) -> Result<Option<User>, Error> {
        self.find(FIND, &[(&id.to_hex()).into()], user)
    }

    /// The user with this address, by its match key.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_user_by_email(&mut self, email: &EmailAddress) -> Result<Option<User>, Error> {
        self.find(FIND_BY_EMAIL, &[email.key().into()], user)
    }

    /// Writes what may change of a user.
    ///
    /// # Errors
    /// What the database says.
    pub fn update_user(&mut self, user: &User) -> Result<(), Error> {
        self.execute(
            UPDATE,
            &[
                (&user.id.to_hex()).into(),
                (&user.full_name).into(),
                user.state.name().into(),
                user.auth_type.name().into(),
                user.updated_at.as_micros().into(),
            ],
        )?;
        Ok(())
    }

    /// At most `limit` users of an organization by id, after `after`: members, and invitees who may
    /// still become members.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_users(
        &mut self,
        organization: Id<Organization>,
        after: Option<Id<User>>,
        limit: u32,
    ) -> Result<Vec<User>, Error> {
        let after = after.map(Id::to_hex).unwrap_or_default();
        let organization = organization.to_hex();
        self.list(
            LIST_OF_ORGANIZATION,
            &[(&organization).into(), (&after).into(), limit.into()],
            user,
        )
    }

    /// As [`Tx::list_users`], from the newest to the oldest, before `before`.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_users_back(
        &mut self,
        organization: Id<Organization>,
        before: Option<Id<User>>,
        limit: u32,
    ) -> Result<Vec<User>, Error> {
        // Above all hexadecimal digits.
        let before = before.map_or_else(|| "g".to_owned(), Id::to_hex);
        let organization = organization.to_hex();
        self.list(
            LIST_OF_ORGANIZATION_BACK,
            &[(&organization).into(), (&before).into(), limit.into()],
            user,
        )
    }

    /// How many active memberships and live invitations a user has, over all organizations.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_live_ties(&mut self, id: Id<User>) -> Result<i64, Error> {
        self.one(LIVE_TIES, &[(&id.to_hex()).into()], |row| row.int(0))
    }
}

pub(super) fn user(row: &Row<'_>) -> Result<User, Error> {
    user_at(row, 0)
}

/// A user whose eight columns begin at `at`.
pub(super) fn user_at(row: &Row<'_>, at: usize) -> Result<User, Error> {
    let time = |index: usize| -> Result<Timestamp, Error> { read::time(row, index) };
    Ok(User {
        id: read::id(row, at, "users.id")?,
        email: EmailAddress::from_stored(row.text(at + 1)?, row.text(at + 2)?),
        full_name: row.text(at + 3)?,
        state: read::parsed(row, at + 4, "users.state", UserState::from_name)?,
        auth_type: read::parsed(row, at + 5, "users.auth_type", AuthType::from_name)?,
        created_at: time(at + 6)?,
        updated_at: time(at + 7)?,
    })
}
