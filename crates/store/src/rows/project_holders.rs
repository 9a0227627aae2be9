//! Rows of `project_holders`.

use vestibule_core::Id;
use vestibule_core::organization::Organization;
use vestibule_core::project::{Holder, Project, ProjectHolder, ProjectRole};
use vestibule_core::role::RoleSet;
use vestibule_core::user::User;

use super::read;
use super::slice::Slice;
use crate::{Error, Row, Sql, Tx};

const INSERT_OR_NOTHING: Sql = Sql::new(
    "insert into project_holders (org_id, project_id, holder_kind, holder_id, roles, added_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, project_id, holder_kind, holder_id) do nothing",
);
const UPDATE: Sql = Sql::new(
    "update project_holders set roles = $5
     where org_id = $1 and project_id = $2 and holder_kind = $3 and holder_id = $4",
);
const FIND: Sql = Sql::new(
    "select org_id, project_id, holder_kind, holder_id, roles, added_at from project_holders
     where org_id = $1 and project_id = $2 and holder_kind = $3 and holder_id = $4",
);
const LIST_TEAMS: Sql = Sql::new(
    "select org_id, project_id, holder_kind, holder_id, roles, added_at from project_holders
     where org_id = $1 and project_id = $2 and holder_kind = 'team'
     order by holder_id limit $3 offset $4",
);
const COUNT_TEAMS: Sql = Sql::new(
    "select count(*) from project_holders
     where org_id = $1 and project_id = $2 and holder_kind = 'team'",
);
const LIST_OF_HOLDER: Sql = Sql::new(
    "select org_id, project_id, holder_kind, holder_id, roles, added_at from project_holders
     where org_id = $1 and holder_kind = $2 and holder_id = $3 order by project_id",
);
// The teams of the person come first, in the order of an index; they are few.
const ROLES_BY_TEAMS: Sql = Sql::new(
    "select h.roles from team_members t cross join project_holders h
     where t.org_id = $1 and t.user_id = $2
     and h.org_id = t.org_id and h.project_id = $3
     and h.holder_kind = 'team' and h.holder_id = t.team_id",
);
const DELETE: Sql = Sql::new(
    "delete from project_holders
     where org_id = $1 and project_id = $2 and holder_kind = $3 and holder_id = $4",
);
const DELETE_ALL: Sql =
    Sql::new("delete from project_holders where org_id = $1 and project_id = $2");

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_OR_NOTHING,
    UPDATE,
    FIND,
    LIST_TEAMS,
    COUNT_TEAMS,
    LIST_OF_HOLDER,
    ROLES_BY_TEAMS,
    DELETE,
    DELETE_ALL,
];

impl Tx<'_> {
    /// Gives a holder roles in a project; `false` if it has some.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_project_holder(&mut self, new: &ProjectHolder) -> Result<bool, Error> {
        let inserted = self.execute(
            INSERT_OR_NOTHING,
            &[
                (&new.organization.to_hex()).into(),
                (&new.project.to_hex()).into(),
                new.holder.kind_name().into(),
                (&new.holder.id_hex()).into(),
                (&new.roles.to_names()).into(),
                new.added_at.as_micros().into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Writes which roles a holder has in a project; `false` if it has none.
    ///
    /// # Errors
    /// What the database says.
    pub fn update_project_holder(&mut self, changed: &ProjectHolder) -> Result<bool, Error> {
        let updated = self.execute(
            UPDATE,
            &[
                (&changed.organization.to_hex()).into(),
                (&changed.project.to_hex()).into(),
                changed.holder.kind_name().into(),
                (&changed.holder.id_hex()).into(),
                (&changed.roles.to_names()).into(),
            ],
        )?;
        Ok(updated == 1)
    }

    /// What a holder has in a project.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_project_holder(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
        holder: Holder,
    ) -> Result<Option<ProjectHolder>, Error> {
        self.find(
            FIND,
            &[
                (&organization.to_hex()).into(),
                (&project.to_hex()).into(),
                holder.kind_name().into(),
                (&holder.id_hex()).into(),
            ],
            project_holder,
        )
    }

    /// A slice of the teams on a project, in the order the teams were made.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_project_teams(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
        slice: Slice,
    ) -> Result<Vec<ProjectHolder>, Error> {
        self.list(
            LIST_TEAMS,
            &[
                (&organization.to_hex()).into(),
                (&project.to_hex()).into(),
                slice.limit.into(),
                slice.offset.into(),
            ],
            project_holder,
        )
    }

    /// How many teams are on a project.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_project_teams(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
    ) -> Result<i64, Error> {
        self.one(
            COUNT_TEAMS,
            &[(&organization.to_hex()).into(), (&project.to_hex()).into()],
            |row| row.int(0),
        )
    }

    /// What a holder has in the projects of an organization, by project.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_projects_of_holder(
        &mut self,
        organization: Id<Organization>,
        holder: Holder,
    ) -> Result<Vec<ProjectHolder>, Error> {
        self.list(
            LIST_OF_HOLDER,
            &[
                (&organization.to_hex()).into(),
                holder.kind_name().into(),
                (&holder.id_hex()).into(),
            ],
            project_holder,
        )
    }

    /// The roles that a person has in a project because of their teams.
    ///
    /// # Errors
    /// What the database says.
    pub fn project_roles_by_teams(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
        user: Id<User>,
    ) -> Result<RoleSet<ProjectRole>, Error> {
        let by_team = self.list(
            ROLES_BY_TEAMS,
            &[
                (&organization.to_hex()).into(),
                (&user.to_hex()).into(),
                (&project.to_hex()).into(),
            ],
            |row| read::project_roles(row, 0, "project_holders.roles"),
        )?;
        Ok(by_team.into_iter().fold(RoleSet::NONE, RoleSet::union))
    }

    /// Takes a holder's roles in a project away; `false` if it has none.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_project_holder(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
        holder: Holder,
    ) -> Result<bool, Error> {
        let deleted = self.execute(
            DELETE,
            &[
                (&organization.to_hex()).into(),
                (&project.to_hex()).into(),
                holder.kind_name().into(),
                (&holder.id_hex()).into(),
            ],
        )?;
        Ok(deleted == 1)
    }

    /// Takes the roles of all holders in a project away.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_project_holders(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
    ) -> Result<(), Error> {
        self.execute(
            DELETE_ALL,
            &[(&organization.to_hex()).into(), (&project.to_hex()).into()],
        )?;
        Ok(())
    }
}

fn project_holder(row: &Row<'_>) -> Result<ProjectHolder, Error> {
    let kind = row.str(2)?;
    let holder = |id: &str| Holder::from_stored(kind, id);
    Ok(ProjectHolder {
        organization: read::id(row, 0, "project_holders.org_id")?,
        project: read::id(row, 1, "project_holders.project_id")?,
        holder: read::parsed(row, 3, "project_holders.holder_id", holder)?,
        roles: read::project_roles(row, 4, "project_holders.roles")?,
        added_at: read::time(row, 5)?,
    })
}
