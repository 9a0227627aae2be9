//! `vestibule org`.

use vestibule_wire::native::{
    InvitationLifetimesPatch, Organization, OrganizationCreate, OrganizationPatch,
};

use super::client::Connection;
use crate::output::{self, Format};

/// Subcommands of `org`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the organizations that the key opens
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Show the organization
    Show {
        #[command(flatten)]
        connection: Connection,
    },
    /// Make an organization, with yourself as its owner
    Create {
        /// Its name
        name: String,
        #[command(flatten)]
        settings: SettingFlags,
        #[command(flatten)]
        connection: Connection,
    },
    /// Change the organization's settings
    Set {
        /// A new name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: SettingFlags,
        #[command(flatten)]
        connection: Connection,
    },
}

/// Settings of an organization, as flags.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct SettingFlags {
    /// Whether people sign in by single sign-on
    #[arg(long, value_name = "BOOL")]
    sso: Option<bool>,
    /// Days that invitations made here stay open
    #[arg(long, value_name = "DAYS")]
    days: Option<i64>,
    /// Days that invitations made through the Confluent API stay open
    #[arg(long, value_name = "DAYS")]
    confluent_days: Option<i64>,
    /// Days that invitations made through the Atlas API stay open
    #[arg(long, value_name = "DAYS")]
    atlas_days: Option<i64>,
}

impl SettingFlags {
    fn lifetimes(&self) -> Option<InvitationLifetimesPatch> {
        let seconds = |days: Option<i64>| days.map(|days| days.saturating_mul(86_400));
        let given = self
            .days
            .or(self.confluent_days)
            .or(self.atlas_days)
            .is_some();
        given.then(|| InvitationLifetimesPatch {
            native: seconds(self.days),
            confluent: seconds(self.confluent_days),
            atlas: seconds(self.atlas_days),
        })
    }
}

/// Does what an `org` command says.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { connection } => output::items(
            connection.output,
            &connection.client()?.list_organizations().await?,
            &COLUMNS,
            row,
        ),
        Command::Show { connection } => {
            let (client, organization) = connection.client_and_organization().await?;
            show(
                connection.output,
                &client.organization(&organization).await?,
            )
        }
        Command::Create {
            name,
            settings,
            connection,
        } => {
            let create = OrganizationCreate {
                name,
                sso_enabled: settings.sso,
                invitation_lifetimes: settings.lifetimes(),
            };
            show(
                connection.output,
                &connection.client()?.create_organization(&create).await?,
            )
        }
        Command::Set {
            name,
            settings,
            connection,
        } => {
            let (client, organization) = connection.client_and_organization().await?;
            let patch = OrganizationPatch {
                name,
                sso_enabled: settings.sso,
                invitation_lifetimes: settings.lifetimes(),
            };
            show(
                connection.output,
                &client.update_organization(&organization, &patch).await?,
            )
        }
    }
}

const COLUMNS: [&str; 6] = ["id", "name", "sso", "days", "confluent days", "atlas days"];

fn show(format: Format, organization: &Organization) -> anyhow::Result<()> {
    output::item(format, organization, &COLUMNS, row)
}

fn row(organization: &Organization) -> Vec<String> {
    let lifetimes = &organization.invitation_lifetimes;
    let days = |seconds: i64| {
        let (days, rest) = (seconds / 86_400, seconds % 86_400);
        if rest == 0 {
            days.to_string()
        } else {
            format!("{seconds} s")
        }
    };
    vec![
        organization.id.clone(),
        organization.name.clone(),
        organization.sso_enabled.to_string(),
        days(lifetimes.native),
        days(lifetimes.confluent),
        days(lifetimes.atlas),
    ]
}
