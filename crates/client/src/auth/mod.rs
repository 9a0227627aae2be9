//! How requests prove who sends them. Owns secrets in memory and shows none of them.

mod cache;
pub(crate) mod digest;
pub(crate) mod exchange;
pub(crate) mod oauth;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use vestibule_wire::Secret;

use crate::Error;
use crate::aws::Signer;
use crate::transport::{HttpClient, bearer, secret_header};
use cache::Token;

/// Where bearer tokens come from that do not last.
#[derive(Clone, Copy)]
pub(crate) enum TokenSource<'a> {
    ServiceAccount(&'a oauth::ServiceAccount),
    Exchange(&'a exchange::TokenExchange),
}

impl TokenSource<'_> {
    /// A token with life left.
    ///
    /// # Errors
    /// What fetching one fails with.
    pub(crate) async fn token(self, http: &HttpClient) -> Result<Token, Error> {
        match self {
            Self::ServiceAccount(account) => account.token(http).await,
            Self::Exchange(exchange) => exchange.token(http).await,
        }
    }

    /// Drops a refused token.
    pub(crate) async fn forget(self, token: &Token) {
        match self {
            Self::ServiceAccount(account) => account.forget(token).await,
            Self::Exchange(exchange) => exchange.forget(token).await,
        }
    }
}

/// The way a client authenticates.
pub(crate) enum Auth {
    /// Not at all: no header is sent.
    Anonymous,
    /// With a header that never changes: Basic or Bearer.
    Header(HeaderValue),
    /// With HTTP Digest.
    Digest(digest::Client),
    /// With a token fetched by OAuth 2.0 client credentials.
    ServiceAccount(oauth::ServiceAccount),
    /// With a token that was exchanged for an identity provider's.
    Exchange(exchange::TokenExchange),
    /// With a signature of AWS's for each request.
    Aws(Signer),
}

impl Auth {
    /// HTTP Basic.
    ///
    /// # Errors
    /// `Invalid` when the user contains a colon, which Basic cannot express.
    pub(crate) fn basic(user: &str, password: &Secret) -> Result<Self, Error> {
        Ok(Self::Header(basic(user, password)?))
    }

    /// A bearer token that never changes.
    ///
    /// # Errors
    /// `Invalid` when the token has characters a header cannot carry.
    pub(crate) fn bearer(token: &Secret) -> Result<Self, Error> {
        Ok(Self::Header(bearer(token)?))
    }
}

/// `Authorization: Basic …`.
///
/// # Errors
/// `Invalid` when the user contains a colon, which Basic cannot express.
fn basic(user: &str, password: &Secret) -> Result<HeaderValue, Error> {
    if user.contains(':') {
        return Err(Error::invalid(
            "configuration",
            "an API key must not contain a colon",
        ));
    }
    let pair = STANDARD.encode(format!("{user}:{}", password.expose()));
    secret_header(&format!("Basic {pair}"))
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Anonymous => "anonymous",
            Self::Header(_) => "header [redacted]",
            Self::Digest(_) => "digest [redacted]",
            Self::ServiceAccount(_) => "service account [redacted]",
            Self::Exchange(_) => "token exchange [redacted]",
            Self::Aws(_) => "signature [redacted]",
        })
    }
}
