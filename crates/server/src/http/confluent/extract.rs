//! What handlers take from a request and give back: who calls, and JSON in both directions.
//!
//! Owns the kinds of credential of this dialect. Must not decide what a caller may do.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vestibule_core::key::KeyKind;
use vestibule_core::organization::Dialect;

use super::error::Failure;
use crate::app::App;
use crate::ctx::{Actor, Ctx, Policy, Reinvite};
use crate::error::{AppError, Unauthenticated};
use crate::http::body::read_json;
use crate::http::credential::{Credential, verify_basic, verify_bearer};
use crate::http::request_id::RequestId;
use crate::settings::ConfluentSettings;

/// Whoever showed a key; the organization is the key's own.
pub(super) struct Caller(pub(super) Ctx);

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let key = match Credential::of(&parts.headers) {
            Credential::Basic { user, secret } => {
                verify_basic(app, &user, &secret, &[KeyKind::Confluent]).await?
            }
            Credential::Bearer(token) => verify_bearer(app, &token).await?,
            Credential::None => return Err(reject(Unauthenticated::Missing)),
            Credential::Digest(_) | Credential::Unreadable => {
                return Err(reject(Unauthenticated::Invalid));
            }
        };
        let request_id = parts.extensions.get::<RequestId>().cloned();
        let organization = key.organization;
        let ctx = app.ctx(
            Actor::Key(key),
            organization,
            Dialect::Confluent,
            request_id.unwrap_or_default().0,
        );
        let policy = policy(&ctx.settings.confluent);
        Ok(Self(Ctx { policy, ..ctx }))
    }
}

/// What the operator wants use cases to do when this API asks.
const fn policy(settings: &ConfluentSettings) -> Policy {
    Policy {
        repeat_seconds: settings.repeat_seconds,
        reinvite: if settings.reinvite_resends {
            Reinvite::Resend
        } else {
            Reinvite::Refuse
        },
        coerces_auth_type: settings.coerce_auth_type,
    }
}

fn reject(reason: Unauthenticated) -> Failure {
    AppError::from(reason).into()
}

/// A JSON object as the body of a request or an answer.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        read_json(request).await.map(Self).map_err(Failure::Body)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            Err(_) => {
                let what = "an answer cannot be written as JSON";
                Failure::from(AppError::Inconsistent { what }).into_response()
            }
        }
    }
}
