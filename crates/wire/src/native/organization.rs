//! Organizations of the native API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An organization: the scope of people, teams, keys and invitations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organization {
    /// `org_…`.
    pub id: String,
    /// The name people read in invitations.
    pub name: String,
    /// Whether members sign in through an identity provider.
    pub sso_enabled: bool,
    /// How long invitations live, by the API they were made through.
    pub invitation_lifetimes: InvitationLifetimes,
    /// When it was created.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// Rises by one with every change.
    pub version: i64,
}

/// A short form of an organization inside other objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganizationReference {
    /// `org_…`.
    pub id: String,
    /// The organization's name.
    pub name: String,
}

/// How long invitations live, in seconds, by the API they were made through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationLifetimes {
    /// Made through this API; 604800 (seven days) unless changed.
    pub native: i64,
    /// Made through the Confluent dialect; 604800 (seven days) unless changed.
    pub confluent: i64,
    /// Made through the Atlas dialect; 2592000 (thirty days) unless changed.
    pub atlas: i64,
}

/// Body of `POST /v1/organizations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationCreate {
    /// The name people read in invitations, 1 to 64 characters.
    pub name: String,
    /// Whether members sign in through an identity provider; no unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sso_enabled: Option<bool>,
    /// Lifetimes other than the defaults.
    #[serde(
        default,
        deserialize_with = "crate::object::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub invitation_lifetimes: Option<InvitationLifetimesPatch>,
}

/// Body of `PATCH /v1/organizations/{organization}`; absent members stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationPatch {
    /// The new name, 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether members sign in through an identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sso_enabled: Option<bool>,
    /// The new lifetimes; they count for invitations sent from now on.
    #[serde(
        default,
        deserialize_with = "crate::object::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub invitation_lifetimes: Option<InvitationLifetimesPatch>,
}

/// Lifetimes to change, in seconds, each from a minute (60) to a year of 365 days (31536000); absent
/// ones stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationLifetimesPatch {
    /// Made through this API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<i64>,
    /// Made through the Confluent dialect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confluent: Option<i64>,
    /// Made through the Atlas dialect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub atlas: Option<i64>,
}
