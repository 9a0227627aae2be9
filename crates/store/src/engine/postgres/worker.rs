//! One thread of the PostgreSQL engine: run, commit, and run again where that is certain to be safe.
//!
//! Owns the decision what a failure means for the closure: again at once, again later, or over.

use std::{
    hash::{BuildHasher, RandomState},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use async_channel::Receiver;
use tokio::runtime::Runtime;

use super::{connect::Server, connection::Connection, runtime};
use crate::{
    Error, Tx,
    engine::{Access, Job, Ran, Work},
    tx::Session,
};

/// How often a closure is run before its rows count as too contended.
const MOST_RUNS: u32 = 50;

/// How often a closure is run that a unique index has stopped. Somebody else may have taken the key
/// after this closure's snapshot, in which it was free; the next run sees it, and can say so.
/// PostgreSQL reports that as a violation of the index, not as contention, unless both have looked for
/// the key first: its manual advises to try again (§13.5, serialization failure handling).
const MOST_RUNS_AGAINST_AN_INDEX: u32 = 3;

/// The longest pause between two runs, in milliseconds.
const LONGEST_PAUSE_MS: u64 = 50;

/// A thread's share of the engine, before the thread starts.
pub(super) struct Worker {
    server: Arc<Server>,
    jobs: Receiver<Job>,
}

impl Worker {
    pub(super) const fn new(server: Arc<Server>, jobs: Receiver<Job>) -> Self {
        Self { server, jobs }
    }

    /// Takes work from the queue until it is closed and empty.
    pub(super) fn run(self) {
        let runtime = match runtime() {
            Ok(runtime) => Rc::new(runtime),
            Err(error) => {
                tracing::error!(%error, "a database thread cannot start");
                return;
            }
        };
        let mut desk = Desk {
            server: &self.server,
            runtime: Rc::clone(&runtime),
            connection: None,
        };
        // Waiting on the runtime drives the connection, so its end is noticed before its next use.
        while let Ok(job) = runtime.block_on(self.jobs.recv()) {
            if !job.work.is_abandoned() {
                desk.serve(job);
            }
        }
        if let Some(connection) = desk.connection {
            connection.close();
        }
    }
}

/// What became of one attempt.
enum Attempt {
    /// The closure's own result is the answer.
    Answer,
    /// This failure is the answer.
    Fail(Error),
    /// The database asks for another run.
    Contended,
    /// The connection is of no use any more, and nothing was committed on it.
    Lost(Error),
}

/// A running thread.
struct Desk<'a> {
    server: &'a Server,
    runtime: Rc<Runtime>,
    connection: Option<Connection>,
}

impl Desk<'_> {
    fn serve(&mut self, job: Job) {
        let Job { access, mut work } = job;
        let mut reconnected = false;
        for run in 1..=MOST_RUNS {
            match self.attempt(access, &mut *work, run) {
                Attempt::Answer => return self.answer(work),
                Attempt::Fail(error) => return work.fail(error),
                Attempt::Lost(error) if reconnected => return work.fail(error),
                Attempt::Lost(_) => reconnected = true,
                Attempt::Contended => self.pause(run),
            }
            self.server.counters().rerun();
        }
        work.fail(Error::Contended);
    }

    /// Runs the closure, for the `number`th time. After anything but an answer no transaction is open.
    fn attempt(&mut self, access: Access, work: &mut dyn Work, number: u32) -> Attempt {
        let mut connection = match self.connection.take() {
            Some(connection) if !connection.is_closed() => connection,
            _ => match Connection::open(self.server, &self.runtime) {
                Ok(connection) => connection,
                Err(error) => return Attempt::Fail(error),
            },
        };
        connection.begin(access);
        let mut tx = Tx::new(Session::Postgres(&mut connection));
        let ran = work.run(&mut tx);
        let failure = tx.failure().cloned();
        let attempt = match (ran, failure) {
            (Ran::Keep, _) if access == Access::Write => match connection.commit() {
                Ok(()) => {
                    self.server.counters().commit(1);
                    Attempt::Answer
                }
                Err(error) => verdict(error, access),
            },
            // Everything was read. The answer goes out before the transaction ends.
            (Ran::Keep, _) | (Ran::Undo, None) => Attempt::Answer,
            // Whatever it was doing with the connection, it did not finish.
            (Ran::Panicked, _) => return Attempt::Answer,
            (Ran::Undo, Some(Error::Unique { .. })) if number < MOST_RUNS_AGAINST_AN_INDEX => {
                Attempt::Contended
            }
            (Ran::Undo, Some(error)) => match verdict(error, access) {
                // What the closure made of the failure is in what it returned.
                Attempt::Fail(_) => Attempt::Answer,
                attempt => attempt,
            },
        };
        match attempt {
            Attempt::Lost(_) => {}
            Attempt::Answer => self.connection = Some(connection),
            Attempt::Fail(_) | Attempt::Contended => self.keep(connection),
        }
        attempt
    }

    /// Answers, then ends what may still be open.
    fn answer(&mut self, work: Box<dyn Work>) {
        work.answer();
        if let Some(connection) = self.connection.take() {
            self.keep(connection);
        }
    }

    /// Keeps the connection for the next closure, if it is still good.
    fn keep(&mut self, mut connection: Connection) {
        if connection.roll_back() {
            self.connection = Some(connection);
        }
    }

    /// Waits longer after each run, and never as long as the others do.
    fn pause(&self, run: u32) {
        let most = 1_u64
            .checked_shl(run)
            .unwrap_or(LONGEST_PAUSE_MS)
            .min(LONGEST_PAUSE_MS);
        let micros = RandomState::new().hash_one(run) % (most * 1000);
        let pause = Duration::from_micros(micros);
        self.runtime
            .block_on(async { tokio::time::sleep(pause).await });
    }
}

/// What a failure of the database means for the closure it happened to.
fn verdict(error: Error, access: Access) -> Attempt {
    match error {
        Error::Contended => Attempt::Contended,
        Error::Unavailable { .. } => Attempt::Lost(error),
        // The server has become a standby; another one may have taken over.
        Error::ReadOnly { .. } if access == Access::Write => Attempt::Lost(error),
        _ => Attempt::Fail(error),
    }
}
