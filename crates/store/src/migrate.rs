//! Bringing a database's schema up to date.
//!
//! Owns the embedded migrations and the lock that keeps several processes from migrating at once.
//! Must not change a migration that has been released: the database knows its checksum.

use refinery::{Migration, Runner};
use tokio::runtime::Runtime;
use tokio_postgres::Client;

use crate::{
    Cause, Error,
    engine::{
        postgres::{self, Server},
        sqlite,
    },
};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Migrates a SQLite file. The caller holds the lock on it.
pub(crate) fn sqlite(connection: &mut rusqlite::Connection) -> Result<(), Error> {
    let runner = embedded::migrations::runner();
    let found = connection
        .query_row(
            "select count(*) from sqlite_schema where name = 'refinery_schema_history'",
            [],
            |row| row.get::<_, i64>(0),
        )
        .map_err(sqlite::error)?;
    if found > 0 {
        let applied = runner
            .get_last_applied_migration(connection)
            .map_err(failed)?;
        refuse_newer(applied.as_ref(), &runner)?;
    }
    runner.run(connection).map_err(failed)?;
    Ok(())
}

/// Migrates a PostgreSQL database, which several processes may try at the same time.
pub(crate) fn postgres(server: &Server, runtime: &Runtime) -> Result<(), Error> {
    runtime.block_on(async {
        let (mut client, drive) = server.connect().await?;
        let driver = runtime.spawn(drive);
        let result = migrate(server, &mut client).await;
        drop(client);
        // The goodbye is sent by the driver; without it the server would log a lost connection.
        let _ended = driver.await;
        result
    })
}

async fn migrate(server: &Server, client: &mut Client) -> Result<(), Error> {
    let runner = embedded::migrations::runner();
    if version(client, &runner).await? == newest(&runner) {
        // Nothing to do but to compare checksums, which needs no lock.
        return run(&runner, client).await;
    }
    let (lock, drive) = server.connect().await?;
    let held = async {
        take(&lock).await?;
        // Another process may have migrated while we waited.
        version(client, &runner).await?;
        let result = run(&runner, client).await;
        // Closing the connection gives the lock back, whatever happened.
        drop(lock);
        result
    };
    let ((), result) = futures::future::join(drive, held).await;
    result
}

async fn run(runner: &Runner, client: &mut Client) -> Result<(), Error> {
    runner.run_async(client).await.map_err(failed)?;
    Ok(())
}

/// Takes a row lock that is held until the connection ends.
///
/// Not an advisory lock, which other engines than PostgreSQL lack or only pretend to have.
async fn take(client: &Client) -> Result<(), Error> {
    let create = "create table if not exists vestibule_migration_lock (id bigint primary key)";
    // Two that create the same table at once collide in the catalogue: one of them is told so.
    if client.batch_execute(create).await.is_err() {
        client
            .batch_execute(create)
            .await
            .map_err(|cause| postgres::error(&cause))?;
    }
    client
        .batch_execute(
            "insert into vestibule_migration_lock (id) values (1) on conflict do nothing; \
             begin isolation level read committed; \
             select id from vestibule_migration_lock where id = 1 for update",
        )
        .await
        .map_err(|cause| postgres::error(&cause))
}

/// The version of the last migration that the database has had, unless it is too new for us.
async fn version(client: &mut Client, runner: &Runner) -> Result<Option<i64>, Error> {
    let exists = client
        .query_one(
            "select count(*) from information_schema.tables \
             where table_schema = current_schema() and table_name = 'refinery_schema_history'",
            &[],
        )
        .await
        .and_then(|row| row.try_get::<_, i64>(0))
        .map_err(|cause| postgres::error(&cause))?;
    if exists == 0 {
        return Ok(None);
    }
    let applied = runner
        .get_last_applied_migration_async(client)
        .await
        .map_err(failed)?;
    refuse_newer(applied.as_ref(), runner)?;
    Ok(applied.map(|migration| i64::from(migration.version())))
}

fn refuse_newer(applied: Option<&Migration>, runner: &Runner) -> Result<(), Error> {
    let found = applied.map(|migration| i64::from(migration.version()));
    let supported = newest(runner);
    if found > supported {
        return Err(Error::NewerDatabase {
            found: found.unwrap_or_default(),
            supported: supported.unwrap_or_default(),
        });
    }
    Ok(())
}

fn newest(runner: &Runner) -> Option<i64> {
    let migrations = runner.get_migrations().iter();
    migrations
        .map(|migration| i64::from(migration.version()))
        .max()
}

fn failed(error: refinery::Error) -> Error {
    Error::Migration {
        source: Cause::new(error),
    }
}
