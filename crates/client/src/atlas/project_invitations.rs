//! Legacy project invitations: create, read, list, update, delete.
//!
//! Withdrawn together with those of organizations; see `invitations` and `sunset`.

use http::Method;
use tokio::time::Instant;
use vestibule_wire::atlas::{GroupInvitation, GroupInvitationRequest, GroupInvitationUpdate};

use super::create::Creation;
use super::{Atlas, ROOT, Version, explain};
use crate::Error;
use crate::transport::{Idempotency, Request, segment};

const VERSION: Version = Version::V20230101;

impl Atlas {
    /// Invites an address into a project, once even if an answer is lost.
    ///
    /// # Errors
    /// What the service answers; [`Error::maybe_done`] when the outcome could not be settled.
    pub async fn create_project_invitation(
        &self,
        project_id: &str,
        invite: &GroupInvitationRequest,
    ) -> Result<GroupInvitation, Error> {
        let path = invites(project_id)?;
        let creation = Creation {
            path: &path,
            version: VERSION,
            body: invite,
        };
        let path = path.as_str();
        self.unless_withdrawn(
            self.create_once(creation, |began| {
                self.find_made_in_project(path, invite, began)
            }),
            || self.invite_to_project_by_new_api(project_id, invite),
        )
        .await
    }

    /// Whether the service is known to refuse to invite members (`USER_ALREADY_IN_GROUP`). The
    /// vendor's own invites them again.
    pub async fn refuses_project_members(&self, project_id: &str) -> bool {
        let Ok(path) = invites(project_id) else {
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
    pub async fn project_invitation(
        &self,
        project_id: &str,
        invitation_id: &str,
    ) -> Result<Option<GroupInvitation>, Error> {
        let path = invite(project_id, invitation_id)?;
        self.unless_withdrawn(self.find(&path, VERSION, &[]), || {
            self.pending_in_project_by_new_api(project_id, invitation_id)
        })
        .await
    }

    /// The pending invitations of a project.
    ///
    /// # Errors
    /// What the service answers.
    pub async fn list_project_invitations(
        &self,
        project_id: &str,
    ) -> Result<Vec<GroupInvitation>, Error> {
        let request = Request::new(Method::GET, invites(project_id)?, VERSION.media_type());
        self.unless_withdrawn(
            async { self.http.send(&request).await?.accepted(explain)?.json() },
            || self.all_pending_in_project_by_new_api(project_id),
        )
        .await
    }

    /// Changes the roles of a pending invitation; id, dates and address stay.
    ///
    /// # Errors
    /// `NotFound` when it is no longer pending, and what else the service answers.
    pub async fn update_project_invitation(
        &self,
        project_id: &str,
        invitation_id: &str,
        update: &GroupInvitationUpdate,
    ) -> Result<GroupInvitation, Error> {
        let media_type = VERSION.media_type();
        let path = invite(project_id, invitation_id)?;
        let request = Request::new(Method::PATCH, path, media_type)
            .json(media_type, update)?
            .idempotency(Idempotency::Repeatable);
        self.unless_withdrawn(
            async { self.http.send(&request).await?.accepted(explain)?.json() },
            || self.change_in_project_by_new_api(project_id, invitation_id, update),
        )
        .await
    }

    /// Deletes a pending invitation.
    ///
    /// # Errors
    /// `NotFound` when it is no longer pending, and what else the service answers.
    pub async fn delete_project_invitation(
        &self,
        project_id: &str,
        invitation_id: &str,
    ) -> Result<(), Error> {
        let path = invite(project_id, invitation_id)?;
        self.unless_withdrawn(self.remove(&path, VERSION), || {
            self.withdraw_from_project_by_new_api(project_id, invitation_id)
        })
        .await
    }

    async fn find_made_in_project(
        &self,
        path: &str,
        invite: &GroupInvitationRequest,
        began: Instant,
    ) -> Result<Option<GroupInvitation>, Error> {
        let username = invite.username.as_deref().unwrap_or_default();
        let query = [("username", username)];
        let (found, window): (Vec<GroupInvitation>, _) =
            self.read_dated(path, VERSION, &query, began).await?;
        Ok(found.into_iter().find(|invitation| {
            invitation.username == username && window.contains(&invitation.created_at)
        }))
    }
}

fn invites(project_id: &str) -> Result<String, Error> {
    Ok(format!("{ROOT}/groups/{}/invites", segment(project_id)?))
}

fn invite(project_id: &str, invitation_id: &str) -> Result<String, Error> {
    let invites = invites(project_id)?;
    Ok(format!("{invites}/{}", segment(invitation_id)?))
}
