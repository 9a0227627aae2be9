//! What an engine counts.

use std::sync::atomic::{AtomicU64, Ordering};

/// What an engine has done since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Commits that were asked of the database for writes.
    pub commits: u64,
    /// Closures whose writes were in those commits.
    pub committed: u64,
    /// The most closures that shared one commit. Always 1 on PostgreSQL.
    pub largest_group: u64,
    /// Times a closure was run again because the database asked for it.
    pub reruns: u64,
    /// Connections that were made to the database server. Always 0 on SQLite.
    pub connects: u64,
}

/// The live counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    commits: AtomicU64,
    committed: AtomicU64,
    largest_group: AtomicU64,
    reruns: AtomicU64,
    connects: AtomicU64,
}

impl Counters {
    /// Counts one commit that contained `members` closures.
    pub(crate) fn commit(&self, members: usize) {
        let members = u64::try_from(members).unwrap_or(u64::MAX);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.committed.fetch_add(members, Ordering::Relaxed);
        self.largest_group.fetch_max(members, Ordering::Relaxed);
    }

    pub(crate) fn rerun(&self) {
        self.reruns.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connect(&self) {
        self.connects.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn stats(&self) -> Stats {
        Stats {
            commits: self.commits.load(Ordering::Relaxed),
            committed: self.committed.load(Ordering::Relaxed),
            largest_group: self.largest_group.load(Ordering::Relaxed),
            reruns: self.reruns.load(Ordering::Relaxed),
            connects: self.connects.load(Ordering::Relaxed),
        }
    }
}
