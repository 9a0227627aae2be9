//! The Confluent Cloud IAM dialect: invitations and users of the key's own organization.
//!
//! Owns the vendor's conduct on the wire, so that its unmodified provider, SDK and CLI work. Must
//! not hold rules: handlers convert, call a use case, and convert back.

mod convert;
mod error;
mod extract;
mod injected;
mod invitations;
mod page;
mod role_bindings;
mod roles;
mod routes;
mod service_accounts;
mod session_token;
mod sessions;
mod sts;
mod users;

use axum::body::Body;
use axum::http::Method;
use axum::response::Response;

pub(crate) use injected::injected;
pub(crate) use routes::{routes, session_routes, token_routes};

use super::fault::Fault;
use super::request_id::RequestId;

/// The answer to a request that met a fault of the server before or after its handler.
pub(crate) fn fault(fault: Fault, request_id: &str) -> Response {
    error::of_request(fault, request_id)
}

/// The answer where there is no path, outside of the routes.
pub(crate) async fn nothing_here(RequestId(id): RequestId, method: Method) -> Response {
    let mut response = Response::new(Body::empty());
    error::Failure::UnknownPath.render(&mut response, &method, &id);
    response
}
