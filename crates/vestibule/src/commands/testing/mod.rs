//! `vestibule testing`: the controls of a server that was started with `--testing`.

mod clock;
pub(crate) mod env;
mod faults;
mod seen;
mod up;

use std::process::ExitCode;

use anyhow::Context;
use clap::builder::PossibleValue;
use vestibule_client::testing::Testing;
use vestibule_wire::native::ForcedState;

use super::client::{Server, settings};
use crate::output::{self, Format};
use crate::seed;

/// Subcommands of `testing`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Start a server on a free port, run a command against it, and end with its exit code
    Up(up::Args),
    /// Print the variables that a tool needs to work on the server, for `eval "$(…)"`
    Env(env::Args),
    /// Print the keys of the seed, with their secrets
    Keys {
        #[command(flatten)]
        connection: Connection,
    },
    /// Print the default seed, to begin one's own with
    Seed,
    /// Show, set or advance the server's clock
    #[command(subcommand)]
    Clock(clock::Command),
    /// Force an invitation into a state, as the invitee, its inviter or time would
    State {
        /// The invitation's id, in any API's spelling
        id: String,
        /// The state
        #[arg(value_enum)]
        state: State,
        #[command(flatten)]
        connection: Connection,
    },
    /// Let something go wrong with the next requests
    #[command(subcommand)]
    Faults(faults::Command),
    /// Show the requests that the server has answered, or forget them
    #[command(subcommand)]
    Requests(seen::RequestsCommand),
    /// Show the mails that the server has sent, with their links
    Mail {
        #[command(flatten)]
        connection: Connection,
    },
    /// Make everything as the seed says: database, clock, faults, journal, mails
    Reset {
        #[command(flatten)]
        connection: Connection,
    },
}

/// Flags of every command that talks to a server for testing.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Connection {
    #[command(flatten)]
    server: Server,
    /// How to show the result
    #[arg(long, value_enum, default_value_t)]
    pub(crate) output: Format,
}

impl Connection {
    /// A client.
    ///
    /// # Errors
    /// With an address that is none.
    pub(crate) fn client(&self) -> anyhow::Result<Testing> {
        Testing::new(&self.server.url, settings()).with_context(|| self.server.is_no_address())
    }
}

/// A state to force, as an argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State(ForcedState);

const STATES: [State; 6] = [
    State(ForcedState::Accepted),
    State(ForcedState::Declined),
    State(ForcedState::Expired),
    State(ForcedState::Revoked),
    State(ForcedState::Left),
    State(ForcedState::Removed),
];

impl clap::ValueEnum for State {
    fn value_variants<'a>() -> &'a [Self] {
        &STATES
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

/// Does what a `testing` command says; the exit code is that of the command that `up` runs.
pub(crate) async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Up(args) => return up::up(args).await,
        Command::Env(args) => env::run(args).await,
        Command::Keys { connection } => seen::keys(&connection).await,
        Command::Seed => output::data(seed::DEFAULT.trim_end()),
        Command::Clock(command) => clock::run(command).await,
        Command::State {
            id,
            state,
            connection,
        } => seen::state(&connection, &id, state.0).await,
        Command::Faults(command) => faults::run(command).await,
        Command::Requests(command) => seen::requests(command).await,
        Command::Mail { connection } => seen::mail(&connection).await,
        Command::Reset { connection } => {
            connection.client()?.reset().await?;
            output::talk("Everything is as the seed says.");
            Ok(())
        }
    };
    done.map(|()| ExitCode::SUCCESS)
}
