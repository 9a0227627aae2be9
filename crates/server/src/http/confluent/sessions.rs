//! What the vendor's command line calls below `/api` before it works: signing in and out.
//!
//! There is no store of passwords: a person's native key is their password. Must not be reached by
//! anybody but that client; everything else has keys.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Map, Value};
use vestibule_core::organization::Organization;
use vestibule_core::{EmailAddress, Id, secret, text};
use vestibule_wire::Secret;
use vestibule_wire::confluent as wire;

use super::convert;
use super::error::Failure;
use super::extract::{Caller, Json, ctx_of};
use super::session_token::{self, SESSION_SECONDS, SignedIn};
use crate::app::App;
use crate::error::{AppError, Unauthenticated};
use crate::http::credential::verify_bearer;
use crate::http::request_id::RequestId;
use crate::ops::sessions::{self, Seat};

/// `GET /api/login/realm`. Saying yes to either question would send the person to the vendor.
pub(super) async fn realm() -> Json<wire::LoginRealm> {
    Json(wire::LoginRealm::default())
}

/// `POST /api/sessions`: signs in, or renews a session.
pub(super) async fn create(
    State(app): State<App>,
    request_id: RequestId,
    Json(body): Json<wire::SessionCreate>,
) -> Result<Json<wire::Session>, Failure> {
    let wanted = wanted_organization(&body)?;
    let refresh = body.refresh_token.filter(|token| !token.is_empty());
    let (session, email) = match refresh {
        Some(token) => (
            session_token::verify_refresh(&app, token.expose()).await?,
            None,
        ),
        None => {
            let (session, email) = signed_in(&app, body.email, body.password).await?;
            (session, Some(email))
        }
    };
    let wanted = wanted.or_else(|| email.is_none().then_some(session.organization));
    let key = Arc::clone(&session.key);
    let ctx = ctx_of(&app, key, session.organization, request_id);
    let seat = app
        .read(ctx, move |tx, ctx| {
            sessions::open(tx, ctx, email.as_ref(), wanted)
        })
        .await?;
    let session = SignedIn {
        organization: seat.organization.id,
        ..session
    };
    shown(&app, &session, &seat).map(Json)
}

/// The organization that a body asks for.
fn wanted_organization(body: &wire::SessionCreate) -> Result<Option<Id<Organization>>, Failure> {
    let named = body.org_resource_id.as_deref().filter(|id| !id.is_empty());
    named
        .map(|id| Id::from_uuid(id).ok_or_else(|| Failure::from(invalid())))
        .transpose()
}

/// A new session of whoever shows a native key as the password of this address.
async fn signed_in(
    app: &App,
    email: Option<String>,
    password: Option<Secret>,
) -> Result<(SignedIn, EmailAddress), Failure> {
    let email = email.ok_or_else(|| Failure::field("/email", "an e-mail address is needed"))?;
    let password = password
        .ok_or_else(|| Failure::field("/password", "a password is needed: your native key"))?;
    let email = EmailAddress::parse(&email).map_err(|_none| invalid())?;
    // An access token is none of a person's.
    if secret::native_key_id(password.expose()).is_none() {
        return Err(invalid().into());
    }
    let key = verify_bearer(app, password.expose(), &[]).await?;
    let full = app.clock().now().plus_seconds(SESSION_SECONDS);
    let session = SignedIn {
        organization: key.organization,
        serial: app.random().bytes::<8>(),
        renewable_until: key.expires_at.map_or(full, |end| end.min(full)),
        key,
    };
    Ok((session, email))
}

fn invalid() -> AppError {
    Unauthenticated::Invalid.into()
}

fn shown(app: &App, session: &SignedIn, seat: &Seat) -> Result<wire::Session, Failure> {
    let refresh_token = app.keys().refresh_token(
        &session.key,
        session.organization,
        session.serial,
        session.renewable_until,
    );
    let tokens = session_token::write(app, session).zip(refresh_token);
    let (token, refresh_token) = tokens.ok_or(AppError::Inconsistent {
        what: "the key ring does not know a key that it has just verified",
    })?;
    Ok(wire::Session {
        token: Secret::new(token),
        refresh_token: Secret::new(refresh_token),
        user: convert::session_user(&seat.user),
        organization: convert::session_organization(&seat.organization),
    })
}

/// `DELETE /api/sessions`: signs out. The answer is JSON, or the client does not sign out either.
pub(super) async fn delete(
    State(app): State<App>,
    Json(body): Json<wire::SessionEnd>,
) -> Result<Json<Value>, Failure> {
    let token = body
        .id_token
        .ok_or_else(|| Failure::field("/idToken", "the session's token is needed"))?;
    let session = session_token::verify(&app, token.expose()).await?;
    app.end_token(&session.key, session.serial, session.renewable_until)
        .await?;
    Ok(nothing())
}

/// `GET /api/me`.
pub(super) async fn me(
    State(app): State<App>,
    Caller(ctx): Caller,
) -> Result<Json<wire::Me>, Failure> {
    let seat = app.read(ctx, sessions::load).await?;
    let symbols = text::to_base32(seat.organization.id.as_bytes());
    Ok(Json(wire::Me {
        user: convert::session_user(&seat.user),
        organization: convert::session_organization(&seat.organization),
        accounts: vec![wire::Environment {
            id: format!("env-{symbols}"),
            name: "default".to_owned(),
        }],
    }))
}

/// `GET /api/growth/v1/free-trial-info`: nothing here is a trial.
pub(super) async fn free_trial_info() -> Json<Value> {
    nothing()
}

/// `POST /api/cli/v1/usages`: what the client reports of its use is not kept.
pub(super) async fn usages() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn nothing() -> Json<Value> {
    Json(Value::Object(Map::new()))
}
