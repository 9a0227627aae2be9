//! The action trait: things to do that change no state.

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::Context;
use crate::diagnostics::Diagnostics;
use crate::schema::Schema;
use crate::value::Object;

/// An action (Terraform 1.14 and later): invoked by `terraform apply -invoke`, or when a resource
/// changes (`action_trigger`).
#[async_trait]
pub trait Action: Send + Sync + 'static {
    /// The full name, as in `action "<type name>" "x"`.
    fn type_name(&self) -> &str;

    /// The arguments of the `config` block. They cannot be computed.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond the schema. Values may be unknown; no network access.
    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let _unused = (config, diagnostics);
    }

    /// Looks whether the action could be invoked, with the provider configured. Values may be
    /// unknown.
    ///
    /// # Errors
    /// Diagnostics that stop the plan.
    async fn plan(&self, cx: &Context, config: &Object) -> Result<(), Diagnostics> {
        let _unused = (cx, config);
        Ok(())
    }

    /// Does it. The configuration is wholly known.
    ///
    /// # Errors
    /// Diagnostics; whatever depends on the action is not done.
    async fn invoke(
        &self,
        cx: &Context,
        config: Object,
        progress: &Progress,
    ) -> Result<(), Diagnostics>;
}

/// Where an [`Action`] tells how far it is.
#[derive(Debug, Clone)]
pub struct Progress(mpsc::UnboundedSender<String>);

impl Progress {
    pub(crate) fn new(sender: mpsc::UnboundedSender<String>) -> Self {
        Self(sender)
    }

    /// Shows a message to the user, at once.
    pub fn tell(&self, message: impl Into<String>) {
        // Nobody may be there to listen any more; the action goes on all the same.
        drop(self.0.send(message.into()));
    }
}
