//! How often clients ask.
//!
//! Owns the counts of one minute. They are this node's, and gone after a restart: what has to hold
//! on all nodes is counted in rows ([`crate::ops::pace`]). Must not know what is counted, nor what
//! becomes of who asks too often.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use vestibule_core::key::ApiKey;
use vestibule_core::{Id, Timestamp};

/// The span in seconds that requests are counted over, from the first of them on.
pub(crate) const SPAN_SECONDS: i64 = 60;

/// How many counts are kept before those whose time is over are looked for.
const MANY: usize = 10_000;

/// Which requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Counted {
    /// What is asked for.
    pub(crate) what: &'static str,
    /// Who asks.
    pub(crate) client: Id<ApiKey>,
    /// From where, if that makes a difference.
    pub(crate) address: Option<IpAddr>,
}

/// Counts of requests.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<Counted, Span>>);

#[derive(Clone, Copy, Debug)]
struct Span {
    began: Timestamp,
    count: i64,
}

impl Span {
    /// For how many seconds it goes on, rounded up; `None` if it is over, or if somebody has put
    /// the clock back.
    fn left(self, now: Timestamp) -> Option<i64> {
        const MICROS: i64 = 1_000_000;
        let passed = now.as_micros() - self.began.as_micros();
        let left = SPAN_SECONDS * MICROS - passed;
        (passed >= 0 && left > 0).then(|| (left + MICROS - 1) / MICROS)
    }
}

impl Throttle {
    /// Counts a request, and says how many more there may be in this span.
    ///
    /// # Errors
    /// If there have been `limit` already: after how many seconds there may be more.
    pub(crate) fn count(&self, counted: Counted, limit: i64, now: Timestamp) -> Result<i64, i64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MANY && !all.contains_key(&counted) {
            all.retain(|_, span| span.left(now).is_some());
        }
        let fresh = Span {
            began: now,
            count: 0,
        };
        let span = all.entry(counted).or_insert(fresh);
        let left = span.left(now).unwrap_or_else(|| {
            *span = fresh;
            SPAN_SECONDS
        });
        if span.count >= limit {
            return Err(left);
        }
        span.count += 1;
        Ok(limit - span.count)
    }

    /// Forgets every count.
    pub(crate) fn forget(&self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(client: u8) -> Counted {
        Counted {
            what: "teams",
            client: Id::from_bytes([client; 12]),
            address: None,
        }
    }

    #[test]
    fn a_span_begins_with_its_first_request_and_lasts_a_minute() {
        let throttle = Throttle::default();
        let at = |seconds: i64| Timestamp::from_seconds(1_000 + seconds);
        let count = |seconds| throttle.count(counted(1), 2, at(seconds));
        assert_eq!(
            [0, 20, 20, 59, 60].map(count),
            [Ok(1), Ok(0), Err(40), Err(1), Ok(1)]
        );
        assert_eq!(throttle.count(counted(2), 2, at(60)), Ok(1), "another one");
        assert_eq!(count(0), Ok(1), "the clock was put back");
    }

    #[test]
    fn what_is_over_does_not_fill_the_memory() {
        let throttle = Throttle::default();
        let address = |n: usize| u32::try_from(n).map(|n| IpAddr::V4(n.into())).ok();
        for n in 0..MANY {
            let from = Counted {
                address: address(n),
                ..counted(1)
            };
            assert_eq!(throttle.count(from, 1, Timestamp::from_seconds(0)), Ok(0));
        }
        let later = Timestamp::from_seconds(SPAN_SECONDS);
        assert_eq!(throttle.count(counted(1), 1, later), Ok(0));
        assert_eq!(throttle.0.lock().expect("not poisoned").len(), 1);
    }
}
