//! API keys of the native API, for all three dialects, and who a key speaks for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OrganizationReference;
use crate::Secret;

/// Which API a key opens, and therefore how it authenticates.
///
/// - `native`: this API; a bearer token.
/// - `confluent`: the Confluent dialect; HTTP Basic.
/// - `atlas`: the Atlas dialect; HTTP Digest.
/// - `atlas_service_account`: the Atlas dialect; OAuth 2.0 client credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The native API; a bearer token.
    Native,
    /// The Confluent dialect; HTTP Basic.
    Confluent,
    /// The Atlas dialect; HTTP Digest.
    Atlas,
    /// The Atlas dialect; OAuth 2.0 client credentials.
    AtlasServiceAccount,
}

impl KeyKind {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Confluent => "confluent",
            Self::Atlas => "atlas",
            Self::AtlasServiceAccount => "atlas_service_account",
        }
    }
}

/// What a key speaks for: `user`, a person, or `service_account`, a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OwnerKind {
    /// A person.
    User,
    /// A program.
    ServiceAccount,
}

/// The principal a key speaks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyOwner {
    /// Person or program.
    pub kind: OwnerKind,
    /// `usr_…` or `sva_…`.
    pub id: String,
}

/// A key without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// `key_…`.
    pub id: String,
    /// Which API it opens.
    pub kind: KeyKind,
    /// The public half: user name of Basic and Digest, client id of OAuth.
    pub public_id: String,
    /// What it is for, in its maker's words.
    pub name: String,
    /// The principal it speaks for.
    pub owner: KeyOwner,
    /// When it was created.
    pub created_at: String,
    /// When it ends; `null` if it does not.
    #[serde(default)]
    pub expires_at: Option<String>,
    /// When it was revoked; `null` if it was not.
    #[serde(default)]
    pub revoked_at: Option<String>,
}

/// Body of `POST /v1/organizations/{organization}/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyCreate {
    /// Which API it opens.
    pub kind: KeyKind,
    /// What it is for, 1 to 64 characters.
    pub name: String,
    /// Roles, as in invitations, of a new service account that the key speaks for; without them it speaks for the person
    /// who asks. A key of the kind `atlas_service_account` needs them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// Life in seconds, at most ten years; without end unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
}

/// A new key. The secret is shown this once and cannot be read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyCreated {
    /// The key.
    pub key: ApiKey,
    /// The secret half; for a native key the whole bearer token.
    #[schema(value_type = String)]
    pub secret: Secret,
}

/// The answer of `GET /v1/me`: whom the presented key speaks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The principal.
    pub principal: KeyOwner,
    /// Its name or address.
    pub name: String,
    /// The organization the key was made in.
    #[serde(default)]
    pub organization: Option<OrganizationReference>,
    /// Roles in that organization.
    pub roles: Vec<String>,
    /// The key that was presented.
    #[serde(default)]
    pub key: Option<ApiKey>,
}
