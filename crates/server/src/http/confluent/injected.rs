//! An error answer that a tester has asked for, in this dialect's shape.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_wire::confluent as wire;

use super::routes::RATE_LIMIT;
use crate::http::injected::Injected;

/// The error in this dialect's shape.
pub(crate) fn injected(asked: &Injected, request_id: &str) -> Response {
    let usual = match asked.status {
        StatusCode::UNAUTHORIZED => "user_unauthenticated",
        StatusCode::PAYMENT_REQUIRED => "quota_exceeded",
        StatusCode::FORBIDDEN => "user_unauthorized",
        StatusCode::NOT_FOUND => "resource_not_found",
        StatusCode::CONFLICT => "conflict",
        StatusCode::TOO_MANY_REQUESTS => "rate_limited",
        StatusCode::SERVICE_UNAVAILABLE => "service_unavailable",
        status if status.is_server_error() => "internal_error",
        _ => "bad_request",
    };
    let item = wire::ErrorItem {
        id: Some(request_id.to_owned()),
        status: Some(asked.status.as_u16().to_string()),
        code: Some(asked.code_or(usual)),
        title: asked.status.canonical_reason().map(str::to_owned),
        detail: Some(asked.detail.clone()),
        ..wire::ErrorItem::default()
    };
    let body = wire::Failure { errors: vec![item] };
    let mut response = asked.answer(
        "application/json",
        serde_json::to_vec(&body).unwrap_or_default(),
    );
    if asked.status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().extend(RATE_LIMIT);
    }
    response
}
