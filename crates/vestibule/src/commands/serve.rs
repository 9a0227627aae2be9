//! `vestibule serve`.

use anyhow::Context;

use super::config_flags::ConfigFlags;
use super::testing::env::{self, Tool};
use crate::{output, process, start};

/// Flags of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigFlags,
    /// With --testing: print the variables that this tool needs, once the server answers; may be
    /// repeated
    #[arg(long = "print-env", value_enum, value_name = "TOOL")]
    print_env: Vec<Tool>,
}

/// Runs the server until it is asked to stop.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    anyhow::ensure!(
        config.testing.is_some() || args.print_env.is_empty(),
        "--print-env is for a server for testing\nhint: add --testing"
    );
    start::logging(&config.log)?;
    // Before anything that depends on the address: with port 0 it is known only now.
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| start::cannot_listen(config.listen))?;
    let bound = listener.local_addr()?;
    let config = config.bound_to(bound);
    let server = start::open(&config).await?;
    output::talk(&format!(
        "Vestibule {} listens on http://{bound}",
        env!("CARGO_PKG_VERSION"),
    ));
    output::talk(&format!("  data: {}", config.data_dir.display()));
    output::talk(&format!(
        "  API description: {}/docs",
        config.settings.public_url
    ));
    let first = match config.testing {
        Some(_) => None,
        None => start::first_start(&server.app, &config).await?,
    };
    if let Some(first) = first {
        output::talk(&format!(
            "\nMade the organization {:?} ({}) with the owner {}.\nThe owner's key, which `vestibule key owner` shows again:\n",
            first.organization.name,
            first.organization.id,
            config.owner.display()
        ));
        output::data(&format!("VESTIBULE_KEY={}", first.secret))?;
        output::talk("");
    }
    if config.testing.is_some() {
        output::talk(&format!(
            "  testing controls: {0}/testing, described at {0}/testing/openapi.json",
            config.settings.public_url
        ));
    }
    let running = server.run(listener, process::stop_requested());
    if args.print_env.is_empty() {
        running.await?;
    } else {
        let printing = print_when_ready(&config.settings.public_url, &args.print_env);
        // Whatever comes of the printing, the server goes on.
        let (ended, ()) = tokio::join!(running, printing);
        ended?;
    }
    output::talk("Stopped.");
    Ok(())
}

async fn print_when_ready(url: &str, tools: &[Tool]) {
    let variables = env::of_server(url, None, tools).await;
    if let Err(error) = variables.and_then(|all| output::data(&env::exports(&all))) {
        output::talk(&format!("the variables cannot be printed: {error:#}"));
    }
}
