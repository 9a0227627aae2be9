//! The one error of all clients. Owns its kinds and its wording, no decisions.

use std::fmt;

use http::StatusCode;

use crate::transport::Response;

/// How much of an answer's body an error keeps, in bytes.
const BODY_KEPT_BYTES: usize = 16 * 1024;
/// How much of an unreadable body is quoted in a message, in characters.
const BODY_QUOTED_CHARS: usize = 200;

/// What a caller can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Credentials are missing, wrong or expired.
    Unauthenticated,
    /// The credentials are known and not allowed to do this.
    Forbidden,
    /// HTTP 404, decided by the status and never by a text.
    NotFound,
    /// The request contradicts what exists (409).
    Conflict,
    /// A quota is used up (402).
    Quota,
    /// The request itself is wrong (400, 422, other 4xx), or was refused before it was sent.
    Invalid,
    /// The service no longer speaks this version of its API (410).
    Gone,
    /// Too many requests, still after all retries.
    RateLimited,
    /// The service failed (5xx), still after all retries.
    Server,
    /// No answer: name resolution, connection, TLS, timeout.
    Transport,
    /// An answer that is not what this API sends.
    Decode,
}

/// A failed call.
///
/// `Display` is one line for people: the status line and the service's own words.
#[derive(Clone, Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    operation: String,
    status: Option<StatusCode>,
    code: Option<String>,
    detail: String,
    hint: Option<String>,
    body: String,
    attempts: u32,
    maybe_done: bool,
    interrupted: bool,
    existing_id: Option<String>,
}

/// What an API's own error body says.
#[derive(Debug, Default)]
pub(crate) struct Explanation {
    /// Overrides the kind the status stands for.
    pub(crate) kind: Option<ErrorKind>,
    /// The API's machine-readable code.
    pub(crate) code: Option<String>,
    /// The API's words for people.
    pub(crate) detail: Option<String>,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

impl Error {
    /// What a caller can act on.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// HTTP status of the last answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.inner.status.map(|status| status.as_u16())
    }

    /// The service's own code: Confluent `code`, Atlas `errorCode`, native `code`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.inner.code.as_deref()
    }

    /// What went wrong, without the status line.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.inner.detail
    }

    /// What the service advises to do about it: native `hint`, Confluent `resolution`.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.inner.hint.as_deref()
    }

    /// Body of the last answer as text, at most 16 KiB of it; empty without an answer.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.inner.body
    }

    /// Method and path of the request, without the query.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.inner.operation
    }

    /// How often the request was sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Whether the service may have carried out the request although no good answer came.
    #[must_use]
    pub fn maybe_done(&self) -> bool {
        self.inner.maybe_done
    }

    /// Id of the object in the way of this one, where a conflict has a known cause.
    #[must_use]
    pub fn existing_id(&self) -> Option<&str> {
        self.inner.existing_id.as_deref()
    }

    /// Whether the status was 404.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.inner.kind == ErrorKind::NotFound
    }

    /// A request refused here, before it was sent.
    pub(crate) fn invalid(operation: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::without_answer(ErrorKind::Invalid, operation, detail)
    }

    /// A failure that has no HTTP answer to speak of.
    pub(crate) fn without_answer(
        kind: ErrorKind,
        operation: impl Into<String>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                operation: operation.into(),
                status: None,
                code: None,
                detail: detail.into(),
                hint: None,
                body: String::new(),
                attempts: 0,
                maybe_done: false,
                interrupted: false,
                existing_id: None,
            }),
        }
    }

    /// An answer that says no.
    pub(crate) fn from_answer(response: &Response, explanation: Explanation) -> Self {
        let kind = explanation
            .kind
            .unwrap_or_else(|| kind_of_status(response.status));
        let detail = explanation
            .detail
            .filter(|detail| !detail.trim().is_empty())
            .unwrap_or_else(|| describe_unknown_body(response));
        let mut error = Self::without_answer(kind, response.operation.clone(), detail);
        error.inner.status = Some(response.status);
        error.inner.code = explanation.code.filter(|code| !code.is_empty());
        error.inner.hint = explanation.hint.filter(|hint| !hint.is_empty());
        error.inner.body = body_text(response);
        error.inner.attempts = response.attempts;
        error.inner.maybe_done = response.earlier_attempt_unclear
            || (response.status.is_server_error() && response.changes_something);
        error.inner.interrupted = response.interrupted;
        error
    }

    /// A successful status with a body that cannot be read.
    pub(crate) fn undecodable(response: &Response, reason: &impl fmt::Display) -> Self {
        let mut error = Self::from_answer(
            response,
            Explanation {
                kind: Some(ErrorKind::Decode),
                detail: Some(format!(
                    "cannot read the answer ({reason}): {}",
                    describe_unknown_body(response)
                )),
                ..Explanation::default()
            },
        );
        error.inner.maybe_done = response.changes_something;
        error
    }

    /// The same failure under the name that the caller knows the call by.
    pub(crate) fn named(mut self, operation: impl Into<String>) -> Self {
        self.inner.operation = operation.into();
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.inner.attempts = attempts;
        self
    }

    pub(crate) fn with_maybe_done(mut self, maybe_done: bool) -> Self {
        self.inner.maybe_done = maybe_done;
        self
    }

    pub(crate) fn with_interrupted(mut self, interrupted: bool) -> Self {
        self.inner.interrupted = interrupted;
        self
    }

    pub(crate) fn with_existing_id(mut self, id: Option<String>) -> Self {
        self.inner.existing_id = id;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        if let Some(status) = inner.status {
            write!(formatter, "{}: ", status_line(status))?;
        }
        formatter.write_str(&inner.detail)?;
        if inner.attempts > 1 {
            write!(formatter, " (after {} attempts)", inner.attempts)?;
        }
        if inner.maybe_done {
            formatter.write_str("; the request may have been carried out nevertheless")?;
        }
        if inner.interrupted {
            formatter.write_str("; interrupted before the next attempt")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// What a status stands for when the body does not say better.
fn kind_of_status(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        401 => ErrorKind::Unauthenticated,
        402 => ErrorKind::Quota,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        410 => ErrorKind::Gone,
        429 => ErrorKind::RateLimited,
        400..=499 => ErrorKind::Invalid,
        500..=599 => ErrorKind::Server,
        _ => ErrorKind::Decode,
    }
}

fn status_line(status: StatusCode) -> String {
    status.canonical_reason().map_or_else(
        || status.as_str().to_owned(),
        |reason| format!("{} {reason}", status.as_str()),
    )
}

fn body_text(response: &Response) -> String {
    let kept = response.body.get(..BODY_KEPT_BYTES);
    String::from_utf8_lossy(kept.unwrap_or(&response.body)).into_owned()
}

/// Says in one line what came instead of the API's own error body.
fn describe_unknown_body(response: &Response) -> String {
    if let Some(location) = response.redirect_target() {
        return response.unfollowed.words(location);
    }
    let text = body_text(response);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return "the answer has no body".to_owned();
    }
    let mut quoted: String = text.chars().take(BODY_QUOTED_CHARS).collect();
    if quoted.len() < text.len() {
        quoted.push('…');
    }
    if text.starts_with('<') {
        return format!("the answer is a web page, not one of this API: {quoted}");
    }
    format!("the answer is not one of this API: {quoted}")
}
