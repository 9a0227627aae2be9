//! What is already known about an unknown value.

use super::Number;

/// Facts about an unknown value that Terraform sends along with it.
///
/// `"user-${random.id}"` for instance is an unknown string with the prefix `user-`. Ignoring a
/// refinement is always right; a validator may use one to refuse early.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Refinement {
    /// `Some(false)`: will not be null. `Some(true)`: will be null.
    pub null: Option<bool>,
    /// How the string will begin.
    pub prefix: Option<String>,
    /// The smallest the number can become.
    pub min: Option<NumberBound>,
    /// The largest the number can become.
    pub max: Option<NumberBound>,
    /// How many elements the collection will have at least.
    pub min_length: Option<u64>,
    /// How many elements the collection will have at most.
    pub max_length: Option<u64>,
}

/// One end of the range of an unknown number.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NumberBound {
    /// Where the range ends.
    pub value: Number,
    /// Whether `value` itself is still possible.
    pub inclusive: bool,
}

impl NumberBound {
    pub(crate) fn new(value: Number, inclusive: bool) -> Self {
        Self { value, inclusive }
    }
}
