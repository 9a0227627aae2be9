//! The SQLite engine: one file, one process, one writing thread.
//!
//! Owns the threads and what they do with a connection. Must not be used on a network file system:
//! neither the lock nor the write-ahead log works there.

mod error;
mod open;
mod reader;
mod statement;
mod writer;

use std::{num::NonZeroUsize, path::Path, sync::Arc, thread};

pub(crate) use error::error;
pub(crate) use statement::{execute, int, prepare, query, text};

use super::{Counters, Engine, queue};
use crate::{Error, Synchronous, migrate};

/// More readers than this gain nothing: they read from memory and have no one to wait for.
const MOST_READERS: usize = 4;

/// Opens the file, migrates it, and starts the threads.
pub(crate) fn start(path: &Path, synchronous: Synchronous) -> Result<Engine, Error> {
    let path = open::create(path)?;
    let lock = Arc::new(open::lock(&path)?);
    let mut writer = open::writer(&path, synchronous)?;
    migrate::sqlite(&mut writer)?;

    let (writes, to_write) = queue();
    let (reads, to_read) = queue();
    let counters = Arc::new(Counters::default());
    let engine = Engine::new(writes, reads, Arc::clone(&counters));
    let readers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    for number in 0..readers.min(MOST_READERS) {
        let connection = open::reader(&path)?;
        let (jobs, lock) = (to_read.clone(), Arc::clone(&lock));
        engine.spawn(format!("store-reader-{number}"), move || {
            reader::run(&connection, &jobs);
            drop((connection, lock));
        })?;
    }
    engine.spawn("store-writer".to_owned(), move || {
        writer::run(&writer, &to_write, &counters);
        drop((writer, lock));
    })?;
    Ok(engine)
}
