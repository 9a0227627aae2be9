//! What can go wrong in a use case, free of any transport.
//!
//! Only `http/*/error.rs` knows statuses and codes; each maps every variant itself.

use vestibule_core::Refusal;

/// Why a use case did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppError {
    /// A rule said no. Its words are for the caller.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The caller did not show a credential, or one that opens nothing.
    #[error("{0}")]
    Unauthenticated(Unauthenticated),
    /// The database failed. Its words are for the log, never for the caller.
    #[error("the database failed")]
    Store(#[from] vestibule_store::Error),
    /// Something that must hold does not: a defect or a damaged database. For the log.
    #[error("{what}")]
    Inconsistent {
        /// What does not hold.
        what: &'static str,
    },
}

/// Why a credential was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unauthenticated {
    /// There is none.
    #[error("this needs a credential, and the request has none")]
    Missing,
    /// There is one, and it opens nothing: mistyped, revoked, or of another server.
    #[error("the credential is not valid")]
    Invalid,
    /// It was valid once.
    #[error("the credential has expired")]
    Expired,
}

impl From<Unauthenticated> for AppError {
    fn from(reason: Unauthenticated) -> Self {
        Self::Unauthenticated(reason)
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut out = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        out.push_str(": ");
        out.push_str(&cause.to_string());
        next = cause.source();
    }
    out
}
