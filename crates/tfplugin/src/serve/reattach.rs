//! Debugging sessions: one process that serves many Terraform runs, without TLS.

use std::future::Future;
use std::io;
use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::connection;
use super::lifecycle::Lifecycle;
use super::listener::{Address, Listener};
use crate::provider::Provider;
use crate::rpc::Backend;
use crate::tasks;

/// A provider that Terraform runs can attach to; dropping it ends it.
///
/// This is the quickest way to test a provider with real Terraform: no installation, no `init`, no
/// process per command.
///
/// ```no_run
/// # async fn run(provider: impl tfplugin::Provider) -> std::io::Result<()> {
/// let session = tfplugin::Reattach::start(provider, "registry.terraform.io/acme/example").await?;
/// let variable = session.env_value();
/// let run = move || {
///     let mut terraform = std::process::Command::new("terraform");
///     terraform.arg("plan").env("TF_REATTACH_PROVIDERS", variable).status()
/// };
/// let status = tokio::task::spawn_blocking(run).await??;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Reattach {
    address: String,
    listening: Address,
    _ends_when_dropped: DropGuard,
}

impl Reattach {
    /// Serves a provider from inside this process, for the source address it stands for. Must be
    /// called within a tokio runtime.
    ///
    /// # Errors
    /// If there is no place to listen.
    pub async fn start(provider: impl Provider, address: impl Into<String>) -> io::Result<Self> {
        let (reattach, running) =
            start(Arc::new(provider), &address.into(), Lifecycle::embedded()).await?;
        drop(tasks::spawn("reattach", running));
        Ok(reattach)
    }

    /// The value for the environment variable `TF_REATTACH_PROVIDERS`.
    #[must_use]
    pub fn env_value(&self) -> String {
        Self::env_value_of(&[self])
    }

    /// The value for `TF_REATTACH_PROVIDERS` that stands for several providers.
    #[must_use]
    pub fn env_value_of(sessions: &[&Self]) -> String {
        let sessions: serde_json::Map<_, _> = sessions
            .iter()
            .map(|session| (session.address.clone(), session.describe()))
            .collect();
        serde_json::Value::Object(sessions).to_string()
    }

    fn describe(&self) -> serde_json::Value {
        json!({
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": std::process::id(),
            "Test": true,
            "Addr": { "Network": self.listening.network(), "String": self.listening.text() },
        })
    }
}

/// Starts to listen; the returned future serves.
pub(super) async fn start(
    provider: Arc<dyn Provider>,
    address: &str,
    mut lifecycle: Lifecycle,
) -> io::Result<(Reattach, impl Future<Output = ()> + Send + 'static)> {
    let listener = Listener::bind(None, None).await?;
    let end: CancellationToken = lifecycle.shutdown.clone();
    let reattach = Reattach {
        address: address.to_owned(),
        listening: listener.address().clone(),
        _ends_when_dropped: end.drop_guard(),
    };
    let backend = Arc::new(Backend::new(provider));
    let running = async move {
        connection::serve(&listener, None, &backend, &mut lifecycle).await;
    };
    Ok((reattach, running))
}
