//! What is measured, and how latencies become figures.

use std::time::Duration;

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Make an invitation for a new address.
    Create,
    /// List the first page of 100 of 10 000 invitations.
    List,
    /// Accept an invitation.
    Accept,
}

impl Work {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Accept => "accept",
        }
    }
}

/// What one measurement gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Load {
    /// Requests answered as expected.
    pub(crate) done: usize,
    /// Time taken.
    pub(crate) elapsed: Duration,
    /// Latencies, unsorted.
    pub(crate) latencies: Vec<Duration>,
}

impl Load {
    /// Requests a second.
    pub(crate) fn per_second(&self) -> f64 {
        let done = u32::try_from(self.done).map_or(f64::INFINITY, f64::from);
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { done / seconds } else { 0.0 }
    }

    /// The latency that 99 of 100 requests stayed below, in milliseconds.
    pub(crate) fn p99_ms(&self) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let index = sorted.len().saturating_mul(99) / 100;
        sorted
            .get(index)
            .or(sorted.last())
            .map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }

    /// Adds what another worker did in the same time.
    pub(crate) fn join(&mut self, other: Self) {
        self.done += other.done;
        self.elapsed = self.elapsed.max(other.elapsed);
        self.latencies.extend(other.latencies);
    }
}
