#![doc = include_str!("../README.md")]

pub mod check;
mod codec;
mod diagnostics;
pub mod docs;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod harness;
mod log;
mod plan;
mod proto;
mod provider;
mod rpc;
mod schema;
mod serve;
mod tasks;
mod value;

pub use async_trait::async_trait;
pub use diagnostics::{Diagnostic, Diagnostics, Severity};
pub use provider::{
    Action, Arguments, Call, Context, DataSource, EphemeralResource, Found, Function,
    FunctionError, ListQuery, ListResource, Listed, MoveSource, Opened, Parameter, Private,
    Progress, Provider, ReadOutcome, Resource, ResourcePlan, Signature,
};
pub use schema::{
    Attribute, AttributePlan, Block, BlockNesting, IdentitySchema, Nesting, PlanModifier, Schema,
    SchemaError, Validator,
};
pub use serve::{Reattach, ServeOptions, serve};
pub use tokio_util::sync::CancellationToken;
pub use value::{
    AccessError, Attr, InvalidNumber, InvalidType, Number, NumberBound, Object, Path, Refinement,
    Step, Type, Value,
};
