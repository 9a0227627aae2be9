//! HTTP: what all dialects share, and where each is mounted.
//!
//! Owns the order in which a request meets the common layers: its id, the collapsing of slashes,
//! the time it may take, panics, what is left of its body, common headers, the log line. Must not
//! hold any dialect's shape: each has its own routes, fallbacks and error answers.

pub(crate) mod atlas;
pub(crate) mod body;
pub(crate) mod confluent;
pub(crate) mod credential;
pub(crate) mod cursor;
pub(crate) mod fault;
mod headers;
mod health;
pub(crate) mod injected;
mod leftover;
mod local;
mod mirror;
mod mount;
pub(crate) mod native;
pub(crate) mod pages;
pub(crate) mod params;
pub(crate) mod request_id;
pub mod tasks;
pub(crate) mod watch;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::handler::Handler;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use futures::FutureExt;

use crate::app::App;
use fault::Fault;
use injected::Injected;
use leftover::Leftover;
use request_id::RequestId;

pub use native::document as openapi_document;
pub use native::testing_document as testing_openapi_document;

/// How long a request may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// The whole server as one service.
pub fn router(app: App) -> Router {
    let routes = Router::new()
        .nest("/v1", native::routes())
        .nest("/iam/v2", confluent::routes())
        // The vendor's command line adds /api to the path if the host is not the vendor's.
        .nest("/api/iam/v2", confluent::routes())
        .merge(confluent::session_routes())
        .merge(confluent::token_routes())
        .nest("/api/atlas/v2", atlas::routes(&app))
        .nest("/api/atlas/v1.0", atlas::routes(&app))
        .nest("/api/private", atlas::private_routes())
        .nest("/api/oauth", atlas::oauth_routes())
        .merge(health::routes())
        .merge(mirror::routes())
        .merge(native::docs::routes())
        .merge(pages::routes(app.settings()))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method);
    if app.testing().is_none() {
        return front(app.clone(), routes.with_state(app));
    }
    let routes = routes.nest("/testing", native::testing_routes(&app));
    front(app.clone(), routes.with_state(app.clone())).layer(from_fn_with_state(app, watch::watch))
}

/// The common layers around `inner`. Public for the tests of these layers.
pub fn front(app: App, inner: Router) -> Router {
    // The layers stand around a fallback and not around routes, because they change the path.
    Router::new()
        .fallback_service(inner.layer(from_fn(note_route)))
        .layer(from_fn_with_state(app, guard))
}

/// The pattern of the route that answered: fit for logs, unlike the path, which may hold an
/// address.
#[derive(Clone)]
struct Route(MatchedPath);

async fn note_route(request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(matched) = matched {
        response.extensions_mut().insert(Route(matched));
    }
    response
}

async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = app.clock().now();
    let id = RequestId::of(request.headers(), app.random());
    let method = request.method().clone();
    let original = OriginalUri(request.uri().clone());
    mount::find(request.uri_mut());
    let surface = Surface::in_app(&app, request.uri().path());
    let query = request.uri().query().map(str::to_owned);
    request.extensions_mut().insert(original);
    request.extensions_mut().insert(id.clone());
    let injected = request.extensions_mut().remove::<Injected>();
    let leftover = Leftover::of(&mut request);

    let answer = async {
        match injected {
            Some(injected) => surface.injected(&injected, &id.0),
            None => next.run(request).await,
        }
    };
    let answer = AssertUnwindSafe(answer).catch_unwind();
    let mut response = match tokio::time::timeout(TIMEOUT, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let panic = tasks::panic_text(&*panic);
            tracing::error!(request.id = id.0, panic, "a request panicked");
            surface.fault(Fault::Internal, &id.0)
        }
        Err(_) => {
            tracing::warn!(request.id = id.0, "a request took too long");
            surface.fault(Fault::TimedOut, &id.0)
        }
    };
    if surface == Surface::Atlas {
        let query = query.as_deref().unwrap_or_default();
        response = atlas::shaped(app.settings(), query, response).await;
    }
    leftover.read().await;
    headers::complete(response.headers_mut(), &id.0);
    let route = response.extensions().get::<Route>();
    tracing::debug!(
        request.id = id.0,
        %method,
        route = route.map_or("-", |route| route.0.as_str()),
        status = response.status().as_u16(),
        micros = app.clock().now().as_micros() - started.as_micros(),
        "answered"
    );
    response
}

/// The answer where nothing is mounted: `/iam`, `/iam/v3/…`, and the mounts themselves with a
/// slash at the end. What is not there below a mount is the dialect's own affair.
async fn nothing_here(State(app): State<App>, request: Request) -> Response {
    match Surface::in_app(&app, request.uri().path()) {
        Surface::Native => Handler::call(native::nothing_here, request, app).await,
        Surface::Confluent => Handler::call(confluent::nothing_here, request, app).await,
        Surface::Atlas => Handler::call(atlas::nothing_here, request, app).await,
        Surface::Oauth => Handler::call(atlas::nothing_here_for_oauth, request, app).await,
        Surface::Pages => Handler::call(pages::nothing_here, request, app).await,
    }
}

/// The answer to a method that a route outside of the mounts does not take. All of these are the
/// native API's or pages.
async fn wrong_method(State(app): State<App>, request: Request) -> Response {
    match Surface::of(request.uri().path()) {
        Surface::Native => Handler::call(native::wrong_method, request, app).await,
        _ => Handler::call(pages::wrong_method, request, app).await,
    }
}

/// Who words the answer to a request that no handler has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Surface {
    Native,
    Confluent,
    Atlas,
    Oauth,
    Pages,
}

impl Surface {
    fn of(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        match (segments.next(), segments.next()) {
            (Some("iam" | "sts"), _)
            | (Some("api"), Some("iam" | "sessions" | "login" | "me" | "growth" | "cli")) => {
                Self::Confluent
            }
            (Some("api"), Some("atlas" | "private")) => Self::Atlas,
            (Some("api"), Some("oauth")) => Self::Oauth,
            (Some("v1" | "healthz" | "readyz" | "openapi.json"), _) => Self::Native,
            _ => Self::Pages,
        }
    }

    /// The same, in a server that may have the controls for testing: they are the native API's.
    fn in_app(app: &App, path: &str) -> Self {
        let is_control = path.split('/').find(|segment| !segment.is_empty()) == Some("testing");
        if is_control && app.testing().is_some() {
            return Self::Native;
        }
        Self::of(path)
    }

    /// What a journal calls it.
    const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Confluent => "confluent",
            Self::Atlas => "atlas",
            Self::Oauth => "oauth",
            Self::Pages => "pages",
        }
    }

    fn injected(self, injected: &Injected, request_id: &str) -> Response {
        match self {
            Self::Native => native::injected(injected),
            Self::Confluent => confluent::injected(injected, request_id),
            Self::Atlas => atlas::injected(injected),
            Self::Oauth => atlas::oauth_injected(injected),
            Self::Pages => pages::injected(injected),
        }
    }

    fn fault(self, fault: Fault, request_id: &str) -> Response {
        match self {
            Self::Native => native::fault(fault, request_id),
            Self::Confluent => confluent::fault(fault, request_id),
            Self::Atlas => atlas::fault(fault, request_id),
            Self::Oauth => atlas::oauth_fault(fault),
            Self::Pages => pages::fault(fault, request_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_a_surface() {
        for (path, surface) in [
            ("/v1/me", Surface::Native),
            ("/v1", Surface::Native),
            ("/v11", Surface::Pages),
            ("//iam/v2/users", Surface::Confluent),
            ("/api//iam/v2", Surface::Confluent),
            ("/api/atlas/v2/orgs", Surface::Atlas),
            ("/api/private/v1.0/telemetry/events", Surface::Atlas),
            ("/api/oauth/token", Surface::Oauth),
            ("/iam", Surface::Confluent),
            ("/iam/v3/users", Surface::Confluent),
            ("/sts/v1/oauth2/token", Surface::Confluent),
            ("/api/sessions", Surface::Confluent),
            ("/api/me", Surface::Confluent),
            ("/api/other", Surface::Pages),
            ("/", Surface::Pages),
        ] {
            assert_eq!(Surface::of(path), surface, "{path}");
        }
    }
}
