//! `vestibule quickstart`: server, provider, Terraform, invitations and mail in one command.
//!
//! Owns the order of the steps and what is said about them. Nothing in it is a mock-up: it runs
//! the server that `serve` runs, and applies Terraform code with the provider that users install.

mod direct;
mod hcl;
mod scene;
mod shell;
mod terraform;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use vestibule_client::Secret;
use vestibule_client::native::Native;
use vestibule_wire::native::{Include, Invitation, InvitationQuery};

use self::scene::Scene;
use self::terraform::Terraform;
use crate::commands::{ConfigFlags, settings};
use crate::config::{Config, local_url};
use crate::{output, process, start};

/// Flags of `quickstart`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where everything is kept; a second run uses it again
    #[arg(long, default_value = "vestibule-quickstart", value_name = "DIRECTORY")]
    data_dir: String,
    /// The port to listen on; if it is taken or 0, a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Stop after the table instead of serving until Ctrl-C
    #[arg(long)]
    exit: bool,
}

/// Runs all steps, and then serves until it is asked to stop.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let data_dir = Path::new(&args.data_dir);
    let listener = bind(args.port).await?;
    let config = configure(data_dir, listener.local_addr()?)?;
    start::logging("warn")?;
    output::progress("Starting the server …");
    let server = start::open(&config).await?;
    let scene = Scene::set(&server.app, &config, data_dir).await?;
    let url = config.settings.public_url.clone();
    output::talk(&format!(
        "The server listens on {url}; its data is in {}.",
        data_dir.display()
    ));

    let app = server.app.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::task::JoinSet::from_iter([server.run(listener, async move {
        tokio::select! {
            _ = stopped => {}
            () = process::stop_requested() => {}
        }
    })]);

    let terraform = Terraform::find();
    let outcome = invite(data_dir, &url, &scene, terraform.as_ref()).await;
    let shown = match outcome {
        Ok(()) => show(&app, data_dir, &url, &scene, terraform.as_ref()).await,
        Err(error) => Err(error),
    };
    if args.exit && shown.is_ok() {
        output::talk("\nStopping; without --exit the server goes on, with the same data.");
    }
    if args.exit || shown.is_err() {
        // The server may have ended by itself.
        let _ended = stop.send(());
    } else {
        output::talk("\nServing until Ctrl-C …");
    }
    finish(running).await?;
    shown?;
    output::talk("Stopped.");
    Ok(())
}

async fn finish(mut running: tokio::task::JoinSet<anyhow::Result<()>>) -> anyhow::Result<()> {
    while let Some(ended) = running.join_next().await {
        ended.context("the server broke down")??;
    }
    Ok(())
}

/// Listens on this port of the loopback address, or on a free one if it is taken.
async fn bind(port: u16) -> anyhow::Result<TcpListener> {
    let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if port == 0 {
        return start::free_port().await;
    }
    match TcpListener::bind(loopback(port)).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let listener = start::free_port().await?;
            output::talk(&format!(
                "Port {port} is taken: using {}.",
                listener.local_addr()?.port()
            ));
            Ok(listener)
        }
        Err(error) => Err(error).with_context(|| {
            format!("cannot listen on port {port}\nhint: name another with --port; 0 is a free one")
        }),
    }
}

fn configure(data_dir: &Path, listen: SocketAddr) -> anyhow::Result<Config> {
    let flags = ConfigFlags::default()
        .or("data_dir", data_dir.display().to_string())
        .or("listen", listen.to_string())
        .or("public_url", local_url(listen))
        .or(
            "database",
            format!("sqlite:{}", data_dir.join("vestibule.db").display()),
        )
        .or("mail", format!("file:{}", data_dir.join("mail").display()))
        .or("dev_mail", "true")
        .or("organization", "Quickstart")
        .or("owner", "you@quickstart.example");
    Ok(flags.load()?)
}

/// Makes the invitations: with Terraform if there is one, with the same client code otherwise.
async fn invite(
    data_dir: &Path,
    url: &str,
    scene: &Scene,
    terraform: Option<&Terraform>,
) -> anyhow::Result<()> {
    let Some(terraform) = terraform else {
        output::talk(
            "Neither terraform nor tofu is installed: making the same invitations with the \
             provider's own client.",
        );
        return direct::invite(url, scene).await;
    };
    let directory = data_dir.join("terraform");
    hcl::write(&directory, url, scene)?;
    terraform::install(&directory)?;
    terraform.run(&directory, "init").await?;
    terraform.run(&directory, "apply").await
}

/// Prints the table of invitations, the links, and what to try next.
async fn show(
    app: &vestibule_server::App,
    data_dir: &Path,
    url: &str,
    scene: &Scene,
    terraform: Option<&Terraform>,
) -> anyhow::Result<()> {
    let client = Native::new(
        url,
        Some(&Secret::new(scene.owner_secret.clone())),
        settings(),
    )?;
    let mut invitations = settled(&client, &scene.organization).await?;
    invitations.sort_by(|one, other| one.created_at.cmp(&other.created_at));
    output::data("")?;
    let rows = invitations.iter().map(|invitation| {
        vec![
            invitation.email.clone(),
            invitation.state.as_str().to_owned(),
            invitation
                .delivery
                .as_ref()
                .map_or_else(String::new, |mail| mail.state.clone()),
            invitation.roles.join(", "),
            invitation.expires_at.clone(),
        ]
    });
    output::data(&output::table(
        &["invited", "status", "mail", "roles", "expires"],
        rows,
    ))?;
    output::data(&format!(
        "\nMails            {url}/dev/mail\nAPI description  {url}/docs"
    ))?;
    let open = scene.first_open(app, &invitations).await?;
    if let Some((email, token)) = &open {
        output::data(&format!(
            "Answer page      {url}/invitations/{token}\n                 (for {email})"
        ))?;
    }
    output::data("\nTry next, in another terminal:")?;
    for (n, (what, command)) in next_steps(data_dir, url, terraform, open)?
        .iter()
        .enumerate()
    {
        output::data(&format!("  {}. {what}\n     {command}", n + 1))?;
    }
    Ok(())
}

fn next_steps(
    data_dir: &Path,
    url: &str,
    terraform: Option<&Terraform>,
    open: Option<(String, String)>,
) -> anyhow::Result<Vec<(String, String)>> {
    let directory = std::path::absolute(data_dir)?;
    let executable = std::env::current_exe()?;
    let mut steps = Vec::new();
    if let Some((email, token)) = open {
        let accept = format!(
            "curl -s {url}/v1/invitations/accept -H 'Content-Type: application/json' -d '{{\"token\":\"{token}\"}}'"
        );
        steps.push((
            format!("Accept for {email} (or open the page above in a browser):"),
            accept,
        ));
    }
    if let Some(terraform) = terraform {
        let command = terraform.command_line(&directory.join("terraform"), "plan");
        steps.push(("Plan again and see what has changed:".to_owned(), command));
    }
    let env = directory.join("env");
    let list = format!(
        ". {} && {} invite list",
        shell::quoted(&env),
        shell::quoted(&executable)
    );
    steps.push(("Look at the API through the command line:".to_owned(), list));
    Ok(steps)
}

/// All invitations, once their mail has left or has had half a minute to do so.
async fn settled(client: &Native, organization: &str) -> anyhow::Result<Vec<Invitation>> {
    let query = InvitationQuery {
        include: Some(Include::Delivery),
        ..InvitationQuery::default()
    };
    for _ in 0..300 {
        let invitations = client.all_invitations(organization, &query).await?;
        if !invitations.iter().any(is_waiting) {
            return Ok(invitations);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(client.all_invitations(organization, &query).await?)
}

fn is_waiting(invitation: &Invitation) -> bool {
    let mail = invitation.delivery.as_ref();
    mail.is_some_and(|mail| matches!(mail.state.as_str(), "queued" | "claimed"))
}
