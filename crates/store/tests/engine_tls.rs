//! TLS to the PostgreSQL server: whom the store trusts under which mode.
//!
//! The server is a real one; in front of it stands a listener that speaks TLS, as the server itself
//! would with `ssl = on`.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "test code: a panic is the failure, and a task ends with its test"
)]

use std::{path::PathBuf, sync::Arc};

use rustls::pki_types::PrivateKeyDer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream, UnixStream},
};
use tokio_rustls::TlsAcceptor;
use vestibule_store::{Error, Store};
use vestibule_testkit::postgres::{Database, fresh_database};

/// A server with a certificate for `localhost` that nobody knows.
struct Server {
    database: Database,
    port: u16,
    directory: tempfile::TempDir,
}

impl Server {
    async fn start() -> Option<Self> {
        let database = tokio::task::spawn_blocking(fresh_database).await.unwrap()?;
        let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("root.pem"), issued.cert.pem()).unwrap();
        let key = PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![issued.cert.der().clone()], key)
            .unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (acceptor, socket) = (TlsAcceptor::from(Arc::new(config)), database.socket());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, acceptor.clone(), socket.clone()));
            }
        });
        Some(Self {
            database,
            port,
            directory,
        })
    }

    async fn open(&self, host: &str, options: &str) -> Result<Store, Error> {
        let (port, name) = (self.port, self.database.name());
        let root = self.directory.path().join("root.pem");
        let options = options.replace("ROOT", &root.display().to_string().replace('/', "%2F"));
        let address = format!("postgres://vestibule@{host}:{port}/{name}?connections=1&{options}");
        Store::open(address.parse()?).await
    }
}

async fn relay(mut client: TcpStream, acceptor: TlsAcceptor, socket: PathBuf) {
    // A real server answers at once, too, instead of waiting for more to send.
    client.set_nodelay(true).unwrap();
    let mut request = [0; 8];
    client.read_exact(&mut request).await.unwrap();
    // The request for TLS has a length of 8 and the number 80877103.
    assert_eq!(request, [0, 0, 0, 8, 4, 210, 22, 47]);
    client.write_all(b"S").await.unwrap();
    // A client that does not trust the certificate hangs up here.
    let Ok(mut client) = acceptor.accept(client).await else {
        return;
    };
    let mut server = UnixStream::connect(socket).await.unwrap();
    // One side closing without a goodbye is as good as an end.
    let _ended = copy_bidirectional(&mut client, &mut server).await;
}

fn refusal(opened: Result<Store, Error>) -> String {
    let error = opened.err().unwrap();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    std::error::Error::source(&error).unwrap().to_string()
}

#[tokio::test]
async fn preferred_tls_takes_any_certificate() {
    let Some(server) = Server::start().await else {
        return;
    };
    for options in ["", "sslmode=prefer"] {
        let store = server.open("127.0.0.1", options).await.unwrap();
        store.prepare_all().await.unwrap();
        // In this order: dropping it would hold the thread that the listener needs.
        store.close().await;
    }
}

#[tokio::test]
async fn required_tls_takes_a_known_certificate_of_the_right_name_only() {
    let Some(server) = Server::start().await else {
        return;
    };
    for mode in ["require", "verify-full"] {
        let unknown = server.open("localhost", &format!("sslmode={mode}")).await;
        assert_eq!(
            refusal(unknown),
            "error performing TLS handshake: invalid peer certificate: UnknownIssuer"
        );
        let known = format!("sslmode={mode}&sslrootcert=ROOT");
        let store = server.open("localhost", &known).await.unwrap();
        store.prepare_all().await.unwrap();
        // In this order: dropping it would hold the thread that the listener needs.
        store.close().await;
        let other_name = server.open("127.0.0.1", &known).await;
        let refusal = refusal(other_name);
        assert!(refusal.contains("not valid for name"), "{refusal}");
    }
}

#[tokio::test]
async fn modes_that_promise_something_else_are_refused() {
    for mode in ["allow", "verify-ca"] {
        let address = format!("postgres://u@localhost/db?sslmode={mode}");
        let error = Store::open(address.parse().unwrap()).await.err().unwrap();
        assert_eq!(
            error.to_string(),
            format!(
                "the database address is not usable: sslmode={mode} is not supported: use \
                 disable, prefer, require or verify-full"
            )
        );
    }
}
