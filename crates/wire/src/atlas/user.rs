//! People: `CloudAppUser` (version 2023-01-01) and `OrgUser` (version 2025-02-19).

use serde::{Deserialize, Serialize};

use super::Link;

/// The answer of `GET /users/byName/{userName}` and element of the old member lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudAppUser {
    /// Two-letter country code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// When the account was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The user's id.
    #[serde(default)]
    pub id: String,
    /// When the user last signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_auth: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Links of the object.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// Left out when unknown (recorded), unlike in [`OrgUser`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile_number: Option<String>,
    /// One element per role. Membership of an organization is "some element names it".
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<CloudAppUserRole>,
    /// Teams.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub team_ids: Vec<String>,
    /// The address the user signs in with.
    pub username: String,
}

impl CloudAppUser {
    /// Whether the user holds any role in the organization: the vendor's own membership test.
    #[must_use]
    pub fn is_member_of(&self, org_id: &str) -> bool {
        self.roles
            .iter()
            .any(|role| role.org_id.as_deref() == Some(org_id))
    }
}

/// One role of a [`CloudAppUser`], in an organization or in a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CloudAppUserRole {
    /// The project, for a project role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// The organization, for an organization role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_id: Option<String>,
    /// The role, for example `ORG_MEMBER`.
    pub role_name: String,
}

/// What the cloud users' endpoints (version 2025-02-19) say about a person, wherever they say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::option_option,
    reason = "absent, null and present are three different things on the wire"
)]
pub struct CloudUser {
    /// Two-letter country code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// When the account was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// The user's id, the same before and after acceptance.
    pub id: String,
    /// When the invitation was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation_created_at: Option<String>,
    /// When the invitation ends; `Some(None)`, which is `null`, for a rejected one.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::tolerant::present"
    )]
    pub invitation_expires_at: Option<Option<String>>,
    /// Who invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inviter_username: Option<String>,
    /// When the user last signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_auth: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// `Some(None)`, which is `null`, for an active user without one (recorded).
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::tolerant::present"
    )]
    pub mobile_number: Option<Option<String>>,
    /// One of the `STATUS_` constants.
    pub org_membership_status: String,
}

/// A user of an organization: invited, member, or with an invitation that came to nothing.
///
/// `PENDING`, `INVITATION_EXPIRED` and `INVITATION_REJECTED` carry the invitation members,
/// `ACTIVE` the profile members; the others are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgUser {
    /// Profile, invitation and standing.
    #[serde(flatten)]
    pub user: CloudUser,
    /// Roles in the organization and its projects.
    #[serde(default)]
    pub roles: OrgUserRoles,
    /// Teams.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub team_ids: Vec<String>,
    /// The address.
    pub username: String,
}

/// Roles of an [`OrgUser`], as answers spell them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgUserRoles {
    /// Roles per project.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub group_role_assignments: Vec<GroupRoles>,
    /// Roles in the organization.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub org_roles: Vec<String>,
}

/// Roles in one project, as the new API spells them: `groupRoles`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupRoles {
    /// The project.
    pub group_id: String,
    /// The roles in it.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub group_roles: Vec<String>,
}

/// Roles in requests that write an [`OrgUser`]: a list that is absent is left as it is, an empty one
/// resets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgUserRolesRequest {
    /// Roles per project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_role_assignments: Option<Vec<GroupRoles>>,
    /// Roles in the organization; at least one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_roles: Option<Vec<String>>,
}

/// Body of `POST /orgs/{orgId}/users`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgUserCreate {
    /// Required; at least one organization role.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::object::optional"
    )]
    pub roles: Option<OrgUserRolesRequest>,
    /// Teams to join.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_ids: Option<Vec<String>>,
    /// Required; the address to invite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// Body of `PATCH /orgs/{orgId}/users/{userId}`: absent keeps, an empty list resets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgUserUpdate {
    /// The new roles.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::object::optional"
    )]
    pub roles: Option<OrgUserRolesRequest>,
    /// The new teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_ids: Option<Vec<String>>,
}

/// Body of `POST /orgs/{orgId}/users/{userId}:addRole` and `:removeRole`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgRoleRequest {
    /// The role, for example `ORG_MEMBER`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_role: Option<String>,
}
