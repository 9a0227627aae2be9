//! A provider's process by itself: start, refusals, end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rustix::process::Signal;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, Stream};

use crate::support::{COOKIE, Process, example, read_handshake};

#[test]
fn a_person_who_starts_it_gets_a_hint() {
    let output = Command::new(example("notebook"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let hint = String::from_utf8(output.stderr).unwrap();
    assert!(
        hint.starts_with("This program is a Terraform provider."),
        "{hint}"
    );
    assert_eq!(hint.matches("Terraform provider").count(), 1, "{hint}");
}

#[test]
fn a_client_of_another_protocol_is_refused() {
    let output = Command::new(example("notebook"))
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "4,5")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    insta::assert_snapshot!(error, @"this provider speaks plugin protocol 6, but the client only speaks 4,5");
}

#[test]
fn interrupts_are_ignored_and_a_termination_unlinks_the_socket() {
    let tmp = tempfile::tempdir().unwrap();
    let mut process = Process::start("notebook", tmp.path(), None);
    assert_eq!(process.handshake[..3], ["1", "6", "unix"]);
    assert_eq!(process.handshake[4..], ["grpc", ""]);
    let socket = process.address().to_owned();
    let _client = UnixStream::connect(&socket).unwrap();
    process.signal(Signal::INT);
    process.signal(Signal::USR1);
    drop(UnixStream::connect(&socket).unwrap());
    process.signal(Signal::TERM);
    assert_eq!(process.child.wait().unwrap().code(), Some(0));
    assert!(!Path::new(&socket).exists());
    let mut stderr = String::new();
    process
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    assert_eq!(stderr, "", "nothing is logged unless asked for");
}

#[cfg(target_os = "linux")]
#[test]
fn a_provider_whose_parent_is_killed_ends_at_once() {
    let tmp = tempfile::tempdir().unwrap();
    let mut parent = Command::new("sh")
        .args(["-c", "\"$0\" & wait"])
        .arg(example("notebook"))
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("TMPDIR", tmp.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = parent.stdout.take().unwrap();
    let handshake = read_handshake(&mut stdout);
    parent.kill().unwrap();
    parent.wait().unwrap();
    // Its end closes the pipe.
    assert_eq!(stdout.read(&mut [0]).unwrap(), 0);
    assert!(!Path::new(&handshake[3]).exists());
}

/// A certificate with its key, as the client of one provider process.
struct Client {
    pem: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Client {
    fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self {
            pem: certificate.pem(),
            certificate: CertificateDer::from_pem_slice(certificate.pem().as_bytes()).unwrap(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }
}

/// Reads and writes: a connection of either kind.
trait Socket: Read + Write {}

impl<S: Read + Write> Socket for S {}

/// A connection to where a provider listens.
fn socket(process: &Process) -> Box<dyn Socket> {
    match process.handshake[2].as_str() {
        "unix" => Box::new(UnixStream::connect(process.address()).unwrap()),
        _ => Box::new(TcpStream::connect(process.address()).unwrap()),
    }
}

/// Connects with TLS and waits for the server's first HTTP/2 bytes.
fn connect(process: &Process, client: Option<&Client>) -> std::io::Result<usize> {
    use base64::Engine as _;
    let der = base64::engine::general_purpose::STANDARD_NO_PAD.decode(&process.handshake[5]);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(der.unwrap())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match client {
        Some(client) => config
            .with_client_auth_cert(vec![client.certificate.clone()], client.key.clone_key())
            .unwrap(),
        None => config.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let mut tls = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut socket = socket(process);
    Stream::new(&mut tls, &mut socket).read(&mut [0; 64])
}

#[test]
fn only_the_client_with_the_one_certificate_gets_in() {
    let tmp = tempfile::tempdir().unwrap();
    refuses_all_but_one(tmp.path(), "unix");
    // No socket fits into this directory.
    let long = tmp.path().join("x".repeat(120));
    std::fs::create_dir(&long).unwrap();
    refuses_all_but_one(&long, "tcp");
}

fn refuses_all_but_one(tmp: &Path, network: &str) {
    let client = Client::new();
    let process = Process::start("notebook", tmp, Some(&client.pem));
    assert_eq!(process.handshake[2], network);
    assert!(process.handshake[5].len() > 50);
    assert!(connect(&process, None).is_err(), "no certificate");
    assert!(
        connect(&process, Some(&Client::new())).is_err(),
        "another certificate"
    );
    // A plain connection is no way around it either.
    let mut plain = socket(&process);
    plain
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    drop(plain.read_to_end(&mut answer));
    assert!(
        !answer.windows(2).any(|pair| pair == [0, 4]),
        "no HTTP/2 settings: {answer:?}"
    );
    assert!(connect(&process, Some(&client)).unwrap() > 0);
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let output = Command::new(example("notebook"))
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_CLIENT_CERT", "nonsense")
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.starts_with("PLUGIN_CLIENT_CERT is not a certificate"),
        "{error}"
    );
}
