//! People of a project (version 2025-02-19).

use http::StatusCode;
use tokio::time::Instant;
use vestibule_wire::atlas::{GroupRoleRequest, GroupUser, GroupUserCreate, Page};

use super::create::Creation;
use super::{Atlas, ROOT, Version};
use crate::transport::segment;
use crate::{Error, Listed, PageMark};

const VERSION: Version = Version::V20250219;

impl Atlas {
    /// Users of a project with the status of their membership, or those of one address.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_project_users(
        &self,
        project_id: &str,
        username: Option<&str>,
    ) -> Result<Vec<GroupUser>, Error> {
        let query: Vec<(&str, &str)> = username
            .map(|name| ("username", name))
            .into_iter()
            .collect();
        self.all_pages(&users(project_id)?, VERSION, &query).await
    }

    /// One page of them: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn project_user_page(
        &self,
        project_id: &str,
        from: Option<&PageMark>,
    ) -> Result<Listed<GroupUser>, Error> {
        self.page(&users(project_id)?, VERSION, &[], from).await
    }

    /// One user of a project; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn project_user(
        &self,
        project_id: &str,
        user_id: &str,
    ) -> Result<Option<GroupUser>, Error> {
        self.find(&user(project_id, user_id)?, VERSION, &[]).await
    }

    /// Adds a member of the organization to a project, or invites somebody, once even if an answer
    /// is lost.
    ///
    /// # Errors
    /// `Conflict` when the person is in the project or invited, and what else the service answers;
    /// [`Error::maybe_done`] when the outcome could not be settled.
    pub async fn create_project_user(
        &self,
        project_id: &str,
        create: &GroupUserCreate,
    ) -> Result<GroupUser, Error> {
        let path = users(project_id)?;
        let creation = Creation {
            path: &path,
            version: VERSION,
            body: create,
        };
        self.create_once(creation, |began| {
            self.find_made_project_user(&path, create, began)
        })
        .await
    }

    /// Gives a user of a project one more role.
    ///
    /// # Errors
    /// `NotFound` when there is no such user, `Conflict` when they have it, and what else the service answers.
    pub async fn add_project_role(
        &self,
        project_id: &str,
        user_id: &str,
        role: &str,
    ) -> Result<(), Error> {
        let path = format!("{}:addRole", user(project_id, user_id)?);
        self.repeatable_post(&path, &role_body(role), StatusCode::CONFLICT)
            .await
            .map(drop)
    }

    /// Takes a role away from a user of a project.
    ///
    /// # Errors
    /// What the service answers, as for the last role, which cannot be taken away.
    pub async fn remove_project_role(
        &self,
        project_id: &str,
        user_id: &str,
        role: &str,
    ) -> Result<(), Error> {
        let path = format!("{}:removeRole", user(project_id, user_id)?);
        self.repeatable_post(&path, &role_body(role), StatusCode::NOT_FOUND)
            .await
            .map(drop)
    }

    /// Removes somebody from a project, or withdraws the invitation.
    ///
    /// # Errors
    /// `NotFound` when there is no such user, and what else the service answers.
    pub async fn remove_project_user(&self, project_id: &str, user_id: &str) -> Result<(), Error> {
        self.remove(&user(project_id, user_id)?, VERSION).await
    }

    /// What an earlier attempt made, if it did: a fresh invitation, or a member with these roles,
    /// who has no date.
    async fn find_made_project_user(
        &self,
        path: &str,
        create: &GroupUserCreate,
        began: Instant,
    ) -> Result<Option<GroupUser>, Error> {
        let username = create.username.as_deref().unwrap_or_default();
        let query = [("username", username)];
        let (found, window): (Page<GroupUser>, _) =
            self.read_dated(path, VERSION, &query, began).await?;
        let mut wanted = create.roles.clone().unwrap_or_default();
        wanted.sort();
        Ok(found.results.into_iter().find(|user| {
            let mut roles = user.roles.clone();
            roles.sort();
            let is_ours = user
                .user
                .invitation_created_at
                .as_deref()
                .map_or(roles == wanted, |created_at| window.contains(created_at));
            user.username.eq_ignore_ascii_case(username) && is_ours
        }))
    }
}

fn role_body(role: &str) -> GroupRoleRequest {
    GroupRoleRequest {
        group_role: Some(role.to_owned()),
    }
}

fn users(project_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/groups/{}/users", segment(project_id)?))
}

fn user(project_id: &str, user_id: &str) -> Result<String, Error> {
    Ok(format!("{}/{}", users(project_id)?, segment(user_id)?))
}
