//! What the error answers of Atlas mean.

use std::time::Duration;

use http::StatusCode;
use vestibule_wire::atlas::ApiError;

use crate::ErrorKind;
use crate::error::Explanation;
use crate::transport::Response;

/// Ten invitations per minute are allowed, so one place is free six seconds later on average.
const INVITATION_SPACING: Duration = Duration::from_secs(6);

/// Codes that the vendor sends with 401 although the credentials are good.
const PERMISSION_CODES: [&str; 6] = [
    "NOT_ORG_OWNER",
    "USER_CANNOT_ACCESS_ORG",
    "USER_UNAUTHORIZED",
    "NOT_ORG_USER_ADMIN",
    "NOT_GROUP_USER_ADMIN",
    "NOT_IN_GROUP",
];

/// Codes of "too many invitations", which the vendor sends with 400 and without `Retry-After`.
const RATE_CODES: [&str; 2] = ["INVITATIONS_RATE_LIMITED_IP", "RATE_LIMITED_IP"];

/// Reads the error body.
pub(super) fn explain(response: &Response) -> Explanation {
    let Some(error) = response.error_body::<ApiError>() else {
        return Explanation::default();
    };
    let code = error.error_code.as_str();
    let kind = if PERMISSION_CODES.contains(&code) {
        Some(ErrorKind::Forbidden)
    } else if RATE_CODES.contains(&code) {
        Some(ErrorKind::RateLimited)
    } else {
        None
    };
    let fields = error.bad_request_detail.unwrap_or_default().fields;
    let complaints: Vec<String> = fields
        .iter()
        .map(|complaint| format!("{}: {}", complaint.field, complaint.description))
        .collect();
    let detail = match (error.detail.or(error.reason), complaints.is_empty()) {
        (detail, true) => detail,
        (Some(detail), false) => Some(format!("{detail} ({})", complaints.join("; "))),
        (None, false) => Some(complaints.join("; ")),
    };
    Explanation {
        kind,
        code: Some(error.error_code),
        detail,
        hint: None,
    }
}

/// Recognises the vendor's rate limit on invitations, and how long to wait.
pub(super) fn invitation_rate(response: &Response) -> Option<Duration> {
    if response.status != StatusCode::BAD_REQUEST {
        return None;
    }
    let error = response.error_body::<ApiError>()?;
    RATE_CODES
        .contains(&error.error_code.as_str())
        .then_some(INVITATION_SPACING)
}
