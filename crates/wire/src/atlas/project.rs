//! Projects ("groups"): legacy invitations (`/groups/{groupId}/invites`, version 2023-01-01), users
//! (`/groups/{groupId}/users`, version 2025-02-19), and what is needed of projects themselves.

use serde::{Deserialize, Serialize};

use super::{CloudUser, Link};

/// Body of `POST /groups/{groupId}/invites` and of `PATCH` on the same collection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInvitationRequest {
    /// Roles to give in the project, for example `GROUP_READ_ONLY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The address to invite, echoed in the spelling that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// Body of `PATCH /groups/{groupId}/invites/{invitationId}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupInvitationUpdate {
    /// The new roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

/// A pending invitation to a project. All members are always written (recorded).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupInvitation {
    /// When it was made.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub created_at: String,
    /// When it ends: exactly thirty days later on the vendor's cloud, not moved by an update.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub expires_at: String,
    /// The project.
    #[serde(default)]
    pub group_id: String,
    /// The project's name.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub group_name: String,
    /// The invitation's id.
    pub id: String,
    /// Who invited: an address, or the public key when an API key did (recorded).
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub inviter_username: String,
    /// Roles in the project.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<String>,
    /// The invited address in the spelling that was sent.
    pub username: String,
}

/// A user of a project; like [`OrgUser`](super::OrgUser), but with a flat list of project roles and
/// without teams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupUser {
    /// Profile, invitation and standing in the organization.
    #[serde(flatten)]
    pub user: CloudUser,
    /// Roles in the project.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<String>,
    /// The address.
    pub username: String,
}

/// Body of `POST /groups/{groupId}/users`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupUserCreate {
    /// Required; at least one project role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Required; the address to add or to invite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// Body of `POST /groups/{groupId}/users/{userId}:addRole` and `:removeRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRoleRequest {
    /// The role, for example `GROUP_OWNER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_role: Option<String>,
}

/// Body of `POST /groups`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupCreate {
    /// Required; the project's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Required; the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
}

/// Body of `PATCH /groups/{groupId}`, as far as there is something to change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupUpdate {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A project (`/groups`, version 2023-01-01), as far as invitations need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// How many clusters the project has; none here.
    #[serde(default)]
    pub cluster_count: u64,
    /// When it was made.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub created: String,
    /// The project's id.
    pub id: String,
    /// Links of the object.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// The project's name.
    #[serde(default)]
    pub name: String,
    /// The organization it belongs to.
    #[serde(default)]
    pub org_id: String,
}

/// Element of the array that `POST /groups/{groupId}/teams` takes; without the team, body of
/// `PATCH /groups/{groupId}/teams/{teamId}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamRolesRequest {
    /// Required; the roles that the team's members are to have in the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_names: Option<Vec<String>>,
    /// Required to add it; the team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<String>,
}

/// A team's roles in a project: element of `GET /groups/{groupId}/teams`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamRoles {
    /// Links of the object.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// The roles the team's members have in the project.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub role_names: Vec<String>,
    /// The team.
    pub team_id: String,
}
