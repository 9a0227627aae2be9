//! The Confluent Cloud IAM dialect: invitations and users of the key's own organization.
//!
//! Owns the vendor's conduct on the wire, so that its unmodified provider, SDK and CLI work. Must
//! not hold rules: handlers convert, call a use case, and convert back.

mod convert;
mod error;
mod extract;
mod invitations;
mod page;
mod routes;
mod users;

use axum::response::Response;

pub(crate) use routes::routes;

use super::fault::Fault;

/// The answer to a request that met a fault of the server before or after its handler.
pub(crate) fn fault(fault: Fault, request_id: &str) -> Response {
    error::of_request(fault, request_id)
}
