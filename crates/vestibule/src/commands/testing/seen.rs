//! `vestibule testing requests`, `mail`, `keys` and `state`.

use vestibule_wire::native::{ForcedState, Invitation, TestMail, TestRequest, TestRouteCount};

use super::Connection;
use crate::output::{self, Format};

/// Subcommands of `requests`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum RequestsCommand {
    /// List the requests, oldest first
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Count the requests by method and route
    Count {
        #[command(flatten)]
        connection: Connection,
    },
    /// Forget the requests so far
    Clear {
        #[command(flatten)]
        connection: Connection,
    },
}

/// Does what a `requests` command says.
pub(super) async fn requests(command: RequestsCommand) -> anyhow::Result<()> {
    let none = || "-".to_owned();
    match command {
        RequestsCommand::List { connection } => {
            let journal = connection.client()?.journal().await?;
            let columns = ["at", "dialect", "method", "path", "status", "fault"];
            let row = |request: &TestRequest| {
                let status = request.status.map(|status| status.to_string());
                vec![
                    request.at.clone(),
                    request.dialect.clone(),
                    request.method.clone(),
                    request.path.clone(),
                    status.unwrap_or_else(|| "dropped".to_owned()),
                    request.fault.map_or_else(none, |number| number.to_string()),
                ]
            };
            output::items(connection.output, &journal.data, &columns, row)
        }
        RequestsCommand::Count { connection } => {
            let journal = connection.client()?.journal().await?;
            let columns = ["count", "method", "route"];
            let row = |count: &TestRouteCount| {
                vec![
                    count.count.to_string(),
                    count.method.clone(),
                    count.route.clone().unwrap_or_else(none),
                ]
            };
            output::items(connection.output, &journal.counts, &columns, row)
        }
        RequestsCommand::Clear { connection } => {
            connection.client()?.clear_journal().await?;
            output::talk("The journal is empty.");
            Ok(())
        }
    }
}

/// Shows the mails.
pub(super) async fn mail(connection: &Connection) -> anyhow::Result<()> {
    let mails = connection.client()?.mails().await?;
    let columns = ["date", "to", "subject", "link"];
    output::items(
        connection.output,
        &mails.data,
        &columns,
        |mail: &TestMail| {
            vec![
                mail.date.clone(),
                mail.to.clone(),
                mail.subject.clone(),
                mail.link.clone().unwrap_or_default(),
            ]
        },
    )
}

/// Shows the keys of the seed.
pub(super) async fn keys(connection: &Connection) -> anyhow::Result<()> {
    let seed = connection.client()?.seed().await?;
    if connection.output == Format::Json {
        return output::json(&seed);
    }
    let mut rows = Vec::new();
    for organization in &seed.organizations {
        for key in &organization.keys {
            rows.push(vec![
                organization.name.clone(),
                key.kind.as_str().to_owned(),
                key.public_id.clone(),
                key.secret.expose().to_owned(),
                key.holder.clone(),
            ]);
        }
    }
    let columns = ["organization", "kind", "public", "secret", "acts for"];
    output::data(&output::table(&columns, rows))
}

/// Forces a state, and shows what came of it.
pub(super) async fn state(
    connection: &Connection,
    id: &str,
    state: ForcedState,
) -> anyhow::Result<()> {
    let forced = connection.client()?.force(id, state).await?;
    let columns = ["id", "email", "state", "reason", "expires"];
    output::item(connection.output, &forced, &columns, |one: &Invitation| {
        vec![
            one.id.clone(),
            one.email.clone(),
            one.state.as_str().to_owned(),
            one.reason.clone().unwrap_or_default(),
            one.expires_at.clone(),
        ]
    })
}
