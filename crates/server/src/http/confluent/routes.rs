//! Paths and methods, and what every answer of this dialect has in common.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};

use super::error::Failure;
use super::{invitations, role_bindings, service_accounts, sessions, sts, users};
use crate::app::App;
use crate::http::request_id::RequestId;

/// The routes below `/iam/v2`. The vendor's provider calls them there, its CLI below `/api`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/invitations",
            get(invitations::list).post(invitations::create),
        )
        .route(
            "/invitations/{id}",
            get(invitations::read).delete(invitations::delete),
        )
        .route("/users", get(users::list))
        .route(
            "/users/{id}",
            get(users::read).patch(users::update).delete(users::delete),
        )
        .route("/service-accounts", get(service_accounts::list))
        .route("/service-accounts/{id}", get(service_accounts::read))
        .route(
            "/role-bindings",
            get(role_bindings::list).post(role_bindings::create),
        )
        .route(
            "/role-bindings/{id}",
            get(role_bindings::read).delete(role_bindings::delete),
        )
        .fallback(async || Failure::UnknownPath)
        .method_not_allowed_fallback(async || Failure::UnknownMethod)
        .layer(from_fn(finish))
}

/// The token exchange, at its own path.
pub(crate) fn token_routes() -> Router<App> {
    Router::new()
        .route("/sts/v1/oauth2/token", post(sts::exchange))
        .method_not_allowed_fallback(async || Failure::UnknownMethod)
        .layer(from_fn(finish))
}

/// What the vendor's command line calls to sign a person in, at its own paths.
pub(crate) fn session_routes() -> Router<App> {
    Router::new()
        .route("/api/login/realm", get(sessions::realm))
        .route(
            "/api/sessions",
            post(sessions::create).delete(sessions::delete),
        )
        .route("/api/me", get(sessions::me))
        .route(
            "/api/growth/v1/free-trial-info",
            get(sessions::free_trial_info),
        )
        .route("/api/cli/v1/usages", post(sessions::usages))
        .method_not_allowed_fallback(async || Failure::UnknownMethod)
        .layer(from_fn(finish_session))
}

/// The vendor promises these with each success and each 429. There is no limit on requests yet:
/// the numbers say so by never going down. `Reset` is in seconds from now, not an instant.
pub(super) const RATE_LIMIT: [(HeaderName, HeaderValue); 3] = [
    (
        HeaderName::from_static("x-ratelimit-limit"),
        HeaderValue::from_static("1000"),
    ),
    (
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderValue::from_static("1000"),
    ),
    (
        HeaderName::from_static("x-ratelimit-reset"),
        HeaderValue::from_static("1"),
    ),
];

/// As [`finish`], with the words that the client of sessions reads.
async fn finish_session(RequestId(id): RequestId, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        failure.render_for_session(&mut response, &method, &id);
    }
    response
}

/// Gives a failure its words, and every answer its headers.
async fn finish(RequestId(id): RequestId, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let mut response = next.run(request).await;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        failure.render(&mut response, &method, &id);
    }
    let status = response.status();
    if status.is_success() || status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().extend(RATE_LIMIT);
    }
    response
}
