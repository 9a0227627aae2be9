//! What a handler is given beside its values: cancellation, configuration, private state.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

use super::Private;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::value::Object;

/// One call of a handler.
///
/// It is shared (`&Context`), so parts of a handler may run concurrently. What is collected here
/// (warnings, private state, the checkpoint) survives an error and a panic of the handler.
#[derive(Debug, Default)]
pub struct Context {
    config: Object,
    identity: Option<Object>,
    call: Option<Call>,
    meta: Option<Object>,
    terraform_version: Option<String>,
    cancellation: CancellationToken,
    collected: Mutex<Collected>,
}

/// What Terraform wants done, and with which type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The full name of the type, as in `resource "<type name>" "x"`.
    pub type_name: String,
    /// Whether it is a data source.
    pub is_data: bool,
    /// `create`, `read`, `update`, `delete`, `import`; `open`, `renew`, `close`; `list`; `plan`,
    /// `invoke`.
    pub operation: &'static str,
}

impl Call {
    pub(crate) fn new(operation: &'static str, type_name: &str) -> Self {
        Self {
            type_name: type_name.to_owned(),
            is_data: false,
            operation,
        }
    }

    pub(crate) fn read_data(type_name: &str) -> Self {
        Self {
            is_data: true,
            ..Self::new("read", type_name)
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) private: Private,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) checkpoint: Option<Object>,
}

impl Context {
    /// A context for calling a handler from a test.
    #[must_use]
    pub fn new(config: Object, private: Private) -> Self {
        Self::with_cancellation(config, private, CancellationToken::new())
    }

    pub(crate) fn with_cancellation(
        config: Object,
        private: Private,
        cancellation: CancellationToken,
    ) -> Self {
        let collected = Mutex::new(Collected {
            private,
            ..Collected::default()
        });
        Self {
            config,
            cancellation,
            collected,
            ..Self::default()
        }
    }

    /// The context of a call that is this one.
    #[must_use]
    pub fn with_call(mut self, call: Call) -> Self {
        self.call = Some(call);
        self
    }

    /// The context with what the module says about itself.
    #[must_use]
    pub fn with_meta(mut self, meta: Option<Object>) -> Self {
        self.meta = meta;
        self
    }

    /// The context with the version that Terraform says it has.
    #[must_use]
    pub fn with_terraform_version(mut self, version: impl Into<String>) -> Self {
        self.terraform_version = Some(version.into()).filter(|version| !version.is_empty());
        self
    }

    /// What Terraform wants done; `None` in configuring.
    #[must_use]
    pub fn call(&self) -> Option<&Call> {
        self.call.as_ref()
    }

    /// The values of `provider_meta` of the module that the resource or data source is in, for
    /// [`Provider::meta_schema`](super::Provider::meta_schema).
    #[must_use]
    pub fn meta(&self) -> Option<&Object> {
        self.meta.as_ref()
    }

    /// Terraform's version in configuring; `None` elsewhere.
    #[must_use]
    pub fn terraform_version(&self) -> Option<&str> {
        self.terraform_version.as_deref()
    }

    /// The context with the identity that Terraform has stored.
    #[must_use]
    pub fn with_identity(mut self, identity: Option<Object>) -> Self {
        self.identity = identity;
        self
    }

    /// The stored identity of the resource in read and update: what it was imported by, for
    /// instance. `None` if the type has no identity, or Terraform is older than 1.12.
    #[must_use]
    pub fn identity(&self) -> Option<&Object> {
        self.identity.as_ref()
    }

    /// The configuration of the resource in create and update, including write-only values; an
    /// empty object elsewhere.
    #[must_use]
    pub fn config(&self) -> &Object {
        &self.config
    }

    /// Fires when the user interrupts Terraform: finish as soon as that is safe, and return what
    /// exists so far.
    #[must_use]
    pub fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    /// Whether the user has interrupted Terraform.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancellation.is_cancelled()
    }

    /// Remembers the state reached so far. It is what Terraform stores if the handler then fails
    /// or panics; unknown values in it are stored as null.
    pub fn checkpoint(&self, state: &Object) {
        self.lock().checkpoint = Some(state.clone());
    }

    /// Adds a warning to whatever the handler returns.
    pub fn warning(&self, summary: impl Into<String>, detail: impl Into<String>) {
        self.diagnostic(Diagnostic::warning(summary).detail(detail));
    }

    /// Adds a diagnostic to whatever the handler returns. An error makes the call fail, but the
    /// state that the handler returns is stored all the same.
    pub fn diagnostic(&self, diagnostic: Diagnostic) {
        self.lock().diagnostics.push(diagnostic);
    }

    /// A value of the private state.
    #[must_use]
    pub fn private(&self, key: &str) -> Option<Json> {
        self.lock().private.get(key)
    }

    /// Sets a value of the private state; stored with whatever the handler returns.
    pub fn set_private(&self, key: impl Into<String>, value: impl Into<Json>) {
        self.lock().private.set(key, value);
    }

    /// Takes a value out of the private state.
    pub fn remove_private(&self, key: &str) -> Option<Json> {
        self.lock().private.remove(key)
    }

    /// The last checkpoint, for tests that call a handler themselves.
    #[must_use]
    pub fn last_checkpoint(&self) -> Option<Object> {
        self.lock().checkpoint.clone()
    }

    /// The diagnostics collected so far, for tests that call a handler themselves.
    #[must_use]
    pub fn diagnostics(&self) -> Diagnostics {
        self.lock().diagnostics.clone()
    }

    /// What was collected, leaving nothing behind.
    pub(crate) fn take(&self) -> Collected {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        // A panic elsewhere while locked leaves whole values: every change is one assignment.
        self.collected
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
