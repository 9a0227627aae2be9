//! Stores for tests, on every engine.
//!
//! Owns fresh databases and their removal. A test that is to hold on both engines has one body and
//! runs it with [`each_engine`].

use std::{fmt, num::NonZeroUsize};

use tempfile::TempDir;
use vestibule_store::{Store, StoreConfig};

use crate::postgres::{self, Database};

/// The environment variable that says on which engine a test runs that does not choose one:
/// `sqlite` (also if it is not set) or `postgres`.
const ENGINE: &str = "VESTIBULE_TEST_ENGINE";

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// The engine of tests that do not choose one, as `VESTIBULE_TEST_ENGINE` says.
    ///
    /// # Panics
    /// If it names an engine that nobody knows.
    #[must_use]
    pub fn of_this_run() -> Self {
        match postgres::environment(ENGINE).as_deref() {
            None | Some("" | "sqlite") => Self::Sqlite,
            Some("postgres") => Self::Postgres,
            Some(other) => panic!("{ENGINE} is {other}; it knows sqlite and postgres"),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// A fresh, migrated database and a store on it. Both are gone when this is dropped.
pub struct Fresh {
    /// Which engine it is.
    pub engine: Engine,
    /// The open store.
    pub store: Store,
    /// How to open the database once more.
    pub config: StoreConfig,
    place: Place,
}

/// Where the database is; removed after the store, so it is the last field above.
enum Place {
    Directory(TempDir),
    Database(Database),
}

impl Fresh {
    /// Opens a fresh database on the engine of this run: see [`Engine::of_this_run`]. Where
    /// PostgreSQL is asked for but skipped, it says so and takes SQLite.
    ///
    /// # Panics
    /// If that fails.
    pub async fn of_this_run() -> Self {
        if Engine::of_this_run() == Engine::Postgres {
            if let Some(fresh) = Self::postgres().await {
                return fresh;
            }
            println!("{ENGINE}=postgres, but PostgreSQL is skipped: this test is on SQLite");
        }
        Self::sqlite().await
    }

    /// Opens a fresh SQLite file.
    ///
    /// # Panics
    /// If that fails.
    pub async fn sqlite() -> Self {
        let directory = TempDir::with_prefix_in("vestibule-store-", postgres::place())
            .expect("a directory is made");
        let config = StoreConfig::sqlite(directory.path().join("test.db"));
        Self {
            engine: Engine::Sqlite,
            store: open(&config).await,
            config,
            place: Place::Directory(directory),
        }
    }

    /// Opens a fresh PostgreSQL database, or gives `None` if PostgreSQL tests are skipped.
    ///
    /// # Panics
    /// If that fails.
    pub async fn postgres() -> Option<Self> {
        let made = tokio::task::spawn_blocking(postgres::fresh_database);
        let database = made.await.expect("a database is made")?;
        let config: StoreConfig = database.url().parse().expect("our own address");
        Some(Self {
            engine: Engine::Postgres,
            store: open(&config).await,
            config,
            place: Place::Database(database),
        })
    }

    /// Runs statements in the PostgreSQL database on a connection of their own.
    ///
    /// # Panics
    /// If one fails, or if this is a SQLite file.
    pub fn run(&self, statements: &str) {
        match &self.place {
            Place::Database(database) => database.run(statements),
            Place::Directory(_) => panic!("only a server takes statements from outside"),
        }
    }

    /// Ends every connection to the PostgreSQL database, as a server that goes away does.
    ///
    /// # Panics
    /// If that fails, or if this is a SQLite file.
    pub fn cut(&self) {
        self.run(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid()",
        );
    }

    /// Everything that the database holds, as text: what somebody who stole it could read.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn dump(&self) -> String {
        match &self.place {
            Place::Database(database) => database.dump(),
            Place::Directory(directory) => {
                let files = std::fs::read_dir(directory.path()).expect("the directory is read");
                let mut dump = String::new();
                for file in files {
                    let path = file.expect("a file").path();
                    let bytes = std::fs::read(path).expect("the file is read");
                    dump.push_str(&String::from_utf8_lossy(&bytes));
                }
                dump
            }
        }
    }

    /// How to open the PostgreSQL database with this many connections; SQLite's as it is.
    #[must_use]
    pub fn with_connections(&self, connections: NonZeroUsize) -> StoreConfig {
        match &self.config {
            StoreConfig::Postgres { url, .. } => StoreConfig::Postgres {
                url: url.clone(),
                connections,
            },
            config @ StoreConfig::Sqlite { .. } => config.clone(),
        }
    }
}

/// A fresh store on every engine that is there.
///
/// # Panics
/// If one cannot be made.
pub async fn stores() -> Vec<Fresh> {
    let mut stores = vec![Fresh::sqlite().await];
    stores.extend(Fresh::postgres().await);
    stores
}

/// Runs a test's body on every engine, with a fresh store for each.
///
/// # Panics
/// If the body does.
pub async fn each_engine(body: impl AsyncFn(&Fresh)) {
    for fresh in stores().await {
        println!("on {}", fresh.engine);
        body(&fresh).await;
    }
}

async fn open(config: &StoreConfig) -> Store {
    Store::open(config.clone()).await.expect("the store opens")
}
