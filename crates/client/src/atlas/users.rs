//! People and teams of an organization.

use http::Method;
use vestibule_wire::atlas::{CloudAppUser, OrgUser, Team, TeamCreate};

use super::{Atlas, ROOT, Version, explain};
use crate::Error;
use crate::transport::segment;

/// Filters of [`Atlas::list_org_users`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrgUserFilter {
    /// Only this address, an exact match.
    pub username: Option<String>,
    /// Only these statuses. Without any the service lists active and pending users; expired and
    /// rejected invitations are shown only when asked for.
    pub statuses: Vec<String>,
}

impl Atlas {
    /// An active user by address; `None` when the service answers 404, as for merely invited ones.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty address.
    pub async fn user_by_name(&self, username: &str) -> Result<Option<CloudAppUser>, Error> {
        let path = format!("{ROOT}/users/byName/{}", segment(username)?);
        self.find(&path, Version::V20230101, &[]).await
    }

    /// Users of an organization with the status of their membership, from all pages.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_org_users(
        &self,
        org_id: &str,
        filter: &OrgUserFilter,
    ) -> Result<Vec<OrgUser>, Error> {
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(filter.username.as_deref().map(|name| ("username", name)));
        let statuses = filter.statuses.iter();
        query.extend(statuses.map(|status| ("orgMembershipStatuses", status.as_str())));
        self.all_pages(&users(org_id)?, Version::V20250219, &query)
            .await
    }

    /// One user of an organization; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn org_user(&self, org_id: &str, user_id: &str) -> Result<Option<OrgUser>, Error> {
        let path = format!("{}/{}", users(org_id)?, segment(user_id)?);
        self.find(&path, Version::V20250219, &[]).await
    }

    /// Creates a team.
    ///
    /// # Errors
    /// `Conflict` when the name is taken, and what else the service answers.
    pub async fn create_team(&self, org_id: &str, create: &TeamCreate) -> Result<Team, Error> {
        let path = teams(org_id)?;
        let response = self
            .write(Method::POST, &path, Version::V20230101, create)
            .await?;
        response.accepted(explain)?.json()
    }

    /// One team; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn team(&self, org_id: &str, team_id: &str) -> Result<Option<Team>, Error> {
        let path = format!("{}/{}", teams(org_id)?, segment(team_id)?);
        self.find(&path, Version::V20230101, &[]).await
    }

    /// All teams of an organization, from all pages.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_teams(&self, org_id: &str) -> Result<Vec<Team>, Error> {
        self.all_pages(&teams(org_id)?, Version::V20230101, &[])
            .await
    }
}

fn users(org_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/orgs/{}/users", segment(org_id)?))
}

fn teams(org_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/orgs/{}/teams", segment(org_id)?))
}
