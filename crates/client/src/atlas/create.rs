//! Creations that must not happen twice although an answer may be lost.
//!
//! Owns the order: send, and when nobody knows whether it was carried out, look, and only then send
//! again. What "made by us" looks like is the caller's.

use std::future::Future;

use http::Method;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{Atlas, Version, explain};
use crate::transport::{Request, backoff, created_since};
use crate::{Error, ErrorKind};

/// A POST that makes something.
pub(super) struct Creation<'a, B> {
    pub(super) path: &'a str,
    pub(super) version: Version,
    pub(super) body: &'a B,
}

/// When the first attempt began, and the service's clock when it listed what there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    began: Instant,
    now: Option<Timestamp>,
}

impl Window {
    /// Whether what was created at this instant can be the work of one of our attempts.
    pub(super) fn contains(&self, created_at: &str) -> bool {
        self.now
            .is_some_and(|now| created_since(created_at, now, self.began.elapsed()))
    }

    /// The same for an object that only its id dates: the first four of its twelve bytes are the
    /// seconds since 1970 (recorded).
    pub(super) fn contains_id(&self, id: &str) -> bool {
        let seconds = id
            .get(..8)
            .and_then(|digits| i64::from_str_radix(digits, 16).ok());
        let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        instant.is_some_and(|instant| self.contains(&instant.to_string()))
    }
}

impl Atlas {
    /// Sends a creation. Nobody documents what a second identical request does, so it is never sent
    /// blindly: when an answer is lost, `find` is asked for what an attempt since then has made.
    ///
    /// # Errors
    /// What the service answers; [`Error::maybe_done`] when the outcome could not be settled.
    pub(super) async fn create_once<B, T, F, Found>(
        &self,
        creation: Creation<'_, B>,
        find: F,
    ) -> Result<T, Error>
    where
        B: Serialize + Sync,
        T: DeserializeOwned,
        F: Fn(Instant) -> Found + Sync,
        Found: Future<Output = Result<Option<T>, Error>> + Send,
    {
        let began = Instant::now();
        let mut attempt = 1;
        let mut sent = 0;
        loop {
            let failure = match self.post(&creation).await {
                Ok(made) => return Ok(made),
                Err(error) => {
                    sent += error.attempts();
                    error.with_attempts(sent)
                }
            };
            // An attempt whose answer was lost may stand in the way of the next one.
            let in_its_own_way = attempt > 1 && says_already(&failure);
            if !failure.maybe_done() && !in_its_own_way {
                return Err(failure);
            }
            let settings = self.http.settings();
            let wait = backoff(settings, attempt);
            if attempt > settings.max_retries || self.http.pause(wait).await.is_err() {
                return Err(failure);
            }
            match find(began).await {
                Ok(Some(made)) => return Ok(made),
                Ok(None) if !in_its_own_way => attempt += 1,
                Ok(None) | Err(_) => return Err(failure),
            }
        }
    }

    /// Reads something together with the service's clock.
    ///
    /// # Errors
    /// What the service answers.
    pub(super) async fn read_dated<T: DeserializeOwned>(
        &self,
        path: &str,
        version: Version,
        query: &[(&str, &str)],
        began: Instant,
    ) -> Result<(T, Window), Error> {
        let request = Request::new(Method::GET, path, version.media_type()).query(query);
        let response = self.http.send(&request).await?.accepted(explain)?;
        let now = response.date();
        Ok((response.json()?, Window { began, now }))
    }

    async fn post<B, T>(&self, creation: &Creation<'_, B>) -> Result<T, Error>
    where
        B: Serialize + Sync,
        T: DeserializeOwned,
    {
        let Creation {
            path,
            version,
            body,
        } = creation;
        let response = self.write(Method::POST, path, *version, *body).await?;
        response.accepted(explain)?.json()
    }
}

/// Whether the service refused because what was to be made is there.
fn says_already(error: &Error) -> bool {
    error.kind() == ErrorKind::Conflict
        || error
            .code()
            .is_some_and(|code| code.contains("ALREADY") || code.contains("NOT_AVAILABLE"))
}
