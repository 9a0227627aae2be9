//! Requests and answers, whole and in memory, so that a request can be sent again.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{Unfollowed, retry, with_query};
use crate::Error;
use crate::error::Explanation;

/// Whether a request may be sent again when nobody knows if it was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// Sending it twice does what sending it once does, or the caller sorts out the difference.
    Repeatable,
    /// Sent again only when it certainly was not carried out: no connection, or 429.
    Once,
}

/// By which a service knows a request again.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// How far a service's word for "created at" may lie before our first attempt.
const CLOCK_SLACK: Duration = Duration::from_secs(2);

/// A request, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path_and_query: String,
    pub(crate) accept: &'static str,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Bytes,
    pub(crate) idempotency: Idempotency,
    /// What else its head says, beside what every request of the client does.
    pub(crate) headers: HeaderMap,
    /// Recognises an API's own way to say "too many requests", and how long to wait.
    pub(crate) throttled: Option<fn(&Response) -> Option<Duration>>,
    /// Where a redirect has led, instead of below the base address.
    pub(super) moved_to: Option<Url>,
}

impl Request {
    /// A request without a body. GET, PUT and DELETE are repeatable, others not unless said so.
    pub(crate) fn new(method: Method, path: impl Into<String>, accept: &'static str) -> Self {
        let idempotency = if method.is_idempotent() {
            Idempotency::Repeatable
        } else {
            Idempotency::Once
        };
        Self {
            method,
            path_and_query: path.into(),
            accept,
            content_type: None,
            body: Bytes::new(),
            idempotency,
            headers: HeaderMap::new(),
            throttled: None,
            moved_to: None,
        }
    }

    /// Adds a query; call it once.
    pub(crate) fn query(mut self, pairs: &[(&str, &str)]) -> Self {
        self.path_and_query = with_query(&self.path_and_query, pairs);
        self
    }

    /// Adds a JSON body.
    ///
    /// # Errors
    /// `Invalid` when the value has no JSON form.
    pub(crate) fn json<T: Serialize>(
        mut self,
        content_type: &'static str,
        value: &T,
    ) -> Result<Self, Error> {
        let body = serde_json::to_vec(value).map_err(|error| {
            Error::invalid(
                self.operation(),
                format!("cannot write the request: {error}"),
            )
        })?;
        self.body = body.into();
        self.content_type = Some(content_type);
        Ok(self)
    }

    /// Adds a form body.
    pub(crate) fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        self.body = body.into();
        self.content_type = Some("application/x-www-form-urlencoded");
        self
    }

    pub(crate) fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// Gives the request a key of its own, for a service that makes something once for each: so it
    /// may be sent again.
    pub(crate) fn keyed(mut self) -> Self {
        let mut bytes = [0; 16];
        // Without randomness it is sent once, as it would be without a key.
        if SystemRandom::new().fill(&mut bytes).is_ok()
            && let Ok(key) = HeaderValue::try_from(format!("{:032x}", u128::from_be_bytes(bytes)))
        {
            self.headers.insert(IDEMPOTENCY_KEY, key);
            self.idempotency = Idempotency::Repeatable;
        }
        self
    }

    pub(crate) fn throttled(mut self, throttled: fn(&Response) -> Option<Duration>) -> Self {
        self.throttled = Some(throttled);
        self
    }

    /// Method and path, without the query.
    pub(crate) fn operation(&self) -> String {
        let path = self
            .path_and_query
            .split_once('?')
            .map_or(self.path_and_query.as_str(), |(path, _)| path);
        format!("{} {path}", self.method)
    }

    pub(crate) fn changes_something(&self) -> bool {
        !self.method.is_safe()
    }
}

/// An answer, with what is known about the attempts before it.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) operation: String,
    pub(crate) changes_something: bool,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) attempts: u32,
    /// An attempt before this one may have been carried out.
    pub(crate) earlier_attempt_unclear: bool,
    pub(crate) interrupted: bool,
    /// Time since the first attempt began.
    pub(crate) elapsed: Duration,
    /// Why it was not followed, if it is a redirect.
    pub(crate) unfollowed: Unfollowed,
}

impl Response {
    /// Reads a JSON body.
    ///
    /// # Errors
    /// `Decode` when it is not a `T`.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::undecodable(self, &error))
    }

    /// The body as an API's own error, if it is one.
    pub(crate) fn error_body<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The answer if it is a good one, else the error its body explains.
    ///
    /// # Errors
    /// For every status outside 200 to 299.
    pub(crate) fn accepted(self, explain: fn(&Self) -> Explanation) -> Result<Self, Error> {
        if self.status.is_success() {
            return Ok(self);
        }
        let explanation = explain(&self);
        Err(Error::from_answer(&self, explanation))
    }

    /// Where a redirect leads.
    pub(crate) fn redirect_target(&self) -> Option<&str> {
        if !self.status.is_redirection() {
            return None;
        }
        self.headers.get(header::LOCATION)?.to_str().ok()
    }

    /// The service's clock when it answered.
    pub(crate) fn date(&self) -> Option<jiff::Timestamp> {
        retry::date(&self.headers)
    }
}

/// Whether an object that says it was created at `created_at` can be the work of a request whose
/// first attempt began `elapsed` before the service's clock showed `date`.
///
/// Compares two readings of the service's clock, so that ours does not matter.
pub(crate) fn created_since(created_at: &str, date: jiff::Timestamp, elapsed: Duration) -> bool {
    let Ok(created_at) = created_at.parse::<jiff::Timestamp>() else {
        return false;
    };
    let window = elapsed.saturating_add(CLOCK_SLACK);
    date.checked_sub(window)
        .is_ok_and(|earliest| created_at >= earliest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_created_after_the_first_attempt_counts_as_ours() {
        let date = "2026-03-01T09:00:30Z".parse().expect("an instant");
        let since = |created_at| created_since(created_at, date, Duration::from_secs(10));
        assert!(since("2026-03-01T09:00:21.5Z"));
        assert!(since("2026-03-01T09:00:18Z"));
        assert!(!since("2026-03-01T09:00:17.9Z"));
        assert!(!since("yesterday"));
    }

    #[test]
    fn an_operation_names_no_query() {
        let request = Request::new(Method::GET, "/iam/v2/invitations", "application/json")
            .query(&[("email", "a@b.example")]);
        assert_eq!(request.operation(), "GET /iam/v2/invitations");
        assert_eq!(
            request.path_and_query,
            "/iam/v2/invitations?email=a%40b.example"
        );
    }
}
