//! Values to bytes and back: MessagePack on the wire, JSON in stored states.
//!
//! Owns the encodings and their strictness. Directed by types; knows nothing of schemas.

mod conform;
mod decode;
mod encode;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod json;
#[cfg(test)]
mod tests;

pub(crate) use conform::{conform, conform_dropping_surplus};
pub(crate) use decode::decode;
pub(crate) use encode::encode;
pub(crate) use json::read_json;

use crate::value::Path;

/// Values nested deeper than this are refused, so that hostile input cannot exhaust the stack.
pub(crate) const MAX_DEPTH: usize = 64;

/// A value does not fit its type or its encoding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub(crate) struct CodecError {
    pub(crate) path: Path,
    pub(crate) problem: String,
}

impl CodecError {
    pub(crate) fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self {
            path: path.clone(),
            problem: problem.into(),
        }
    }
}
