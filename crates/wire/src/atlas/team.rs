//! Teams of an organization (`/orgs/{orgId}/teams`, version 2023-01-01).

use serde::{Deserialize, Serialize};

use super::Link;

/// Body of `POST /orgs/{orgId}/teams`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamCreate {
    /// The team's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// First members. The vendor's SDK writes `null` for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usernames: Option<Vec<String>>,
}

/// A team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The team's id.
    pub id: String,
    /// Links of the object.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// The team's name.
    pub name: String,
    /// First members, in the answer to a create only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usernames: Option<Vec<String>>,
}

/// Body of `PATCH /orgs/{orgId}/teams/{teamId}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamUpdate {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Body of `POST /orgs/{orgId}/teams/{teamId}:addUser` and `:removeUser` (version 2025-02-19), and
/// element of the array that `POST …/teams/{teamId}/users` takes (version 2023-01-01).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamUserRequest {
    /// The user's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
