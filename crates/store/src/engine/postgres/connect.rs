//! Which servers to connect to, and connecting.
//!
//! Owns the reading of a PostgreSQL address and the defaults that keep a dead server from holding
//! a thread forever.

use std::{sync::Arc, time::Duration};

use tokio_postgres::{Client, Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{error, tls};
use crate::{Cause, Error, config::pairs, engine::Counters};

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a server may take, after that, to check who we are.
const GREET: Duration = Duration::from_secs(10);

/// How long a server may be silent before the connection counts as broken.
const SILENCE: Duration = Duration::from_secs(30);

/// Where the database is and how to talk to it.
pub(crate) struct Server {
    config: Config,
    tls: MakeRustlsConnect,
    prepared: bool,
    counters: Arc<Counters>,
}

impl Server {
    /// Reads an address; what it may contain is told at [`crate::StoreConfig`].
    pub(crate) fn new(url: &str, counters: Arc<Counters>) -> Result<Self, Error> {
        let options = Options::new(url)?;
        let mut config: Config = options.url.parse().map_err(|error| {
            // The driver's message names the option, never its value.
            Error::config(
                std::error::Error::source(&error)
                    .map_or_else(|| "it cannot be parsed".to_owned(), ToString::to_string),
            )
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(Error::config("it names no host"));
        }
        patience(&mut config);
        let tls = tls::connector(config.get_ssl_mode(), options.root_certificate.as_deref())?;
        Ok(Self {
            config,
            tls,
            prepared: options.prepared,
            counters,
        })
    }

    /// Whether statements may be prepared by name, which some poolers do not support.
    pub(crate) const fn prepared(&self) -> bool {
        self.prepared
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Connects to the first server that will do. Must be called on a runtime.
    pub(crate) async fn connect(
        &self,
    ) -> Result<(Client, impl Future<Output = ()> + use<>), Error> {
        let connect = self.config.connect(self.tls.clone());
        let servers = self.config.get_hosts().len().max(1);
        let limit = GREET + CONNECT * u32::try_from(servers).unwrap_or(u32::MAX);
        let connected = tokio::time::timeout(limit, connect).await;
        let (client, connection) = connected
            .map_err(|_elapsed| Error::Unavailable {
                source: Cause::text("the server did not answer in time"),
            })?
            .map_err(|cause| error::connecting(&cause))?;
        self.counters.connect();
        let drive = async move {
            if let Err(cause) = connection.await {
                let cause = error(&cause);
                tracing::debug!(%cause, "a database connection ended");
            }
        };
        Ok((client, drive))
    }
}

/// Sets what the address leaves open, so that a lost server is noticed in seconds, not hours.
fn patience(config: &mut Config) {
    if config.get_application_name().is_none() {
        config.application_name("vestibule");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_idle(SILENCE);
        config.keepalives_interval(Duration::from_secs(10));
        config.keepalives_retries(3);
    }
}

/// The options that the driver does not know, and the address without them.
struct Options {
    url: String,
    root_certificate: Option<String>,
    prepared: bool,
}

impl Options {
    fn new(url: &str) -> Result<Self, Error> {
        let (address, options) = url.split_once('?').unwrap_or((url, ""));
        let mut root_certificate = None;
        let mut prepared = true;
        let mut kept = Vec::new();
        for (name, value) in pairs(options) {
            match (name, value) {
                ("prepared_statements", "on") => prepared = true,
                ("prepared_statements", "off") => prepared = false,
                ("prepared_statements", _) => {
                    return Err(Error::config("prepared_statements is on or off"));
                }
                ("sslrootcert", "system") => root_certificate = None,
                ("sslrootcert", path) => root_certificate = Some(decoded(path)?),
                // Here a required certificate is always verified, names included.
                ("sslmode", "verify-full") => kept.push("sslmode=require".to_owned()),
                ("sslmode", mode @ ("allow" | "verify-ca")) => {
                    return Err(Error::config(format!(
                        "sslmode={mode} is not supported: use disable, prefer, require or verify-full"
                    )));
                }
                _ => kept.push(format!("{name}={value}")),
            }
        }
        Ok(Self {
            url: format!("{address}?{}", kept.join("&")),
            root_certificate,
            prepared,
        })
    }
}

/// A value of an address with its `%2F`s replaced.
fn decoded(value: &str) -> Result<String, Error> {
    let unusable = || Error::config("sslrootcert is not a path");
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = digit().zip(digit()).ok_or_else(unusable)?;
        bytes.push(u8::try_from(high * 16 + low).map_err(|_large| unusable())?);
    }
    String::from_utf8(bytes).map_err(|_invalid| unusable())
}

/// Whether this mode of TLS verifies the server's certificate.
pub(super) fn verifies(mode: SslMode) -> bool {
    mode == SslMode::Require
}
