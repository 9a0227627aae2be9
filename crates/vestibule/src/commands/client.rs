//! How commands reach a server.

use std::time::Duration;

use anyhow::Context;
use vestibule_client::native::Native;
use vestibule_client::{Error, ErrorKind, Secret, Settings};

use crate::output::Format;

/// How the command line's clients behave: somebody sits and waits, so they try again for a few
/// seconds and then say what is wrong.
pub(crate) fn settings() -> Settings {
    Settings {
        max_retries: 2,
        first_wait: Duration::from_millis(300),
        longest_retry_after: Duration::from_secs(2),
        ..Settings::new(concat!("vestibule/", env!("CARGO_PKG_VERSION")))
    }
}

/// Flags of every command that talks to a server and shows what it answers.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Connection {
    #[command(flatten)]
    target: Target,
    /// How to show the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Format,
}

impl Connection {
    /// See [`Target::client`].
    ///
    /// # Errors
    /// As there.
    pub(crate) fn client(&self) -> anyhow::Result<Native> {
        self.target.client()
    }

    /// See [`Target::client_and_organization`].
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn client_and_organization(&self) -> anyhow::Result<(Native, String)> {
        self.target.client_and_organization().await
    }
}

/// The flag that says which server is meant.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Server {
    /// The server's address
    #[arg(
        id = "server",
        long,
        value_name = "URL",
        env = "VESTIBULE_SERVER",
        default_value = "http://127.0.0.1:8080"
    )]
    pub(crate) url: String,
}

impl Server {
    /// Says that the address is none.
    pub(crate) fn is_no_address(&self) -> String {
        format!(
            "{:?} is no server's address\nhint: give --server or VESTIBULE_SERVER a URL, such as \
             http://127.0.0.1:8080",
            self.url
        )
    }
}

/// Flags that say which server, with which key, and which organization is meant.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Target {
    #[command(flatten)]
    server: Server,
    /// The key to act with; better given as a variable than on the command line
    #[arg(long, env = "VESTIBULE_KEY", hide_env_values = true)]
    key: Option<String>,
    /// The organization's id [default: the one that the key was made in]
    #[arg(long = "org", env = "VESTIBULE_ORG", value_name = "ID")]
    organization: Option<String>,
}

impl Target {
    /// A client.
    ///
    /// # Errors
    /// Without a key, or with an address that is none.
    pub(crate) fn client(&self) -> anyhow::Result<Native> {
        let key = self.key.clone().filter(|key| !key.is_empty()).context(
            "this needs a key\nhint: set VESTIBULE_KEY to the key that `vestibule serve` printed at its first start",
        )?;
        let key = Secret::new(key);
        Native::new(&self.server.url, Some(&key), settings())
            .with_context(|| self.server.is_no_address())
    }

    /// A client, and the id of the organization to work in.
    ///
    /// # Errors
    /// As [`Target::client`]; if no organization is named and the key belongs to none.
    pub(crate) async fn client_and_organization(&self) -> anyhow::Result<(Native, String)> {
        let client = self.client()?;
        if let Some(organization) = &self.organization {
            return Ok((client, organization.clone()));
        }
        let me = client.me().await?;
        let organization = me.organization.context(
            "the key belongs to no organization\nhint: name one with --org, see `vestibule org list`",
        )?;
        Ok((client, organization.id))
    }
}

/// What to do about a failed call, if the kind of failure or the server tells.
pub(crate) fn hint(error: &Error) -> Option<String> {
    match error.kind() {
        // What the server has to say to this is for those who write requests.
        ErrorKind::Unauthenticated => Some(
            "set VESTIBULE_KEY to a valid key; an owner makes one with `vestibule key create`"
                .to_owned(),
        ),
        ErrorKind::Transport => Some(
            "is the server running? `vestibule serve` starts one; --server names another"
                .to_owned(),
        ),
        _ => error.hint().map(ToOwned::to_owned),
    }
}
