//! The command line: what can be typed, and what the exit code says.
//!
//! 0: it happened. 1: it did not. 2: it was typed wrong. Errors are told as message, detail and
//! hint on standard error.

mod client;
mod config_flags;
mod invite;
mod key;
mod member;
mod org;
mod serve;
mod terraform;
mod testing;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use self::client::settings;
pub(crate) use self::config_flags::ConfigFlags;
use crate::{output, quickstart};

/// Invitations to organizations: server, command line and Terraform provider in one executable.
#[derive(Debug, Parser)]
#[command(
    name = "vestibule",
    version,
    propagate_version = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server; works without any configuration
    Serve(serve::Args),
    /// Try it all: server, Terraform, invitations, mail, in one command
    Quickstart(quickstart::Args),
    /// Manage organizations
    #[command(subcommand)]
    Org(org::Command),
    /// Manage API keys
    #[command(subcommand)]
    Key(key::Command),
    /// Manage invitations
    #[command(subcommand)]
    Invite(invite::Command),
    /// See members
    #[command(subcommand)]
    Member(member::Command),
    /// Install the Terraform providers, pack them, or bring an organization under Terraform
    #[command(subcommand)]
    Terraform(terraform::Command),
    /// Move the clock, force states and inject faults of a server for testing
    #[command(subcommand)]
    Testing(testing::Command),
    /// Print the version
    Version,
}

/// Parses the command line, does what it says, and tells how that went.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match block_on(cli.command) {
        Ok(code) => code,
        Err(error) => {
            tell(&error);
            ExitCode::FAILURE
        }
    }
}

fn block_on(command: Command) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match command {
            Command::Serve(args) => serve::run(args).await,
            Command::Quickstart(args) => quickstart::run(args).await,
            Command::Org(command) => org::run(command).await,
            Command::Key(command) => key::run(command).await,
            Command::Invite(command) => invite::run(command).await,
            Command::Member(command) => member::run(command).await,
            Command::Terraform(command) => terraform::run(command).await,
            Command::Testing(command) => return testing::run(command).await,
            Command::Version => output::data(concat!("vestibule ", env!("CARGO_PKG_VERSION"))),
        }
        .map(|()| ExitCode::SUCCESS)
    })
}

/// Tells an error: what happened, why, and what to do about it.
fn tell(error: &anyhow::Error) {
    output::talk(&format!("error: {error}"));
    for cause in error.chain().skip(1) {
        output::talk(&format!("  because: {cause}"));
    }
    let hint = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<vestibule_client::Error>())
        .and_then(client::hint);
    if let Some(hint) = hint {
        output::talk(&format!("hint: {hint}"));
    }
}
