//! What has to be true of the handshake, whatever is in the environment. See [`crate::fuzzing`].

use super::environment::Environment;
use super::handshake::{Handshake, Refusal};
use super::listener::Address;
use super::p521;
use super::tls::Identity;

/// The variables of a plugin host, a line each, the certificate last and longest: without the cookie
/// nothing is served, and what is printed is one line that Terraform can take apart.
pub fn handshake(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut variables = text.splitn(4, '\n').map(str::to_owned);
    let mut next = || variables.next().filter(|text| !text.is_empty());
    let environment = Environment {
        cookie: next(),
        protocol_versions: next(),
        multiplex: next().is_some(),
        client_certificate: next(),
        ..Environment::default()
    };
    let handshake = match Handshake::negotiate(&environment) {
        Ok(handshake) => handshake,
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            return refusal != Refusal::ByHand;
        }
    };
    let identity = match handshake.client_certificate.as_deref().map(Identity::new) {
        Some(Ok(identity)) => Some(identity),
        Some(Err(_)) => return false,
        None => None,
    };
    let address = Address::Unix("/tmp/plugin1".into());
    let line = handshake.line(&address, identity.as_ref().map(Identity::certificate));
    let fields = line.trim_end().split('|').count();
    assert_eq!(
        (line.lines().count(), fields),
        (1, 6 + usize::from(environment.multiplex))
    );
    true
}

/// A P-521 key and a signature, as a client may send them: whatever they are, they are refused or
/// good for one message only.
pub fn signature(bytes: &[u8]) -> bool {
    /// Of an uncompressed point.
    const KEY: usize = 133;
    let Some((key, signature)) = bytes.split_at_checked(KEY) else {
        return false;
    };
    let verifies = |message: &[u8]| {
        let algorithms = p521::supported_algorithms().all;
        algorithms
            .iter()
            .any(|one| one.verify_signature(key, message, signature).is_ok())
    };
    let accepted = verifies(b"message");
    assert!(!accepted || !verifies(b"massage"));
    true
}
