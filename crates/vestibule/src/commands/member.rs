//! `vestibule member`.

use super::client::Connection;
use crate::output;

/// Subcommands of `member`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the members of an organization
    List {
        #[command(flatten)]
        connection: Connection,
    },
}

/// Does what a `member` command says.
pub(crate) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { connection } => {
            let (client, organization) = connection.client_and_organization().await?;
            let members = client.list_members(&organization).await?;
            output::items(
                connection.output,
                &members,
                &["user", "email", "roles", "joined"],
                |member| {
                    vec![
                        member.user.clone(),
                        member.email.clone(),
                        member.roles.join(", "),
                        member.joined_at.clone(),
                    ]
                },
            )
        }
    }
}
