//! What happened to a request so far, and whether there is a next attempt.

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;

use super::lost::Lost;
use super::message::{Idempotency, Request, Response};
use super::retry;
use crate::{Error, ErrorKind};

/// How an exchange ended.
pub(super) type Outcome = Result<Response, Lost>;

/// What happened to a request so far.
pub(super) struct History {
    started: Instant,
    pub(super) attempts: u32,
    /// Attempts beside those, which the service refused because of too many of their kind.
    pub(super) throttled: u32,
    unclear: bool,
    pub(super) interrupted: bool,
}

impl History {
    pub(super) fn start() -> Self {
        Self {
            started: Instant::now(),
            attempts: 1,
            throttled: 0,
            unclear: false,
            interrupted: false,
        }
    }

    /// Remembers a failed attempt before the next one.
    pub(super) fn note(&mut self, request: &Request, outcome: &Outcome) {
        self.attempts += 1;
        self.unclear |= request.changes_something() && is_unclear(outcome);
    }

    pub(super) fn conclude(&self, request: &Request, outcome: Outcome) -> Result<Response, Error> {
        match outcome {
            Ok(mut response) => {
                response.attempts = self.attempts + self.throttled;
                response.earlier_attempt_unclear = self.unclear;
                response.interrupted = self.interrupted;
                response.elapsed = self.started.elapsed();
                Ok(response)
            }
            Err(lost) => {
                let maybe_done = self.unclear || (request.changes_something() && lost.reached);
                Err(
                    Error::without_answer(ErrorKind::Transport, request.operation(), lost.reason)
                        .with_attempts(self.attempts + self.throttled)
                        .with_maybe_done(maybe_done)
                        .with_interrupted(self.interrupted),
                )
            }
        }
    }
}

/// Whether the service may have acted although the outcome is a failure.
fn is_unclear(outcome: &Outcome) -> bool {
    match outcome {
        Ok(response) => response.status.is_server_error(),
        Err(lost) => lost.reached,
    }
}

/// How long to wait where an API says in its own way that it has had too many of a kind.
pub(super) fn throttled(request: &Request, outcome: &Outcome) -> Option<Duration> {
    let response = outcome.as_ref().ok()?;
    request.throttled.and_then(|throttled| throttled(response))
}

/// Whether to try again, and after which time the service asked for.
pub(super) fn again(request: &Request, outcome: &Outcome) -> Option<Option<Duration>> {
    match outcome {
        Ok(response) => {
            let refused_unseen = response.status == StatusCode::TOO_MANY_REQUESTS;
            let allowed = refused_unseen || request.idempotency == Idempotency::Repeatable;
            (allowed && retry::is_transient(response.status))
                .then(|| retry::retry_after(&response.headers))
        }
        Err(lost) => {
            let allowed = !lost.reached || request.idempotency == Idempotency::Repeatable;
            (allowed && lost.worth_retrying).then_some(None)
        }
    }
}
