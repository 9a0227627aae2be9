//! Legacy organization invitations: create, read, list, update, delete.
//!
//! The vendor withdraws these operations on 1 July 2027. When it answers 410, the same is done with
//! its newer API (`sunset`), and for the rest of the process without asking first.

use http::Method;
use tokio::time::Instant;
use vestibule_wire::atlas::{OrgInvitation, OrgInvitationRequest, OrgInvitationUpdate};

use super::create::Creation;
use super::{Atlas, ROOT, Version, explain};
use crate::Error;
use crate::transport::{Idempotency, Request, segment};

const VERSION: Version = Version::V20230101;

impl Atlas {
    /// Invites an address into an organization, once even if an answer is lost.
    ///
    /// # Errors
    /// What the service answers; [`Error::maybe_done`] when the outcome could not be settled.
    pub async fn create_org_invitation(
        &self,
        org_id: &str,
        invite: &OrgInvitationRequest,
    ) -> Result<OrgInvitation, Error> {
        let path = invites(org_id)?;
        let creation = Creation {
            path: &path,
            version: VERSION,
            body: invite,
        };
        let path = path.as_str();
        self.unless_withdrawn(
            self.create_once(creation, |began| self.find_made(path, invite, began)),
            || self.invite_by_new_api(org_id, invite),
        )
        .await
    }

    /// Whether the service is known to refuse to invite members (`USER_ALREADY_IN_ORG`). The
    /// vendor does not say what its own does.
    pub async fn refuses_members(&self, org_id: &str) -> bool {
        let Ok(path) = invites(org_id) else {
            return false;
        };
        let request = Request::new(Method::GET, path, VERSION.media_type());
        self.http.is_vestibule(&request).await
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
        let path = invite(org_id, invitation_id)?;
        self.unless_withdrawn(self.find(&path, VERSION, &[]), || {
            self.pending_by_new_api(org_id, invitation_id)
        })
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
        let path = invites(org_id)?;
        self.unless_withdrawn(self.list_pending(&path, username), || {
            self.all_pending_by_new_api(org_id, username)
        })
        .await
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
        self.unless_withdrawn(
            async { self.http.send(&request).await?.accepted(explain)?.json() },
            || self.change_by_new_api(org_id, invitation_id, update),
        )
        .await
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
        let path = invite(org_id, invitation_id)?;
        self.unless_withdrawn(self.remove(&path, VERSION), || {
            self.withdraw_by_new_api(org_id, invitation_id)
        })
        .await
    }

    async fn list_pending(
        &self,
        path: &str,
        username: Option<&str>,
    ) -> Result<Vec<OrgInvitation>, Error> {
        let query: Vec<(&str, &str)> = username
            .map(|name| ("username", name))
            .into_iter()
            .collect();
        let request = Request::new(Method::GET, path, VERSION.media_type()).query(&query);
        self.http.send(&request).await?.accepted(explain)?.json()
    }

    /// The invitation an earlier attempt made, if it did.
    async fn find_made(
        &self,
        path: &str,
        invite: &OrgInvitationRequest,
        began: Instant,
    ) -> Result<Option<OrgInvitation>, Error> {
        let username = invite.username.as_deref().unwrap_or_default();
        let query = [("username", username)];
        let (found, window): (Vec<OrgInvitation>, _) =
            self.read_dated(path, VERSION, &query, began).await?;
        Ok(found.into_iter().find(|invitation| {
            invitation.username == username && window.contains(&invitation.created_at)
        }))
    }
}

fn invites(org_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/orgs/{}/invites", segment(org_id)?))
}

fn invite(org_id: &str, invitation_id: &str) -> Result<String, Error> {
    Ok(format!("{}/{}", invites(org_id)?, segment(invitation_id)?))
}
