//! `vestibule key`.

use vestibule_wire::native::{ApiKeyCreate, KeyKind, OwnerKind};

use super::client::Connection;
use super::config_flags::ConfigFlags;
use crate::output::{self, Format};
use crate::start;

/// Subcommands of `key`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key; its secret is shown once
    Create {
        /// What it is for, in your words
        name: String,
        /// Where it is used
        #[arg(long, value_enum, default_value_t = Kind::Native)]
        kind: Kind,
        /// Make a service account with this role, for which the key acts; may be repeated
        #[arg(long = "role", value_name = "ROLE")]
        roles: Vec<String>,
        /// Days until it is refused [default: never]
        #[arg(long, value_name = "DAYS")]
        expires_in: Option<i64>,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the keys of the organization
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Show the first owner's key again, where the server's database and key ring are
    Owner {
        #[command(flatten)]
        config: ConfigFlags,
    },
    /// Revoke a key; its secret dies at once
    Revoke {
        /// Its id
        id: String,
        #[command(flatten)]
        connection: Connection,
    },
}

/// Where a key is used.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Our own API and this command line
    Native,
    /// The Confluent Cloud API: a Cloud API key
    Confluent,
    /// The MongoDB Atlas API: a programmatic API key
    Atlas,
    /// The MongoDB Atlas API: a service account
    AtlasServiceAccount,
}

impl From<Kind> for KeyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Native => Self::Native,
            Kind::Confluent => Self::Confluent,
            Kind::Atlas => Self::Atlas,
            Kind::AtlasServiceAccount => Self::AtlasServiceAccount,
        }
    }
}

/// Does what a `key` command says.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create {
            name,
            kind,
            roles,
            expires_in,
            connection,
        } => {
            let (client, organization) = connection.client_and_organization().await?;
            let create = ApiKeyCreate {
                kind: kind.into(),
                name,
                roles: (!roles.is_empty()).then_some(roles),
                expires_in: expires_in.map(|days| days.saturating_mul(86_400)),
            };
            let created = client.create_key(&organization, &create).await?;
            if connection.output == Format::Json {
                return output::json(&created);
            }
            output::data(&format!(
                "id      {}\npublic  {}\nsecret  {}",
                created.key.id,
                created.key.public_id,
                created.secret.expose()
            ))?;
            output::talk("The secret is not shown again.");
            Ok(())
        }
        Command::List { connection } => {
            let (client, organization) = connection.client_and_organization().await?;
            let keys = client.list_keys(&organization).await?;
            let columns = ["id", "kind", "public", "name", "acts for", "usable"];
            output::items(connection.output, &keys, &columns, |key| {
                let owner = match key.owner.kind {
                    OwnerKind::User => "user",
                    OwnerKind::ServiceAccount => "service account",
                };
                let usable = match (&key.revoked_at, &key.expires_at) {
                    (Some(_), _) => "revoked".to_owned(),
                    (None, Some(end)) => format!("until {end}"),
                    (None, None) => "always".to_owned(),
                };
                vec![
                    key.id.clone(),
                    key.kind.as_str().to_owned(),
                    key.public_id.clone(),
                    key.name.clone(),
                    format!("{owner} {}", key.owner.id),
                    usable,
                ]
            })
        }
        Command::Owner { config } => {
            let secret = start::owners_key(&config.load()?).await?;
            output::data(&format!("VESTIBULE_KEY={secret}"))
        }
        Command::Revoke { id, connection } => {
            let (client, organization) = connection.client_and_organization().await?;
            client.revoke_key(&organization, &id).await?;
            output::talk(&format!("Revoked {id}."));
            Ok(())
        }
    }
}
