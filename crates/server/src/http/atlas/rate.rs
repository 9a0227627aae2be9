//! How many requests a client may make within a minute, and what every answer says of it.
//!
//! Owns the groups of endpoints that the vendor counts together, and the headers. A request without
//! a valid credential counts for nobody: the vendor's client begins each one with such.

use std::sync::{Arc, OnceLock};

use axum::extract::{OriginalUri, Request, State};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use vestibule_core::key::ApiKey;

use super::error::Failure;
use crate::app::App;
use crate::throttle::Counted;

/// Endpoints whose requests are counted together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Endpoints {
    name: &'static str,
    /// How many requests the vendor says it takes (recorded).
    vendors: i64,
}

/// Organizations, their invitations and people.
pub(super) const ORGANIZATIONS: Endpoints = Endpoints {
    name: "organizations",
    vendors: 500,
};
/// Projects and teams.
pub(super) const PROJECTS: Endpoints = Endpoints {
    name: "projects",
    vendors: 1200,
};
/// Users by themselves, and the root.
pub(super) const USERS: Endpoints = Endpoints {
    name: "users",
    vendors: 2500,
};

/// Rides on a request to where it is known who asks, and tells how many more they may make.
#[derive(Clone, Debug)]
struct Meter {
    of: Endpoints,
    remaining: Arc<OnceLock<i64>>,
}

/// Says in the answer how many requests there may be: the operator's number, or the vendor's, of
/// which all always remain.
pub(super) async fn metered(
    State((app, of)): State<(App, Endpoints)>,
    mut request: Request,
    next: Next,
) -> Response {
    let remaining = Arc::new(OnceLock::new());
    request.extensions_mut().insert(Meter {
        of,
        remaining: Arc::clone(&remaining),
    });
    let mut response = next.run(request).await;
    let limit = app.settings().atlas_requests_per_minute;
    let limit = limit.unwrap_or(of.vendors);
    let remaining = remaining.get().copied().unwrap_or(limit);
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", HeaderValue::from(limit));
    headers.insert("ratelimit-remaining", HeaderValue::from(remaining));
    response
}

/// Counts a request of this client, if the operator sets a limit.
///
/// # Errors
/// 429 `RATE_LIMITED`.
pub(super) fn count(app: &App, parts: &Parts, key: &ApiKey) -> Result<(), Failure> {
    let limit = app.settings().atlas_requests_per_minute;
    let Some((limit, meter)) = limit.zip(parts.extensions.get::<Meter>()) else {
        return Ok(());
    };
    let counted = Counted {
        what: meter.of.name,
        client: key.id,
        address: None,
    };
    let counted = app.count_request(counted, limit);
    meter.remaining.get_or_init(|| counted.unwrap_or(0));
    let sent = parts.extensions.get::<OriginalUri>();
    let path = sent.map_or(&parts.uri, |sent| &sent.0).path();
    counted
        .map(drop)
        .map_err(|wait| Failure::rate_limited(path, limit, wait))
}
