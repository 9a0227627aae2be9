//! Encryption of the way to the mail server.

use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use vestibule_server::jobs;
use vestibule_server::mail::{SmtpConfig, SmtpSecurity};
use vestibule_store::DeliveryState;
use vestibule_testkit::app::TestApp;

use super::sink::{Features, Sink};
use super::{delivery, smtp_mailer};

/// A mail server that offers STARTTLS, and the certificate to trust.
async fn encrypting() -> (Sink, Vec<u8>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a configuration");
    let sink = Sink::with(Features {
        starttls: Some(TlsAcceptor::from(Arc::new(config))),
        auth: true,
        ..Features::default()
    });
    (sink.await, cert.pem().into_bytes())
}

fn config(sink: &Sink, roots: Option<Vec<u8>>) -> SmtpConfig {
    let address = format!("smtp://robot:p%40ss@localhost:{}", sink.port);
    let mut config = SmtpConfig::parse(&address).expect("an address");
    config.security = SmtpSecurity::StartTls;
    config.extra_roots = roots;
    config
}

#[tokio::test]
async fn mail_and_password_cross_the_network_encrypted() {
    let test = TestApp::new().await;
    let (sink, root) = encrypting().await;
    let invitation = test.invite("bob@x.org").await;
    let mailer = smtp_mailer(&test, config(&sink, Some(root)));
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    assert_eq!(delivery(&test, &invitation).await.last_error, None);
    let letters = sink.letters();
    assert!(letters[0].encrypted);
    // NUL robot NUL p@ss in base64.
    assert_eq!(sink.sign_ins(), ["AUTH PLAIN AHJvYm90AHBAc3M="]);
}

#[tokio::test]
async fn a_server_that_is_not_trusted_sees_neither_mail_nor_password() {
    let test = TestApp::new().await;
    let (sink, _) = encrypting().await;
    let invitation = test.invite("bob@x.org").await;
    let mailer = smtp_mailer(&test, config(&sink, None));
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    let delivery = delivery(&test, &invitation).await;
    assert_eq!(delivery.state, DeliveryState::Deferred);
    insta::assert_snapshot!(delivery.last_error.unwrap_or_default(), @"no encrypted connection to the mail server: its certificate is not trusted, or it speaks no TLS");
    assert!(sink.letters().is_empty() && sink.sign_ins().is_empty());
}

#[tokio::test]
async fn a_server_that_cannot_encrypt_sees_neither_mail_nor_password() {
    let test = TestApp::new().await;
    let sink = Sink::start().await;
    let invitation = test.invite("bob@x.org").await;
    let mailer = smtp_mailer(&test, config(&sink, None));
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    let delivery = delivery(&test, &invitation).await;
    insta::assert_snapshot!(delivery.last_error.unwrap_or_default(), @"no encrypted connection to the mail server: it does not offer STARTTLS");
    assert!(sink.letters().is_empty() && sink.sign_ins().is_empty());
}
