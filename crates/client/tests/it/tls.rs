//! HTTPS: certificates are checked, and by what the system trusts.

use std::ffi::OsStr;
use std::process::Command;
use std::sync::Arc;

use serde_json::json;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use vestibule_client::ErrorKind;
use vestibule_client::confluent::{Confluent, Credentials};

use crate::server::{Answer, Server, settings};

const CHILD_URL: &str = "VESTIBULE_TEST_CHILD_URL";

/// A server for `localhost` with a certificate of its own making, and that certificate as PEM.
async fn https() -> (Server, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let user = json!({"id": "u-1", "email": "a@b.example"});
    let server = Server::listen(Some(acceptor), move |_| Answer::json(200, &user)).await;
    (server, made.cert.pem())
}

fn localhost(server: &Server) -> String {
    server.url.replace("http://127.0.0.1", "https://localhost")
}

#[tokio::test]
async fn an_untrusted_certificate_is_refused_at_once() {
    let (server, _) = https().await;
    let client = Confluent::new(&localhost(&server), &Credentials::None, settings());
    let error = client
        .expect("a client")
        .user("u-1")
        .await
        .expect_err("untrusted");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    let text = error.to_string();
    assert!(text.starts_with("cannot connect: "), "{text}");
    assert!(text.contains("certificate"), "{text}");
    assert!(server.seen().is_empty());
}

/// The test below, by its name.
const TRUSTED: &str =
    "tls::a_certificate_the_system_trusts_is_accepted_and_loopback_needs_no_proxy";

/// The system's trust is configured by the environment, which only another process can have.
/// That process also has a proxy nobody listens on, which must not be used for this machine.
#[tokio::test]
async fn a_certificate_the_system_trusts_is_accepted_and_loopback_needs_no_proxy() {
    if let Some(url) = std::env::var_os(CHILD_URL) {
        return call_in_the_other_process(url).await;
    }
    let (server, pem) = https().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("roots.pem");
    std::fs::write(&file, pem).expect("written");
    let url = localhost(&server);
    let output = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", TRUSTED])
            .env("SSL_CERT_FILE", file)
            .env("HTTPS_PROXY", "http://127.0.0.1:1")
            .env(CHILD_URL, OsStr::new(&url))
            .output()
    });
    let output = output.await.expect("no panic").expect("it ran");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert_eq!(server.lines(), ["GET /iam/v2/users/u-1"]);
}

async fn call_in_the_other_process(url: std::ffi::OsString) {
    let url = url.to_str().expect("text");
    let client = Confluent::new(url, &Credentials::None, settings()).expect("a client");
    client.user("u-1").await.expect("trusted");
}
