//! The controls under `/testing`, in a server that was started for testing.
//!
//! Owns their routes, their description (`/testing/openapi.json`, apart from the API's own), and
//! who may use them: they ask for no credential, so nobody but this machine, unless the operator
//! says otherwise, and never a page of another site. A server that has lost its claim of the
//! database changes nothing for anybody.

mod clock;
mod control;
mod faults;
mod seen;
mod state;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use vestibule_wire::native::{PROBLEM_MEDIA_TYPE, Problem, ProblemError};

use super::answer;
use super::error::Failure;
use super::openapi::{add_problems_to_all, printed};
use crate::app::App;
use crate::http::injected::Injected;
use crate::http::local;
use crate::testing::Reach;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vestibule's testing controls",
        description = "What no cloud lets a tester do. Only there with `vestibule serve --testing`; asks for no credential.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags((name = "testing", description = "Clock, states, faults, journal, mail, seed")),
    components(schemas(Problem, ProblemError)),
)]
struct Common;

/// The routes below `/testing`.
pub(crate) fn routes(app: &App) -> Router<App> {
    let (routes, _) = described().split_for_parts();
    routes
        .route("/openapi.json", get(describe))
        .fallback(super::nothing_here)
        .method_not_allowed_fallback(super::wrong_method)
        .layer(from_fn_with_state(app.clone(), admit))
}

fn described() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(clock::show, clock::change))
        .routes(routes!(state::force))
        .routes(routes!(faults::add, faults::list, faults::clear))
        .routes(routes!(seen::journal, seen::clear_journal))
        .routes(routes!(seen::mail))
        .routes(routes!(seen::seed))
        .routes(routes!(seen::reset))
}

/// The description of the controls, pretty-printed, with a line feed at its end.
#[must_use]
pub fn document() -> String {
    let base = OpenApiRouter::<App>::with_openapi(Common::openapi());
    let (_, mut api) = base.nest("/testing", described()).split_for_parts();
    add_problems_to_all(&mut api);
    printed(&api)
}

async fn describe() -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], document()).into_response()
}

async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    let refused = |detail| Failure::new(StatusCode::FORBIDDEN, "not_from_here", detail);
    if local::is_of_another_site(request.headers()) {
        return refused("a page of another site may not use the testing controls").into_response();
    }
    let testing = app.testing();
    let is_open = testing.is_some_and(|testing| testing.reach == Reach::Anywhere);
    if !is_open && !local::is_of_this_machine(&request) {
        return refused("the testing controls can be used on the machine of the server only")
            .hint("start the server with --testing-allow-remote to use them from elsewhere")
            .into_response();
    }
    if !request.method().is_safe() && testing.is_some_and(|testing| !testing.claim.is_held()) {
        let detail = "another server for testing may have this one's database by now";
        return Failure::new(StatusCode::SERVICE_UNAVAILABLE, "claim_lost", detail)
            .hint("the connection that kept others away broke: start this server again")
            .into_response();
    }
    next.run(request).await
}

/// An error answer that a tester has asked for, in this dialect's shape.
pub(crate) fn injected(asked: &Injected) -> Response {
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: asked
            .status
            .canonical_reason()
            .unwrap_or_default()
            .to_owned(),
        status: asked.status.as_u16(),
        detail: asked.detail.clone(),
        code: asked.code_or("injected_fault"),
        instance: None,
        errors: Vec::new(),
        hint: None,
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    asked.answer(PROBLEM_MEDIA_TYPE, body)
}
