//! The reading threads: each closure on a snapshot of its own.

use async_channel::Receiver;
use rusqlite::Connection;

use super::{error, writer::control};
use crate::{
    Tx,
    engine::{Job, Work},
    tx::Session,
};

/// Takes reads from the queue until it is closed and empty.
pub(super) fn run(connection: &Connection, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv_blocking() {
        if !job.work.is_abandoned() {
            read(connection, job.work);
        }
    }
}

fn read(connection: &Connection, mut work: Box<dyn Work>) {
    // The snapshot begins with the first statement; it holds back checkpoints, not the writer.
    if let Err(cause) = control(connection, "begin deferred") {
        return work.fail(error(cause));
    }
    work.run(&mut Tx::new(Session::Sqlite(connection)));
    match control(connection, "rollback") {
        Ok(()) => work.answer(),
        Err(cause) => work.fail(error(cause)),
    }
}
