//! The store as the rest of the program sees it.
//!
//! Owns [`Store`]: handing closures to the engine's threads and bringing back what they return.
//! Must not know how an engine commits.

use std::sync::Arc;

use crate::{
    Error, Stats, StoreConfig, Tx,
    engine::{Access, Call, Engine, postgres, sqlite},
    rows,
};

/// An open database. Cheap to clone; the last clone that is dropped closes it.
#[derive(Clone)]
pub struct Store(Arc<Engine>);

impl Store {
    /// Opens a database, creating the SQLite file if needed, and brings its schema up to date.
    ///
    /// # Errors
    /// [`Error::Config`], [`Error::Open`], [`Error::InUse`], [`Error::NewerDatabase`],
    /// [`Error::Migration`], [`Error::Unavailable`] and [`Error::Damaged`].
    pub async fn open(config: StoreConfig) -> Result<Self, Error> {
        let opening = tokio::task::spawn_blocking(move || match config {
            StoreConfig::Sqlite { path, synchronous } => sqlite::start(&path, synchronous),
            StoreConfig::Postgres { url, connections } => postgres::start(&url, connections),
        });
        let engine = opening.await.map_err(|_error| Error::Panicked)??;
        Ok(Self(Arc::new(engine)))
    }

    /// Runs a use case in a transaction and returns what it returns, once that is durable.
    ///
    /// The closure runs on another thread, in a serializable transaction, and may run several
    /// times. If it returns an error its work, and only its work, is rolled back and the error comes
    /// out here. If this future is dropped before the closure began, the closure does not run.
    ///
    /// # Errors
    /// What the closure returns; [`Error::Closed`], [`Error::Panicked`], [`Error::Contended`],
    /// [`Error::Unavailable`], [`Error::CommitUnknown`] and other failures of the commit.
    pub async fn write<F, R, E>(&self, closure: F) -> Result<R, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        E: From<Error> + Send + 'static,
        R: Send + 'static,
    {
        self.run(Access::Write, closure).await
    }

    /// Runs queries on one unchanging snapshot of the database.
    ///
    /// The snapshot contains every write that was acknowledged before the call. A statement that
    /// would change something fails with [`Error::ReadOnly`].
    ///
    /// # Errors
    /// What the closure returns; [`Error::Closed`], [`Error::Panicked`], [`Error::Unavailable`].
    pub async fn read<F, R, E>(&self, closure: F) -> Result<R, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        E: From<Error> + Send + 'static,
        R: Send + 'static,
    {
        self.run(Access::Read, closure).await
    }

    /// Prepares every statement of this crate and tells how many there are.
    ///
    /// # Errors
    /// [`Error::Statement`] if the database does not understand one.
    pub async fn prepare_all(&self) -> Result<usize, Error> {
        self.read(|tx| {
            let statements = rows::statements();
            for sql in &statements {
                tx.prepare(*sql)?;
            }
            Ok(statements.len())
        })
        .await
    }

    /// What the engine has done since it was opened.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }

    /// Finishes the work that was accepted, refuses new work, and closes the database.
    ///
    /// Other clones of this store get [`Error::Closed`] from then on.
    pub async fn close(&self) {
        let engine = Arc::clone(&self.0);
        // A failure to join is a panic in an engine thread, which has been reported by then.
        let _joined = tokio::task::spawn_blocking(move || engine.close()).await;
    }

    async fn run<F, R, E>(&self, access: Access, closure: F) -> Result<R, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<R, E> + Send + 'static,
        E: From<Error> + Send + 'static,
        R: Send + 'static,
    {
        let (call, answer) = Call::boxed(closure);
        self.0.submit(access, call).await?;
        answer
            .await
            .unwrap_or_else(|_gone| Err(Error::Closed.into()))
    }
}
