//! What has to be true whatever comes in: one function for each fuzz target.
//!
//! Owns the list of targets, and the generators of schemas and values that they share; what is
//! asserted stands beside the code that it is about. Each target is driven twice: by libFuzzer, which
//! looks for inputs that reach new code (the `fuzz` directory), and by a short run of mutated seeds
//! in every `cargo test`. The module exists for these two only.
//!
//! A target says whether it understood its input, and panics when something is not as it has to be.

#[cfg(test)]
mod run;
mod schemas;
mod source;
mod values;

pub use crate::codec::fuzzing::{msgpack, number, private, state, type_constraint, value};
pub use crate::plan::fuzzing::plans as plan;
pub use crate::rpc::fuzzing::rpc;
pub use crate::serve::fuzzing::{handshake, signature};

pub(crate) use schemas::{any_config, any_schema, applied};
pub(crate) use source::Source;
pub(crate) use values::{Unknowns, any_known, any_type, any_value};
