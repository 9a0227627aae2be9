//! Confluent Cloud IAM v2: invitations, users, lists and failures; sessions of people.
//!
//! Owns the shapes of `/iam/v2`, and of what the vendor's clients call beside it. Source of every vendor fact here:
//! the vendor's Go SDK `iam/v2` (`api/openapi.yaml` and models, August 2026) and the fixtures of its
//! Terraform provider. Ids, instants (RFC 3339 UTC ending in `Z`, microseconds) and vocabularies
//! are plain strings here, because the vendor declares its enumerations extensible.

mod account;
mod role_binding;
mod session;

use serde::{Deserialize, Serialize};

pub use account::{ServiceAccount, UserUpdate};
pub use role_binding::{RoleBinding, RoleBindingCreate};
pub use session::{
    Environment, ExchangedToken, LoginRealm, Me, Session, SessionCreate, SessionEnd, SessionError,
    SessionFailure, SessionOrganization, SessionUser,
};

use crate::Secret;

/// The `api_version` of every object and list of this API.
pub const API_VERSION: &str = "iam/v2";

/// `kind` of an [`Invitation`].
pub const KIND_INVITATION: &str = "Invitation";
/// `kind` of a [`List`] of [`Invitation`].
pub const KIND_INVITATION_LIST: &str = "InvitationList";
/// `kind` of a [`User`] and of references to one.
pub const KIND_USER: &str = "User";
/// `kind` of a [`List`] of [`User`].
pub const KIND_USER_LIST: &str = "UserList";
/// `kind` of a [`ServiceAccount`] and of references to one.
pub const KIND_SERVICE_ACCOUNT: &str = "ServiceAccount";
/// `kind` of a [`RoleBinding`].
pub const KIND_ROLE_BINDING: &str = "RoleBinding";
/// `kind` of a [`List`] of [`RoleBinding`].
pub const KIND_ROLE_BINDING_LIST: &str = "RoleBindingList";
/// `kind` of a [`List`] of [`ServiceAccount`].
pub const KIND_SERVICE_ACCOUNT_LIST: &str = "ServiceAccountList";

/// Waiting for the invited person's answer.
pub const STATUS_SENT: &str = "INVITE_STATUS_SENT";
/// Created, not delivered yet; the vendor documents no more than the name.
pub const STATUS_STAGED: &str = "INVITE_STATUS_STAGED";
/// Accepted; a later delete is refused with 400.
pub const STATUS_ACCEPTED: &str = "INVITE_STATUS_ACCEPTED";
/// Its lifetime passed without an answer.
pub const STATUS_EXPIRED: &str = "INVITE_STATUS_EXPIRED";
/// Ended by will; the vendor documents no more than the name.
pub const STATUS_DEACTIVATED: &str = "INVITE_STATUS_DEACTIVATED";

/// Signs in with a password of the vendor's own.
pub const AUTH_TYPE_LOCAL: &str = "AUTH_TYPE_LOCAL";
/// Signs in through the organization's identity provider.
pub const AUTH_TYPE_SSO: &str = "AUTH_TYPE_SSO";

/// Body of `POST /iam/v2/invitations`.
///
/// Both members are optional so that the server, not the JSON decoder, words the refusal. Unknown
/// and read-only members are ignored, as the vendor does. Keys are sent in alphabetical order
/// (recorded from the vendor's provider).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationCreate {
    /// `AUTH_TYPE_LOCAL` or `AUTH_TYPE_SSO`; absent means the organization's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<String>,
    /// The address to invite. It is echoed byte for byte for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// An invitation as every operation returns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Always [`API_VERSION`].
    #[serde(default)]
    pub api_version: String,
    /// Always [`KIND_INVITATION`].
    #[serde(default)]
    pub kind: String,
    /// `i-` and lower-case letters and digits. The vendor's provider drops an object without it.
    pub id: String,
    /// Links and instants.
    #[serde(default)]
    pub metadata: Metadata,
    /// The address exactly as it was posted.
    pub email: String,
    /// One of the `AUTH_TYPE_` constants, or a newer value of the vendor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<String>,
    /// One of the `STATUS_` constants, or a newer value of the vendor's.
    #[serde(default)]
    pub status: String,
    /// When it was accepted; `null` until then (absent in the vendor's fixtures, nullable in its
    /// schema). An empty string would not decode in the vendor's SDK.
    #[serde(default)]
    pub accepted_at: Option<String>,
    /// When it ends or ended; not nullable in the vendor's schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The invited person, whose id exists from the moment of the invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<ObjectReference>,
    /// The user or service account that invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator: Option<ObjectReference>,
}

/// A pointer to another object.
///
/// The schema requires `id`, `related` and `resource_name`; the vendor's fixtures add the other two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectReference {
    /// `api_version` of the object pointed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// `kind` of the object pointed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its id, for example `u-8d1x0p` or `sa-…`.
    pub id: String,
    /// Its URL.
    #[serde(default)]
    pub related: String,
    /// Its CRN, for example `crn://confluent.cloud/user=u-8d1x0p`.
    #[serde(default)]
    pub resource_name: String,
}

/// Links and instants of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The object's own URL (`self` on the wire).
    #[serde(rename = "self", default)]
    pub self_url: String,
    /// The object's CRN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_name: Option<String>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// When it was deleted, for objects still shown after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<String>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct List<T> {
    /// Always [`API_VERSION`].
    #[serde(default)]
    pub api_version: String,
    /// One of the `KIND_…_LIST` constants.
    #[serde(default)]
    pub kind: String,
    /// Links to the neighbouring pages.
    #[serde(default)]
    pub metadata: ListMeta,
    /// What is on this page.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub data: Vec<T>,
}

impl<T> List<T> {
    /// A page of a list of this kind.
    #[must_use]
    pub fn new(kind: &str, metadata: ListMeta, data: Vec<T>) -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            kind: kind.to_owned(),
            metadata,
            data,
        }
    }
}

/// Links of a list; absolute URLs that carry `page_token`.
///
/// A link without a page is left out, never `null`: the vendor's provider dereferences a `null`
/// `next` and panics, although its own schema allows one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListMeta {
    /// The first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// The last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// The page before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// The page after this one; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many objects all pages hold together, where the service says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_size: Option<i32>,
}

/// A user as `GET /iam/v2/users/{id}` returns it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Always [`API_VERSION`].
    #[serde(default)]
    pub api_version: String,
    /// Always [`KIND_USER`].
    #[serde(default)]
    pub kind: String,
    /// `u-` and lower-case letters and digits.
    pub id: String,
    /// Links and instants.
    #[serde(default)]
    pub metadata: Metadata,
    /// The user's address.
    #[serde(default)]
    pub email: String,
    /// The user's name; empty or absent while the user is only invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// One of the `AUTH_TYPE_` constants, or a newer value of the vendor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<String>,
}

/// The answer of a token endpoint: the vendor's `POST /sts/v1/oauth2/token`, and an identity
/// provider's own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TokenResponse {
    /// The bearer token.
    pub access_token: Secret,
    /// Its life in seconds. A number of the vendor's; some identity providers write a string, which
    /// the vendor's provider does not survive.
    #[serde(default, deserialize_with = "crate::tolerant::seconds")]
    pub expires_in: Option<u64>,
}

/// The body of every error answer.
///
/// The vendor's provider shows `errors[0].detail` and nothing else, so the text for people belongs
/// there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong, the most important first.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub errors: Vec<ErrorItem>,
}

/// One error of a [`Failure`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorItem {
    /// An id of this occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The HTTP status as a string, for example `"404"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// A machine-readable code, for example `resource_already_exists`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A short text that is the same for every occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What happened this time, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to do about it; printed by the vendor's CLI, ignored by its SDK.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// Which part of the request is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ErrorSource>,
}

/// The part of a request an error speaks about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorSource {
    /// A JSON pointer into the body, for example `/email`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The name of a query parameter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
}

#[cfg(test)]
mod tests;
