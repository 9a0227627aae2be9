//! The native API under `/v1`, our own: RFC 9457 problems, keyset pages, OpenAPI 3.1.
//!
//! Owns its routes, and what is answered where there is none. Must not decide anything: a handler
//! reads, calls one use case, and converts.

mod answer;
mod answers;
mod call;
mod convert;
pub(super) mod docs;
mod error;
mod invitations;
mod keys;
mod members;
mod openapi;
mod organizations;
mod page;
mod projects;
mod read;
mod refusals;
mod shown;
mod teams;
mod testing;

use axum::Router;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::error::Failure;
use super::fault::Fault;
use crate::app::App;

pub use openapi::document;
pub use testing::document as testing_document;
pub(crate) use testing::injected;
pub(crate) use testing::routes as testing_routes;

/// The routes below `/v1`, with the answers for paths and methods that there are not.
pub(crate) fn routes() -> Router<App> {
    let (routes, _) = described().split_for_parts();
    routes
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
}

/// The answer where there is no path.
pub(crate) async fn nothing_here() -> Response {
    Failure::no_such_path().into_response()
}

/// The answer where there is a path, but not for the method.
pub(crate) async fn wrong_method() -> Response {
    Failure::method_not_allowed().into_response()
}

/// The routes below `/v1` with their descriptions: a route without one cannot be written.
fn described() -> OpenApiRouter<App> {
    about_organizations()
        .merge(about_people())
        .merge(about_invitations())
}

fn about_organizations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(organizations::create, organizations::list))
        .routes(routes!(organizations::get, organizations::update))
        .routes(routes!(projects::create, projects::list))
        .routes(routes!(projects::get, projects::update, projects::delete))
        .routes(routes!(keys::create, keys::list))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::me))
}

fn about_people() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(members::list))
        .routes(routes!(members::update, members::remove))
        .routes(routes!(members::leave))
        .routes(routes!(members::list_users))
        .routes(routes!(members::get_user))
        .routes(routes!(teams::create, teams::list))
        .routes(routes!(teams::get, teams::update, teams::delete))
}

fn about_invitations() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(invitations::create, invitations::list))
        .routes(routes!(invitations::get, invitations::update))
        .routes(routes!(invitations::resend))
        .routes(routes!(invitations::link))
        .routes(routes!(invitations::revoke))
        .routes(routes!(answers::preview))
        .routes(routes!(answers::accept))
        .routes(routes!(answers::decline))
        .routes(routes!(answers::leave))
}

/// The answer to a request that failed on our side before or behind its handler.
pub(crate) fn fault(fault: Fault, request_id: &str) -> Response {
    Failure::fault(fault, request_id).into_response()
}
