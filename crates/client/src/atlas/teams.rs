//! Teams (version 2023-01-01), their people (2025-02-19), and their places in projects.

use http::{Method, StatusCode};
use tokio::time::Instant;
use vestibule_wire::atlas::{
    CloudAppUser, Group, OrgUser, Team, TeamCreate, TeamRoles, TeamUpdate, TeamUserRequest,
};

use super::create::Creation;
use super::{Atlas, ROOT, Version, explain};
use crate::transport::{Idempotency, Request, segment};
use crate::{Error, Listed, PageMark};

const VERSION: Version = Version::V20230101;
const USERS_VERSION: Version = Version::V20250219;

/// Filters of [`Atlas::list_team_users`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TeamUserFilter {
    /// Only this address, an exact match.
    pub username: Option<String>,
    /// Only this user.
    pub user_id: Option<String>,
}

impl Atlas {
    /// Creates a team, once even if an answer is lost: names are unique in an organization, and an
    /// id tells when it was made.
    ///
    /// # Errors
    /// `Conflict` when the name is taken, and what else the service answers;
    /// [`Error::maybe_done`] when the outcome could not be settled.
    pub async fn create_team(&self, org_id: &str, create: &TeamCreate) -> Result<Team, Error> {
        let path = teams(org_id)?;
        let creation = Creation {
            path: &path,
            version: VERSION,
            body: create,
        };
        let name = create.name.as_deref().unwrap_or_default();
        self.create_once(creation, |began| self.find_made_team(org_id, name, began))
            .await
    }

    /// One team; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn team(&self, org_id: &str, team_id: &str) -> Result<Option<Team>, Error> {
        self.find(&team(org_id, team_id)?, VERSION, &[]).await
    }

    /// One team by its name; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty name.
    pub async fn team_by_name(&self, org_id: &str, name: &str) -> Result<Option<Team>, Error> {
        self.find(&by_name(org_id, name)?, VERSION, &[]).await
    }

    /// All teams of an organization, from all pages.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_teams(&self, org_id: &str) -> Result<Vec<Team>, Error> {
        self.all_pages(&teams(org_id)?, VERSION, &[]).await
    }

    /// One page of them: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn team_page(
        &self,
        org_id: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<Team>, Error> {
        self.page(&teams(org_id)?, VERSION, &[], from).await
    }

    /// Gives a team another name; its people stay.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` when the name is taken, and what else the service answers.
    pub async fn rename_team(
        &self,
        org_id: &str,
        team_id: &str,
        name: &str,
    ) -> Result<Team, Error> {
        let media_type = VERSION.media_type();
        let update = TeamUpdate {
            name: Some(name.to_owned()),
        };
        let request = Request::new(Method::PATCH, team(org_id, team_id)?, media_type)
            .json(media_type, &update)?
            .idempotency(Idempotency::Repeatable);
        self.http.send(&request).await?.accepted(explain)?.json()
    }

    /// Deletes a team. Its code tells a team that is on a project from one that is not there:
    /// the status is 404 for both on the vendor's cloud.
    ///
    /// # Errors
    /// `NotFound`, and what else the service answers.
    pub async fn delete_team(&self, org_id: &str, team_id: &str) -> Result<(), Error> {
        self.remove(&team(org_id, team_id)?, VERSION).await
    }

    /// People of a team with the status of their membership, from all pages.
    ///
    /// # Errors
    /// `NotFound` when there is no such team, and what else the service answers.
    pub async fn list_team_users(
        &self,
        org_id: &str,
        team_id: &str,
        filter: &TeamUserFilter,
    ) -> Result<Vec<OrgUser>, Error> {
        let path = format!("{}/users", team(org_id, team_id)?);
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(filter.username.as_deref().map(|name| ("username", name)));
        query.extend(filter.user_id.as_deref().map(|id| ("userId", id)));
        self.all_pages(&path, USERS_VERSION, &query).await
    }

    /// One page of them: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// As of [`Atlas::list_team_users`].
    pub async fn team_user_page(
        &self,
        org_id: &str,
        team_id: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<OrgUser>, Error> {
        let path = format!("{}/users", team(org_id, team_id)?);
        self.page(&path, USERS_VERSION, &[], from).await
    }

    /// Active members of a team by the older API, for services that lack the newer one.
    ///
    /// # Errors
    /// `NotFound` when there is no such team, and what else the service answers.
    pub async fn list_active_team_users(
        &self,
        org_id: &str,
        team_id: &str,
    ) -> Result<Vec<CloudAppUser>, Error> {
        let path = format!("{}/users", team(org_id, team_id)?);
        self.all_pages(&path, VERSION, &[]).await
    }

    /// Adds a member or an invited person to a team. The answer is the user as they are now;
    /// `None` if the answer was lost and a later one says that they are in it.
    ///
    /// # Errors
    /// `Conflict` when they are in it, and what else the service answers.
    pub async fn add_team_user(
        &self,
        org_id: &str,
        team_id: &str,
        user_id: &str,
    ) -> Result<Option<OrgUser>, Error> {
        let path = format!("{}:addUser", team(org_id, team_id)?);
        let answer = self
            .repeatable_post(&path, &user_body(user_id), StatusCode::CONFLICT)
            .await?;
        answer.map(|response| response.json()).transpose()
    }

    /// Takes somebody out of a team.
    ///
    /// # Errors
    /// `NotFound` when they are not in it, and what else the service answers.
    pub async fn remove_team_user(
        &self,
        org_id: &str,
        team_id: &str,
        user_id: &str,
    ) -> Result<(), Error> {
        let path = format!("{}:removeUser", team(org_id, team_id)?);
        self.repeatable_post(&path, &user_body(user_id), StatusCode::NOT_FOUND)
            .await
            .map(drop)
    }

    /// The projects of an organization, from all pages.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_org_projects(&self, org_id: &str) -> Result<Vec<Group>, Error> {
        let path = format!("{ROOT}/orgs/{}/groups", segment(org_id)?);
        self.all_pages(&path, VERSION, &[]).await
    }

    /// The teams on a project, from all pages.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_project_teams(&self, project_id: &str) -> Result<Vec<TeamRoles>, Error> {
        self.all_pages(&project_teams(project_id)?, VERSION, &[])
            .await
    }

    /// Takes a team off a project.
    ///
    /// # Errors
    /// `NotFound` when it is not on it, and what else the service answers.
    pub async fn remove_project_team(&self, project_id: &str, team_id: &str) -> Result<(), Error> {
        let path = format!("{}/{}", project_teams(project_id)?, segment(team_id)?);
        self.remove(&path, VERSION).await
    }

    /// The team an earlier attempt made, if it did.
    async fn find_made_team(
        &self,
        org_id: &str,
        name: &str,
        began: Instant,
    ) -> Result<Option<Team>, Error> {
        let path = by_name(org_id, name)?;
        match self.read_dated::<Team>(&path, VERSION, &[], began).await {
            Ok((team, window)) => Ok(window.contains_id(&team.id).then_some(team)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn user_body(user_id: &str) -> TeamUserRequest {
    TeamUserRequest {
        id: Some(user_id.to_owned()),
    }
}

fn teams(org_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/orgs/{}/teams", segment(org_id)?))
}

fn team(org_id: &str, team_id: &str) -> Result<String, Error> {
    Ok(format!("{}/{}", teams(org_id)?, segment(team_id)?))
}

fn by_name(org_id: &str, name: &str) -> Result<String, Error> {
    Ok(format!("{}/byName/{}", teams(org_id)?, segment(name)?))
}

fn project_teams(project_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/groups/{}/teams", segment(project_id)?))
}
