//! What PostgreSQL's failures mean to a caller.
//!
//! Owns the classification by SQLSTATE. Must not repeat what the server says in the detail, or in
//! the message of a data exception: they contain values.

use tokio_postgres::error::{DbError, SqlState};

use crate::{Cause, Error};

/// Translates the failure of a statement.
pub(crate) fn error(error: &tokio_postgres::Error) -> Error {
    if let Some(db) = error.as_db_error() {
        return server(db);
    }
    let source = local(error);
    if is_lost(error) {
        Error::Unavailable { source }
    } else {
        Error::Statement { source }
    }
}

/// Translates the failure to connect.
pub(super) fn connecting(cause: &tokio_postgres::Error) -> Error {
    let Some(db) = cause.as_db_error() else {
        return Error::Unavailable {
            source: local(cause),
        };
    };
    match db.code().code().get(..2) {
        // Wrong credentials, no such database: waiting does not help.
        Some("28" | "3D") => Error::config(db.message()),
        _ => server(db),
    }
}

/// Translates the failure of a commit, after which the outcome may be unknown.
pub(super) fn committing(cause: &tokio_postgres::Error) -> Error {
    let failure = error(cause);
    match failure {
        Error::Unavailable { source } => Error::CommitUnknown { source },
        _ => failure,
    }
}

/// The number of the parameter whose type the server cannot decide, if that is the failure.
pub(super) fn undecided_parameter(cause: &tokio_postgres::Error) -> Option<usize> {
    let db = cause.as_db_error()?;
    if !matches!(db.code().code(), "42P08" | "42P18") {
        return None;
    }
    let (_, number) = db.message().rsplit_once('$')?;
    number.parse().ok()
}

/// Whether the driver, not the server, reports that the connection is of no more use.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    let source = std::error::Error::source(error);
    error.is_closed() || source.is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
}

fn server(db: &DbError) -> Error {
    let code = db.code();
    let on = || {
        let name = db.constraint().or_else(|| db.column());
        name.unwrap_or_default().to_owned()
    };
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Error::Contended;
    }
    if *code == SqlState::UNIQUE_VIOLATION {
        return Error::Unique { on: on() };
    }
    if *code == SqlState::FOREIGN_KEY_VIOLATION {
        return Error::Reference { on: on() };
    }
    let source = cause(db);
    if *code == SqlState::READ_ONLY_SQL_TRANSACTION || is_standby(db) {
        return Error::ReadOnly { source };
    }
    if is_transient(db) {
        return Error::Unavailable { source };
    }
    match code.code().get(..2) {
        Some("23") => Error::Check { on: on() },
        Some("53") => Error::Full { source },
        Some("XX") => Error::Damaged { source },
        _ => Error::Statement { source },
    }
}

/// Whether a new connection may do better.
fn is_transient(db: &DbError) -> bool {
    let code = db.code();
    // Connection exceptions; shutdowns, crashes and cancellations; a system call that failed;
    // a commit whose outcome another node knows.
    let group = code.code().get(..2);
    matches!(group, Some("08" | "57" | "58"))
        || code.code() == "40003"
        || *code == SqlState::TOO_MANY_CONNECTIONS
        // Another node has migrated the tables under our prepared statements.
        || db.routine() == Some("RevalidateCachedQuery")
}

/// A standby server has no serializable transactions, not even to find out that it cannot write.
fn is_standby(db: &DbError) -> bool {
    *db.code() == SqlState::FEATURE_NOT_SUPPORTED && db.message().contains("hot standby")
}

fn cause(db: &DbError) -> Cause {
    let code = db.code().code();
    if code.starts_with("22") {
        return Cause::text(format!("data exception {code}"));
    }
    Cause::text(format!("{} ({code})", db.message()))
}

/// The driver's own words and its cause's, as one text.
fn local(error: &tokio_postgres::Error) -> Cause {
    let source = std::error::Error::source(error);
    Cause::text(source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}")))
}
