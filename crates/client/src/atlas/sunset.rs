//! Legacy invitations on a service that has withdrawn their API (410, from 1 July 2027).
//!
//! Owns the translation: an invitation is a pending user of the newer API, and its id is that
//! user's. Only pending users are shown, changed and removed, so that what was accepted in the
//! meantime is never taken for an invitation.

use std::future::Future;
use std::sync::atomic::Ordering;

use vestibule_wire::atlas::{
    GroupInvitation, GroupInvitationRequest, GroupInvitationUpdate, GroupRoleAssignment,
    GroupRoles, GroupRolesRequest, GroupUser, GroupUserCreate, OrgInvitation, OrgInvitationRequest,
    OrgInvitationUpdate, OrgUser, OrgUserCreate, OrgUserRolesRequest, OrgUserUpdate,
    STATUS_PENDING,
};

use super::{Atlas, OrgUserFilter};
use crate::{Error, ErrorKind};

impl Atlas {
    /// The legacy operation, or the other one where the service says 410, now or earlier.
    pub(super) async fn unless_withdrawn<T, L, N, F>(&self, legacy: L, newer: F) -> Result<T, Error>
    where
        L: Future<Output = Result<T, Error>> + Send,
        N: Future<Output = Result<T, Error>> + Send,
        F: FnOnce() -> N + Send,
        T: Send,
    {
        if !self.invites_withdrawn.load(Ordering::Relaxed) {
            match legacy.await {
                Err(error) if error.kind() == ErrorKind::Gone => {
                    self.invites_withdrawn.store(true, Ordering::Relaxed);
                    tracing::debug!("the legacy invitation API is gone; the newer one is used");
                }
                answer => return answer,
            }
        }
        newer().await
    }

    pub(super) async fn invite_by_new_api(
        &self,
        org_id: &str,
        invite: &OrgInvitationRequest,
    ) -> Result<OrgInvitation, Error> {
        let create = OrgUserCreate {
            roles: Some(OrgUserRolesRequest {
                group_role_assignments: invite.group_role_assignments.as_deref().map(renamed),
                org_roles: invite.roles.clone(),
            }),
            team_ids: invite.team_ids.clone().filter(|teams| !teams.is_empty()),
            username: invite.username.clone(),
        };
        let user = self.create_org_user(org_id, &create).await?;
        Ok(as_invitation(org_id, user))
    }

    pub(super) async fn pending_by_new_api(
        &self,
        org_id: &str,
        user_id: &str,
    ) -> Result<Option<OrgInvitation>, Error> {
        let found = self.org_user(org_id, user_id).await?;
        Ok(found
            .filter(|user| user.user.org_membership_status == STATUS_PENDING)
            .map(|user| as_invitation(org_id, user)))
    }

    pub(super) async fn all_pending_by_new_api(
        &self,
        org_id: &str,
        username: Option<&str>,
    ) -> Result<Vec<OrgInvitation>, Error> {
        let filter = OrgUserFilter {
            username: username.map(str::to_owned),
            statuses: vec![STATUS_PENDING.to_owned()],
        };
        let users = self.list_org_users(org_id, &filter).await?;
        Ok(users
            .into_iter()
            .filter(|user| user.user.org_membership_status == STATUS_PENDING)
            .map(|user| as_invitation(org_id, user))
            .collect())
    }

    pub(super) async fn change_by_new_api(
        &self,
        org_id: &str,
        user_id: &str,
        update: &OrgInvitationUpdate,
    ) -> Result<OrgInvitation, Error> {
        if self.pending_by_new_api(org_id, user_id).await?.is_none() {
            return Err(not_pending());
        }
        let writes_roles = update.roles.is_some() || update.group_role_assignments.is_some();
        let change = OrgUserUpdate {
            roles: writes_roles.then(|| OrgUserRolesRequest {
                group_role_assignments: update.group_role_assignments.as_deref().map(renamed),
                org_roles: update.roles.clone(),
            }),
            team_ids: update.team_ids.clone(),
        };
        let user = self.update_org_user(org_id, user_id, &change).await?;
        Ok(as_invitation(org_id, user))
    }

    pub(super) async fn withdraw_by_new_api(
        &self,
        org_id: &str,
        user_id: &str,
    ) -> Result<(), Error> {
        // Removing a user who has accepted would remove a member.
        if self.pending_by_new_api(org_id, user_id).await?.is_none() {
            return Err(not_pending());
        }
        self.remove_org_user(org_id, user_id).await
    }

    pub(super) async fn invite_to_project_by_new_api(
        &self,
        project_id: &str,
        invite: &GroupInvitationRequest,
    ) -> Result<GroupInvitation, Error> {
        let create = GroupUserCreate {
            roles: invite.roles.clone(),
            username: invite.username.clone(),
        };
        let user = self.create_project_user(project_id, &create).await?;
        Ok(as_project_invitation(project_id, user))
    }

    pub(super) async fn pending_in_project_by_new_api(
        &self,
        project_id: &str,
        user_id: &str,
    ) -> Result<Option<GroupInvitation>, Error> {
        let found = self.project_user(project_id, user_id).await?;
        Ok(found
            .filter(|user| user.user.org_membership_status == STATUS_PENDING)
            .map(|user| as_project_invitation(project_id, user)))
    }

    pub(super) async fn all_pending_in_project_by_new_api(
        &self,
        project_id: &str,
    ) -> Result<Vec<GroupInvitation>, Error> {
        let users = self.list_project_users(project_id, None).await?;
        Ok(users
            .into_iter()
            .filter(|user| user.user.org_membership_status == STATUS_PENDING)
            .map(|user| as_project_invitation(project_id, user))
            .collect())
    }

    pub(super) async fn change_in_project_by_new_api(
        &self,
        project_id: &str,
        user_id: &str,
        update: &GroupInvitationUpdate,
    ) -> Result<GroupInvitation, Error> {
        let Some(mut pending) = self
            .pending_in_project_by_new_api(project_id, user_id)
            .await?
        else {
            return Err(not_pending());
        };
        let Some(wanted) = &update.roles else {
            return Ok(pending);
        };
        // A user needs a role at any time, so the new ones come first.
        for role in wanted.iter().filter(|role| !pending.roles.contains(role)) {
            self.add_project_role(project_id, user_id, role).await?;
        }
        for role in pending.roles.iter().filter(|role| !wanted.contains(role)) {
            self.remove_project_role(project_id, user_id, role).await?;
        }
        pending.roles.clone_from(wanted);
        Ok(pending)
    }

    pub(super) async fn withdraw_from_project_by_new_api(
        &self,
        project_id: &str,
        user_id: &str,
    ) -> Result<(), Error> {
        let pending = self
            .pending_in_project_by_new_api(project_id, user_id)
            .await?;
        if pending.is_none() {
            return Err(not_pending());
        }
        self.remove_project_user(project_id, user_id).await
    }
}

/// The answer the legacy API gives for what is not pending any more.
fn not_pending() -> Error {
    Error::without_answer(
        ErrorKind::NotFound,
        "pending invitation",
        "the invitation is not pending any more",
    )
}

fn renamed(assignments: &[GroupRolesRequest]) -> Vec<GroupRoles> {
    assignments
        .iter()
        .map(|assignment| GroupRoles {
            group_id: assignment.group_id.clone(),
            group_roles: assignment.roles.clone(),
        })
        .collect()
}

fn as_invitation(org_id: &str, user: OrgUser) -> OrgInvitation {
    let assignments = user.roles.group_role_assignments.into_iter();
    OrgInvitation {
        created_at: user.user.invitation_created_at.unwrap_or_default(),
        expires_at: user
            .user
            .invitation_expires_at
            .flatten()
            .unwrap_or_default(),
        group_role_assignments: assignments.flat_map(one_per_role).collect(),
        id: user.user.id,
        inviter_username: user.user.inviter_username.unwrap_or_default(),
        org_id: org_id.to_owned(),
        org_name: String::new(),
        roles: user.roles.org_roles,
        team_ids: user.team_ids,
        username: user.username,
    }
}

fn one_per_role(assignment: GroupRoles) -> impl Iterator<Item = GroupRoleAssignment> {
    let GroupRoles {
        group_id,
        group_roles,
    } = assignment;
    group_roles
        .into_iter()
        .map(move |group_role| GroupRoleAssignment {
            group_id: group_id.clone(),
            group_role,
        })
}

fn as_project_invitation(project_id: &str, user: GroupUser) -> GroupInvitation {
    GroupInvitation {
        created_at: user.user.invitation_created_at.unwrap_or_default(),
        expires_at: user
            .user
            .invitation_expires_at
            .flatten()
            .unwrap_or_default(),
        group_id: project_id.to_owned(),
        group_name: String::new(),
        id: user.user.id,
        inviter_username: user.user.inviter_username.unwrap_or_default(),
        roles: user.roles,
        username: user.username,
    }
}
