//! Role bindings (`/iam/v2/role-bindings`).

use serde::{Deserialize, Serialize};

use super::Metadata;

/// Body of `POST /iam/v2/role-bindings`.
///
/// All members are optional so that the server, not the JSON decoder, words the refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleBindingCreate {
    /// `User:` and the id of a user or a service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The role's name, for example `OrganizationAdmin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_name: Option<String>,
    /// On what: a CRN, perhaps with a star at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crn_pattern: Option<String>,
}

/// A role binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleBinding {
    /// Always [`super::API_VERSION`].
    #[serde(default)]
    pub api_version: String,
    /// Always [`super::KIND_ROLE_BINDING`].
    #[serde(default)]
    pub kind: String,
    /// `rb-` and lower-case letters and digits.
    pub id: String,
    /// Links.
    #[serde(default)]
    pub metadata: Metadata,
    /// See [`RoleBindingCreate::principal`].
    #[serde(default)]
    pub principal: String,
    /// See [`RoleBindingCreate::role_name`].
    #[serde(default)]
    pub role_name: String,
    /// See [`RoleBindingCreate::crn_pattern`].
    #[serde(default)]
    pub crn_pattern: String,
}
