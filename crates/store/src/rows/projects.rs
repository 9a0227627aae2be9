//! Rows of `projects` and `project_members`.

use vestibule_core::Id;
use vestibule_core::organization::Organization;
use vestibule_core::project::{Project, ProjectMember};
use vestibule_core::user::User;

use super::read;
use super::slice::Slice;
use crate::{Error, Row, Sql, Tx};

const INSERT_OR_NOTHING: Sql = Sql::new(
    "insert into projects (org_id, id, name, created_at, version) values ($1, $2, $3, $4, $5)
     on conflict (org_id, name) where deleted_at is null do nothing",
);
const FIND: Sql = Sql::new(
    "select org_id, id, name, created_at, deleted_at, version from projects
     where org_id = $1 and id = $2 and deleted_at is null",
);
const FIND_ANYWHERE: Sql = Sql::new(
    "select org_id, id, name, created_at, deleted_at, version from projects
     where id = $1 and deleted_at is null",
);
const FIND_BY_NAME: Sql = Sql::new(
    "select org_id, id, name, created_at, deleted_at, version from projects
     where org_id = $1 and name = $2 and deleted_at is null",
);
const UPDATE: Sql = Sql::new(
    "update projects set name = $4, deleted_at = $5, version = $6
     where org_id = $1 and id = $2 and version = $3",
);
const LIST: Sql = Sql::new(
    "select org_id, id, name, created_at, deleted_at, version from projects
     where org_id = $1 and deleted_at is null and id > $2 order by id limit $3 offset $4",
);
const COUNT: Sql =
    Sql::new("select count(*) from projects where org_id = $1 and deleted_at is null");
const SAVE_MEMBER: Sql = Sql::new(
    "insert into project_members (org_id, project_id, user_id, roles, invitation_id, added_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (org_id, project_id, user_id) do update
     set roles = excluded.roles, invitation_id = excluded.invitation_id",
);
const FIND_MEMBER: Sql = Sql::new(
    "select org_id, project_id, user_id, roles, invitation_id, added_at from project_members
     where org_id = $1 and project_id = $2 and user_id = $3",
);
const LIST_MEMBERS: Sql = Sql::new(
    "select org_id, project_id, user_id, roles, invitation_id, added_at from project_members
     where org_id = $1 and project_id = $2 order by user_id",
);
const LIST_OF_USER: Sql = Sql::new(
    "select org_id, project_id, user_id, roles, invitation_id, added_at from project_members
     where org_id = $1 and user_id = $2 order by project_id",
);
const DELETE_MEMBER: Sql =
    Sql::new("delete from project_members where org_id = $1 and project_id = $2 and user_id = $3");

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_OR_NOTHING,
    FIND,
    FIND_ANYWHERE,
    FIND_BY_NAME,
    UPDATE,
    LIST,
    COUNT,
    SAVE_MEMBER,
    FIND_MEMBER,
    LIST_MEMBERS,
    LIST_OF_USER,
    DELETE_MEMBER,
];

impl Tx<'_> {
    /// Adds a project unless a living one has its name; `false` if one does.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert_project(&mut self, project: &Project) -> Result<bool, Error> {
        let inserted = self.execute(
            INSERT_OR_NOTHING,
            &[
                (&project.organization.to_hex()).into(),
                (&project.id.to_hex()).into(),
                (&project.name).into(),
                project.created_at.as_micros().into(),
                project.version.into(),
            ],
        )?;
        Ok(inserted == 1)
    }

    /// The living project with this id.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_project(
        &mut self,
        organization: Id<Organization>,
        id: Id<Project>,
    ) -> Result<Option<Project>, Error> {
        self.find(
            FIND,
            &[(&organization.to_hex()).into(), (&id.to_hex()).into()],
            project,
        )
    }

    /// The living project with this id, of whichever organization. Whoever asks has to find out
    /// whether the caller may know of it.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_project_anywhere(&mut self, id: Id<Project>) -> Result<Option<Project>, Error> {
        self.find(FIND_ANYWHERE, &[(&id.to_hex()).into()], project)
    }

    /// The living project with this name.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_project_by_name(
        &mut self,
        organization: Id<Organization>,
        name: &str,
    ) -> Result<Option<Project>, Error> {
        self.find(
            FIND_BY_NAME,
            &[(&organization.to_hex()).into(), name.into()],
            project,
        )
    }

    /// Writes what may change of a project that was read with the version before; `false` if
    /// somebody else changed it since.
    ///
    /// # Errors
    /// What the database says; [`Error::Unique`] if a living project has its name.
    pub fn update_project(&mut self, project: &Project) -> Result<bool, Error> {
        let changed = self.execute(
            UPDATE,
            &[
                (&project.organization.to_hex()).into(),
                (&project.id.to_hex()).into(),
                (project.version - 1).into(),
                (&project.name).into(),
                read::micros(project.deleted_at).into(),
                project.version.into(),
            ],
        )?;
        Ok(changed == 1)
    }

    /// A slice of the living projects of an organization that come after `after`, in the order they
    /// were made.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_projects(
        &mut self,
        organization: Id<Organization>,
        after: Option<Id<Project>>,
        slice: Slice,
    ) -> Result<Vec<Project>, Error> {
        self.list_after(LIST, organization, after, slice, project)
    }

    /// How many living projects an organization has.
    ///
    /// # Errors
    /// What the database says.
    pub fn count_projects(&mut self, organization: Id<Organization>) -> Result<i64, Error> {
        self.one(COUNT, &[(&organization.to_hex()).into()], |row| row.int(0))
    }

    /// Gives somebody roles in a project, in place of those they had.
    ///
    /// # Errors
    /// What the database says.
    pub fn save_project_member(&mut self, member: &ProjectMember) -> Result<(), Error> {
        let invitation = member.invitation.map(Id::to_hex);
        self.execute(
            SAVE_MEMBER,
            &[
                (&member.organization.to_hex()).into(),
                (&member.project.to_hex()).into(),
                (&member.user.to_hex()).into(),
                (&member.roles.to_names()).into(),
                invitation.as_deref().into(),
                member.added_at.as_micros().into(),
            ],
        )?;
        Ok(())
    }

    /// Somebody's roles in a project.
    ///
    /// # Errors
    /// What the database says.
    pub fn find_project_member(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
        user: Id<User>,
    ) -> Result<Option<ProjectMember>, Error> {
        self.find(
            FIND_MEMBER,
            &[
                (&organization.to_hex()).into(),
                (&project.to_hex()).into(),
                (&user.to_hex()).into(),
            ],
            member,
        )
    }

    /// Everybody with roles in a project.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_project_members(
        &mut self,
        organization: Id<Organization>,
        project: Id<Project>,
    ) -> Result<Vec<ProjectMember>, Error> {
        self.list(
            LIST_MEMBERS,
            &[(&organization.to_hex()).into(), (&project.to_hex()).into()],
            member,
        )
    }

    /// What one person has in the projects of an organization, by project.
    ///
    /// # Errors
    /// What the database says.
    pub fn list_projects_of(
        &mut self,
        organization: Id<Organization>,
        user: Id<User>,
    ) -> Result<Vec<ProjectMember>, Error> {
        self.list(
            LIST_OF_USER,
            &[(&organization.to_hex()).into(), (&user.to_hex()).into()],
            member,
        )
    }

    /// Takes somebody's roles in a project away.
    ///
    /// # Errors
    /// What the database says.
    pub fn delete_project_member(&mut self, member: &ProjectMember) -> Result<(), Error> {
        self.execute(
            DELETE_MEMBER,
            &[
                (&member.organization.to_hex()).into(),
                (&member.project.to_hex()).into(),
                (&member.user.to_hex()).into(),
            ],
        )?;
        Ok(())
    }
}

fn project(row: &Row<'_>) -> Result<Project, Error> {
    Ok(Project {
        organization: read::id(row, 0, "projects.org_id")?,
        id: read::id(row, 1, "projects.id")?,
        name: row.text(2)?,
        created_at: read::time(row, 3)?,
        deleted_at: read::opt_time(row, 4)?,
        version: row.int(5)?,
    })
}

fn member(row: &Row<'_>) -> Result<ProjectMember, Error> {
    Ok(ProjectMember {
        organization: read::id(row, 0, "project_members.org_id")?,
        project: read::id(row, 1, "project_members.project_id")?,
        user: read::id(row, 2, "project_members.user_id")?,
        roles: read::project_roles(row, 3, "project_members.roles")?,
        invitation: read::opt_parsed(row, 4, "project_members.invitation_id", Id::from_hex)?,
        added_at: read::time(row, 5)?,
    })
}
