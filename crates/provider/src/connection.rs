//! What configuring leaves for the resources: a client, or the reason why there is none.

use std::sync::{Arc, PoisonError, RwLock};

use tfplugin::{Context, Diagnostic, Diagnostics};
use vestibule_client::CancellationToken;

use crate::user_agent::purpose;

/// A client shared by all resources of one API.
///
/// Configuring again replaces it: under a debugger one process serves many Terraform runs.
#[derive(Debug)]
pub(crate) struct Connection<C: Api> {
    status: RwLock<Status<C>>,
    snapshots: RwLock<Arc<C::Snapshots>>,
}

/// A client, and what of its service is known at once.
pub(crate) trait Api: Clone {
    /// The snapshots of this API; a new one knows nothing.
    type Snapshots: Default;

    /// The same client for one call of a handler: what ends its waits, and what it is for.
    fn for_call(&self, cancellation: CancellationToken, purpose: &str) -> Self;
}

/// How far configuring came.
#[derive(Clone, Debug)]
pub(crate) enum Status<C> {
    /// It has not happened.
    NotConfigured,
    /// It cannot end before apply, because an argument of the provider block is unknown.
    Unknown,
    /// This API is not set up, which only matters to those who use its types.
    Missing(Diagnostic),
    /// Ready for requests.
    Ready(C),
}

impl<C: Api> Default for Connection<C> {
    fn default() -> Self {
        Self {
            status: RwLock::new(Status::NotConfigured),
            snapshots: RwLock::default(),
        }
    }
}

impl<C: Api> Connection<C> {
    pub(crate) fn set(&self, status: Status<C>) {
        // A panic while locked leaves a whole value: the change is one assignment.
        *self.status.write().unwrap_or_else(PoisonError::into_inner) = status;
        *self
            .snapshots
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::default();
    }

    /// What is known at once since configuring.
    pub(crate) fn snapshots(&self) -> Arc<C::Snapshots> {
        Arc::clone(
            &self
                .snapshots
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Why there will be no client however long one waits, if that is so: a plan that needs one can
    /// say it instead of its apply.
    pub(crate) fn missing(&self) -> Option<Diagnostic> {
        match &*self.status.read().unwrap_or_else(PoisonError::into_inner) {
            Status::Missing(reason) => Some(reason.clone()),
            Status::NotConfigured | Status::Unknown | Status::Ready(_) => None,
        }
    }

    /// The client that there is, whatever it is for.
    pub(crate) fn configured(&self) -> Option<C> {
        match &*self.status.read().unwrap_or_else(PoisonError::into_inner) {
            Status::Ready(client) => Some(client.clone()),
            Status::NotConfigured | Status::Unknown | Status::Missing(_) => None,
        }
    }

    /// The client for this call, ending its waits when Terraform is interrupted.
    ///
    /// # Errors
    /// A diagnostic that says why there is none.
    pub(crate) fn client(&self, cx: &Context) -> Result<C, Diagnostics> {
        match &*self.status.read().unwrap_or_else(PoisonError::into_inner) {
            Status::Ready(client) => Ok(client.for_call(cx.cancellation().clone(), &purpose(cx))),
            Status::Missing(reason) => Err(reason.clone().into()),
            Status::Unknown => Err(Diagnostic::error("The provider is not configured yet")
                .detail(
                    "An argument of the provider block is known only after apply, but this \
                     resource has to be looked up now. Apply what the argument depends on first \
                     (-target), or give it a value that is known while planning.",
                )
                .into()),
            Status::NotConfigured => Err(Diagnostic::error("The provider is not configured")
                .detail("Terraform asked for a resource before it configured the provider.")
                .into()),
        }
    }
}
