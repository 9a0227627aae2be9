//! The token of a session: a JSON Web Signature, because the vendor's command line takes no other.
//!
//! Owns its form and its check. Its signature is made with a key that is derived from ours and from
//! the person's own key, so that it dies with that one; nothing of it is stored.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use vestibule_core::key::{ApiKey, KeyKind};
use vestibule_core::organization::Organization;
use vestibule_core::secret::RefreshToken;
use vestibule_core::{Id, Timestamp, text};

use crate::app::App;
use crate::error::{AppError, Unauthenticated};
use crate::http::credential;

/// How long a token is good, in seconds; the vendor's command line wants eight hours at least.
pub(super) const TOKEN_SECONDS: i64 = 12 * 3600;

/// How long a session can be renewed, in seconds: a week from signing in.
pub(super) const SESSION_SECONDS: i64 = 7 * 86_400;

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// A session of a person who has signed in with a native key.
#[derive(Clone, Debug)]
pub(super) struct SignedIn {
    /// The key, by which the person acts.
    pub(super) key: Arc<ApiKey>,
    /// Where.
    pub(super) organization: Id<Organization>,
    /// Which session it is.
    pub(super) serial: [u8; 8],
    /// Until when it can be renewed.
    pub(super) renewable_until: Timestamp,
}

/// What a token says. The names are ours, but for the registered ones (RFC 7519 section 4.1).
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    iat: i64,
    exp: i64,
    jti: String,
    key: String,
    organization: String,
    renewable_until: i64,
}

/// Whether a bearer token has the form of a session's. No other of ours has a dot in it.
pub(super) fn is_one(token: &str) -> bool {
    token.contains('.')
}

/// The token of a session from now on; `None` if the ring has lost the key it needs.
pub(super) fn write(app: &App, session: &SignedIn) -> Option<String> {
    let now = app.clock().now();
    let end = session.key.expires_at;
    let full = now.plus_seconds(TOKEN_SECONDS);
    let claims = Claims {
        iss: app.settings().public_url.clone(),
        sub: session.key.principal.id_hex(),
        iat: now.as_seconds(),
        exp: end.map_or(full, |end| end.min(full)).as_seconds(),
        jti: text::to_hex(&session.serial),
        key: session.key.id.to_native(),
        organization: session.organization.to_uuid(),
        renewable_until: session.renewable_until.as_seconds(),
    };
    let claims = serde_json::to_vec(&claims).ok()?;
    let signed = [HEADER.as_bytes(), &claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let signed = signed.join(".");
    let signature = app
        .keys()
        .session_signature(&session.key, signed.as_bytes())?;
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The session that a token is of.
///
/// # Errors
/// [`Unauthenticated::Expired`] for ours whose time is over, [`Unauthenticated::Invalid`] for every
/// other that opens nothing; the store's failure.
pub(super) async fn verify(app: &App, token: &str) -> Result<SignedIn, AppError> {
    let parsed = parse(token).ok_or(Unauthenticated::Invalid)?;
    let key = native_key(app, parsed.key, parsed.serial).await?;
    let expected = app.keys().session_signature(&key, parsed.signed.as_bytes());
    let is_ours = expected.is_some_and(|mac| bool::from(mac.ct_eq(&parsed.signature)));
    if !is_ours {
        return Err(Unauthenticated::Invalid.into());
    }
    let now = app.clock().now();
    let key = credential::usable(key, now)?;
    if parsed.expires_at <= now.as_seconds() {
        return Err(Unauthenticated::Expired.into());
    }
    Ok(SignedIn {
        key,
        organization: parsed.organization,
        serial: parsed.serial,
        renewable_until: parsed.renewable_until,
    })
}

/// The session that a refresh token renews.
///
/// # Errors
/// As [`verify`].
pub(super) async fn verify_refresh(app: &App, token: &str) -> Result<SignedIn, AppError> {
    let parsed = RefreshToken::parse(token).ok_or(Unauthenticated::Invalid)?;
    let key = native_key(app, parsed.key, parsed.serial).await?;
    if !app.keys().is_refresh_token(&parsed, &key) {
        return Err(Unauthenticated::Invalid.into());
    }
    let now = app.clock().now();
    let key = credential::usable(key, now)?;
    if parsed.expires_at() <= now {
        return Err(Unauthenticated::Expired.into());
    }
    Ok(SignedIn {
        key,
        organization: parsed.organization,
        serial: parsed.serial,
        renewable_until: parsed.expires_at(),
    })
}

/// The key of a session that was not ended.
async fn native_key(app: &App, id: Id<ApiKey>, serial: [u8; 8]) -> Result<Arc<ApiKey>, AppError> {
    let found = app.key_of_token(id, serial).await?;
    found
        .filter(|key| key.kind == KeyKind::Native)
        .ok_or_else(|| Unauthenticated::Invalid.into())
}

/// A token taken apart; its claims mean nothing until its signature is checked.
struct Parsed<'a> {
    signed: &'a str,
    signature: [u8; 32],
    key: Id<ApiKey>,
    organization: Id<Organization>,
    serial: [u8; 8],
    expires_at: i64,
    renewable_until: Timestamp,
}

fn parse(token: &str) -> Option<Parsed<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (_, claims) = signed.split_once('.')?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(Parsed {
        signed,
        signature: URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?,
        key: Id::from_native(&claims.key)?,
        organization: Id::from_uuid(&claims.organization)?,
        serial: text::from_hex(&claims.jti)?,
        expires_at: claims.exp,
        renewable_until: Timestamp::from_seconds(claims.renewable_until),
    })
}
