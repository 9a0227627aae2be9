//! One token for many calls: kept while it has life left, fetched once for all who wait.
//!
//! Owns when a token is renewed. It must not know how one is fetched.

use std::future::Future;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;
use vestibule_wire::Secret;

use crate::Error;
use crate::transport::bearer;

/// A token as an issuer gave it.
pub(super) struct Granted {
    pub(super) secret: Secret,
    /// How long it is good for, if the issuer said so.
    pub(super) life: Option<Duration>,
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

    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }
}

/// The current token of one issuer.
pub(super) struct Cache {
    renew_before: Duration,
    current: Mutex<Option<Cached>>,
}

struct Cached {
    secret: Secret,
    fetched_at: Instant,
    life: Option<Duration>,
}

impl Cache {
    /// Renews a token with less life than `renew_before`, or with less than a quarter of its life.
    pub(super) fn new(renew_before: Duration) -> Self {
        Self {
            renew_before,
            current: Mutex::new(None),
        }
    }

    /// A token with life left; `fetch` is polled only if there is none. Concurrent callers wait for
    /// one fetch. While the old token lives, a failure to renew it is only logged.
    ///
    /// # Errors
    /// What fetching fails with.
    pub(super) async fn token(
        &self,
        fetch: impl Future<Output = Result<Granted, Error>> + Send,
    ) -> Result<Token, Error> {
        let mut current = self.current.lock().await;
        if let Some(cached) = current.as_ref()
            && is_fresh(cached.fetched_at.elapsed(), cached.life, self.renew_before)
        {
            return Ok(cached.token());
        }
        let fetched_at = Instant::now();
        let granted = match fetch.await {
            Ok(granted) => granted,
            Err(error) => {
                let alive = current.as_ref().filter(|cached| cached.is_alive());
                let cached = alive.ok_or_else(|| error.clone())?;
                tracing::warn!(error = %error, "the token was not renewed; the old one is used");
                return Ok(cached.token());
            }
        };
        *current = Some(Cached {
            secret: granted.secret.clone(),
            fetched_at,
            life: granted.life,
        });
        Ok(Token {
            secret: granted.secret,
            is_new: true,
        })
    }

    /// Drops a refused token, unless another caller has renewed it already.
    pub(super) async fn forget(&self, token: &Token) {
        let mut current = self.current.lock().await;
        if current
            .as_ref()
            .is_some_and(|cached| cached.secret == token.secret)
        {
            *current = None;
        }
    }

    /// Takes the current token out, if there is one.
    pub(super) async fn take(&self) -> Option<Secret> {
        let taken = self.current.lock().await.take();
        taken.map(|cached| cached.secret)
    }
}

impl Cached {
    fn token(&self) -> Token {
        Token {
            secret: self.secret.clone(),
            is_new: false,
        }
    }

    fn is_alive(&self) -> bool {
        self.life
            .is_none_or(|life| self.fetched_at.elapsed() < life)
    }
}

/// Whether a token of this age is good for another request.
fn is_fresh(age: Duration, life: Option<Duration>, renew_before: Duration) -> bool {
    let Some(life) = life else {
        return true;
    };
    let reserve = renew_before.min(life / 4);
    age.saturating_add(reserve) < life
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_token_is_renewed_a_minute_before_its_end() {
        assert!(is_fresh(seconds(3539), Some(seconds(3600)), MINUTE));
        assert!(!is_fresh(seconds(3540), Some(seconds(3600)), MINUTE));
    }

    #[test]
    fn a_short_token_is_used_for_three_quarters_of_its_life() {
        assert!(is_fresh(seconds(29), Some(seconds(40)), MINUTE));
        assert!(!is_fresh(seconds(30), Some(seconds(40)), MINUTE));
    }

    #[test]
    fn a_token_without_a_stated_life_is_used_until_it_is_refused() {
        assert!(is_fresh(seconds(1_000_000), None, MINUTE));
    }
}
