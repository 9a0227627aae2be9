//! Where this dialect's operations are, and what happens around them.
//!
//! Owns the paths, the vendor's extra headers and the answers to paths and methods that there are
//! not. Nothing here redirects: the vendor's clients take a redirect for an error, or sign for the
//! wrong address.

use axum::Router;
use axum::extract::{OriginalUri, Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, Method};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{delete, get, post};

use super::error::{Code, Failure};
use super::extract::Call;
use super::{
    group_invites, group_users, groups, invites, keys, org_users, orgs, project_teams, rate, root,
    team_users, teams, users,
};
use crate::app::App;

/// The API below `/api/atlas/v2`. Below `/api/atlas/v1.0`, which clients before 2024 use, it is the
/// same with plain JSON.
pub(crate) fn routes(app: &App) -> Router<App> {
    endpoints(app)
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
}

/// What the vendor's command line talks to beside the API.
pub(crate) fn private_routes() -> Router<App> {
    Router::new()
        .route("/v1.0/telemetry/events", post(root::telemetry))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
}

fn endpoints(app: &App) -> Router<App> {
    let users = Router::new()
        .route("/", get(root::get))
        .route("/users/{user_id}", get(users::get));
    let projects = projects().merge(teams_of_an_organization());
    let (by_name, in_organizations, in_projects) = ending();
    let metered = |of, routes: Router<App>| {
        routes.layer(from_fn_with_state((app.clone(), of), rate::metered))
    };
    metered(rate::ORGANIZATIONS, organizations().merge(in_organizations))
        .merge(metered(rate::PROJECTS, projects.merge(in_projects)))
        .merge(metered(rate::USERS, users.merge(by_name)))
}

/// Endpoints whose end the vendor has announced: users by name, invitations to organizations, and
/// those to projects.
fn ending() -> (Router<App>, Router<App>, Router<App>) {
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
        .layer(map_response(deprecated));
    let by_name = Router::new()
        .route("/users/byName/{user_name}", get(users::by_name))
        .layer(map_response(deprecated));
    let in_projects = Router::new()
        .route(
            "/groups/{group_id}/invites",
            get(group_invites::list)
                .post(group_invites::create)
                .patch(group_invites::update_by_username),
        )
        .route(
            "/groups/{group_id}/invites/{invitation_id}",
            get(group_invites::get)
                .patch(group_invites::update)
                .delete(group_invites::delete),
        )
        .layer(map_response(deprecated_in_2023));
    (by_name, invites, in_projects)
}

fn projects() -> Router<App> {
    Router::new()
        .route("/groups", get(groups::list).post(groups::create))
        .route(
            "/groups/{group_id}",
            get(groups::get)
                .patch(groups::update)
                .delete(groups::delete),
        )
        .route("/groups/byName/{group_name}", get(groups::by_name))
        .route("/orgs/{org_id}/groups", get(groups::list_of_organization))
        .route(
            "/groups/{group_id}/teams",
            get(project_teams::list).post(project_teams::add),
        )
        .route(
            "/groups/{group_id}/teams/{team_id}",
            get(project_teams::get)
                .patch(project_teams::update)
                .delete(project_teams::remove),
        )
        .route(
            "/groups/{group_id}/users",
            get(group_users::list).post(group_users::create),
        )
        // A POST names an action after the id: `{userId}:addRole`.
        .route(
            "/groups/{group_id}/users/{user_id}",
            get(group_users::get)
                .post(group_users::act)
                .delete(group_users::remove),
        )
}

fn organizations() -> Router<App> {
    Router::new()
        .route("/orgs", get(orgs::list))
        .route("/orgs/{org_id}", get(orgs::get))
        .route("/orgs/{org_id}/settings", get(orgs::settings))
        .route("/orgs/{org_id}/apiKeys", get(keys::api_keys))
        .route(
            "/orgs/{org_id}/serviceAccounts",
            get(keys::service_accounts),
        )
        .route(
            "/orgs/{org_id}/users",
            get(org_users::list).post(org_users::create),
        )
        // A POST names an action after the id: `{userId}:addRole`.
        .route(
            "/orgs/{org_id}/users/{user_id}",
            get(org_users::get)
                .post(org_users::act)
                .patch(org_users::update)
                .delete(org_users::remove),
        )
}

fn teams_of_an_organization() -> Router<App> {
    Router::new()
        .route("/orgs/{org_id}/teams", get(teams::list).post(teams::create))
        .route(
            "/orgs/{org_id}/teams/byName/{team_name}",
            get(teams::by_name),
        )
        .route(
            "/orgs/{org_id}/teams/{team_id}",
            get(teams::get)
                .post(teams::act)
                .patch(teams::update)
                .delete(teams::delete),
        )
        .route(
            "/orgs/{org_id}/teams/{team_id}/users",
            get(team_users::list).post(team_users::add),
        )
        .route(
            "/orgs/{org_id}/teams/{team_id}/users/{user_id}",
            delete(team_users::remove),
        )
}

/// Since when the endpoint is deprecated, and until when the vendor serves it (both recorded, with a
/// day of one digit).
async fn deprecated(response: Response) -> Response {
    ends(response, "Wed, 19 Feb 2025 00:00:00 GMT")
}

/// The same for invitations to projects, of which the vendor said so earlier.
async fn deprecated_in_2023(response: Response) -> Response {
    ends(response, "Wed, 4 Oct 2023 00:00:00 GMT")
}

fn ends(mut response: Response, since: &'static str) -> Response {
    let headers = response.headers_mut();
    headers.insert("deprecation", HeaderValue::from_static(since));
    headers.insert(
        "sunset",
        HeaderValue::from_static("Thu, 1 Jul 2027 00:00:00 GMT"),
    );
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
    Failure::wrong_method(method.as_str())
}
