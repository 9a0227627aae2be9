//! Errors of the native API: RFC 9457 problem details with a stable `code`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Media type of [`Problem`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The body of every error answer of the native API (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A URI of the kind of problem; `about:blank` when the status says all.
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    /// A short text that is the same for every occurrence.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// What happened this time, for people.
    #[serde(default)]
    pub detail: String,
    /// A stable code for programs, for example `live_invitation_exists`.
    #[serde(default)]
    pub code: String,
    /// The path or id of this occurrence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Which members of the request are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemError>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// One wrong member of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemError {
    /// JSON pointer into the body, or the name of a query parameter.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

fn about_blank() -> String {
    "about:blank".to_owned()
}
