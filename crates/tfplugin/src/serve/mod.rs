//! The process around a provider: handshake, socket, TLS, signals, exit.
//!
//! Owns everything that happens between Terraform starting the executable and its end. It knows
//! nothing of values and schemas (`rpc`).

mod connection;
mod contiguous;
mod environment;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod handshake;
mod host;
mod lifecycle;
mod listener;
mod p521;
mod reattach;
mod tls;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

pub use reattach::Reattach;

use crate::log;
use crate::provider::Provider;
use crate::rpc::Backend;
use environment::Environment;
use handshake::{Handshake, Refusal};
use lifecycle::Lifecycle;
use listener::Listener;

/// How long a provider may take to give back what it holds. Terraform kills it two seconds after
/// `Shutdown`.
const CLOSING: Duration = Duration::from_secs(1);

/// How to serve a provider.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    address: String,
    debug: bool,
}

impl ServeOptions {
    /// Options for the provider with this source address: `registry.terraform.io/acme/example`.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            debug: false,
        }
    }

    /// Whether to run by hand, for many Terraform runs: prints what to put into
    /// `TF_REATTACH_PROVIDERS` and serves until interrupted.
    #[must_use]
    pub fn debug(mut self, debug: bool) -> Self {
        self.debug = debug;
        self
    }
}

/// Something went wrong before the provider could serve.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("cannot listen for Terraform")]
    Listen(#[source] std::io::Error),
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    #[error("cannot print the handshake")]
    Handshake(#[source] std::io::Error),
    #[error("cannot start the runtime")]
    Runtime(#[source] std::io::Error),
}

/// Serves a provider to the Terraform process that started this one.
///
/// Call it first in `main`: until it prints the handshake, nothing may be written to standard
/// output, and standard input belongs to Terraform. It ends the process itself as soon as
/// Terraform says so; it returns only if it cannot serve, after saying why on standard error.
///
/// Handlers run on a single-threaded runtime: they must not block.
#[expect(
    clippy::needless_pass_by_value,
    reason = "options may come to hold what is handed on"
)]
pub fn serve(provider: impl Provider, options: ServeOptions) -> ExitCode {
    let environment = Environment::from_process(provider.name());
    log::install(provider.name(), &environment.log);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let error = match runtime {
        Ok(runtime) => runtime.block_on(async {
            let provider: Arc<dyn Provider> = Arc::new(provider);
            let end = if options.debug {
                debug(Arc::clone(&provider), &options.address).await
            } else {
                managed(Arc::clone(&provider), &environment).await
            };
            match end {
                Ok(()) => {
                    // What is not given back by then is left.
                    drop(tokio::time::timeout(CLOSING, provider.close()).await);
                    // From within the runtime: Terraform waits, and its clean-up would serve nobody.
                    exit()
                }
                Err(error) => error,
            }
        }),
        Err(error) => ServeError::Runtime(error),
    };
    complain(&error);
    ExitCode::FAILURE
}

/// Serves the Terraform process that started this one, until it says to end.
async fn managed(provider: Arc<dyn Provider>, environment: &Environment) -> Result<(), ServeError> {
    let handshake = Handshake::negotiate(environment)?;
    // Before anything else, so that an early Ctrl-C finds the handlers in place.
    let mut lifecycle = Lifecycle::managed().map_err(ServeError::Runtime)?;
    let identity = match &handshake.client_certificate {
        Some(pem) => Some(tls::Identity::new(pem)?),
        None => None,
    };
    let listener = Listener::bind(environment.socket_dir.as_deref(), environment.ports)
        .await
        .map_err(ServeError::Listen)?;
    let line = handshake.line(
        listener.address(),
        identity.as_ref().map(tls::Identity::certificate),
    );
    say(&line).map_err(ServeError::Handshake)?;
    let backend = Arc::new(Backend::new(provider));
    let acceptor = identity.map(tls::Identity::into_acceptor);
    connection::serve(&listener, acceptor, &backend, &mut lifecycle).await;
    // The listener's drop unlinks the socket.
    drop(listener);
    Ok(())
}

/// Serves any number of Terraform processes until interrupted.
async fn debug(provider: Arc<dyn Provider>, address: &str) -> Result<(), ServeError> {
    let lifecycle = Lifecycle::debug().map_err(ServeError::Runtime)?;
    let (reattach, running) = reattach::start(provider, address, lifecycle)
        .await
        .map_err(ServeError::Listen)?;
    say(&format!(
        "Provider started. To use it, set this variable for Terraform:\n\n\
         \tTF_REATTACH_PROVIDERS='{}'\n\n",
        reattach.env_value()
    ))
    .map_err(ServeError::Handshake)?;
    running.await;
    Ok(())
}

/// Writes to standard output, at once.
fn say(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Ends the process at once: no destructors, no waiting for threads.
fn exit() -> ! {
    #[expect(
        clippy::exit,
        reason = "Terraform waits for the end of the process after Shutdown"
    )]
    std::process::exit(0)
}

/// Tells a person on standard error why the provider does not serve.
fn complain(error: &ServeError) {
    let mut stderr = std::io::stderr().lock();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    // If standard error is closed there is nobody to tell.
    drop(writeln!(stderr, "{text}"));
}

/// Serves a backend to one client over an in-memory connection.
#[cfg(test)]
pub(crate) async fn in_memory<T, F: Future<Output = T>>(
    backend: Arc<Backend>,
    connect: impl FnOnce(tokio::io::DuplexStream) -> F,
) -> T {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let router = connection::Router::new(backend, &Lifecycle::embedded());
    drop(crate::tasks::spawn(
        "in memory",
        connection::http2(ours, router),
    ));
    connect(theirs).await
}
