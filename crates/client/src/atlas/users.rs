//! People of an organization (version 2025-02-19), and the older look-up by name.

use http::Method;
use tokio::time::Instant;
use vestibule_wire::atlas::{CloudAppUser, OrgUser, OrgUserCreate, OrgUserUpdate, Page};

use super::create::Creation;
use super::{Atlas, ROOT, Version, explain};
use crate::transport::{Idempotency, Request, segment};
use crate::{Error, Listed, PageMark};

const VERSION: Version = Version::V20250219;

/// Filters of [`Atlas::list_org_users`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrgUserFilter {
    /// Only this address, an exact match.
    pub username: Option<String>,
    /// Only these statuses. Without any the service lists active and pending users; expired and
    /// rejected invitations are shown only when asked for.
    pub statuses: Vec<String>,
}

impl OrgUserFilter {
    fn query(&self) -> Vec<(&str, &str)> {
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(self.username.as_deref().map(|name| ("username", name)));
        let statuses = self.statuses.iter();
        query.extend(statuses.map(|status| ("orgMembershipStatuses", status.as_str())));
        query
    }
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
        let path = users(org_id)?;
        self.all_pages(&path, VERSION, &filter.query()).await
    }

    /// One page of them: the first, or the one that begins at the mark.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn org_user_page(
        &self,
        org_id: &str,
        filter: &OrgUserFilter,
        from: Option<&PageMark>,
    ) -> Result<Listed<OrgUser>, Error> {
        let path = users(org_id)?;
        self.page(&path, VERSION, &filter.query(), from).await
    }

    /// One user of an organization; `None` when the service answers 404.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn org_user(&self, org_id: &str, user_id: &str) -> Result<Option<OrgUser>, Error> {
        self.find(&user(org_id, user_id)?, VERSION, &[]).await
    }

    /// Invites an address into an organization, once even if an answer is lost.
    ///
    /// # Errors
    /// `Conflict` when the person is a member or invited, and what else the service answers;
    /// [`Error::maybe_done`] when the outcome could not be settled.
    pub async fn create_org_user(
        &self,
        org_id: &str,
        create: &OrgUserCreate,
    ) -> Result<OrgUser, Error> {
        let path = users(org_id)?;
        let creation = Creation {
            path: &path,
            version: VERSION,
            body: create,
        };
        let username = create.username.as_deref().unwrap_or_default();
        self.create_once(creation, |began| {
            self.find_made_user(&path, username, began)
        })
        .await
    }

    /// Changes what is given of a user's roles and teams; an empty list resets.
    ///
    /// # Errors
    /// `NotFound` when there is no such user, and what else the service answers.
    pub async fn update_org_user(
        &self,
        org_id: &str,
        user_id: &str,
        update: &OrgUserUpdate,
    ) -> Result<OrgUser, Error> {
        let media_type = VERSION.media_type();
        let request = Request::new(Method::PATCH, user(org_id, user_id)?, media_type)
            .json(media_type, update)?
            .idempotency(Idempotency::Repeatable);
        self.http.send(&request).await?.accepted(explain)?.json()
    }

    /// Removes a member from an organization, or withdraws an invitation.
    ///
    /// # Errors
    /// `NotFound` when there is no such user, and what else the service answers.
    pub async fn remove_org_user(&self, org_id: &str, user_id: &str) -> Result<(), Error> {
        self.remove(&user(org_id, user_id)?, VERSION).await
    }

    /// The invited user an earlier attempt made, if it did.
    async fn find_made_user(
        &self,
        path: &str,
        username: &str,
        began: Instant,
    ) -> Result<Option<OrgUser>, Error> {
        let query = [("username", username)];
        let (found, window): (Page<OrgUser>, _) =
            self.read_dated(path, VERSION, &query, began).await?;
        Ok(found.results.into_iter().find(|user| {
            let created_at = user
                .user
                .invitation_created_at
                .as_deref()
                .unwrap_or_default();
            user.username == username && window.contains(created_at)
        }))
    }
}

fn users(org_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/orgs/{}/users", segment(org_id)?))
}

fn user(org_id: &str, user_id: &str) -> Result<String, Error> {
    Ok(format!("{}/{}", users(org_id)?, segment(user_id)?))
}
