//! `POST /sts/v1/oauth2/token`: exchanges a token of the configured issuer for one of ours
//! (RFC 8693), with which a program acts as its identity pool's service account.

use std::sync::Arc;

use axum::extract::{Request, State};
use vestibule_core::Timestamp;
use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_wire::Secret;
use vestibule_wire::confluent as wire;

use super::error::Failure;
use super::extract::Json;
use crate::app::App;
use crate::error::AppError;
use crate::http::body::{self, BodyError};
use crate::http::credential;
use crate::http::params::QueryParams;
use crate::issuer::Issuer;

/// The longest life of a token in seconds, which is also the default (the vendor's).
const MAX_SECONDS: i64 = 900;

const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// `POST /sts/v1/oauth2/token`.
pub(super) async fn exchange(
    State(app): State<App>,
    request: Request,
) -> Result<Json<wire::ExchangedToken>, Failure> {
    let issuer = app.settings().confluent.issuer.clone();
    let issuer = issuer.ok_or(Failure::NoIssuer)?;
    let form = form(request).await?;
    let wanted = Wanted::read(&form)?;
    let now = app.clock().now();
    let checked = issuer.check(wanted.assertion, now);
    checked.map_err(|reason| Failure::NotBelieved(reason.to_string()))?;
    let key = pool_key(&app, &issuer, wanted.pool).await?;
    let full = now.plus_seconds(wanted.seconds);
    let end = key.expires_at.map_or(full, |end| end.min(full));
    let token = token(&app, &key, end)?;
    Ok(Json(wire::ExchangedToken {
        access_token: Secret::new(token),
        issued_token_type: ACCESS_TOKEN.to_owned(),
        token_type: "Bearer".to_owned(),
        expires_in: end.seconds_since(now),
    }))
}

fn token(app: &App, key: &ApiKey, end: Timestamp) -> Result<String, AppError> {
    app.keys()
        .access_token(key, end, app.random())
        .ok_or(AppError::Inconsistent {
            what: "the key ring has lost the key of an identity pool",
        })
}

async fn form(request: Request) -> Result<QueryParams, Failure> {
    let (parts, body) = request.into_parts();
    if !body::is_form(&parts.headers) {
        return Err(Failure::Body(BodyError::MediaType));
    }
    let bytes = body::read_bytes(body).await.map_err(Failure::Body)?;
    Ok(QueryParams::parse(&String::from_utf8_lossy(&bytes)))
}

/// What a form asks for.
struct Wanted<'a> {
    assertion: &'a str,
    pool: &'a str,
    seconds: i64,
}

impl<'a> Wanted<'a> {
    /// Reads a form. A life that is too long is cut, not refused: the vendor's provider asks again
    /// for what it was given.
    fn read(form: &'a QueryParams) -> Result<Self, Failure> {
        let field = |name: &'static str| {
            let mut given = form.all(name);
            match (given.next().filter(|text| !text.is_empty()), given.next()) {
                (Some(value), None) => Ok(value),
                (None, _) => Err(Failure::form(name, "it is missing")),
                (Some(_), Some(_)) => Err(Failure::form(name, "it is given more than once")),
            }
        };
        for (name, expected) in [("grant_type", GRANT_TYPE), ("subject_token_type", JWT)] {
            if field(name)? != expected {
                return Err(Failure::form(name, "it is not the one that is known here"));
            }
        }
        let requested = form.get("requested_token_type");
        if requested.is_some_and(|kind| kind != ACCESS_TOKEN) {
            let name = "requested_token_type";
            return Err(Failure::form(name, "it is not the one that is known here"));
        }
        let seconds = match form.get("expires_in").filter(|text| !text.is_empty()) {
            None => MAX_SECONDS,
            Some(text) => text
                .parse::<i64>()
                .ok()
                .filter(|seconds| *seconds > 0)
                .ok_or_else(|| Failure::form("expires_in", "it is a number of seconds above 0"))?,
        };
        Ok(Self {
            assertion: field("subject_token")?,
            pool: field("identity_pool_id")?,
            seconds: seconds.min(MAX_SECONDS),
        })
    }
}

/// The key as which the programs of a pool act.
async fn pool_key(app: &App, issuer: &Issuer, pool: &str) -> Result<Arc<ApiKey>, Failure> {
    let Some(public_id) = issuer.pools.get(pool) else {
        return Err(Failure::NoPool);
    };
    let key = credential::find(app, public_id, &[KeyKind::Confluent]).await;
    let key = key.and_then(|key| credential::usable(key, app.clock().now()));
    match key {
        Ok(key) if matches!(key.principal, Principal::ServiceAccount(_)) => Ok(key),
        Ok(_) | Err(AppError::Unauthenticated(_)) => Err(Failure::NoPool),
        Err(other) => Err(other.into()),
    }
}
