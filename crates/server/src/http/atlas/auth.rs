//! Who asks: Digest with a programmatic key, or a bearer token.
//!
//! Owns which credentials this dialect takes and how it answers without one. Must not know what a
//! credential may do.

use std::sync::Arc;

use axum::extract::OriginalUri;
use axum::http::request::Parts;
use vestibule_core::key::ApiKey;

use super::digest::{self, Refused};
use super::error::Failure;
use crate::app::App;
use crate::http::credential::{self, Credential};

/// The key that a request shows.
///
/// Only Digest is offered to whoever shows none: the vendor's client reads the first challenge
/// only, and takes another scheme for a broken one. Holders of tokens know what they hold.
///
/// # Errors
/// 401 with a challenge; a fault of ours.
pub(super) async fn authenticate(
    app: &App,
    parts: &Parts,
    request_id: &str,
) -> Result<Arc<ApiKey>, Failure> {
    let checked = match Credential::of(&parts.headers) {
        Credential::Digest(parameters) => {
            digest::verify(app, &parameters, &parts.method, &target(parts)).await
        }
        Credential::Bearer(token) => {
            let checked = credential::verify_bearer(app, &token, credential::WITH_TOKENS).await;
            checked.map_err(Refused::from)
        }
        Credential::None | Credential::Basic { .. } | Credential::Unreadable => {
            Err(Refused::Invalid)
        }
    };
    checked.map_err(|refused| match refused {
        Refused::Invalid => Failure::unauthenticated(digest::challenge(app, false)),
        Refused::Stale => Failure::unauthenticated(digest::challenge(app, true)),
        Refused::Fault(error) => Failure::of(&error, request_id),
    })
}

/// Path and query as they were sent: what a Digest answer signs.
fn target(parts: &Parts) -> String {
    let sent = parts
        .extensions
        .get::<OriginalUri>()
        .map_or(&parts.uri, |original| &original.0);
    sent.path_and_query().map_or_else(
        || sent.path().to_owned(),
        |target| target.as_str().to_owned(),
    )
}
