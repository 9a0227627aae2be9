//! Where Terraform connects: a unix socket, or TCP on the loopback address where that cannot be.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

/// Where a listener listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Unix(PathBuf),
    Tcp(SocketAddr),
}

impl Address {
    /// The network's name in the handshake.
    pub(super) fn network(&self) -> &'static str {
        match self {
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }

    /// The address as text in the handshake.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Unix(path) => path.to_string_lossy().into_owned(),
            Self::Tcp(address) => address.to_string(),
        }
    }
}

/// A listener; dropping it unlinks its socket.
#[derive(Debug)]
pub(super) struct Listener {
    socket: Socket,
    address: Address,
}

#[derive(Debug)]
enum Socket {
    #[cfg(unix)]
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// A connection of either kind.
#[derive(Debug)]
pub(super) enum Stream {
    #[cfg(unix)]
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Listener {
    /// Listens on a unix socket in `dir` (or the directory for temporary files). Where that fails
    /// (no such directory, path too long for a socket, no unix sockets at all) listens on TCP,
    /// within `ports` if one of them is free.
    pub(super) async fn bind(dir: Option<&Path>, ports: Option<(u16, u16)>) -> io::Result<Self> {
        #[cfg(unix)]
        match Self::bind_unix(dir) {
            Ok(listener) => return Ok(listener),
            Err(error) => tracing::debug!(%error, "no unix socket is possible, trying TCP"),
        }
        #[cfg(not(unix))]
        let _no_unix_sockets = dir;
        Self::bind_tcp(ports).await
    }

    #[cfg(unix)]
    fn bind_unix(dir: Option<&Path>) -> io::Result<Self> {
        let dir = dir.map_or_else(std::env::temp_dir, Path::to_owned);
        let path = dir.join(format!("plugin{}", random_name()?));
        if path.to_str().is_none() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "the path is not UTF-8",
            ));
        }
        // Binding creates the file and fails if it exists.
        let socket = UnixListener::bind(&path)?;
        Ok(Self {
            socket: Socket::Unix(socket),
            address: Address::Unix(path),
        })
    }

    async fn bind_tcp(ports: Option<(u16, u16)>) -> io::Result<Self> {
        let mut socket = None;
        for port in ports.into_iter().flat_map(|(low, high)| low..=high) {
            socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.ok();
            if socket.is_some() {
                break;
            }
        }
        let socket = match socket {
            Some(socket) => socket,
            // Clients do not check the range.
            None => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
        };
        let address = Address::Tcp(socket.local_addr()?);
        Ok(Self {
            socket: Socket::Tcp(socket),
            address,
        })
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    pub(super) async fn accept(&self) -> io::Result<Stream> {
        match &self.socket {
            #[cfg(unix)]
            Socket::Unix(socket) => Ok(Stream::Unix(socket.accept().await?.0)),
            Socket::Tcp(socket) => {
                let stream = socket.accept().await?.0;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream))
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Address::Unix(path) = &self.address {
            // If somebody else has removed it, it is gone: that is all we want.
            drop(std::fs::remove_file(path));
        }
    }
}

/// 64 random bits as text, so that names cannot be guessed and do not collide.
fn random_name() -> io::Result<String> {
    use rustls::crypto::ring::default_provider;
    let mut bytes = [0_u8; 8];
    default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_error| io::Error::other("no random numbers"))?;
    Ok(u64::from_ne_bytes(bytes).to_string())
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, buffers),
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, buffers),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            #[cfg(unix)]
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_unix_socket_is_preferred_and_unlinked_in_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let listener = Listener::bind(Some(dir.path()), None).await.unwrap();
        let Address::Unix(path) = listener.address().clone() else {
            panic!("unix expected")
        };
        assert!(path.exists());
        drop(listener);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn tcp_is_used_where_no_socket_is_possible() {
        let dir = tempfile::tempdir().unwrap();
        let too_long = dir.path().join("x".repeat(120));
        std::fs::create_dir(&too_long).unwrap();
        for dir in [too_long, dir.path().join("missing")] {
            let listener = Listener::bind(Some(&dir), None).await.unwrap();
            assert!(matches!(listener.address(), Address::Tcp(_)), "{dir:?}");
        }
    }

    #[tokio::test]
    async fn tcp_ports_come_from_the_range_while_there_are_free_ones() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let address = async |range| {
            let listener = Listener::bind_tcp(Some(range)).await.unwrap();
            let Address::Tcp(address) = listener.address().clone() else {
                panic!("tcp expected")
            };
            assert!(address.ip().is_loopback());
            address.port()
        };
        assert_ne!(address((port, port)).await, port);
        // A hundred from the taken one on: one of them is free, and the system's choice is not
        // likely to be among them.
        let range = (port, port.saturating_add(100));
        assert!((range.0..=range.1).contains(&address(range).await));
    }
}
