//! OAuth 2.0 for service accounts: `/api/oauth/token` and `/api/oauth/revoke`.
//!
//! Owns the client-credentials grant (RFC 6749 section 4.4) and the revocation of one token
//! (RFC 7009), with OAuth's own shape of errors. Must not know what a token may do.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Serialize;
use url::form_urlencoded;
use vestibule_core::Timestamp;
use vestibule_core::key::{ApiKey, KeyKind};
use vestibule_core::secret::AccessToken;
use vestibule_wire::Secret;
use vestibule_wire::atlas::{TokenError, TokenResponse};

use super::error::Failure;
use crate::app::App;
use crate::error::AppError;
use crate::http::body::{self, BodyError};
use crate::http::credential::{self, Credential};
use crate::http::fault::{Fault, of_error};
use crate::http::params::QueryParams;
use crate::http::request_id::RequestId;
use crate::throttle::Counted;

/// How long a token is good, in seconds. The vendor's provider fetches a new one for each request
/// when fewer than ten minutes are left.
const TOKEN_SECONDS: i64 = 3600;

/// The endpoints below `/api/oauth`.
pub(crate) fn oauth_routes() -> Router<App> {
    Router::new()
        .route("/token", post(token))
        .route("/revoke", post(revoke))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
}

/// `POST /api/oauth/token`.
async fn token(
    State(app): State<App>,
    id: RequestId,
    request: Request,
) -> Result<Response, OauthError> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|ConnectInfo(peer)| peer.ip());
    let (key, form) = client(&app, &id, request).await?;
    count(&app, &key, peer)?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(OauthError::UnsupportedGrantType),
        None => return Err(OauthError::invalid("grant_type is missing")),
    }
    let now = app.clock().now();
    let expires_at = end_of_token(&key, now);
    let token = app
        .keys()
        .access_token(&key, expires_at, app.random())
        .ok_or(OauthError::InvalidClient)?;
    let answer = TokenResponse {
        access_token: Secret::new(token),
        expires_in: u64::try_from(expires_at.seconds_since(now)).unwrap_or_default(),
        token_type: "Bearer".to_owned(),
    };
    Ok(json(StatusCode::OK, &answer))
}

/// Counts a request for a token, if the operator sets a limit: per client and address, as the
/// vendor's guide says.
fn count(app: &App, key: &ApiKey, address: Option<IpAddr>) -> Result<(), OauthError> {
    const PATH: &str = "/api/oauth/token";
    let Some(limit) = app.settings().atlas_tokens_per_minute else {
        return Ok(());
    };
    let counted = Counted {
        what: "tokens",
        client: key.id,
        address,
    };
    match app.count_request(counted, limit) {
        Ok(_) => Ok(()),
        Err(wait) => Err(OauthError::RateLimited(Failure::rate_limited(
            PATH, limit, wait,
        ))),
    }
}

/// No token outlives the key it was made for.
fn end_of_token(key: &ApiKey, now: Timestamp) -> Timestamp {
    let full = now.plus_seconds(TOKEN_SECONDS);
    key.expires_at.map_or(full, |end| end.min(full))
}

/// `POST /api/oauth/revoke`: 200 once the token opens nothing any more. That includes tokens that
/// never did (RFC 7009 section 2.2).
async fn revoke(
    State(app): State<App>,
    id: RequestId,
    request: Request,
) -> Result<Response, OauthError> {
    let (key, form) = client(&app, &id, request).await?;
    let token = form
        .get("token")
        .ok_or_else(|| OauthError::invalid("token is missing"))?;
    let now = app.clock().now();
    let Some(parsed) = AccessToken::parse(token) else {
        return Ok(StatusCode::OK.into_response());
    };
    if parsed.key != key.id {
        return Err(OauthError::invalid("the token is not this client's"));
    }
    let opens_something = app.keys().is_access_token(&parsed, &key, now);
    if opens_something {
        let ended = app.end_token(&key, parsed.serial(), parsed.expires_at());
        let ended = ended.await;
        ended.map_err(|error| OauthError::of(&error, &id.0))?;
    }
    Ok(StatusCode::OK.into_response())
}

/// The client that asks, by Basic authentication, and its form.
async fn client(
    app: &App,
    id: &RequestId,
    request: Request,
) -> Result<(Arc<ApiKey>, QueryParams), OauthError> {
    let (parts, body) = request.into_parts();
    let Credential::Basic { user, secret } = Credential::of(&parts.headers) else {
        return Err(OauthError::InvalidClient);
    };
    let (user, secret) = form_decoded(&user)
        .zip(form_decoded(&secret))
        .ok_or(OauthError::InvalidClient)?;
    let kinds = [KeyKind::AtlasServiceAccount];
    let key = credential::verify_basic(app, &user, &secret, &kinds).await;
    let key = key.map_err(|error| OauthError::of(&error, &id.0))?;
    if !body::is_form(&parts.headers) {
        return Err(OauthError::invalid(
            "the Content-Type must be application/x-www-form-urlencoded",
        ));
    }
    let form = body::read_bytes(body).await.map_err(OauthError::from)?;
    let form = std::str::from_utf8(&form).map_err(|_utf8| OauthError::invalid("no text"))?;
    Ok((key, QueryParams::parse(form)))
}

/// Client id and secret are form-encoded before they are joined (RFC 6749 section 2.3.1).
fn form_decoded(text: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(text.as_bytes());
    let (name, value) = pairs.next()?;
    let is_one = pairs.next().is_none() && value.is_empty();
    is_one.then(|| name.into_owned())
}

/// Why there is no token.
#[derive(Debug)]
enum OauthError {
    InvalidClient,
    InvalidRequest(&'static str),
    UnsupportedGrantType,
    /// In the shape of the API itself, as the vendor's guide shows it.
    RateLimited(Failure),
    Fault(Fault),
    UnknownPath,
    WrongMethod,
}

impl OauthError {
    const fn invalid(description: &'static str) -> Self {
        Self::InvalidRequest(description)
    }

    fn of(error: &AppError, request_id: &str) -> Self {
        match error {
            AppError::Unauthenticated(_) | AppError::Refused(_) => Self::InvalidClient,
            AppError::Store(_) | AppError::Inconsistent { .. } => {
                Self::Fault(of_error(error, request_id))
            }
        }
    }

    /// Status, code and words in OAuth's shape, or an error in another one.
    fn told(self) -> Result<(StatusCode, &'static str, &'static str), Failure> {
        use StatusCode as S;
        Ok(match self {
            Self::RateLimited(failure) => return Err(failure),
            Self::InvalidClient => (
                S::UNAUTHORIZED,
                "invalid_client",
                "the client is not known, or its secret is not the right one",
            ),
            Self::InvalidRequest(description) => (S::BAD_REQUEST, "invalid_request", description),
            Self::UnsupportedGrantType => (
                S::BAD_REQUEST,
                "unsupported_grant_type",
                "the one grant type here is client_credentials",
            ),
            Self::Fault(Fault::Internal) => {
                (S::INTERNAL_SERVER_ERROR, "server_error", "unexpected error")
            }
            Self::Fault(Fault::Unavailable | Fault::TimedOut) => (
                S::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                "try again",
            ),
            Self::UnknownPath => (S::NOT_FOUND, "invalid_request", "there is nothing here"),
            Self::WrongMethod => (S::METHOD_NOT_ALLOWED, "invalid_request", "use POST"),
        })
    }
}

impl From<BodyError> for OauthError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::invalid("the body is too large"),
            BodyError::MediaType
            | BodyError::Missing
            | BodyError::Interrupted
            | BodyError::Malformed { .. }
            | BodyError::Mismatch { .. } => Self::invalid("the body is not readable"),
        }
    }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let (status, error, description) = match self.told() {
            Ok(told) => told,
            Err(failure) => return failure.into_response(),
        };
        let body = TokenError {
            error: error.to_owned(),
            error_description: Some(description.to_owned()),
        };
        let mut response = json(status, &body);
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"oauth\""),
            );
        }
        response
    }
}

/// Always `application/json`: the vendor's OAuth library reads plain text as a form.
fn json(status: StatusCode, body: &impl Serialize) -> Response {
    // Writing our own shapes to memory cannot fail.
    let encoded = serde_json::to_vec(body).unwrap_or_default();
    let mut response = (status, encoded).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer where there is no path.
pub(crate) async fn nothing_here() -> Response {
    OauthError::UnknownPath.into_response()
}

/// The answer to a request that met a fault of the server before or after its handler.
pub(crate) fn fault(fault: Fault) -> Response {
    OauthError::Fault(fault).into_response()
}

async fn wrong_method() -> OauthError {
    OauthError::WrongMethod
}
