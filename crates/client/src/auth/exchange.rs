//! Confluent's OAuth: a token of an identity provider is exchanged for one of the vendor's.
//!
//! Vendor facts (its provider's `oauth` block and Go SDK `sts/v1`, August 2026): the identity
//! provider is asked with `grant_type=client_credentials` and both halves in the form; the exchange
//! is `POST {endpoint}/sts/v1/oauth2/token` without `Authorization`, answered with at most 900 s.
//! Nothing is asked for before the first request needs it.

use std::time::Duration;

use http::{Method, StatusCode};
use serde::Deserialize;
use url::Url;
use vestibule_wire::Secret;
use vestibule_wire::atlas::TokenError;
use vestibule_wire::confluent::{Failure, TokenResponse};

use super::Auth;
use super::cache::{Cache, Granted, Token};
use crate::error::Explanation;
use crate::transport::{BaseUrl, HttpClient, Idempotency, Request, Response};
use crate::{Error, ErrorKind, Settings};

const JSON: &str = "application/json";
const STS: &str = "/sts/v1/oauth2/token";
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const SUBJECT_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:jwt";
const REQUESTED_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:access_token";
/// The vendor's own reserves.
const RENEW_EXTERNAL_BEFORE: Duration = Duration::from_secs(180);
const RENEW_BEFORE: Duration = Duration::from_secs(60);

/// Where the identity provider's token comes from.
#[derive(Clone, Debug)]
pub enum ExternalToken {
    /// It is at hand, and is not renewed.
    Fixed(Secret),
    /// It is fetched with client credentials.
    ClientCredentials {
        /// The token endpoint of the identity provider, `http` or `https`.
        url: String,
        /// The client's id there.
        client_id: String,
        /// Its secret.
        client_secret: Secret,
        /// The scope to ask for.
        scope: Option<String>,
    },
}

/// How to come by a token of the vendor's.
#[derive(Clone, Debug)]
pub struct OauthSettings {
    /// The identity pool in whose name requests are made: `pool-…`.
    pub identity_pool_id: String,
    /// The token that is exchanged.
    pub external: ExternalToken,
    /// The life to ask for, in seconds; the vendor grants at most 900, and that unless asked.
    pub expires_in_seconds: Option<u32>,
}

impl ExternalToken {
    /// Checks the identity provider's address.
    ///
    /// # Errors
    /// `Invalid` when it is no `http` or `https` address, or carries credentials or a fragment.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Fixed(_) => Ok(()),
            Self::ClientCredentials { url, .. } => {
                let (base, _) = base_and_path(url)?;
                BaseUrl::parse(&base).map(drop)
            }
        }
    }
}

/// An identity pool, and the current tokens.
pub(crate) struct TokenExchange {
    identity_pool_id: String,
    external: External,
    expires_in_seconds: Option<u32>,
    cache: Cache,
}

enum External {
    Fixed(Secret),
    Issuer(Box<Issuer>),
}

/// An identity provider.
struct Issuer {
    http: HttpClient,
    path_and_query: String,
    client_id: String,
    client_secret: Secret,
    scope: Option<String>,
    cache: Cache,
}

impl TokenExchange {
    /// Takes the settings; asks for nothing yet.
    ///
    /// # Errors
    /// `Invalid` when the identity provider's address cannot be used.
    pub(crate) fn new(oauth: &OauthSettings, settings: &Settings) -> Result<Self, Error> {
        Ok(Self {
            identity_pool_id: oauth.identity_pool_id.clone(),
            external: External::new(&oauth.external, settings)?,
            expires_in_seconds: oauth.expires_in_seconds,
            cache: Cache::new(RENEW_BEFORE),
        })
    }

    /// A token of the vendor's with life left.
    ///
    /// # Errors
    /// What either endpoint answers, and `Transport`.
    pub(crate) async fn token(&self, http: &HttpClient) -> Result<Token, Error> {
        self.cache.token(self.fetch(http)).await
    }

    /// Drops a refused token, unless another caller has renewed it already.
    pub(crate) async fn forget(&self, token: &Token) {
        self.cache.forget(token).await;
    }

    async fn fetch(&self, http: &HttpClient) -> Result<Granted, Error> {
        let subject = self.external.token(http).await?;
        let expires_in = self.expires_in_seconds.map(|seconds| seconds.to_string());
        let mut form = vec![
            ("grant_type", GRANT_TYPE),
            ("subject_token", subject.expose()),
            ("identity_pool_id", self.identity_pool_id.as_str()),
            ("subject_token_type", SUBJECT_TOKEN_TYPE),
            ("requested_token_type", REQUESTED_TOKEN_TYPE),
        ];
        form.extend(expires_in.as_deref().map(|text| ("expires_in", text)));
        let request = Request::new(Method::POST, STS, JSON)
            .form(&form)
            .idempotency(Idempotency::Repeatable);
        granted(http.send_bare(&request).await?, explain_exchange)
    }
}

impl External {
    fn new(from: &ExternalToken, settings: &Settings) -> Result<Self, Error> {
        match from {
            ExternalToken::Fixed(token) => Ok(Self::Fixed(token.clone())),
            ExternalToken::ClientCredentials {
                url,
                client_id,
                client_secret,
                scope,
            } => {
                let (base, path_and_query) = base_and_path(url)?;
                Ok(Self::Issuer(Box::new(Issuer {
                    http: HttpClient::new(&base, settings.clone(), Auth::Anonymous)?,
                    path_and_query,
                    client_id: client_id.clone(),
                    client_secret: client_secret.clone(),
                    scope: scope.clone(),
                    cache: Cache::new(RENEW_EXTERNAL_BEFORE),
                })))
            }
        }
    }

    async fn token(&self, http: &HttpClient) -> Result<Secret, Error> {
        match self {
            Self::Fixed(token) => Ok(token.clone()),
            Self::Issuer(issuer) => {
                let token = issuer.cache.token(issuer.fetch(http)).await?;
                Ok(token.secret().clone())
            }
        }
    }
}

impl Issuer {
    async fn fetch(&self, caller: &HttpClient) -> Result<Granted, Error> {
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose()),
        ];
        form.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        let request = Request::new(Method::POST, self.path_and_query.as_str(), JSON)
            .form(&form)
            .idempotency(Idempotency::Repeatable);
        let http = self.http.with_cancellation(caller.cancellation().clone());
        granted(http.send_bare(&request).await?, explain_issuer)
    }
}

/// An address in two: scheme and host, and the rest.
fn base_and_path(address: &str) -> Result<(String, String), Error> {
    let refuse = |error: url::ParseError| {
        Error::invalid(
            "configuration",
            format!("the token endpoint's address is not a URL: {error}"),
        )
    };
    let mut url = Url::parse(address.trim()).map_err(refuse)?;
    let path_and_query = url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    );
    url.set_query(None);
    url.set_path("");
    Ok((url.into(), path_and_query))
}

fn granted(response: Response, explain: fn(&Response) -> Explanation) -> Result<Granted, Error> {
    let response = response.accepted(explain)?;
    // The body of a good answer is a credential: an error must not quote it.
    let token: TokenResponse = serde_json::from_slice(&response.body).map_err(|_unreadable| {
        Error::without_answer(
            ErrorKind::Decode,
            response.operation,
            "the token endpoint's answer is not an OAuth 2.0 token response",
        )
    })?;
    let life = token.expires_in.filter(|seconds| *seconds > 0);
    Ok(Granted {
        secret: token.access_token,
        life: life.map(Duration::from_secs),
    })
}

fn explain_issuer(response: &Response) -> Explanation {
    explain(
        response,
        "the identity provider at oauth_external_token_url gave no token",
    )
}

fn explain_exchange(response: &Response) -> Explanation {
    explain(response, "the identity provider's token was not exchanged")
}

/// What the vendor's gateway answers where the API itself does not.
#[derive(Default, Deserialize)]
struct Message {
    #[serde(default)]
    message: Option<String>,
}

/// Either endpoint may answer as OAuth says, as the vendor's API does, or with a message.
fn explain(response: &Response, what: &str) -> Explanation {
    let kind = match response.status {
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Some(ErrorKind::Unauthenticated)
        }
        _ => None,
    };
    let failure = response.error_body::<Failure>().unwrap_or_default();
    let first = failure.errors.into_iter().next().unwrap_or_default();
    let oauth = response.error_body::<TokenError>();
    let words = first
        .detail
        .or(first.title)
        .or_else(|| oauth.and_then(|error| error.error_description.or(Some(error.error))))
        .or_else(|| response.error_body::<Message>().unwrap_or_default().message);
    Explanation {
        kind,
        code: first.code,
        detail: Some(words.map_or_else(|| what.to_owned(), |words| format!("{what}: {words}"))),
        hint: None,
    }
}
