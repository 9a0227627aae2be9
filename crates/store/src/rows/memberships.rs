//! Rows of `memberships`.

use vestibule_core::Id;
use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::organization::Organization;
use vestibule_core::user::User;

use super::{read, users};
use crate::{Error, Row, Sql, Tx};

const INSERT_OR_NOTHING: Sql = Sql::new(
    "insert into memberships (org_id, id, user_id, state, roles, invitation_id, joined_at, ended_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (org_id, user_id) where state = 'active' do nothing",
);
const FIND_ACTIVE: Sql = Sql::new(
    "select org_id, id, user_id, state, roles, invitation_id, joined_at, ended_at
     from memberships where org_id = $1 and user_id = $2 and state = 'active'",
);
const UPDATE: Sql = Sql::new(
    "update memberships set state = $3, roles = $4, ended_at = $5, invitation_id = $6
     where org_id = $1 and id = $2",
);
const LIST_ACTIVE: Sql = Sql::new(
    "select m.org_id, m.id, m.user_id, m.state, m.roles, m.invitation_id, m.joined_at, m.ended_at,
     u.id, u.email, u.email_key, u.full_name, u.state, u.auth_type, u.created_at, u.updated_at
     from memberships m join users u on u.id = m.user_id
     where m.org_id = $1 and m.state = 'active' and m.id > $2 order by m.id limit $3",
);
const LIST_OF_USER: Sql = Sql::new(
    "select org_id, id, user_id, state, roles, invitation_id, joined_at, ended_at
     from memberships where user_id = $1 and state = 'active' order by org_id",
);
const COUNT_OWNERS: Sql = Sql::new(
    "select count(*) from memberships where org_id = $1 and state = 'active'
     and ',' || roles || ',' like '%,owner,%'",
);
const COUNT_ACTIVE: Sql =
    Sql::new("select count(*) from memberships where org_id = $1 and state = 'active'");

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_OR_NOTHING,
    FIND_ACTIVE,
    UPDATE,
    LIST_ACTIVE,
    LIST_OF_USER,
    COUNT_OWNERS,
    COUNT_ACTIVE,
];

/// A membership and the person who has it.
#[derive(Clone, Debug)]
pub struct Member {
    /// The period.
    pub membership: Membership,
    /// The person.
    pub user: User,
}

impl Tx<'_> {
    /// Begins a membership unless the person is an active member; `false` if so.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_membership(&mut self, membership: &Membership) -> Result<bool, Error> {
        let invitation = membership.invitation.map(Id::to_hex);
        let inserted = self.execute(
            INSERT_OR_NOTHING,
            &[
                (&membership.organization.to_hex()).into(),
                (&membership.id.to_hex()).into(),
                (&membership.user.to_hex()).into(),
                membership.state.name().into(),
                (&membership.roles.to_names()).into(),
                invitation.as_deref().into(),
                membership.joined_at.as_micros().into(),
                read::micros(membership.ended_at).into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// The active membership of a person in an organization.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_membership(
        &mut self,
        organization: Id<Organization>,
        user: Id<User>,
    ) -> Result<Option<Membership>, Error> {
        self.find(
            FIND_ACTIVE,
            &[(&organization.to_hex()).into(), (&user.to_hex()).into()],
            membership,
        )
    }

    /// Writes what may change of a membership: its state, its roles, its invitation and its end.
    ///
    /// # Errors
    /// What the database says.
    pub fn update_membership(&mut self, membership: &Membership) -> Result<(), Error> {
        let invitation = membership.invitation.map(Id::to_hex);
        self.execute(
            UPDATE,
            &[
                (&membership.organization.to_hex()).into(),
                (&membership.id.to_hex()).into(),
                membership.state.name().into(),
                (&membership.roles.to_names()).into(),
                read::micros(membership.ended_at).into(),
                invitation.as_deref().into(),
            ],
        )?;
        Ok(())
    }

    /// At most `limit` active members of an organization, in the order they joined, after `after`.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_members(
        &mut self,
        organization: Id<Organization>,
        after: Option<Id<Membership>>,
        limit: u32,
    ) -> Result<Vec<Member>, Error> {
        let after = after.map(Id::to_hex).unwrap_or_default();
        let organization = organization.to_hex();
        self.list(
            LIST_ACTIVE,
            &[(&organization).into(), (&after).into(), limit.into()],
            |row| {
                Ok(Member {
                    membership: membership(row)?,
                    user: users::user_at(row, 8)?,
                })
            },
        )
    }

    /// The active memberships of a person, by organization.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_memberships_of(&mut self, user: Id<User>) -> Result<Vec<Membership>, Error> {
        self.list(LIST_OF_USER, &[(&user.to_hex()).into()], membership)
    }

    /// How many active members an organization has.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_members(&mut self, organization: Id<Organization>) -> Result<i64, Error> {
        self.one(COUNT_ACTIVE, &[(&organization.to_hex()).into()], |row| {
            row.int(0)
        })
    }

    /// How many active owners an organization has.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_owners(&mut self, organization: Id<Organization>) -> Result<i64, Error> {
        self.one(COUNT_OWNERS, &[(&organization.to_hex()).into()], |row| {
            row.int(0)
        })
    }
}

pub(super) fn membership(row: &Row<'_>) -> Result<Membership, Error> {
    Ok(Membership {
        organization: read::id(row, 0, "memberships.org_id")?,
        id: read::id(row, 1, "memberships.id")?,
        user: read::id(row, 2, "memberships.user_id")?,
        state: read::parsed(row, 3, "memberships.state", MembershipState::from_name)?,
        roles: read::roles(row, 4, "memberships.roles")?,
        invitation: read::opt_parsed(row, 5, "memberships.invitation_id", Id::from_hex)?,
        joined_at: read::time(row, 6)?,
        ended_at: read::opt_time(row, 7)?,
    })
}
