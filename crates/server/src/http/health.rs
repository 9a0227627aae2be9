//! For whoever watches the process: is it alive, and can it work?

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{fault, native};
use crate::app::App;
use crate::error::AppError;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
}

/// Ready as long as the database answers.
async fn ready(
    State(app): State<App>,
    super::request_id::RequestId(id): super::request_id::RequestId,
) -> Response {
    let counted: Result<_, AppError> = app.store().read(|tx| Ok(tx.count_organizations()?)).await;
    match counted {
        Ok(_) => "ready\n".into_response(),
        Err(error) => native::fault(fault::of_error(&error, &id), &id),
    }
}
