//! Members, teams and projects.

use http::Method;
use vestibule_wire::native::{
    Member, MemberPatch, MemberQuery, Page, Project, ProjectCreate, ProjectPatch, Team, TeamCreate,
    TeamPatch,
};

use super::{Native, below, given};
use crate::transport::segment;
use crate::{Error, Listed, PageMark};

impl Native {
    /// One page of members.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn members(
        &self,
        organization: &str,
        query: &MemberQuery,
    ) -> Result<Page<Member>, Error> {
        let limit = query.limit.map(|limit| limit.to_string());
        let pairs = given(&[
            ("email", query.email.as_deref()),
            ("limit", limit.as_deref()),
            ("cursor", query.cursor.as_deref()),
        ]);
        self.page(&below(organization, "/members")?, &pairs).await
    }

    /// Removes a member.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn remove_member(&self, organization: &str, user: &str) -> Result<(), Error> {
        let path = format!("{}/{}", below(organization, "/members")?, segment(user)?);
        self.remove(&path).await
    }

    /// Ends the membership of the person the key speaks for.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn leave(&self, organization: &str) -> Result<(), Error> {
        self.act(&below(organization, "/members:leave")?)
            .await
            .map(drop)
    }

    /// Creates a team.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn create_team(
        &self,
        organization: &str,
        create: &TeamCreate,
    ) -> Result<Team, Error> {
        self.create(&below(organization, "/teams")?, create).await
    }

    /// All teams of an organization.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_teams(&self, organization: &str) -> Result<Vec<Team>, Error> {
        self.all_pages(&below(organization, "/teams")?).await
    }

    /// One page of teams: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn team_page(
        &self,
        organization: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<Team>, Error> {
        self.page_from(&below(organization, "/teams")?, from).await
    }

    /// One page of members: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn member_page(
        &self,
        organization: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<Member>, Error> {
        self.page_from(&below(organization, "/members")?, from)
            .await
    }

    /// All members of an organization.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_members(&self, organization: &str) -> Result<Vec<Member>, Error> {
        self.all_pages(&below(organization, "/members")?).await
    }

    /// Changes a member's roles or teams.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn update_member(
        &self,
        organization: &str,
        user: &str,
        patch: &MemberPatch,
    ) -> Result<Member, Error> {
        let path = format!("{}/{}", below(organization, "/members")?, segment(user)?);
        self.write(Method::PATCH, &path, patch).await
    }

    /// One team; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers.
    pub async fn team(&self, organization: &str, team: &str) -> Result<Option<Team>, Error> {
        self.find(&team_path(organization, team)?).await
    }

    /// Gives a team another name.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn update_team(
        &self,
        organization: &str,
        team: &str,
        patch: &TeamPatch,
    ) -> Result<Team, Error> {
        self.write(Method::PATCH, &team_path(organization, team)?, patch)
            .await
    }

    /// Deletes a team. Its members stay members of the organization.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn delete_team(&self, organization: &str, team: &str) -> Result<(), Error> {
        self.remove(&team_path(organization, team)?).await
    }

    /// Creates a project.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn create_project(
        &self,
        organization: &str,
        create: &ProjectCreate,
    ) -> Result<Project, Error> {
        self.create(&below(organization, "/projects")?, create)
            .await
    }

    /// All projects of an organization.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_projects(&self, organization: &str) -> Result<Vec<Project>, Error> {
        self.all_pages(&below(organization, "/projects")?).await
    }

    /// One page of projects: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn project_page(
        &self,
        organization: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<Project>, Error> {
        let path = below(organization, "/projects")?;
        self.page_from(&path, from).await
    }

    /// One project; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers.
    pub async fn project(
        &self,
        organization: &str,
        project: &str,
    ) -> Result<Option<Project>, Error> {
        self.find(&project_path(organization, project)?).await
    }

    /// Gives a project another name.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn update_project(
        &self,
        organization: &str,
        project: &str,
        patch: &ProjectPatch,
    ) -> Result<Project, Error> {
        self.write(Method::PATCH, &project_path(organization, project)?, patch)
            .await
    }

    /// Deletes a project. Its people stay members of the organization; open invitations to it are
    /// withdrawn.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn delete_project(&self, organization: &str, project: &str) -> Result<(), Error> {
        self.remove(&project_path(organization, project)?).await
    }
}

fn project_path(organization: &str, project: &str) -> Result<String, Error> {
    let projects = below(organization, "/projects")?;
    Ok(format!("{projects}/{}", segment(project)?))
}

fn team_path(organization: &str, team: &str) -> Result<String, Error> {
    Ok(format!(
        "{}/{}",
        below(organization, "/teams")?,
        segment(team)?
    ))
}
