//! `vestibule serve`.

use anyhow::Context;

use super::config_flags::ConfigFlags;
use crate::{output, process, start};

/// Flags of `serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigFlags,
}

/// Runs the server until it is asked to stop.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.config.load()?;
    start::logging(&config.log)?;
    // Before anything that depends on the address: with port 0 it is known only now.
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
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
    if let Some(first) = start::first_start(&server.app, &config).await? {
        output::talk(&format!(
            "\nMade the organization {:?} ({}) with the owner {}.\nThe owner's key, shown this once:\n",
            first.organization.name,
            first.organization.id,
            config.owner.display()
        ));
        output::data(&format!("VESTIBULE_KEY={}", first.secret));
        output::talk("");
    }
    server.run(listener, process::stop_requested()).await?;
    output::talk("Stopped.");
    Ok(())
}
