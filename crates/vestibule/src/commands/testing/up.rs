//! `vestibule testing up -- COMMAND`: a local cloud for as long as a command runs.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};

use anyhow::Context;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::env::{self, Variable};
use crate::commands::ConfigFlags;
use crate::{process, start};

/// Flags of `up`: all of `serve`'s, and the command.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigFlags,
    /// The command and its arguments, after --
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Starts a server on a free port with data that vanishes afterwards, sets the variables of all
/// tools, runs the command, stops the server: the command's exit code.
pub(super) async fn up(args: Args) -> anyhow::Result<ExitCode> {
    let data = TempDir::with_prefix("vestibule-testing-").context("there is no place for data")?;
    let config = args
        .config
        .or("testing", "true")
        .or("data_dir", data.path().display().to_string())
        .or("listen", "127.0.0.1:0")
        .or("mail", "memory")
        .or("log", "warn")
        .load()?;
    start::logging(&config.log)?;
    let listener = match config.listen.port() {
        0 => start::free_port().await?,
        _ => TcpListener::bind(config.listen)
            .await
            .with_context(|| start::cannot_listen(config.listen))?,
    };
    let config = config.bound_to(listener.local_addr()?);
    let server = start::open(&config).await?;
    let (stop, stopped) = oneshot::channel::<()>();
    let url = config.settings.public_url.clone();
    let mut running = tokio::task::JoinSet::from_iter([server.run(listener, async move {
        // The sender is dropped if the command could not be run: that ends the server, too.
        drop(stopped.await);
    })]);
    let ended = command(&url, &args.command).await;
    // The server may have ended by itself.
    let _ended = stop.send(());
    while let Some(served) = running.join_next().await {
        served.context("the server broke down")??;
    }
    Ok(exit_code(ended?))
}

async fn command(url: &str, command: &[OsString]) -> anyhow::Result<ExitStatus> {
    let variables: Vec<Variable> = env::of_server(url, None, &[]).await?;
    let (program, arguments) = command.split_first().context("there is no command")?;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .envs(variables)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    tokio::select! {
        ended = child.wait() => Ok(ended?),
        () = process::stop_requested() => {
            // Ctrl-C reaches the command as well, which ends in its own way; SIGTERM does not.
            process::ask_to_stop(&child);
            Ok(child.wait().await?)
        }
    }
}

/// As a shell tells it: 128 and the number of the signal that ended the command.
fn exit_code(ended: ExitStatus) -> ExitCode {
    let code = ended
        .code()
        .or_else(|| ended.signal().map(|signal| 128 + signal))
        .unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
