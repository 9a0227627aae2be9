//! OAuth 2.0 client credentials of Atlas service accounts: fetch, keep, renew, give back.
//!
//! Vendor facts: `POST /api/oauth/token` with Basic authentication of the form-encoded id and
//! secret, answered with 3600 s; `POST /api/oauth/revoke` answers exactly 200 (Atlas Go SDK,
//! `auth/clientcredentials`). The vendor limits token requests, so one token serves all calls.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode};
use tokio::sync::Mutex;
use tokio::time::Instant;
use vestibule_wire::Secret;
use vestibule_wire::atlas::{ApiError, TokenError, TokenResponse};

use super::basic;
use crate::error::Explanation;
use crate::transport::{HttpClient, Idempotency, Request, Response, bearer};
use crate::{Error, ErrorKind};

/// A token with less life than this is renewed, or with less than a quarter of its life.
const RENEW_BEFORE: Duration = Duration::from_secs(60);

/// A service account and its current token.
pub(crate) struct ServiceAccount {
    credentials: HeaderValue,
    current: Mutex<Option<Cached>>,
}

#[derive(Clone)]
struct Cached {
    secret: Secret,
    fetched_at: Instant,
    life: Option<Duration>,
}

/// A token to use now.
pub(crate) struct Token {
    secret: Secret,
    is_new: bool,
}

impl Token {
    /// `Authorization: Bearer …`.
    ///
    /// # Errors
    /// `Invalid` when the token has characters a header cannot carry.
    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        bearer(&self.secret)
    }

    /// Whether it was fetched just now, so that its refusal is not for its age.
    pub(crate) fn is_new(&self) -> bool {
        self.is_new
    }
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
            current: Mutex::new(None),
        })
    }

    /// A token with life left. Concurrent callers wait for one fetch.
    ///
    /// # Errors
    /// What the token endpoint answers, and `Transport`.
    pub(crate) async fn token(&self, http: &HttpClient) -> Result<Token, Error> {
        let mut current = self.current.lock().await;
        if let Some(cached) = current.as_ref()
            && is_fresh(cached.fetched_at.elapsed(), cached.life)
        {
            return Ok(Token {
                secret: cached.secret.clone(),
                is_new: false,
            });
        }
        let fetched_at = Instant::now();
        let answer = self.fetch(http).await?;
        let life = (answer.expires_in > 0).then(|| Duration::from_secs(answer.expires_in));
        *current = Some(Cached {
            secret: answer.access_token.clone(),
            fetched_at,
            life,
        });
        Ok(Token {
            secret: answer.access_token,
            is_new: true,
        })
    }

    /// Drops a refused token, unless another caller has renewed it already.
    pub(crate) async fn forget(&self, token: &Token) {
        let mut current = self.current.lock().await;
        if current
            .as_ref()
            .is_some_and(|cached| cached.secret == token.secret)
        {
            *current = None;
        }
    }

    /// Gives the current token back, if there is one.
    ///
    /// # Errors
    /// What the endpoint answers, and `Transport`.
    pub(crate) async fn revoke(&self, http: &HttpClient) -> Result<(), Error> {
        let Some(cached) = self.current.lock().await.take() else {
            return Ok(());
        };
        let request = Request::new(Method::POST, "/api/oauth/revoke", "application/json")
            .form(&[
                ("token", cached.secret.expose()),
                ("token_type_hint", "access_token"),
            ])
            .idempotency(Idempotency::Repeatable);
        let response = http.send_as(&request, &self.credentials).await?;
        response.accepted(explain).map(drop)
    }

    async fn fetch(&self, http: &HttpClient) -> Result<TokenResponse, Error> {
        let request = Request::new(Method::POST, "/api/oauth/token", "application/json")
            .form(&[("grant_type", "client_credentials")])
            .idempotency(Idempotency::Repeatable);
        let response = http.send_as(&request, &self.credentials).await?;
        let response = response.accepted(explain)?;
        // The body of a good answer is a credential: an error must not quote it.
        serde_json::from_slice(&response.body).map_err(|_unreadable| {
            Error::without_answer(
                ErrorKind::Decode,
                response.operation,
                "the token endpoint's answer is not an OAuth 2.0 token response",
            )
        })
    }
}

/// Whether a token of this age is good for another request.
fn is_fresh(age: Duration, life: Option<Duration>) -> bool {
    let Some(life) = life else {
        return true;
    };
    let reserve = RENEW_BEFORE.min(life / 4);
    age.saturating_add(reserve) < life
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_token_is_renewed_a_minute_before_its_end() {
        assert!(is_fresh(seconds(3539), Some(seconds(3600))));
        assert!(!is_fresh(seconds(3540), Some(seconds(3600))));
    }

    #[test]
    fn a_short_token_is_used_for_three_quarters_of_its_life() {
        assert!(is_fresh(seconds(29), Some(seconds(40))));
        assert!(!is_fresh(seconds(30), Some(seconds(40))));
    }

    #[test]
    fn a_token_without_a_stated_life_is_used_until_it_is_refused() {
        assert!(is_fresh(seconds(1_000_000), None));
    }
}
