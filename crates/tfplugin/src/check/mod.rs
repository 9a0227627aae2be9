//! Terraform's own two assertions about a provider, re-stated.
//!
//! Terraform rejects a plan or an apply result that breaks its rules, with messages that users
//! cannot act on. These functions find the same faults earlier, in tests. They decide nothing at
//! run time; the framework only logs what they find.

mod apply;
mod plan;
#[cfg(test)]
mod tests;

pub use apply::apply_compatible;
pub use plan::plan_valid;

use std::fmt;

use crate::value::Path;

/// A rule that a plan or a result breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub path: Path,
    /// What is wrong, in one sentence.
    pub problem: String,
}

impl Fault {
    pub(crate) fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self {
            path: path.clone(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.problem)
    }
}
