//! The PostgreSQL engine: equal threads, each with one connection, taking from one queue.
//!
//! Owns the threads, their connections and the re-running of closures. Must not use what engines
//! that speak PostgreSQL's protocol lack: advisory locks, `listen`, session state.

mod connect;
mod connection;
mod error;
mod params;
mod tls;
mod worker;

use std::{num::NonZeroUsize, sync::Arc};

pub(crate) use connect::Server;
pub(crate) use connection::{Connection, int, text};
pub(crate) use error::error;

use super::{Counters, Engine, queue};
use crate::{Cause, Error, migrate};

/// Checks that the server can be reached, migrates the database, and starts the threads.
///
/// The threads connect when they first have something to do.
pub(crate) fn start(url: &str, connections: NonZeroUsize) -> Result<Engine, Error> {
    let counters = Arc::new(Counters::default());
    let server = Arc::new(Server::new(url, Arc::clone(&counters))?);
    migrate::postgres(&server, &runtime()?)?;

    let (jobs, to_do) = queue();
    let engine = Engine::new(jobs.clone(), jobs, counters);
    for number in 0..connections.get() {
        let worker = worker::Worker::new(Arc::clone(&server), to_do.clone());
        engine.spawn(format!("store-postgres-{number}"), move || worker.run())?;
    }
    Ok(engine)
}

/// A runtime for one thread: it drives the thread's connection, also while the thread waits.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::Full {
            source: Cause::new(error),
        })
}
