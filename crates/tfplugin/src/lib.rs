//! Terraform plugin protocol 6 for Rust.

mod codec;
mod diagnostics;
mod provider;
mod schema;
mod value;

pub use async_trait::async_trait;
pub use diagnostics::{Diagnostic, Diagnostics, Severity};
pub use provider::{
    Context, DataSource, MoveSource, Private, Provider, ReadOutcome, Resource, ResourcePlan,
};
pub use schema::{
    Attribute, AttributePlan, Block, BlockNesting, Nesting, PlanModifier, Schema, SchemaError,
    Validator,
};
pub use tokio_util::sync::CancellationToken;
pub use value::{
    AccessError, Attr, InvalidNumber, InvalidType, LengthBound, Number, NumberBound, Object, Path,
    Refinement, Step, Type, Value,
};
