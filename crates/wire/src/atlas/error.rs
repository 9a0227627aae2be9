//! The error body of the Atlas API. Knows no codes: which code stands for what is the server's.

use serde::{Deserialize, Serialize};

/// The body of every error answer: compact JSON, `application/json`, keys alphabetical (recorded).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// Which fields of the request are wrong, for validation errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bad_request_detail: Option<BadRequestDetail>,
    /// What happened this time, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The HTTP status.
    #[serde(default)]
    pub error: u16,
    /// A machine-readable code such as `INVALID_INVITATION_ID`.
    #[serde(default)]
    pub error_code: String,
    /// The values quoted in `detail`; `[]` when there are none, absent in a 401 (recorded).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Vec<serde_json::Value>>,
    /// The HTTP reason phrase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The wrong fields of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRequestDetail {
    /// One entry per complaint.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub fields: Vec<BadRequestField>,
}

/// One complaint about one field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRequestField {
    /// What is wrong with it.
    #[serde(default)]
    pub description: String,
    /// The name of the field.
    #[serde(default)]
    pub field: String,
}
