//! Rows of `teams` and `team_members`.

use vestibule_core::organization::Organization;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{Id, Timestamp};

use super::read;
use super::slice::Slice;
use crate::{Error, Row, Sql, Tx};

const INSERT_OR_NOTHING: Sql = Sql::new(
    "insert into teams (org_id, id, name, created_at) values ($1, $2, $3, $4)
     on conflict (org_id, name) where deleted_at is null do nothing",
);
const FIND: Sql = Sql::new(
    "select org_id, id, name, created_at, deleted_at from teams
     where org_id = $1 and id = $2 and deleted_at is null",
);
const FIND_BY_NAME: Sql = Sql::new(
    "select org_id, id, name, created_at, deleted_at from teams
     where org_id = $1 and name = $2 and deleted_at is null",
);
// Nothing happens if another living team has the name.
const RENAME: Sql = Sql::new(
    "update teams set name = $3 where org_id = $1 and id = $2 and deleted_at is null
     and not exists (select 1 from teams o where o.org_id = $1 and o.name = $3
                     and o.id <> $2 and o.deleted_at is null)",
);
const DELETE: Sql = Sql::new(
    "update teams set deleted_at = $3 where org_id = $1 and id = $2 and deleted_at is null",
);
const LIST: Sql = Sql::new(
    "select org_id, id, name, created_at, deleted_at from teams
     where org_id = $1 and deleted_at is null and id > $2 order by id limit $3 offset $4",
);
const COUNT: Sql = Sql::new("select count(*) from teams where org_id = $1 and deleted_at is null");
const ADD_MEMBER: Sql = Sql::new(
    "insert into team_members (org_id, team_id, user_id) values ($1, $2, $3)
     on conflict (org_id, team_id, user_id) do nothing",
);
const REMOVE_MEMBER: Sql =
    Sql::new("delete from team_members where org_id = $1 and team_id = $2 and user_id = $3");
const REMOVE_ALL: Sql = Sql::new("delete from team_members where org_id = $1 and team_id = $2");
const REMOVE_FROM_ALL: Sql =
    Sql::new("delete from team_members where org_id = $1 and user_id = $2");
const LIST_OF_USER: Sql = Sql::new(
    "select team_id from team_members where org_id = $1 and user_id = $2 order by team_id",
);

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_OR_NOTHING,
    FIND,
    FIND_BY_NAME,
    RENAME,
    DELETE,
    LIST,
    COUNT,
    ADD_MEMBER,
    REMOVE_MEMBER,
    REMOVE_ALL,
    REMOVE_FROM_ALL,
    LIST_OF_USER,
];

impl Tx<'_> {
    /// Adds a team unless a living one has its name; `false` if one does.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_team(&mut self, team: &Team) -> Result<bool, Error> {
        let inserted = self.execute(
            INSERT_OR_NOTHING,
            &[
                (&team.organization.to_hex()).into(),
                (&team.id.to_hex()).into(),
                (&team.name).into(),
                team.created_at.as_micros().into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// The living team with this id.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_team(
        &mut self,
        organization: Id<Organization>,
        id: Id<Team>,
    ) -> Result<Option<Team>, Error> {
        self.find(
            FIND,
            &[(&organization.to_hex()).into(), (&id.to_hex()).into()],
            team,
        )
    }

    /// A slice of the living teams of an organization that come after `after`, in the order they
    /// were made.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_teams(
        &mut self,
        organization: Id<Organization>,
        after: Option<Id<Team>>,
        slice: Slice,
    ) -> Result<Vec<Team>, Error> {
        self.list_after(LIST, organization, after, slice, team)
    }

    /// How many living teams an organization has.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_teams(&mut self, organization: Id<Organization>) -> Result<i64, Error> {
        self.one(COUNT, &[(&organization.to_hex()).into()], |row| row.int(0))
    }

    /// The living team of this name.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_team_by_name(
        &mut self,
        organization: Id<Organization>,
        name: &str,
    ) -> Result<Option<Team>, Error> {
        self.find(
            FIND_BY_NAME,
            &[(&organization.to_hex()).into(), name.into()],
            team,
        )
    }

    /// Gives a living team another name, unless another one has it; `false` if one does.
    ///
    /// # Errors
    /// What the database says.
    pub fn rename_team(&mut self, team: &Team) -> Result<bool, Error> {
        let changed = self.execute(
            RENAME,
            &[
                (&team.organization.to_hex()).into(),
                (&team.id.to_hex()).into(),
                (&team.name).into(),
            ],
        )?;
        Ok(changed == 1)
    }

    /// Ends a team and empties it.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_team(
        &mut self,
        organization: Id<Organization>,
        id: Id<Team>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (organization, id) = (organization.to_hex(), id.to_hex());
        self.execute(
            DELETE,
            &[(&organization).into(), (&id).into(), now.as_micros().into()],
        )?;
        self.execute(REMOVE_ALL, &[(&organization).into(), (&id).into()])?;
        Ok(())
    }

    /// Puts a person into a team; `false` if they are in it.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_team_member(
        &mut self,
        organization: Id<Organization>,
        team: Id<Team>,
        user: Id<User>,
    ) -> Result<bool, Error> {
        let inserted = self.execute(
            ADD_MEMBER,
            &[
                (&organization.to_hex()).into(),
                (&team.to_hex()).into(),
                (&user.to_hex()).into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Takes a person out of a team; `false` if they are not in it.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_team_member(
        &mut self,
        organization: Id<Organization>,
        team: Id<Team>,
        user: Id<User>,
    ) -> Result<bool, Error> {
        let deleted = self.execute(
            REMOVE_MEMBER,
            &[
                (&organization.to_hex()).into(),
                (&team.to_hex()).into(),
                (&user.to_hex()).into(),
            ],
        )?;
        Ok(deleted == 1)
    }

    /// Takes a person out of all teams of an organization.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_team_memberships(
        &mut self,
        organization: Id<Organization>,
        user: Id<User>,
    ) -> Result<(), Error> {
        self.execute(
            REMOVE_FROM_ALL,
            &[(&organization.to_hex()).into(), (&user.to_hex()).into()],
        )?;
        Ok(())
    }

    /// The teams of an organization that a person is in, by id.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_team_ids_of(
        &mut self,
        organization: Id<Organization>,
        user: Id<User>,
    ) -> Result<Vec<Id<Team>>, Error> {
        self.list(
            LIST_OF_USER,
            &[(&organization.to_hex()).into(), (&user.to_hex()).into()],
            |row| read::id(row, 0, "team_members.team_id"),
        )
    }
}

fn team(row: &Row<'_>) -> Result<Team, Error> {
    Ok(Team {
        organization: read::id(row, 0, "teams.org_id")?,
        id: read::id(row, 1, "teams.id")?,
        name: row.text(2)?,
        created_at: read::time(row, 3)?,
        deleted_at: read::opt_time(row, 4)?,
    })
}
