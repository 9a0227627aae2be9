//! What handlers take from a request and give back: who calls, and JSON in both directions.
//!
//! Owns the kinds of credential of this dialect. Must not decide what a caller may do.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use vestibule_core::Id;
use vestibule_core::key::{ApiKey, KeyKind};
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::role::Permission;
use vestibule_store::Tx;

use super::error::Failure;
use super::session_token;
use crate::app::App;
use crate::ctx::{Actor, Ctx, Policy, Reinvite};
use crate::error::{AppError, Unauthenticated};
use crate::http::body::{self, read_json};
use crate::http::credential::{Credential, verify_basic, verify_bearer};
use crate::http::request_id::RequestId;
use crate::ops::authority;
use crate::settings::ConfluentSettings;

/// Whose access tokens open this API: those that every API takes, and those that it exchanges itself.
const TOKENS: &[KeyKind] = &[KeyKind::AtlasServiceAccount, KeyKind::Confluent];

/// Whoever showed a key, whose own organization it is, or the token of a session, which says where
/// it is.
pub(super) struct Caller(pub(super) Ctx);

impl FromRequestParts<App> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let (key, organization) = match Credential::of(&parts.headers) {
            Credential::Basic { user, secret } => {
                let key = verify_basic(app, &user, &secret, &[KeyKind::Confluent]).await?;
                (Arc::clone(&key), key.organization)
            }
            Credential::Bearer(token) if session_token::is_one(&token) => {
                let session = session_token::verify(app, &token).await?;
                (session.key, session.organization)
            }
            Credential::Bearer(token) => {
                let key = verify_bearer(app, &token, TOKENS).await?;
                (Arc::clone(&key), key.organization)
            }
            Credential::None => return Err(reject(Unauthenticated::Missing)),
            Credential::Digest(_) | Credential::Unreadable => {
                return Err(reject(Unauthenticated::Invalid));
            }
        };
        let request_id = parts.extensions.get::<RequestId>().cloned();
        let request_id = request_id.unwrap_or_default();
        Ok(Self(ctx_of(app, key, organization, request_id)))
    }
}

/// The circumstances of a use case that this API asks for.
pub(super) fn ctx_of(
    app: &App,
    key: Arc<ApiKey>,
    organization: Id<Organization>,
    request_id: RequestId,
) -> Ctx {
    let actor = Actor::Key(key);
    let ctx = app.ctx(actor, organization, Dialect::Confluent, request_id.0);
    let policy = policy(&ctx.settings.confluent);
    Ctx { policy, ..ctx }
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
        // An invitation of this API says nothing of roles; role bindings do, before and after it.
        keeps_roles: true,
    }
}

fn reject(reason: Unauthenticated) -> Failure {
    AppError::from(reason).into()
}

/// What was read of a body. If it makes no sense, whoever may not do this at all is told that, and
/// not what is wrong with it.
pub(super) async fn rights_first<T>(
    read: Result<T, Failure>,
    app: &App,
    ctx: &Ctx,
    needed: Permission,
) -> Result<T, Failure> {
    if read.is_err() {
        let check = move |tx: &mut Tx<'_>, ctx: &Ctx| authority::require(tx, ctx, needed);
        app.read(ctx.clone(), check).await?;
    }
    read
}

/// Room for an invitation, which takes some 1,250 bytes.
const ROOM: usize = 1536;

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
        match body::written(&self.0, ROOM) {
            Some(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
            None => {
                let what = "an answer cannot be written as JSON";
                Failure::from(AppError::Inconsistent { what }).into_response()
            }
        }
    }
}
