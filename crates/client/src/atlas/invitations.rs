//! Legacy organization invitations: create, read, list, update, delete.

use http::Method;
use vestibule_wire::atlas::{OrgInvitation, OrgInvitationRequest, OrgInvitationUpdate};

use super::{Atlas, ROOT, Version, explain};
use crate::Error;
use crate::transport::{Idempotency, Request, backoff, created_since, segment};

const VERSION: Version = Version::V20230101;

impl Atlas {
    /// Invites an address into an organization.
    ///
    /// Nobody documents what a second identical request does, so it is never sent blindly: when an
    /// answer is lost, the list is asked whether the invitation exists, and only then it is tried
    /// again.
    ///
    /// # Errors
    /// What the service answers; [`Error::maybe_done`] when the outcome could not be settled.
    pub async fn create_org_invitation(
        &self,
        org_id: &str,
        invite: &OrgInvitationRequest,
    ) -> Result<OrgInvitation, Error> {
        let path = invites(org_id)?;
        let began = tokio::time::Instant::now();
        let mut attempt = 1;
        loop {
            let failure = match self.post_invitation(&path, invite).await {
                Ok(invitation) => return Ok(invitation),
                Err(error) => error.with_attempts(attempt),
            };
            if !failure.maybe_done() {
                return Err(failure);
            }
            let settings = self.http.settings();
            let wait = backoff(settings, attempt);
            if attempt > settings.max_retries || self.http.pause(wait).await.is_err() {
                return Err(failure);
            }
            match self.find_fresh(&path, invite, began).await {
                Ok(Some(invitation)) => return Ok(invitation),
                Ok(None) => attempt += 1,
                Err(_still_unclear) => return Err(failure),
            }
        }
    }

    /// One pending invitation; `None` when the service answers 404, as it also does for one that
    /// was accepted, declined, deleted or has expired.
    ///
    /// # Errors
    /// What else the service answers; `Invalid` for an empty id.
    pub async fn org_invitation(
        &self,
        org_id: &str,
        invitation_id: &str,
    ) -> Result<Option<OrgInvitation>, Error> {
        self.find(&invite(org_id, invitation_id)?, VERSION, &[])
            .await
    }

    /// The pending invitations of an organization, or those of one address.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_org_invitations(
        &self,
        org_id: &str,
        username: Option<&str>,
    ) -> Result<Vec<OrgInvitation>, Error> {
        let query: Vec<(&str, &str)> = username
            .map(|name| ("username", name))
            .into_iter()
            .collect();
        let request =
            Request::new(Method::GET, invites(org_id)?, VERSION.media_type()).query(&query);
        self.http.send(&request).await?.accepted(explain)?.json()
    }

    /// Changes the members of a pending invitation that are given; id, dates and address stay.
    ///
    /// # Errors
    /// `NotFound` when it is no longer pending, and what else the service answers.
    pub async fn update_org_invitation(
        &self,
        org_id: &str,
        invitation_id: &str,
        update: &OrgInvitationUpdate,
    ) -> Result<OrgInvitation, Error> {
        let media_type = VERSION.media_type();
        let request = Request::new(Method::PATCH, invite(org_id, invitation_id)?, media_type)
            .json(media_type, update)?
            // It sets values and does not add any, so a second time changes nothing.
            .idempotency(Idempotency::Repeatable);
        self.http.send(&request).await?.accepted(explain)?.json()
    }

    /// Deletes a pending invitation.
    ///
    /// # Errors
    /// `NotFound` when it is no longer pending, and what else the service answers.
    pub async fn delete_org_invitation(
        &self,
        org_id: &str,
        invitation_id: &str,
    ) -> Result<(), Error> {
        self.remove(&invite(org_id, invitation_id)?, VERSION).await
    }

    async fn post_invitation(
        &self,
        path: &str,
        invite: &OrgInvitationRequest,
    ) -> Result<OrgInvitation, Error> {
        let response = self.write(Method::POST, path, VERSION, invite).await?;
        response.accepted(explain)?.json()
    }

    /// The invitation an earlier attempt made, if it did.
    async fn find_fresh(
        &self,
        path: &str,
        invite: &OrgInvitationRequest,
        began: tokio::time::Instant,
    ) -> Result<Option<OrgInvitation>, Error> {
        let username = invite.username.as_deref().unwrap_or_default();
        let request =
            Request::new(Method::GET, path, VERSION.media_type()).query(&[("username", username)]);
        let response = self.http.send(&request).await?.accepted(explain)?;
        let found: Vec<OrgInvitation> = response.json()?;
        let Some(date) = response.date() else {
            return Ok(None);
        };
        let elapsed = began.elapsed();
        Ok(found.into_iter().find(|invitation| {
            invitation.username == username && created_since(&invitation.created_at, date, elapsed)
        }))
    }
}

fn invites(org_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/orgs/{}/invites", segment(org_id)?))
}

fn invite(org_id: &str, invitation_id: &str) -> Result<String, Error> {
    Ok(format!("{}/{}", invites(org_id)?, segment(invitation_id)?))
}
