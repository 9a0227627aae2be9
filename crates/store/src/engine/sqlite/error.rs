//! What SQLite's result codes mean to a caller.

use rusqlite::{ErrorCode, ffi};

use crate::{Cause, Error};

/// Translates a failure of SQLite.
pub(crate) fn error(error: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(failure, message) = &error else {
        return Error::Statement {
            source: Cause::new(error),
        };
    };
    if failure.code == ErrorCode::ConstraintViolation {
        return constraint(
            failure.extended_code,
            message.as_deref().unwrap_or_default(),
        );
    }
    let code = failure.code;
    let source = Cause::new(error);
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Contended,
        ErrorCode::DiskFull | ErrorCode::OutOfMemory => Error::Full { source },
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Error::ReadOnly { source },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Damaged { source },
        ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => Error::Unavailable { source },
        _ => Error::Statement { source },
    }
}

/// SQLite names columns, as in `UNIQUE constraint failed: user.id, user.name`, but no index.
fn constraint(code: i32, message: &str) -> Error {
    let on = message
        .split_once("failed: ")
        .map_or_else(String::new, |(_, on)| on.to_owned());
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => Error::Unique { on },
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Reference { on },
        _ => Error::Check { on },
    }
}
