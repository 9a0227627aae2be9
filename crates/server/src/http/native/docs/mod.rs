//! The description of the API for people, without any network: one page that reads
//! `/openapi.json`.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

const DOCUMENT: &str = include_str!("../../../../openapi.json");
const PAGE: &str = include_str!("page.html");
const SCRIPT: &str = include_str!("page.js");
const STYLE: &str = include_str!("page.css");

/// Only what this server itself sends may run or be shown.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(in crate::http) fn routes() -> Router<App> {
    Router::new()
        .route(
            "/openapi.json",
            get(async || text("application/json", DOCUMENT)),
        )
        .route(
            "/docs",
            get(async || text("text/html; charset=utf-8", PAGE)),
        )
        .route(
            "/docs/page.js",
            get(async || text("text/javascript; charset=utf-8", SCRIPT)),
        )
        .route(
            "/docs/page.css",
            get(async || text("text/css; charset=utf-8", STYLE)),
        )
}

fn text(media_type: &'static str, body: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        // Public, and the same for everybody until the next version is started.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
    ];
    (headers, body).into_response()
}
