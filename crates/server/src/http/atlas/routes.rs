//! Where this dialect's operations are, and what happens around them.
//!
//! Owns the paths, the vendor's extra headers and the answers to paths and methods that there are
//! not. Nothing here redirects: the vendor's clients take a redirect for an error, or sign for the
//! wrong address.

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;

use super::error::{Code, Failure};
use super::extract::Call;
use super::{invites, teams, users};
use crate::app::App;

/// The API below `/api/atlas`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .nest("/v2", endpoints())
        // What clients before 2024 use; the same bodies as plain JSON.
        .nest("/v1.0", endpoints())
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
}

fn endpoints() -> Router<App> {
    let invites = Router::new()
        .route(
            "/orgs/{org_id}/invites",
            get(invites::list)
                .post(invites::create)
                .patch(invites::update_by_username),
        )
        .route(
            "/orgs/{org_id}/invites/{invitation_id}",
            get(invites::get)
                .patch(invites::update)
                .delete(invites::delete),
        )
        .layer(map_response(rate_500))
        .layer(map_response(deprecated));
    let by_name = Router::new()
        .route("/users/byName/{user_name}", get(users::by_name))
        .layer(map_response(rate_2500))
        .layer(map_response(deprecated));
    let organization = Router::new()
        .route("/orgs/{org_id}/users", get(users::list))
        .route("/orgs/{org_id}/users/{user_id}", get(users::get))
        .layer(map_response(rate_500));
    let teams = Router::new()
        .route("/orgs/{org_id}/teams", get(teams::list).post(teams::create))
        .route("/orgs/{org_id}/teams/{team_id}", get(teams::get))
        .layer(map_response(rate_1200));
    invites.merge(by_name).merge(organization).merge(teams)
}

/// Since when the endpoint is deprecated, and until when the vendor serves it (both recorded, with a
/// day of one digit).
async fn deprecated(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        "deprecation",
        HeaderValue::from_static("Wed, 19 Feb 2025 00:00:00 GMT"),
    );
    headers.insert(
        "sunset",
        HeaderValue::from_static("Thu, 1 Jul 2027 00:00:00 GMT"),
    );
    response
}

async fn rate_500(response: Response) -> Response {
    rated(response, "500")
}

async fn rate_1200(response: Response) -> Response {
    rated(response, "1200")
}

async fn rate_2500(response: Response) -> Response {
    rated(response, "2500")
}

/// The vendor's limits, as recorded. This server counts nothing, so all of it always remains.
fn rated(mut response: Response, limit: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", HeaderValue::from_static(limit));
    headers.insert("ratelimit-remaining", HeaderValue::from_static(limit));
    response
}

/// A path that there is not; who shows no credential does not learn even that.
pub(crate) async fn nothing_here(State(app): State<App>, request: Request) -> Response {
    Handler::call(unknown_path, request, app).await
}

async fn unknown_path(_: Call, OriginalUri(uri): OriginalUri) -> Failure {
    let path = uri.path();
    let detail = format!("Cannot find resource {path}.");
    Failure::about(Code::ResourceNotFound, detail, path)
}

async fn wrong_method(_: Call, method: Method) -> Failure {
    let method = method.as_str();
    Failure::about(
        Code::MethodNotAllowed,
        format!("The method {method} is not allowed here."),
        method,
    )
}
