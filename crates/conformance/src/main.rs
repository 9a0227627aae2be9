//! Runs the golden files of one vendor's API against a server, and says what is different.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use vestibule_conformance::run::{Target, run};
use vestibule_conformance::seed;
use vestibule_conformance::suite::{self, Dialect};
use vestibule_conformance::variables::Variables;

/// Runs golden requests against a server, and compares its answers.
///
/// Every address and name is this run's own, and what is made is removed again. People are invited:
/// where mail leaves, choose a domain that is yours.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Exit code: 0 if all is as expected, 1 if not, 2 for wrong arguments."
)]
struct Arguments {
    /// The API
    #[arg(long, value_enum)]
    dialect: Dialect,
    /// Where the server is, such as <http://127.0.0.1:8080>
    #[arg(long)]
    base_url: String,
    /// The key: a Cloud API key, or the public half of an Atlas key
    #[arg(long)]
    key: Option<String>,
    /// The secret, or private, half of the key
    #[arg(long)]
    secret: Option<String>,
    /// The organization's id (Atlas needs it)
    #[arg(long)]
    organization: Option<String>,
    /// Another value that golden files need, such as `client`, `email` or `identity_pool`
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
    /// The domain of the people who are invited
    #[arg(long)]
    domain: Option<String>,
    /// Only files whose name holds this
    #[arg(long, default_value = "")]
    filter: String,
    /// The server has Vestibule's testing controls: use them, and the keys of its seed
    #[arg(long)]
    testing: bool,
    /// One JSON object instead of lines
    #[arg(long)]
    json: bool,
    /// Other golden files than this program's own
    #[arg(long)]
    suites: Option<PathBuf>,
    #[command(flatten)]
    vendors: Vendors,
}

/// The vendors' own variables, for what is not given.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Environment")]
struct Vendors {
    #[arg(
        long,
        hide = true,
        env = "CONFLUENT_CLOUD_API_KEY",
        hide_env_values = true
    )]
    confluent_key: Option<String>,
    #[arg(
        long,
        hide = true,
        env = "CONFLUENT_CLOUD_API_SECRET",
        hide_env_values = true
    )]
    confluent_secret: Option<String>,
    #[arg(long, hide = true, env = "CONFLUENT_CLOUD_EMAIL")]
    confluent_email: Option<String>,
    #[arg(
        long,
        hide = true,
        env = "CONFLUENT_CLOUD_PASSWORD",
        hide_env_values = true
    )]
    confluent_password: Option<String>,
    #[arg(long, hide = true, env = "CONFLUENT_CLOUD_ORGANIZATION_ID")]
    confluent_organization: Option<String>,
    #[arg(long, hide = true, env = "MONGODB_ATLAS_PUBLIC_API_KEY")]
    atlas_key: Option<String>,
    #[arg(
        long,
        hide = true,
        env = "MONGODB_ATLAS_PRIVATE_API_KEY",
        hide_env_values = true
    )]
    atlas_secret: Option<String>,
    #[arg(long, hide = true, env = "MONGODB_ATLAS_CLIENT_ID")]
    atlas_client: Option<String>,
    #[arg(
        long,
        hide = true,
        env = "MONGODB_ATLAS_CLIENT_SECRET",
        hide_env_values = true
    )]
    atlas_client_secret: Option<String>,
    #[arg(long, hide = true, env = "MONGODB_ATLAS_ORG_ID")]
    atlas_organization: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it is not NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Arguments {
    fn variables(&self) -> Variables {
        let mut variables = Variables::default();
        for (name, value) in &self.values {
            variables.set(name, value.clone());
        }
        let vendors = &self.vendors;
        let of_vendor = match self.dialect {
            Dialect::Confluent => [
                ("key", &vendors.confluent_key),
                ("key_secret", &vendors.confluent_secret),
                ("email", &vendors.confluent_email),
                ("password", &vendors.confluent_password),
                ("organization", &vendors.confluent_organization),
            ],
            Dialect::Atlas => [
                ("key", &vendors.atlas_key),
                ("key_secret", &vendors.atlas_secret),
                ("client", &vendors.atlas_client),
                ("client_secret", &vendors.atlas_client_secret),
                ("organization", &vendors.atlas_organization),
            ],
        };
        let given = [
            ("key", &self.key),
            ("key_secret", &self.secret),
            ("organization", &self.organization),
            ("domain", &self.domain),
        ];
        for (name, value) in given.into_iter().chain(of_vendor) {
            variables.offer(name, value.as_deref());
        }
        variables
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match start(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            let complaint = format!("error: {error:#}\n");
            drop(std::io::stderr().lock().write_all(complaint.as_bytes()));
            ExitCode::FAILURE
        }
    }
}

async fn start(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mut variables = arguments.variables();
    if arguments.testing {
        let found = seed::discover(&arguments.base_url, arguments.dialect, &mut variables).await;
        found
            .map_err(anyhow::Error::msg)
            .context("--testing was given, but there is no seed")?;
    }
    let folder = arguments.suites.unwrap_or_else(suite::folder);
    let sequences = suite::load(&folder, arguments.dialect, &arguments.filter)?;
    anyhow::ensure!(
        !sequences.is_empty(),
        "no file's name holds {:?}",
        arguments.filter
    );
    let target = Target {
        dialect: arguments.dialect,
        base_url: arguments.base_url,
        variables,
        testing: arguments.testing,
    };
    let report = run(&target, &sequences).await?;
    let text = if arguments.json {
        format!("{}\n", serde_json::to_string_pretty(&report)?)
    } else {
        report.to_text()
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(ExitCode::from(u8::from(report.has_failed())))
}
