//! Legacy organization invitations (`/orgs/{orgId}/invites`, version 2023-01-01).

use serde::{Deserialize, Serialize};

/// Body of `POST /orgs/{orgId}/invites` and of `PATCH` on the same collection.
///
/// All members are optional in the vendor's schema; `username` and `roles` are needed in practice.
/// The vendor's clients always send `teamIds`, `[]` when there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgInvitationRequest {
    /// Roles to give in projects when the invitation is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_role_assignments: Option<Vec<GroupRolesRequest>>,
    /// Roles to give in the organization, for example `ORG_MEMBER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Teams to join.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_ids: Option<Vec<String>>,
    /// The address to invite, echoed in the spelling that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// Body of `PATCH /orgs/{orgId}/invites/{invitationId}`.
///
/// A member that is absent (or `null`) is left unchanged; an empty list clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgInvitationUpdate {
    /// The new project roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_role_assignments: Option<Vec<GroupRolesRequest>>,
    /// The new organization roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The new teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_ids: Option<Vec<String>>,
}

/// Roles in one project, as legacy *requests* spell them: `roles`, plural, a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRolesRequest {
    /// The project.
    pub group_id: String,
    /// The roles in it.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<String>,
}

/// One role in one project, as legacy *responses* spell it: `groupRole`, one element per role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRoleAssignment {
    /// The project.
    pub group_id: String,
    /// The role in it.
    pub group_role: String,
}

/// A pending invitation. All members are always written (recorded).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgInvitation {
    /// When it was made.
    #[serde(default)]
    pub created_at: String,
    /// When it ends: exactly thirty days later on the vendor's cloud, not moved by an update.
    #[serde(default)]
    pub expires_at: String,
    /// Project roles, one element per role.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub group_role_assignments: Vec<GroupRoleAssignment>,
    /// The invitation's id.
    pub id: String,
    /// Who invited: an address, or the public key when an API key did (recorded).
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub inviter_username: String,
    /// The organization.
    #[serde(default)]
    pub org_id: String,
    /// The organization's name.
    #[serde(default)]
    pub org_name: String,
    /// Organization roles.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<String>,
    /// Teams.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub team_ids: Vec<String>,
    /// The invited address in the spelling that was sent.
    pub username: String,
}
