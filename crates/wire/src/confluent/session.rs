//! What the vendor's command line says below `/api` to sign a person in, and what the token exchange
//! answers.
//!
//! Source of the names: the vendor's Go SDK v1 (`auth.go`, `user.go`, `growth.go`), which writes
//! camel case and reads both. Numbers are 32 bits wide there.

use serde::{Deserialize, Serialize};

use super::ErrorItem;
use crate::Secret;

/// Body of `POST /api/sessions`: an address and a password, or a refresh token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SessionCreate {
    /// The person's address.
    #[serde(default)]
    pub email: Option<String>,
    /// What proves that it is the person.
    #[serde(default)]
    pub password: Option<Secret>,
    /// What an earlier session gave to renew it.
    #[serde(default, alias = "refresh_token", rename = "refreshToken")]
    pub refresh_token: Option<Secret>,
    /// The organization to sign in to; the client chooses by leaving it out or empty.
    #[serde(default, alias = "org_resource_id", rename = "orgResourceId")]
    pub org_resource_id: Option<String>,
}

/// Answer of `POST /api/sessions`, which has to be exactly 200.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// A JSON Web Signature with a numeric `exp`; the client reads no more of it.
    pub token: Secret,
    /// Begins with `v1.`: the client loses every other one.
    pub refresh_token: Secret,
    /// Who signed in.
    pub user: SessionUser,
    /// Where.
    pub organization: SessionOrganization,
}

/// Body of `DELETE /api/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SessionEnd {
    /// The session's token.
    #[serde(default, alias = "id_token", rename = "idToken")]
    pub id_token: Option<Secret>,
}

/// Answer of `GET /api/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Me {
    /// Who asks.
    pub user: SessionUser,
    /// Where.
    pub organization: SessionOrganization,
    /// The environments that the client can choose from; it needs one.
    pub accounts: Vec<Environment>,
}

/// A person, as the session endpoints show one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionUser {
    /// A number that means nothing here.
    pub id: i32,
    /// The address.
    pub email: String,
    /// The full name.
    pub first_name: String,
    /// `u-` and lower-case letters and digits.
    pub resource_id: String,
    /// One of the `AUTH_TYPE_` constants.
    pub auth_type: String,
}

/// An organization, as the session endpoints show one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionOrganization {
    /// A number that means nothing here.
    pub id: i32,
    /// The organization's UUID.
    pub resource_id: String,
    /// Its name.
    pub name: String,
}

/// An environment: what the client calls the place that it works in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Environment {
    /// `env-` and lower-case letters and digits.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Answer of `GET /api/login/realm`: how an address signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoginRealm {
    /// Whether by the vendor's own identity provider.
    pub is_sso: bool,
    /// Whether with a second factor at the vendor's.
    pub mfa_required: bool,
    /// Where at the vendor's.
    pub realm: String,
}

/// The body of an error answer of the session endpoints. Their client looks for `error`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionFailure {
    /// What went wrong.
    pub error: SessionError,
    /// The same in the shape of the other endpoints.
    pub errors: Vec<ErrorItem>,
}

/// See [`SessionFailure`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SessionError {
    /// The HTTP status.
    pub code: u16,
    /// What happened, for people.
    pub message: String,
}

/// Answer of `POST /sts/v1/oauth2/token`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExchangedToken {
    /// The bearer token.
    pub access_token: Secret,
    /// Always `urn:ietf:params:oauth:token-type:access_token`.
    pub issued_token_type: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Its life in seconds, a number.
    pub expires_in: i64,
}
