//! The requests that a server for testing has seen. Owns how many of them are kept.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use vestibule_wire::native as wire;

/// How many requests are kept; all are counted.
const KEPT: usize = 10_000;

/// The requests since the journal was cleared.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    last: u64,
    entries: VecDeque<wire::TestRequest>,
    counts: BTreeMap<(String, Option<String>), u64>,
}

impl Journal {
    /// Writes a request down; its number is given here.
    pub(crate) fn add(&self, mut entry: wire::TestRequest) {
        let mut pages = self.lock();
        pages.last += 1;
        entry.number = pages.last;
        let route = (entry.method.clone(), entry.route.clone());
        *pages.counts.entry(route).or_default() += 1;
        if pages.entries.len() == KEPT {
            pages.entries.pop_front();
        }
        pages.entries.push_back(entry);
    }

    /// What was written down.
    pub(crate) fn read(&self) -> wire::TestJournal {
        let pages = self.lock();
        let count =
            |((method, route), count): (&(String, Option<String>), &u64)| wire::TestRouteCount {
                method: method.clone(),
                route: route.clone(),
                count: *count,
            };
        wire::TestJournal {
            counts: pages.counts.iter().map(count).collect(),
            data: pages.entries.iter().cloned().collect(),
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        *self.lock() = Pages::default();
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
