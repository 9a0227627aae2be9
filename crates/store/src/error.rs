//! What can go wrong in the store, one variant per thing a caller can act on.
//!
//! Owns [`Error`]. Must not carry parameter values or row contents: they hold addresses, and errors
//! end in logs.

use std::{fmt, path::PathBuf, sync::Arc};

/// A failure of the store.
///
/// It can be cloned, because one failed commit fails every use case that was in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The store was closed, or the thread that would have answered is gone.
    #[error("the store is closed")]
    Closed,
    /// The closure panicked. Its work was rolled back.
    #[error("the use case panicked and was rolled back")]
    Panicked,
    /// Another process, or another [`crate::Store`] of this one, has the SQLite file open.
    #[error("the database {} is in use by another process", path.display())]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// Another process has claimed the database for itself: see [`crate::Claim`].
    #[error("another process has this database for itself")]
    Claimed,
    /// The database was migrated by a newer version of Vestibule. Upgrade, or use another database.
    #[error("the database has schema version {found}, this program knows {supported}: upgrade it")]
    NewerDatabase {
        /// The database's schema version.
        found: i64,
        /// The newest schema version of this program.
        supported: i64,
    },
    /// The address of the database, or an option in it, is not usable.
    #[error("the database address is not usable: {reason}")]
    Config {
        /// What is wrong with it. Never contains the address itself, which may hold a password.
        reason: String,
    },
    /// The database file or its lock cannot be opened or created.
    #[error("the database {} cannot be opened", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// A migration failed, or the database's migrations are not this program's.
    #[error("the database could not be migrated")]
    Migration {
        /// Why.
        source: Cause,
    },
    /// The database cannot be reached, or was lost before the commit. Nothing was written: try again.
    #[error("the database is not available")]
    Unavailable {
        /// Why.
        source: Cause,
    },
    /// The connection was lost during the commit: the work may or may not have been written.
    #[error("the connection was lost during the commit, whose outcome is unknown")]
    CommitUnknown {
        /// Why.
        source: Cause,
    },
    /// Others kept changing the same rows, or held the database, for too long. Try again.
    #[error("the database is too contended")]
    Contended,
    /// A unique index refused a row.
    #[error("a row with the same key exists ({on})")]
    Unique {
        /// The constraint on PostgreSQL, the columns on SQLite.
        on: String,
    },
    /// A foreign key refused a change.
    #[error("a referenced row is missing, or a row is still referenced ({on})")]
    Reference {
        /// The constraint on PostgreSQL; empty on SQLite, which does not say.
        on: String,
    },
    /// A check or not-null constraint refused a row.
    #[error("a row violates a constraint ({on})")]
    Check {
        /// The constraint, or the column that must not be null.
        on: String,
    },
    /// [`crate::Tx::one`] found no row.
    #[error("a row that must exist does not")]
    NoRow,
    /// [`crate::Tx::one`] or [`crate::Tx::find`] found more than one row.
    #[error("more than one row where at most one may exist")]
    ManyRows,
    /// A write in [`crate::Store::read`], or a database that only allows reading.
    #[error("the database or the transaction is read-only")]
    ReadOnly {
        /// What the database said.
        source: Cause,
    },
    /// The disk is full, or another resource of the database is used up.
    #[error("the database has no room left")]
    Full {
        /// What the database said.
        source: Cause,
    },
    /// The database file or its pages are damaged, or it is no database at all.
    #[error("the database is damaged")]
    Damaged {
        /// What the database said.
        source: Cause,
    },
    /// A statement is wrong for this database: a defect of this program.
    #[error("a statement failed")]
    Statement {
        /// What the database said.
        source: Cause,
    },
    /// A stored value is not what it should be.
    #[error("the stored value of {what} is not readable")]
    Value {
        /// The column: its number, or its name where the caller gave one.
        what: String,
    },
}

impl Error {
    /// A stored value that does not read as what it should be, such as an unknown state.
    ///
    /// `what` names the column; never the value.
    #[must_use]
    pub fn value(what: impl Into<String>) -> Self {
        Self::Value { what: what.into() }
    }

    /// Whether the same call may succeed a little later, with nothing written now.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Contended)
    }

    pub(crate) fn config(reason: impl Into<String>) -> Self {
        Self::Config {
            reason: reason.into(),
        }
    }
}

/// Why something failed: an error that can be shared, free of parameter values.
#[derive(Clone)]
pub struct Cause(Arc<dyn std::error::Error + Send + Sync>);

impl Cause {
    pub(crate) fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::new(Text(text.into()))
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

/// A cause that is only a text.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Text(String);
