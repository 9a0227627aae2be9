//! Panics become diagnostics: a dead process would show users "Plugin did not respond".

use std::any::Any;
use std::future::Future;

use tokio::task::JoinError;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::tasks;

/// Runs a handler on a task of its own. A panic in it becomes an error diagnostic.
pub(super) async fn guarded<T: Send + 'static>(
    name: &'static str,
    handler: impl Future<Output = Result<T, Diagnostics>> + Send + 'static,
) -> Result<T, Diagnostics> {
    match tasks::spawn(name, handler).await {
        Ok(result) => result,
        Err(error) => Err(panicked(error).into()),
    }
}

/// The diagnostic for a task that panicked.
pub(super) fn panicked(error: JoinError) -> Diagnostic {
    let message = match error.try_into_panic() {
        Ok(payload) => panic_message(&*payload),
        Err(error) => error.to_string(),
    };
    tracing::error!(panic = %message, "a provider handler panicked");
    Diagnostic::error("The provider crashed while answering").detail(format!(
        "{message}\n\nThis is a bug in the provider; please report it. Other resources are not \
         affected."
    ))
}

fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".to_owned())
}

/// The diagnostics of a handler that failed: at least one of them is an error, or Terraform would
/// take the failure for a success.
pub(super) fn as_failure(mut diagnostics: Diagnostics) -> Diagnostics {
    if !diagnostics.has_errors() {
        diagnostics.error(
            "The provider failed without saying why",
            "It reported a failure but no error. This is a bug in the provider; please report it.",
        );
    }
    diagnostics
}
