//! Connections: accepted, and given up when nothing comes over them any more.
//!
//! Owns how long a client may say nothing. Must not know what is said: the time that a request may
//! take is `http`'s.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::serve::{IncomingStream, Listener};
use axum::{Extension, Router};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};
use tower::Service;

use crate::http::watch::Cut;

/// How long a connection is kept on which nothing moves, whether between two requests or within
/// one. Longer than a request may take, so that no answer is lost.
const IDLE: Duration = Duration::from_secs(75);

/// A listener whose connections end when nothing moves on them.
pub(crate) struct Patient(pub(crate) TcpListener);

impl Listener for Patient {
    type Io = Watched;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Watched, SocketAddr) {
        let (stream, peer) = Listener::accept(&mut self.0).await;
        // Without this, answers of several small pieces wait for the client to acknowledge the
        // first one; HTTP/2's all do. Where it is not possible they are slow, and no worse.
        let _set = stream.set_nodelay(true);
        (Watched::new(stream), peer)
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Makes the service of each connection: `router`, knowing the client's address, and how to end
/// the connection if requests may ask for that.
pub(crate) fn services(
    router: Router,
    is_for_testing: bool,
) -> impl for<'a> Service<
    IncomingStream<'a, Patient>,
    Response = Router,
    Error = Infallible,
    Future = Ready<std::result::Result<Router, Infallible>>,
> + Clone
+ Send {
    tower::service_fn(move |stream: IncomingStream<'_, Patient>| {
        let peer = ConnectInfo(*stream.remote_addr());
        let service = router.clone().layer(Extension(peer));
        ready(Ok(if is_for_testing {
            service.layer(Extension(stream.io().cut.clone()))
        } else {
            service
        }))
    })
}

/// A connection that fails to read and to write once nothing has moved on it for [`IDLE`].
pub(crate) struct Watched {
    stream: TcpStream,
    deadline: Pin<Box<Sleep>>,
    cut: Cut,
}

impl Watched {
    fn new(stream: TcpStream) -> Self {
        let deadline = Box::pin(tokio::time::sleep(IDLE));
        Self {
            stream,
            deadline,
            cut: Cut::default(),
        }
    }

    /// Whether a request has asked for the connection's end: then nothing more is written.
    fn check(&self) -> Result<()> {
        if self.cut.is_made() {
            return Err(Error::from(ErrorKind::BrokenPipe));
        }
        Ok(())
    }

    /// Begins to wait anew after something moved, and breaks off waiting when it was too long.
    fn watch<T>(&mut self, context: &mut Context<'_>, moved: Poll<Result<T>>) -> Poll<Result<T>> {
        if moved.is_ready() {
            self.deadline.as_mut().reset(Instant::now() + IDLE);
            return moved;
        }
        let expired = self.deadline.as_mut().poll(context);
        expired.map(|()| Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let moved = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.watch(context, moved)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<Result<usize>> {
        self.check()?;
        let moved = Pin::new(&mut self.stream).poll_write(context, data);
        self.watch(context, moved)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.check()?;
        let moved = Pin::new(&mut self.stream).poll_write_vectored(context, data);
        self.watch(context, moved)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Sends this over a connection of its own, and reads until the server ends it.
    async fn said_to(text: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let route = get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string());
        let services = services(Router::new().route("/", route), false);
        let serving = axum::serve(Patient(listener), services).into_future();
        let server = crate::http::tasks::spawn("test server", async move {
            serving.await.expect("it serves");
        });
        let mut client = TcpStream::connect(address).await.expect("it connects");
        client.write_all(text.as_bytes()).await.expect("it writes");
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.expect("it reads");
        server.abort();
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn who_says_nothing_or_half_is_not_waited_for() {
        let begun = Instant::now();
        for text in ["", "GET / HT", "GET / HTTP/1.1\r\nhost: x\r\n"] {
            assert_eq!(said_to(text).await, "", "{text:?}");
        }
        assert!(begun.elapsed() >= 3 * IDLE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_outlives_its_first_request_for_a_while() {
        let begun = Instant::now();
        let answers = said_to("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(answers.starts_with("HTTP/1.1 200 OK\r\n"), "{answers}");
        assert!(answers.ends_with("\r\n127.0.0.1"), "{answers}");
        assert!(begun.elapsed() >= IDLE);
    }
}
