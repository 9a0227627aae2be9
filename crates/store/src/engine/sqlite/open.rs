//! Opening a SQLite file: the lock, the connections, their settings.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::error;
use crate::{Cause, Error, Synchronous};

/// How long to wait for another connection, such as a backup program's, to let go.
const BUSY: Duration = Duration::from_secs(5);

/// More than the crate has statements, so that none is ever prepared twice on a connection.
const STATEMENTS: usize = 512;

/// How many pages the log may have before the writer copies them into the database: 16 MB.
///
/// Measured with `examples/group_commit.rs` at 16 and 64 callers: SQLite's own 1000 gives 6 to 7
/// thousand writes a second, 4000 gives 10 to 12. A second connection that checkpoints in the
/// background is no better beyond the noise, and lets the log grow to whatever bound it has.
const CHECKPOINT_PAGES: i64 = 4000;

/// Creates the file if it is missing, and gives its one true name, whatever links lead to it.
pub(super) fn create(path: &Path) -> Result<PathBuf, Error> {
    // SQLite would create the file for everyone to read; it gives its log the database's mode.
    drop(private(path)?);
    std::fs::canonicalize(path).map_err(|error| Error::Open {
        path: path.to_owned(),
        source: Cause::new(error),
    })
}

/// Takes the lock that keeps a second process away from the database.
///
/// The lock is on a file of its own, because SQLite's own locks on the database file would be lost
/// when any other handle on that file is closed in this process. The operating system releases it
/// when this process ends, however it ends; the empty file stays.
pub(super) fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let file = private(&name)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(Error::Open {
            path: name,
            source: Cause::new(error),
        }),
    }
}

/// Opens the connection that writes.
pub(super) fn writer(path: &Path, synchronous: Synchronous) -> Result<Connection, Error> {
    let connection = connect(path)?;
    connection
        .pragma_update(None, "journal_mode", "wal")
        .map_err(error)?;
    let level = match synchronous {
        Synchronous::Full => "full",
        Synchronous::Normal => "normal",
    };
    connection
        .pragma_update(None, "synchronous", level)
        .map_err(error)?;
    // What a member's savepoint needs to be undone would be written to a temporary file, page by
    // page: more writes than the log itself takes. In memory it is freed when the member ends.
    connection
        .pragma_update(None, "temp_store", "memory")
        .map_err(error)?;
    connection
        .pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)
        .map_err(error)?;
    Ok(connection)
}

/// Opens a connection that reads.
pub(super) fn reader(path: &Path) -> Result<Connection, Error> {
    let connection = connect(path)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(error)?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, Error> {
    // Each connection stays on one thread, so SQLite needs no locks of its own around it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|cause| Error::Open {
        path: path.to_owned(),
        source: Cause::new(cause),
    })?;
    connection.busy_timeout(BUSY).map_err(error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without this promise of one plan for all values, each new value of a `limit` or a `like` makes
    // SQLite prepare its statement anew.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(error)?;
    for (pragma, on) in [("foreign_keys", true), ("case_sensitive_like", true)] {
        connection.pragma_update(None, pragma, on).map_err(error)?;
    }
    Ok(connection)
}

/// Opens a file that only its owner can read, and creates it if it is missing.
fn private(path: &Path) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Error::Open {
        path: path.to_owned(),
        source: Cause::new(error),
    })
}
