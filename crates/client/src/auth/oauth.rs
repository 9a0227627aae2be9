//! OAuth 2.0 client credentials of Atlas service accounts: fetch, keep, renew, give back.
//!
//! Vendor facts: `POST /api/oauth/token` with Basic authentication of the form-encoded id and
//! secret, answered with 3600 s; `POST /api/oauth/revoke` answers exactly 200 (Atlas Go SDK,
//! `auth/clientcredentials`). The vendor limits token requests, so one token serves all calls.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use vestibule_wire::Secret;
use vestibule_wire::atlas::{ApiError, TokenError, TokenResponse};

use super::basic;
use super::cache::{Cache, Granted, Token};
use crate::error::Explanation;
use crate::transport::{HttpClient, Idempotency, Request, Response};
use crate::{Error, ErrorKind};

/// A token with less life than this is renewed.
const RENEW_BEFORE: Duration = Duration::from_secs(60);

/// A service account and its current token.
pub(crate) struct ServiceAccount {
    credentials: HeaderValue,
    cache: Cache,
}

impl ServiceAccount {
    /// Takes the account's id and secret; asks for nothing yet.
    ///
    /// # Errors
    /// `Invalid` when they cannot be sent.
    pub(crate) fn new(client_id: &str, client_secret: &Secret) -> Result<Self, Error> {
        let secret = Secret::new(form_encoded(client_secret.expose()));
        Ok(Self {
            credentials: basic(&form_encoded(client_id), &secret)?,
            cache: Cache::new(RENEW_BEFORE),
        })
    }

    /// A token with life left. Concurrent callers wait for one fetch.
    ///
    /// # Errors
    /// What the token endpoint answers, and `Transport`.
    pub(crate) async fn token(&self, http: &HttpClient) -> Result<Token, Error> {
        self.cache.token(self.fetch(http)).await
    }

    /// Drops a refused token, unless another caller has renewed it already.
    pub(crate) async fn forget(&self, token: &Token) {
        self.cache.forget(token).await;
    }

    /// Gives the current token back, if there is one.
    ///
    /// # Errors
    /// What the endpoint answers, and `Transport`.
    pub(crate) async fn revoke(&self, http: &HttpClient) -> Result<(), Error> {
        let Some(token) = self.cache.take().await else {
            return Ok(());
        };
        let request = Request::new(Method::POST, "/api/oauth/revoke", "application/json")
            .form(&[
                ("token", token.expose()),
                ("token_type_hint", "access_token"),
            ])
            .idempotency(Idempotency::Repeatable);
        let response = http.send_as(&request, &self.credentials).await?;
        response.accepted(explain).map(drop)
    }

    async fn fetch(&self, http: &HttpClient) -> Result<Granted, Error> {
        let request = Request::new(Method::POST, "/api/oauth/token", "application/json")
            .form(&[("grant_type", "client_credentials")])
            .idempotency(Idempotency::Repeatable);
        let response = http.send_as(&request, &self.credentials).await?;
        let response = response.accepted(explain)?;
        // The body of a good answer is a credential: an error must not quote it.
        let token: TokenResponse =
            serde_json::from_slice(&response.body).map_err(|_unreadable| {
                Error::without_answer(
                    ErrorKind::Decode,
                    response.operation,
                    "the token endpoint's answer is not an OAuth 2.0 token response",
                )
            })?;
        let life = (token.expires_in > 0).then(|| Duration::from_secs(token.expires_in));
        Ok(Granted {
            secret: token.access_token,
            life,
        })
    }
}

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The endpoint answers as OAuth says, or as the rest of the API does.
fn explain(response: &Response) -> Explanation {
    let kind = match response.status {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => Some(ErrorKind::Unauthenticated),
        _ => None,
    };
    if let Some(error) = response.error_body::<TokenError>() {
        let words = error
            .error_description
            .unwrap_or_else(|| error.error.clone());
        return Explanation {
            kind,
            code: Some(error.error),
            detail: Some(format!("no token for the service account: {words}")),
            hint: None,
        };
    }
    let error = response.error_body::<ApiError>().unwrap_or_default();
    Explanation {
        kind,
        code: Some(error.error_code),
        detail: error
            .detail
            .map(|detail| format!("no token for the service account: {detail}")),
        hint: None,
    }
}
