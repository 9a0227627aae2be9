//! What a provider author implements: [`Provider`], [`Resource`], [`DataSource`] and their kin.
//!
//! Owns the traits and what handlers are given. The protocol around them is `rpc`'s affair.

mod action;
mod context;
mod ephemeral;
mod function;
mod list;
mod private;
mod resource;

use std::sync::Arc;

use async_trait::async_trait;

use crate::diagnostics::Diagnostics;
use crate::schema::Schema;
use crate::value::Object;

pub use action::{Action, Progress};
pub use context::{Call, Context};
pub use ephemeral::{EphemeralResource, Opened};
pub use function::{Arguments, Function, FunctionError, Parameter, Signature};
pub use list::{Found, ListQuery, ListResource, Listed};
pub use private::Private;
pub use resource::{MoveSource, ReadOutcome, Resource, ResourcePlan};

/// A Terraform provider: its configuration block, its resources and data sources.
///
/// Terraform starts several short-lived processes per command, most of which only ask for schemas
/// or validate: keep construction cheap and open connections on first use.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// The short name, as in `terraform-provider-<name>`; used in logs.
    fn name(&self) -> &str;

    /// The provider block.
    fn schema(&self) -> Schema {
        Schema::new()
    }

    /// What modules may tell the provider about themselves: the `provider_meta` block inside
    /// `terraform`. Without a schema Terraform refuses modules that have such a block; its values
    /// are in [`Context::meta`].
    fn meta_schema(&self) -> Option<Schema> {
        None
    }

    /// The resource types. Their names need not begin with the provider's.
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        Vec::new()
    }

    /// The data sources.
    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        Vec::new()
    }

    /// The ephemeral resources (Terraform 1.10 and later).
    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        Vec::new()
    }

    /// The functions (Terraform 1.8 and later).
    fn functions(&self) -> Vec<Arc<dyn Function>> {
        Vec::new()
    }

    /// The list resources (Terraform 1.14 and later).
    fn list_resources(&self) -> Vec<Arc<dyn ListResource>> {
        Vec::new()
    }

    /// The actions (Terraform 1.14 and later).
    fn actions(&self) -> Vec<Arc<dyn Action>> {
        Vec::new()
    }

    /// Checks the provider block beyond the schema. Values may be unknown; there must be no
    /// network access here.
    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let _unused = (config, diagnostics);
    }

    /// Takes the provider block, before any create, read, update or delete of this process. In a
    /// debugging session it comes once for every Terraform run, and the last one counts.
    ///
    /// During plan, values may be unknown when they come from resources that do not exist yet.
    /// Do not fail on that: remember it, and fail in the handler that cannot work without.
    ///
    /// # Errors
    /// Diagnostics that stop the Terraform command.
    async fn configure(&self, cx: &Context, config: Object) -> Result<(), Diagnostics>;

    /// Gives back what would outlive the process, a token for instance. It comes once, when the
    /// process is about to end for whatever reason but a kill; what takes longer than a second is
    /// cut off, because Terraform waits.
    async fn close(&self) {}
}

/// A data source: reads, never changes.
#[async_trait]
pub trait DataSource: Send + Sync + 'static {
    /// The full name, as in `data "<type name>" "x"`.
    fn type_name(&self) -> &str;

    /// The arguments and exported values.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond the schema. Values may be unknown; no network access.
    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let _unused = (config, diagnostics);
    }

    /// Reads; the configuration is wholly known. Returns the configuration completed by the
    /// computed attributes.
    ///
    /// # Errors
    /// Diagnostics that stop the Terraform command.
    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics>;
}
