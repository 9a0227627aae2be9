//! Service accounts, and what may be changed of a user.

use serde::{Deserialize, Serialize};

use super::Metadata;

/// Body of `PATCH /iam/v2/users/{id}`.
///
/// Unknown and read-only members are ignored, as in [`super::InvitationCreate`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserUpdate {
    /// The new name; absent to leave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
}

/// A service account as `GET /iam/v2/service-accounts/{id}` returns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// Always [`super::API_VERSION`].
    #[serde(default)]
    pub api_version: String,
    /// Always [`super::KIND_SERVICE_ACCOUNT`].
    #[serde(default)]
    pub kind: String,
    /// `sa-` and lower-case letters and digits.
    pub id: String,
    /// Links and instants.
    #[serde(default)]
    pub metadata: Metadata,
    /// Its name.
    #[serde(default)]
    pub display_name: String,
    /// What it is for; may be empty.
    #[serde(default)]
    pub description: String,
}
