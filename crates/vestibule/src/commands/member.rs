//! `vestibule member`.

use vestibule_wire::native::MemberQuery;

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
            let mut members = Vec::new();
            let mut query = MemberQuery::default();
            loop {
                let page = client.members(&organization, &query).await?;
                members.extend(page.data);
                match page.next {
                    Some(next) => query.cursor = Some(next),
                    None => break,
                }
            }
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
