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
            output::talk(&told(&error));
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

/// An error as people read it: what happened, why, and last what to do about it.
fn told(error: &anyhow::Error) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut hints = Vec::new();
    let mut last = None;
    for cause in error.chain() {
        let text = cause.to_string();
        // Some say the same as what they come of.
        if last.as_ref() == Some(&text) {
            continue;
        }
        let (what, hint) = text.split_once("\nhint: ").unwrap_or((&text, ""));
        let before = if lines.is_empty() {
            "error"
        } else {
            "  because"
        };
        lines.push(format!("{before}: {what}"));
        hints.extend((!hint.is_empty()).then(|| hint.to_owned()));
        hints.extend(hint_for(cause));
        last = Some(text);
    }
    lines.extend(hints.first().map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}

/// What to do about an error whose own words do not say it.
fn hint_for(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<vestibule_client::Error>() {
        return client::hint(error);
    }
    match cause.downcast_ref::<vestibule_store::Error>()? {
        vestibule_store::Error::InUse { .. } => Some(
            "stop the server that has it, or name another place with --data-dir or --database"
                .to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn an_error_ends_with_its_hint_and_repeats_nothing() {
        let error = anyhow!("no room")
            .context("no room")
            .context("the file cannot be made\nhint: name another")
            .context("nothing was written");
        insta::assert_snapshot!(told(&error), @"
        error: nothing was written
          because: the file cannot be made
          because: no room
        hint: name another
        ");
    }
}
