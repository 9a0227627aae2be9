//! Runs the golden files of one vendor's API against a server, and says what is different.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use vestibule_conformance::run::{CannotRun, Target, address, run};
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
    #[arg(long, value_parser = base_url)]
    base_url: String,
    /// The key: a Cloud API key, or the public half of an Atlas key
    /// [env: `CONFLUENT_CLOUD_API_KEY`, `MONGODB_ATLAS_PUBLIC_API_KEY`]
    #[arg(long)]
    key: Option<String>,
    /// The secret, or private, half of the key
    /// [env: `CONFLUENT_CLOUD_API_SECRET`, `MONGODB_ATLAS_PRIVATE_API_KEY`]
    #[arg(long)]
    secret: Option<String>,
    /// The organization's id, which Atlas needs [env: `MONGODB_ATLAS_ORG_ID`]
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
    /// The server has Vestibule's testing controls: use them, and the keys of its seed rather than
    /// those of variables
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
#[derive(Debug, Default, clap::Args)]
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

fn base_url(text: &str) -> Result<String, CannotRun> {
    address(text).map(|_url| text.to_owned())
}

impl Arguments {
    /// What is given on the command line.
    fn variables(&self) -> Variables {
        let mut variables = Variables::default();
        for (name, value) in &self.values {
            variables.set(name, value.clone());
        }
        let given = [
            ("key", &self.key),
            ("key_secret", &self.secret),
            ("organization", &self.organization),
            ("domain", &self.domain),
        ];
        for (name, value) in given {
            variables.offer(name, value.as_deref());
        }
        variables
    }
}

impl Vendors {
    /// Offers them for what is not known yet.
    fn offer(&self, dialect: Dialect, variables: &mut Variables) {
        let all = match dialect {
            Dialect::Confluent => [
                ("key", &self.confluent_key),
                ("key_secret", &self.confluent_secret),
                ("email", &self.confluent_email),
                ("password", &self.confluent_password),
                ("organization", &self.confluent_organization),
            ],
            Dialect::Atlas => [
                ("key", &self.atlas_key),
                ("key_secret", &self.atlas_secret),
                ("client", &self.atlas_client),
                ("client_secret", &self.atlas_client_secret),
                ("organization", &self.atlas_organization),
            ],
        };
        for (name, value) in all {
            variables.offer(name, value.as_deref());
        }
    }
}

/// What nearly every golden file needs and nobody has given, as a flag.
fn missing(dialect: Dialect, variables: &Variables) -> Option<&'static str> {
    let needed: &[_] = match dialect {
        Dialect::Confluent => &[("key", "--key"), ("key_secret", "--secret")],
        Dialect::Atlas => &[
            ("key", "--key"),
            ("key_secret", "--secret"),
            ("organization", "--organization"),
        ],
    };
    let missing = needed
        .iter()
        .find(|(name, _)| variables.find(name).is_none());
    missing.map(|(_, flag)| *flag)
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
    arguments.vendors.offer(arguments.dialect, &mut variables);
    if let Some(flag) = missing(arguments.dialect, &variables) {
        anyhow::bail!(
            "{flag} is needed, or the vendor's own variable for it\n\
             hint: a server for testing tells all that it needs with --testing"
        );
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_the_server_comes_before_variables_that_may_be_meant_for_the_cloud() {
        let vendors = Vendors {
            atlas_key: Some("of the cloud".to_owned()),
            atlas_client: Some("of the cloud, too".to_owned()),
            ..Vendors::default()
        };
        let mut variables = Variables::default();
        variables.offer("key", Some("of the seed"));
        vendors.offer(Dialect::Atlas, &mut variables);
        assert_eq!(variables.find("key"), Some("of the seed"));
        assert_eq!(variables.find("client"), Some("of the cloud, too"));
    }

    #[test]
    fn a_missing_credential_is_told_before_anything_is_sent() {
        let mut variables = Variables::default();
        let told = ["key", "key_secret", "organization"].map(|name| {
            let told = [Dialect::Confluent, Dialect::Atlas].map(|of| missing(of, &variables));
            variables.set(name, "given");
            told
        });
        let expected = [
            [Some("--key"), Some("--key")],
            [Some("--secret"), Some("--secret")],
            [None, Some("--organization")],
        ];
        assert_eq!(told, expected);
        assert_eq!(missing(Dialect::Atlas, &variables), None);
    }

    #[test]
    fn only_an_address_that_something_can_be_sent_to_is_one() {
        for good in ["http://127.0.0.1:8080/", "https://api.confluent.cloud"] {
            assert_eq!(base_url(good).expect("an address"), good);
        }
        for bad in ["localhost:8080", "127.0.0.1:8080", "ftp://x", "http://", ""] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }
}
