//! Connections: accepting, TLS, HTTP/2, and which service a request is for.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tonic::Status;
use tonic::body::Body;
use tonic::server::NamedService as _;
use tower::Service as _;

use super::contiguous::Contiguous;
use super::host::{Controller, ControllerService, Stdio, StdioService};
use super::lifecycle::{End, Lifecycle};
use super::listener::{Listener, Stream};
use crate::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::rpc::{Backend, ProviderService, service};
use crate::tasks;

/// How long a client may take for the TLS handshake.
const TLS_TIMEOUT: Duration = Duration::from_secs(10);

/// How long handlers may go on after Terraform is gone.
const HANDLERS_GRACE: Duration = Duration::from_secs(10);

/// How many calls one connection may have in flight; Terraform's `-parallelism` is the real limit.
const MAX_STREAMS: u32 = 4096;

/// Serves until the lifecycle says to end, or Terraform is gone.
pub(super) async fn serve(
    listener: &Listener,
    acceptor: Option<TlsAcceptor>,
    backend: &Arc<Backend>,
    lifecycle: &mut Lifecycle,
) {
    let router = Router::new(Arc::clone(backend), lifecycle);
    let connections = Connections::default();
    let mut count = connections.0.subscribe();
    let mut ever_connected = false;
    let end = loop {
        let current = *count.borrow_and_update();
        ever_connected |= current > 0;
        let grace = lifecycle.grace(current, ever_connected);
        tokio::select! {
            end = lifecycle.end() => break end,
            _ = count.changed() => {}
            () = wait(grace) => break End::Orphaned,
            accepted = listener.accept() => match accepted {
                Ok(stream) => {
                    let (router, acceptor) = (router.clone(), acceptor.clone());
                    let connections = connections.clone();
                    drop(tasks::spawn("connection", connection(stream, acceptor, router, connections)));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Out of file descriptors, for instance: do not spin.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    };
    if end == End::Orphaned {
        tracing::warn!("Terraform is gone; ending");
        backend.stop();
        let finished = async {
            while backend.running() > 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // What is not finished by then is cut off.
        drop(tokio::time::timeout(HANDLERS_GRACE, finished).await);
    }
}

async fn wait(duration: Option<Duration>) {
    match duration {
        Some(duration) => tokio::time::sleep(duration).await,
        None => std::future::pending().await,
    }
}

/// Counts the authenticated connections.
#[derive(Clone)]
struct Connections(watch::Sender<usize>);

impl Default for Connections {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

/// Counts one connection for as long as it lives.
struct Counted(Connections);

impl Connections {
    fn count(self) -> Counted {
        self.0.send_modify(|count| *count = count.saturating_add(1));
        Counted(self)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0
            .0
            .send_modify(|count| *count = count.saturating_sub(1));
    }
}

async fn connection(
    stream: Stream,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    connections: Connections,
) {
    let Some(acceptor) = acceptor else {
        let _counted = connections.count();
        return http2(stream, router).await;
    };
    match tokio::time::timeout(TLS_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => {
            let _counted = connections.count();
            http2(stream, router).await;
        }
        Ok(Err(error)) => tracing::warn!(%error, "a client was refused"),
        Err(_elapsed) => tracing::warn!("a client did not finish its TLS handshake"),
    }
}

/// Serves one connection to its end.
pub(super) async fn http2(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
) {
    let service = hyper::service::service_fn(move |request| router.clone().route(request));
    let served = hyper::server::conn::http2::Builder::new(TokioExecutor::new())
        .max_concurrent_streams(MAX_STREAMS)
        .serve_connection(TokioIo::new(Contiguous(stream)), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

/// The services, by the first part of a request's path.
#[derive(Clone)]
pub(super) struct Router {
    provider: ProviderService,
    controller: ControllerService,
    stdio: StdioService,
}

impl Router {
    pub(super) fn new(backend: Arc<Backend>, lifecycle: &Lifecycle) -> Self {
        Self {
            provider: service(backend),
            controller: GrpcControllerServer::new(Controller(lifecycle.shutdown_call())),
            stdio: GrpcStdioServer::new(Stdio),
        }
    }

    async fn route(mut self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        let path = request.uri().path();
        let name = path
            .trim_start_matches('/')
            .split('/')
            .next()
            .unwrap_or_default();
        match name {
            ProviderService::NAME => self.provider.call(request).await,
            ControllerService::NAME => self.controller.call(request).await,
            StdioService::NAME => self.stdio.call(request).await,
            _ => Ok(Status::unimplemented("no such service").into_http()),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::provider::{Context, Provider};
    use crate::serve::listener::Address;
    use crate::{Diagnostics, Object, async_trait};

    struct Empty;

    #[async_trait]
    impl Provider for Empty {
        fn name(&self) -> &str {
            "empty"
        }

        async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_provider_whose_client_is_gone_ends_by_itself() {
        let dir = tempfile::tempdir().unwrap();
        let listener = Listener::bind(Some(dir.path()), None).await.unwrap();
        let Address::Unix(path) = listener.address().clone() else {
            panic!("unix expected")
        };
        let backend = Arc::new(Backend::new(Arc::new(Empty)));
        let stop = backend.context(Object::new(), crate::Private::new());
        let mut lifecycle = Lifecycle::impatient();
        let client = async {
            let first = tokio::net::UnixStream::connect(&path).await.unwrap();
            let second = tokio::net::UnixStream::connect(&path).await.unwrap();
            drop((first, second));
        };
        tokio::join!(serve(&listener, None, &backend, &mut lifecycle), client);
        assert!(stop.is_cancelled());
    }

    #[tokio::test]
    async fn a_debugging_session_outlives_its_clients() {
        let session = crate::Reattach::start(Empty, "example.com/acme/empty")
            .await
            .unwrap();
        let value: serde_json::Value = serde_json::from_str(&session.env_value()).unwrap();
        let entry = &value["example.com/acme/empty"];
        assert_eq!(entry["Protocol"], "grpc");
        assert_eq!(entry["ProtocolVersion"], 6);
        assert_eq!(entry["Pid"], std::process::id());
        let path = entry["Addr"]["String"].as_str().unwrap();
        for _ in 0..3 {
            drop(tokio::net::UnixStream::connect(path).await.unwrap());
        }
    }
}
