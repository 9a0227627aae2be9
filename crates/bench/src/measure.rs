//! What is measured, and how latencies become figures.

use std::time::Duration;

use anyhow::Context;

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Make an invitation for a new address.
    Create,
    /// The same, through the Confluent dialect.
    CreateConfluent,
    /// The same, through the Atlas dialect.
    CreateAtlas,
    /// List the first page of 100 of 10 000 invitations.
    List,
    /// Accept an invitation.
    Accept,
}

impl Work {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::CreateConfluent => "create_confluent",
            Self::CreateAtlas => "create_atlas",
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
    /// CPU time that the server took; zero for a ceiling, which cannot be told from its generator.
    pub(crate) server_cpu: Duration,
    /// CPU time that the generator took.
    pub(crate) generator_cpu: Duration,
}

/// How many ticks of `/proc/PID/stat` are a second: `USER_HZ`, which is 100 wherever Linux runs.
const TICKS: u64 = 100;

/// The CPU time that a process has taken, in user and in kernel mode; `process` as in `/proc`.
pub(crate) fn cpu_time(process: &str) -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The second field is a name in brackets, which may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = ticks.map(str::parse::<u64>).sum::<Result<_, _>>()?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS))
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
            .or_else(|| sorted.last())
            .map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }

    /// Of a time, the share of one request, in microseconds.
    pub(crate) fn micros_each(&self, whole: Duration) -> f64 {
        let done = u32::try_from(self.done).map_or(f64::INFINITY, f64::from);
        if done > 0.0 {
            whole.as_secs_f64() * 1_000_000.0 / done
        } else {
            0.0
        }
    }

    /// Adds what was done in a later turn.
    pub(crate) fn append(&mut self, later: Self) {
        let elapsed = self.elapsed + later.elapsed;
        self.server_cpu += later.server_cpu;
        self.generator_cpu += later.generator_cpu;
        self.join(later);
        self.elapsed = elapsed;
    }

    /// Adds what another worker did in the same time.
    pub(crate) fn join(&mut self, other: Self) {
        self.done += other.done;
        self.elapsed = self.elapsed.max(other.elapsed);
        self.latencies.extend(other.latencies);
    }
}
