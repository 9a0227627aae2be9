//! Organizations, the keys and service accounts in them, and the root of the API.

use serde::{Deserialize, Serialize};

use super::{CloudAppUserRole, Link};

/// An organization (version 2023-01-01).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The organization's id.
    pub id: String,
    /// Whether it is deleted.
    #[serde(default)]
    pub is_deleted: bool,
    /// Links of the object.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// Its name, 1 to 64 characters.
    pub name: String,
    /// Whether new projects come without the vendor's alert settings.
    #[serde(default)]
    pub skip_default_alerts_settings: bool,
}

/// Settings of an organization (version 2023-01-01).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationSettings {
    /// Whether operations take an entry in the list of allowed addresses.
    #[serde(default)]
    pub api_access_list_required: bool,
    /// Whether the vendor's generative features are on.
    #[serde(default, rename = "genAIFeaturesEnabled")]
    pub gen_ai_features_enabled: bool,
    /// The longest life of a service account's secret in hours; `null` for the vendor's own limit.
    #[serde(default)]
    pub max_service_account_secret_validity_in_hours: Option<u32>,
    /// Whether members need a second factor.
    #[serde(default)]
    pub multi_factor_auth_required: bool,
    /// Whether the vendor's employees are kept out.
    #[serde(default)]
    pub restrict_employee_access: bool,
    /// An address for questions of security; `null` for none.
    #[serde(default)]
    pub security_contact: Option<String>,
    /// Whether stream processing may cross projects.
    #[serde(default)]
    pub streams_cross_group_enabled: bool,
}

/// The root of the API, `GET /api/atlas/v2` (version 2023-01-01): who the caller is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemStatus {
    /// The key that asks; absent for a service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<CallerKey>,
    /// Name of the application.
    #[serde(default)]
    pub app_name: String,
    /// What was built.
    #[serde(default)]
    pub build: String,
    /// Links of the object.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// Whether the service slows callers down.
    #[serde(default)]
    pub throttling: bool,
}

/// The key of [`SystemStatus`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallerKey {
    /// Addresses the key may be used from.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub access_list: Vec<serde_json::Value>,
    /// The key's id.
    #[serde(default)]
    pub id: String,
    /// Its public half.
    #[serde(default)]
    pub public_key: String,
    /// One element per role.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<CloudAppUserRole>,
}

/// A programmatic key in the list of an organization's keys (version 2023-01-01). The private half
/// is left out: it is shown once, when the key is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyDetails {
    /// What the key is for.
    #[serde(default)]
    pub desc: String,
    /// The key's id.
    #[serde(default)]
    pub id: String,
    /// Links of the object.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// The public half.
    #[serde(default)]
    pub public_key: String,
    /// One element per role.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<CloudAppUserRole>,
}

/// A service account of an organization (version 2024-08-05). Its secrets are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrgServiceAccount {
    /// `mdb_sa_id_` and 24 hexadecimal digits.
    #[serde(default)]
    pub client_id: String,
    /// When it was made.
    #[serde(default)]
    pub created_at: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Roles in the organization.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub roles: Vec<String>,
}
