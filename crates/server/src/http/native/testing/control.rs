//! What every control begins with: the application and its controls.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use vestibule_core::Id;
use vestibule_core::organization::Organization;

use super::Failure;
use crate::app::App;
use crate::error::AppError;
use crate::http::params::{PathParams, QueryParams};
use crate::http::request_id::RequestId;
use crate::testing::Testing;

/// A request to a control.
pub(super) struct Control {
    pub(super) app: App,
    pub(super) testing: Arc<Testing>,
    pub(super) params: PathParams,
    pub(super) request_id: String,
}

/// Stands for the organization where none is known; no answer shows it.
const NOWHERE: Id<Organization> = Id::from_bytes([0; 12]);

impl FromRequestParts<App> for Control {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let testing = app.testing().ok_or_else(Failure::no_such_path)?;
        let Ok(RequestId(request_id)) = RequestId::from_request_parts(parts, app).await;
        let Ok(params) = PathParams::from_request_parts(parts, app).await;
        let query = QueryParams::parse(parts.uri.query().unwrap_or_default());
        if let Some(name) = query.first_unknown(&[]) {
            let detail = "this operation takes no parameters";
            return Err(Failure::parameter(name, detail));
        }
        Ok(Self {
            app: app.clone(),
            testing: Arc::clone(testing),
            params,
            request_id,
        })
    }
}

impl Control {
    /// What a use case said.
    pub(super) fn failure(&self, error: &AppError) -> Failure {
        Failure::of(error, NOWHERE, &self.request_id)
    }
}
