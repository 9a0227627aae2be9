//! How to reach a mail server. Owns the address's grammar and what is safe without being asked.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::MAX_TIMEOUT;

/// How to reach a mail server.
#[derive(Clone)]
pub struct SmtpConfig {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// Name and password, if it asks for them.
    pub credentials: Option<Credentials>,
    /// The name to introduce ourselves by; the machine's if `None`.
    pub hello_name: Option<String>,
    /// How many mails are handed over at once.
    pub connections: NonZeroUsize,
    /// How long handing over one mail may take; at most a minute.
    pub timeout: Duration,
    /// Certificates to trust besides the system's, as PEM.
    pub extra_roots: Option<Vec<u8>>,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// Plain at first, then TLS; never without it.
    StartTls,
    /// Not at all.
    None,
}

/// Why a text is no address of a mail server. It never shows the text, which may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmtpConfigError {
    /// The form is another.
    #[error(
        "expected smtps://USER:PASSWORD@HOST:PORT, or smtp://… for STARTTLS, with ?tls=none to go \
         without"
    )]
    Form,
    /// A password would cross the network in the clear.
    #[error("credentials need encryption: use smtps://, or smtp:// without tls=none")]
    ClearPassword,
    /// An option that does not exist, or whose value does not.
    #[error("expected the options tls=none, connections=1..100, timeout=1..60, hello=NAME")]
    Option,
    /// The certificates to trust are none.
    #[error("the certificates to trust are not readable as PEM")]
    Roots,
}

impl fmt::Debug for SmtpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpConfig")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl SmtpConfig {
    /// Plain SMTP to this host, without credentials: for a relay on the same machine.
    #[must_use]
    pub fn plain(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            security: SmtpSecurity::None,
            credentials: None,
            hello_name: None,
            connections: NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN),
            timeout: Duration::from_secs(20),
            extra_roots: None,
        }
    }

    /// Reads `smtps://USER:PASSWORD@HOST:PORT` or `smtp://…`.
    ///
    /// `smtp` means STARTTLS and never less; only to this machine itself, or with `?tls=none`, mail
    /// goes in the clear, and then without credentials. Options: `tls=none`, `connections=N` (8),
    /// `timeout=SECONDS` (20), `hello=NAME`.
    ///
    /// # Errors
    /// [`SmtpConfigError`].
    pub fn parse(text: &str) -> Result<Self, SmtpConfigError> {
        let url = Url::parse(text).map_err(|_error| SmtpConfigError::Form)?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(SmtpConfigError::Form)?.trim_matches(['[', ']']);
        let (security, port) = match url.scheme() {
            "smtps" => (SmtpSecurity::Tls, 465),
            "smtp" if is_this_machine(&url) => (SmtpSecurity::None, 25),
            "smtp" => (SmtpSecurity::StartTls, 587),
            _ => return Err(SmtpConfigError::Form),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpConfigError::Form);
        }
        let mut config = Self::plain(host, url.port().unwrap_or(port));
        config.security = security;
        config.credentials = credentials(&url)?;
        for (name, value) in url.query_pairs() {
            config.set(&name, &value)?;
        }
        let in_the_clear = config.security == SmtpSecurity::None && !is_this_machine(&url);
        if config.credentials.is_some() && in_the_clear {
            return Err(SmtpConfigError::ClearPassword);
        }
        Ok(config)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), SmtpConfigError> {
        let wrong = SmtpConfigError::Option;
        match (name, value) {
            ("tls", "none") if self.security != SmtpSecurity::Tls => {
                self.security = SmtpSecurity::None;
            }
            ("connections", count) => {
                let count = count.parse().ok().filter(|n: &NonZeroUsize| n.get() <= 100);
                self.connections = count.ok_or(wrong)?;
            }
            ("timeout", seconds) => {
                let seconds = seconds.parse().ok().filter(|seconds| *seconds > 0);
                let timeout = seconds.map(Duration::from_secs).ok_or(wrong)?;
                self.timeout = Some(timeout).filter(|t| *t <= MAX_TIMEOUT).ok_or(wrong)?;
            }
            ("hello", host) if host.bytes().all(|b| b.is_ascii_graphic()) && !host.is_empty() => {
                self.hello_name = Some(host.to_owned());
            }
            _ => return Err(wrong),
        }
        Ok(())
    }

    pub(super) fn tls(&self) -> Result<Option<TlsParameters>, SmtpConfigError> {
        if self.security == SmtpSecurity::None {
            return Ok(None);
        }
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.extra_roots {
            let root = Certificate::from_pem(pem).map_err(|_error| SmtpConfigError::Roots)?;
            builder = builder.add_root_certificate(root);
        }
        let parameters = builder.build_rustls();
        parameters
            .map(Some)
            .map_err(|_error| SmtpConfigError::Roots)
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpConfigError> {
    if url.username().is_empty() {
        return Ok(None);
    }
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8();
        text.map(String::from)
            .map_err(|_error| SmtpConfigError::Form)
    };
    let name = decoded(url.username())?;
    let password = decoded(url.password().ok_or(SmtpConfigError::Form)?)?;
    Ok(Some(Credentials::new(name, password)))
}

/// Whether the address cannot be anywhere but on this machine. A `url` with a scheme it does not
/// know keeps addresses as names, so they are read here.
fn is_this_machine(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost",
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        SmtpConfig::parse(text).map_or_else(
            |error| format!("refused: {error}"),
            |config| {
                let signs_in = config.credentials.is_some();
                format!(
                    "{}:{} {:?} {signs_in}",
                    config.host, config.port, config.security
                )
            },
        )
    }

    #[test]
    fn an_address_is_encrypted_unless_told_otherwise() {
        insta::assert_snapshot!(read("smtps://u:p%40ss@mail.example"), @"mail.example:465 Tls true");
        insta::assert_snapshot!(read("smtp://u:p@mail.example"), @"mail.example:587 StartTls true");
        insta::assert_snapshot!(read("smtp://mail.example:2525?tls=none"), @"mail.example:2525 None false");
        insta::assert_snapshot!(read("smtp://localhost:1025"), @"localhost:1025 None false");
        insta::assert_snapshot!(read("smtp://[::1]:1025/?timeout=5&connections=2"), @"::1:1025 None false");
        insta::assert_snapshot!(
            read("smtp://u:p@mail.example?tls=none"),
            @"refused: credentials need encryption: use smtps://, or smtp:// without tls=none"
        );
    }

    #[test]
    fn what_is_no_address_is_refused_without_showing_it() {
        for text in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://h/path",
            "smtp://u@h",
        ] {
            assert_eq!(
                SmtpConfig::parse(text).err(),
                Some(SmtpConfigError::Form),
                "{text:?}"
            );
        }
        for text in [
            "smtp://h?x=1",
            "smtp://h?timeout=0",
            "smtp://h?timeout=61",
            "smtps://h?tls=none",
            "smtp://h?connections=0",
        ] {
            assert_eq!(
                SmtpConfig::parse(text).err(),
                Some(SmtpConfigError::Option),
                "{text:?}"
            );
        }
        let config = SmtpConfig::parse("smtps://u:hidden@mail.example");
        assert!(!format!("{config:?}").contains("hidden"));
    }
}
