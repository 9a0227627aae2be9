//! People, memberships and teams of the native API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AuthType, ProjectRoles};

/// A person. One account may be a member of several organizations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// `usr_…`; exists from the first invitation on.
    pub id: String,
    /// The address in the spelling it was first given.
    pub email: String,
    /// The person's name, once known.
    #[serde(default)]
    pub name: Option<String>,
    /// `placeholder`: invited only. `active`: has accepted. `deactivated`: the last invitation was
    /// withdrawn, or the person was removed everywhere.
    pub state: String,
    /// How the person signs in, once known.
    #[serde(default)]
    pub auth_type: Option<AuthType>,
    /// When it was created.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// A short form of a user inside other objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserReference {
    /// `usr_…`.
    pub id: String,
    /// The address.
    pub email: String,
}

/// A person's membership of one organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// `usr_…`.
    pub user: String,
    /// The person's address.
    pub email: String,
    /// Roles in the organization.
    pub roles: Vec<String>,
    /// Teams, as `team_…` ids.
    pub teams: Vec<String>,
    /// Roles in projects.
    #[serde(default)]
    pub project_roles: Vec<ProjectRoles>,
    /// `active`, `left` or `removed`.
    pub state: String,
    /// When the membership began.
    pub joined_at: String,
    /// When it ended; `null` while it lasts.
    #[serde(default)]
    pub ended_at: Option<String>,
    /// How it came about: by an `invitation`, or `direct`.
    pub source: String,
}

/// Query of `GET /v1/organizations/{organization}/members`.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, utoipa::IntoParams,
)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MemberQuery {
    /// Only this address, compared the way addresses are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Objects per page, 1 to 200; 50 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// A team of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Team {
    /// `team_…`.
    pub id: String,
    /// `org_…`.
    pub organization: String,
    /// The team's name, unique within the organization.
    pub name: String,
    /// When it was created.
    pub created_at: String,
}

/// A short form of a team inside other objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TeamReference {
    /// `team_…`.
    pub id: String,
    /// The team's name.
    pub name: String,
}

/// Body of `POST /v1/organizations/{organization}/teams`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamCreate {
    /// The team's name, unique within the organization, 1 to 64 characters.
    pub name: String,
    /// Addresses of members of the organization who are in it from the start, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

/// Body of `PATCH /v1/organizations/{organization}/members/{user}`; absent members stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// The new roles, at least one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The new teams, as `team_…` ids, at most 100; an empty list takes the member out of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<String>>,
    /// The new roles in projects, in place of those in any; an empty list takes all away. Roles in a
    /// project are its owners' to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_roles: Option<Vec<ProjectRoles>>,
}

/// Body of `PATCH /v1/organizations/{organization}/teams/{team}`; absent members stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamPatch {
    /// The new name, unique within the organization, 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}
