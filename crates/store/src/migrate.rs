//! Bringing a database's schema up to date.
//!
//! Owns the embedded migrations and the lock that keeps several processes from migrating at once.
//! Must not change a migration that has been released: the database knows its checksum.

use futures::future::join;
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
        let applied = runner.get_applied_migrations(connection).map_err(failed)?;
        if is_current(&applied, &runner)? {
            return Ok(());
        }
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
    // The usual case needs no lock, and nothing that a standby would refuse.
    if has_current(client, &runner).await? {
        return Ok(());
    }
    let (lock, drive) = server.connect().await?;
    let held = async {
        take(&lock).await?;
        // Another process may have migrated while we waited.
        if !has_current(client, &runner).await? {
            runner.run_async(client).await.map_err(failed)?;
        }
        // Closing the connection gives the lock back; a failure does so, too.
        drop(lock);
        Ok(())
    };
    let ((), result) = join(drive, held).await;
    result
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

/// Whether the database has had every migration, and as it is in this program.
async fn has_current(client: &mut Client, runner: &Runner) -> Result<bool, Error> {
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
        return Ok(false);
    }
    let applied = runner.get_applied_migrations_async(client).await;
    is_current(&applied.map_err(failed)?, runner)
}

/// Compares what a database has had with what this program has.
fn is_current(applied: &[Migration], runner: &Runner) -> Result<bool, Error> {
    let mut known: Vec<&Migration> = runner.get_migrations().iter().collect();
    known.sort();
    let newest = |last: Option<&Migration>| last.map_or(0, |last| i64::from(last.version()));
    let (found, supported) = (newest(applied.last()), newest(known.last().copied()));
    if found > supported {
        return Err(Error::NewerDatabase { found, supported });
    }
    Ok(known.into_iter().eq(applied))
}

fn failed(error: refinery::Error) -> Error {
    Error::Migration {
        source: Cause::new(error),
    }
}
