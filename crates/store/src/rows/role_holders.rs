//! People with roles in an organization, be it by a membership or by the promise of one. Must not
//! say which of the two it is.

use vestibule_core::Id;
use vestibule_core::organization::Organization;
use vestibule_core::role::RoleSet;
use vestibule_core::user::User;

use super::invitations::is_last;
use super::read;
use crate::{Error, Sql, Tx};

// The list of two states is the condition of the index of what has ended.
const LIST: Sql = Sql::new(concat!(
    "select user_id, roles
     from (select m.user_id, m.roles from memberships m
           where m.org_id = $1 and m.state = 'active' and m.user_id > $2
           union all
           select i.user_id, i.roles from invitations i
           where i.org_id = $1 and i.project_id = '' and i.state in ('staged', 'sent')
           and i.user_id > $2
           and not exists (select 1 from memberships m
                           where m.org_id = i.org_id and m.user_id = i.user_id and m.state = 'active')
           union all
           select i.user_id, i.roles from invitations i
           where i.org_id = $1 and i.project_id = '' and i.state in ('expired', 'deactivated')
           and i.state = 'expired' and i.user_id > $2
           and not exists (select 1 from memberships m
                           where m.org_id = i.org_id and m.user_id = i.user_id and m.state = 'active')
           and ",
    is_last!(),
    ") h
     where roles <> 'member' order by user_id limit $3",
));

pub(crate) const STATEMENTS: &[Sql] = &[LIST];

impl Tx<'_> {
    /// Who has more than the lowest role or is promised it by their last invitation to the
    /// organization, which is open or ran out; by id, after `after`, and with which roles.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_role_holders(
        &mut self,
        organization: Id<Organization>,
        after: Option<Id<User>>,
        limit: u32,
    ) -> Result<Vec<(Id<User>, RoleSet)>, Error> {
        self.list(
            LIST,
            &[
                (&organization.to_hex()).into(),
                (&read::hex_or_first(after)).into(),
                limit.into(),
            ],
            |row| {
                Ok((
                    read::id(row, 0, "memberships.user_id")?,
                    read::roles(row, 1, "memberships.roles")?,
                ))
            },
        )
    }
}
