//! The threads that own the connections, and how work reaches them.
//!
//! Owns [`Engine`]: two queues, the threads behind them and their counters. The engines differ in
//! what the threads do: [`sqlite`] has one writer and some readers, [`postgres`] has equal threads
//! that take from one queue. Must not know what the work is.

pub(crate) mod postgres;
pub(crate) mod sqlite;
mod stats;
mod work;

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

pub(crate) use stats::Counters;
pub use stats::Stats;
pub(crate) use work::{Call, Ran, Work};

use crate::Error;

/// How much work may wait in a queue before callers wait to add more.
const QUEUE: usize = 1024;

/// What a closure may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A piece of work on its way to a thread.
pub(crate) struct Job {
    pub(crate) access: Access,
    pub(crate) work: Box<dyn Work>,
}

/// A queue that several threads may take from.
pub(crate) fn queue() -> (async_channel::Sender<Job>, async_channel::Receiver<Job>) {
    async_channel::bounded(QUEUE)
}

/// A running engine.
pub(crate) struct Engine {
    writes: async_channel::Sender<Job>,
    reads: async_channel::Sender<Job>,
    threads: Mutex<Vec<thread::JoinHandle<()>>>,
    counters: Arc<Counters>,
}

impl Engine {
    /// An engine without threads yet; see [`Engine::spawn`].
    pub(crate) fn new(
        writes: async_channel::Sender<Job>,
        reads: async_channel::Sender<Job>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            writes,
            reads,
            threads: Mutex::default(),
            counters,
        }
    }

    /// Starts one more thread. The engine's `close` waits for it.
    pub(crate) fn spawn(
        &self,
        name: String,
        body: impl FnOnce() + Send + 'static,
    ) -> Result<(), Error> {
        let thread = thread::Builder::new()
            .name(name)
            .spawn(body)
            .map_err(|error| Error::Full {
                source: crate::Cause::new(error),
            })?;
        self.threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(thread);
        Ok(())
    }

    pub(crate) async fn submit(&self, access: Access, work: Box<dyn Work>) -> Result<(), Error> {
        let queue = match access {
            Access::Read => &self.reads,
            Access::Write => &self.writes,
        };
        let job = Job { access, work };
        queue.send(job).await.map_err(|_full| Error::Closed)
    }

    pub(crate) fn stats(&self) -> Stats {
        self.counters.stats()
    }

    /// Refuses new work, lets the threads finish what is queued, and waits for their end.
    pub(crate) fn close(&self) {
        self.writes.close();
        self.reads.close();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A closure may own the last handle of its own store; a thread cannot wait for itself.
            if thread.thread().id() == thread::current().id() {
                continue;
            }
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}
