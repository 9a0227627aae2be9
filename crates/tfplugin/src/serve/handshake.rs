//! The handshake: is this Terraform, which protocol, and the one line of standard output.
//!
//! Facts: go-plugin. `core|protocol|network|address|grpc|certificate`, the certificate
//! being unpadded standard base64 of the DER.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::environment::Environment;
use super::listener::Address;

/// The value that proves that a plugin host started the process. Not a secret.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// The version of go-plugin's own contract.
const CORE_PROTOCOL: u8 = 1;

/// The version of Terraform's plugin protocol that this crate speaks.
const PROTOCOL: u8 = 6;

/// What was agreed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Handshake {
    /// PEM; none means no TLS.
    pub(super) client_certificate: Option<String>,
    multiplex: bool,
}

/// Why there can be no handshake.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error(
        "This program is a Terraform provider. It is not meant to be run by hand: Terraform and \
         OpenTofu start it themselves, once it is installed where they find it.\n\
         If it has a flag --debug, that serves it by hand."
    )]
    ByHand,
    #[error("this provider speaks plugin protocol 6, but the client only speaks {0}")]
    Protocol(String),
}

impl Handshake {
    pub(super) fn negotiate(environment: &Environment) -> Result<Self, Refusal> {
        if environment.cookie.as_deref() != Some(COOKIE) {
            return Err(Refusal::ByHand);
        }
        // The client lists its versions in random order. An old one lists none and takes ours.
        if let Some(versions) = &environment.protocol_versions {
            let ours = PROTOCOL.to_string();
            if !versions.split(',').any(|version| version.trim() == ours) {
                return Err(Refusal::Protocol(versions.clone()));
            }
        }
        Ok(Self {
            client_certificate: environment.client_certificate.clone(),
            multiplex: environment.multiplex,
        })
    }

    /// The line for standard output; `certificate` is ours, in DER.
    pub(super) fn line(&self, address: &Address, certificate: Option<&[u8]>) -> String {
        let (network, address) = (address.network(), address.text());
        let certificate = certificate
            .map(|der| STANDARD_NO_PAD.encode(der))
            .unwrap_or_default();
        // A client that asks about multiplexing (Terraform does not) gets a seventh field.
        let multiplex = if self.multiplex { "|false" } else { "" };
        format!("{CORE_PROTOCOL}|{PROTOCOL}|{network}|{address}|grpc|{certificate}{multiplex}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(versions: Option<&str>) -> Environment {
        Environment {
            cookie: Some(COOKIE.to_owned()),
            protocol_versions: versions.map(str::to_owned),
            ..Environment::default()
        }
    }

    fn line(environment: &Environment, certificate: Option<&[u8]>) -> String {
        let address = Address::Unix("/tmp/plugin1".into());
        Handshake::negotiate(environment)
            .unwrap()
            .line(&address, certificate)
    }

    #[test]
    fn without_the_cookie_a_person_gets_a_hint() {
        let error = Handshake::negotiate(&Environment::default()).unwrap_err();
        assert_eq!(error, Refusal::ByHand);
        assert!(error.to_string().contains("--debug"));
        let wrong = Environment {
            cookie: Some("x".into()),
            ..Environment::default()
        };
        assert_eq!(Handshake::negotiate(&wrong), Err(Refusal::ByHand));
    }

    #[test]
    fn protocol_six_is_chosen_in_any_order() {
        for versions in [Some("5,6"), Some("6,5"), Some("6"), Some("7, 6"), None] {
            assert!(
                Handshake::negotiate(&environment(versions)).is_ok(),
                "{versions:?}"
            );
        }
        let error = Handshake::negotiate(&environment(Some("5,16"))).unwrap_err();
        assert_eq!(error, Refusal::Protocol("5,16".into()));
    }

    #[test]
    fn the_line_has_six_fields_and_a_seventh_on_request() {
        let mut environment = environment(None);
        assert_eq!(line(&environment, None), "1|6|unix|/tmp/plugin1|grpc|\n");
        assert_eq!(
            line(&environment, Some(&[0xff; 4])),
            "1|6|unix|/tmp/plugin1|grpc|/////w\n"
        );
        environment.multiplex = true;
        assert_eq!(
            line(&environment, None),
            "1|6|unix|/tmp/plugin1|grpc||false\n"
        );
    }
}
