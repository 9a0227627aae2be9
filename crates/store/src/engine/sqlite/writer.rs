//! The writing thread: durable group commit.
//!
//! Owns the only connection that writes. What is waiting when a transaction begins, and what
//! arrives while it runs, shares one transaction and one wait for the disk. Nobody is answered
//! before that wait is over.

use async_channel::Receiver;
use rusqlite::Connection;

use super::error;
use crate::{
    Error, Tx,
    engine::{Counters, Job, Ran, Work},
    tx::Session,
};

/// The most closures in one commit. Larger groups gain little and delay the first member.
const LARGEST_GROUP: usize = 128;

/// Takes writes from the queue until it is closed and empty.
pub(super) fn run(connection: &Connection, jobs: &Receiver<Job>, counters: &Counters) {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| jobs.recv_blocking().ok()) {
        let mut group = Group::new(connection, counters);
        let mut taken = Some(first);
        // No timer: a group is what came by itself, so a lone write waits for nobody.
        for _member in 0..LARGEST_GROUP {
            let Some(job) = taken else { break };
            if !job.work.is_abandoned() {
                group.run(job.work);
            }
            taken = jobs.try_recv().ok();
        }
        group.commit();
        next = taken;
    }
}

/// Closures that share a transaction.
struct Group<'a> {
    connection: &'a Connection,
    counters: &'a Counters,
    /// Whether a transaction is open.
    open: bool,
    /// How many closures have writes in it.
    kept: usize,
    /// Who is answered after the commit.
    members: Vec<Box<dyn Work>>,
}

impl<'a> Group<'a> {
    const fn new(connection: &'a Connection, counters: &'a Counters) -> Self {
        Self {
            connection,
            counters,
            open: false,
            kept: 0,
            members: Vec::new(),
        }
    }

    /// Runs one closure, and rolls its own work back if it fails.
    fn run(&mut self, mut work: Box<dyn Work>) {
        if let Err(cause) = self.begin() {
            return self.abort(work, &error(cause));
        }
        let mut tx = Tx::new(Session::Sqlite(self.connection));
        let ran = work.run(&mut tx);
        if self.connection.is_autocommit() {
            // SQLite has rolled everything back by itself, as it does when the disk is full.
            let failure = tx.failure().cloned().unwrap_or(Error::Closed);
            return self.abort(work, &failure);
        }
        match self.end(ran) {
            // It saw nothing but what is committed, so its answer needs no commit.
            Ok(()) if !self.open => work.answer(),
            Ok(()) => self.members.push(work),
            Err(cause) => self.abort(work, &error(cause)),
        }
    }

    /// Opens the transaction for the first member, a savepoint for those after it.
    fn begin(&mut self) -> rusqlite::Result<()> {
        if !self.open {
            // A deferred transaction that turns to writing fails at once instead of waiting.
            control(self.connection, "begin immediate")?;
            self.open = true;
            return Ok(());
        }
        control(self.connection, "savepoint member")
    }

    /// Keeps or undoes what the last closure did.
    fn end(&mut self, ran: Ran) -> rusqlite::Result<()> {
        match (ran, self.kept) {
            (Ran::Keep, 0) => {}
            (Ran::Keep, _) => control(self.connection, "release member")?,
            (Ran::Undo | Ran::Panicked, 0) => {
                self.open = false;
                return control(self.connection, "rollback");
            }
            (Ran::Undo | Ran::Panicked, _) => {
                control(self.connection, "rollback to member")?;
                return control(self.connection, "release member");
            }
        }
        self.kept += 1;
        Ok(())
    }

    /// Makes the group durable, then answers its members: a failed commit fails every one of them.
    fn commit(self) {
        if !self.open {
            return;
        }
        match control(self.connection, "commit") {
            Ok(()) => {
                self.counters.commit(self.kept);
                self.members.into_iter().for_each(|work| work.answer());
            }
            Err(cause) => {
                rollback(self.connection);
                let failure = error(cause);
                self.members
                    .into_iter()
                    .for_each(|work| work.fail(failure.clone()));
            }
        }
    }

    /// Gives the transaction up and fails everyone who was in it.
    fn abort(&mut self, work: Box<dyn Work>, failure: &Error) {
        rollback(self.connection);
        self.open = false;
        self.kept = 0;
        self.members.push(work);
        self.members
            .drain(..)
            .for_each(|work| work.fail(failure.clone()));
    }
}

/// Ends whatever transaction is open.
fn rollback(connection: &Connection) {
    if connection.is_autocommit() {
        return;
    }
    if let Err(error) = control(connection, "rollback") {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

/// Runs a statement that controls the transaction.
pub(super) fn control(connection: &Connection, text: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(text)?.raw_execute().map(drop)
}
