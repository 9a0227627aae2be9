//! The one place where tasks are started.

use std::future::Future;

use tokio::task::JoinHandle;
use tracing::Instrument as _;

/// Starts a task whose log records say which task they come from.
///
/// Dropping the handle lets the task go on: that is what protects a running apply from a
/// connection that goes away.
pub(crate) fn spawn<T: Send + 'static>(
    name: &'static str,
    future: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    let span = tracing::debug_span!("task", task = name);
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the wrapper that names every task"
    )]
    tokio::spawn(future.instrument(span))
}
