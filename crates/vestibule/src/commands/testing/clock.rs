//! `vestibule testing clock`.

use vestibule_wire::native::{TestClock, TestClockChange};

use super::Connection;
use crate::output;

/// Subcommands of `clock`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Show what the server takes for the time
    Show {
        #[command(flatten)]
        connection: Connection,
    },
    /// Set the clock; it goes on from there
    Set {
        /// An instant, such as 2026-03-01T09:00:00Z
        instant: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// Move the clock forward
    Advance {
        /// How far, such as 31d, 12h, 90s or 1d6h
        duration: String,
        #[command(flatten)]
        connection: Connection,
    },
}

/// Does what a `clock` command says.
pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    let (connection, change) = match command {
        Command::Show { connection } => (connection, TestClockChange::default()),
        Command::Set {
            instant,
            connection,
        } => (
            connection,
            TestClockChange {
                set: Some(instant),
                advance: None,
            },
        ),
        Command::Advance {
            duration,
            connection,
        } => (
            connection,
            TestClockChange {
                set: None,
                advance: Some(duration),
            },
        ),
    };
    let client = connection.client()?;
    let clock = if change == TestClockChange::default() {
        client.clock().await?
    } else {
        client.change_clock(&change).await?
    };
    let columns = ["now", "machine", "ahead seconds"];
    output::item(connection.output, &clock, &columns, |clock: &TestClock| {
        vec![
            clock.now.clone(),
            clock.machine.clone(),
            clock.ahead_seconds.to_string(),
        ]
    })
}
