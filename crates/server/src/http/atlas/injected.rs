//! An error answer that a tester has asked for, in the shapes of this dialect and of its OAuth
//! endpoints.

use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use vestibule_wire::atlas::ApiError;

use crate::http::injected::Injected;

/// The error in this dialect's shape.
pub(crate) fn injected(asked: &Injected) -> Response {
    let usual = match asked.status {
        StatusCode::UNAUTHORIZED => "USER_UNAUTHORIZED",
        StatusCode::FORBIDDEN => "CANNOT_DEMOTE_LAST_ORG_OWNER",
        StatusCode::NOT_FOUND => "RESOURCE_NOT_FOUND",
        StatusCode::CONFLICT => "CONFLICT",
        StatusCode::GONE => "VERSION_GONE",
        StatusCode::TOO_MANY_REQUESTS => "RATE_LIMITED",
        StatusCode::SERVICE_UNAVAILABLE => "SERVICE_UNAVAILABLE",
        status if status.is_server_error() => "UNEXPECTED_ERROR",
        _ => "VALIDATION_ERROR",
    };
    let code = asked.code_or(usual);
    let body = ApiError {
        detail: Some(asked.detail.clone()),
        error: asked.status.as_u16(),
        error_code: code.clone(),
        parameters: Some(Vec::new()),
        reason: asked.status.canonical_reason().map(str::to_owned),
        ..ApiError::default()
    };
    let body = serde_json::to_vec(&body).unwrap_or_default();
    let mut response = asked.answer("application/json", body);
    if let Ok(code) = HeaderValue::from_str(&code) {
        response.headers_mut().insert("x-error-code", code);
    }
    response
}

/// The error in the shape of the OAuth endpoints; too many requests have the API's own there, too.
pub(crate) fn oauth_injected(asked: &Injected) -> Response {
    if asked.status == StatusCode::TOO_MANY_REQUESTS {
        return injected(asked);
    }
    let usual = match asked.status {
        StatusCode::UNAUTHORIZED => "invalid_client",
        StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request",
    };
    let body = serde_json::json!({
        "error": asked.code_or(usual),
        "error_description": asked.detail,
    });
    asked.answer("application/json", body.to_string().into_bytes())
}
