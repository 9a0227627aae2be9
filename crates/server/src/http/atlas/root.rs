//! The root of the API, which tells callers who they are, and the place for the telemetry of the
//! vendor's command line, which nobody reads.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use vestibule_core::key::KeyKind;
use vestibule_wire::atlas::{CallerKey, Link, SystemStatus};

use super::convert;
use super::error::Failure;
use super::extract::Call;
use super::version::LEGACY;
use crate::ops::authority;

/// `GET /api/atlas/v2`: the roles of the caller's key name its organization. A service account and
/// a person with a native key have no programmatic key, and learn it from `/orgs`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let ctx = call.in_own_organization();
    let organization = ctx.organization;
    let roles = call.read(ctx, authority::roles).await?;
    let key = &call.key;
    let shown = SystemStatus {
        api_key: (key.kind == KeyKind::Atlas).then(|| CallerKey {
            access_list: Vec::new(),
            id: key.id.to_hex(),
            public_key: key.public_id.clone(),
            roles: convert::role_elements(organization, roles, &[]),
        }),
        app_name: call.app.settings().product_name.clone(),
        build: env!("CARGO_PKG_VERSION").to_owned(),
        links: vec![Link {
            href: call.url(""),
            rel: "self".to_owned(),
        }],
        throttling: false,
    };
    Ok(call.answer(StatusCode::OK, version, &shown))
}

/// `POST /api/private/v1.0/telemetry/events`: the command line sends what it did after each
/// command. Nothing of it is looked at or kept.
pub(super) async fn telemetry(_: Call) -> Response {
    StatusCode::NO_CONTENT.into_response()
}
