//! `vestibule testing env`: the variables by which each tool finds the server and its keys.
//!
//! Owns their names. They are the vendors' own, as of August 2026; what a tool takes from its
//! configuration only is a `TF_VAR_…`, for a Terraform variable of that name.

use std::time::Duration;

use anyhow::Context;
use tokio::time::Instant;
use vestibule_client::ErrorKind;
use vestibule_client::testing::Testing;
use vestibule_wire::native::{KeyKind, TestKey, TestOrganization, TestSeed};

use super::{Connection, settings};
use crate::output::{self, Format};

/// Flags of `env`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which tool; may be repeated [default: all]
    #[arg(value_enum)]
    tools: Vec<Tool>,
    /// The organization to work in, by name or id [default: the first of the seed]
    #[arg(long = "org", value_name = "ORGANIZATION")]
    organization: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

/// A tool that works on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Tool {
    /// Our own command line, and the provider `vestibule`
    Vestibule,
    /// The Terraform provider `confluent`
    Confluent,
    /// The Terraform provider `mongodbatlas`
    Atlas,
    /// Confluent's command line
    ConfluentCli,
    /// MongoDB Atlas' command line
    AtlasCli,
}

/// A variable: its name and its value.
pub(crate) type Variable = (&'static str, String);

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// Prints the variables.
pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let organization = args.organization.as_deref();
    let variables = of_server(&args.connection.server.url, organization, &args.tools).await?;
    match args.connection.output {
        Format::Table => output::data(&exports(&variables)),
        Format::Json => {
            let map: serde_json::Map<_, _> = variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            output::json(&map)
        }
    }
}

/// The variables for these tools (all of them, if none is named), once the server answers.
///
/// # Errors
/// If it does not within 30 seconds, or if it has no testing controls.
pub(crate) async fn of_server(
    url: &str,
    organization: Option<&str>,
    tools: &[Tool],
) -> anyhow::Result<Vec<Variable>> {
    let client = Testing::new(url, settings())?;
    let seed = once_it_answers(&client).await?;
    let organization = find(&seed, organization)?;
    let all = <Tool as clap::ValueEnum>::value_variants();
    let mut variables: Vec<Variable> = Vec::new();
    for tool in if tools.is_empty() { all } else { tools } {
        match tool.variables(&seed.url, organization) {
            Ok(more) => variables.extend(more),
            // Nobody asked for this one.
            Err(_no_key) if tools.is_empty() => {}
            Err(no_key) => return Err(no_key),
        }
    }
    variables.sort();
    variables.dedup();
    Ok(variables)
}

async fn once_it_answers(client: &Testing) -> anyhow::Result<TestSeed> {
    let began = Instant::now();
    loop {
        match client.seed().await {
            Ok(seed) => return Ok(seed),
            Err(error) if error.kind() == ErrorKind::Transport && began.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn find<'a>(seed: &'a TestSeed, wanted: Option<&str>) -> anyhow::Result<&'a TestOrganization> {
    let mut all = seed.organizations.iter();
    let Some(wanted) = wanted else {
        return all.next().context("the seed has no organization");
    };
    let is_it = |one: &&TestOrganization| {
        let called = [&one.name, &one.id, &one.atlas_id, &one.confluent_id];
        called.into_iter().any(|name| name == wanted)
    };
    all.find(is_it)
        .with_context(|| format!("the seed has no organization {wanted:?}"))
}

/// Lines for a POSIX shell.
#[must_use]
pub(crate) fn exports(variables: &[Variable]) -> String {
    let line =
        |(name, value): &Variable| format!("export {name}='{}'", value.replace('\'', r"'\''"));
    variables.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl Tool {
    fn variables(
        self,
        url: &str,
        organization: &TestOrganization,
    ) -> anyhow::Result<Vec<Variable>> {
        let key = |kind: KeyKind| {
            let key = organization.keys.iter().find(|key| key.kind == kind);
            key.with_context(|| {
                let (name, kind) = (&organization.name, kind.as_str());
                format!("the seed has no key of kind {kind} for {name:?}")
            })
        };
        let url = url.to_owned();
        Ok(match self {
            Self::Vestibule => vestibule(url, organization, key(KeyKind::Native)?),
            Self::Confluent => confluent(url, key(KeyKind::Confluent)?),
            Self::Atlas => atlas(url, organization, key(KeyKind::Atlas)?),
            Self::ConfluentCli => confluent_cli(&url, organization, key(KeyKind::Native)?),
            Self::AtlasCli => atlas_cli(&url, organization, key(KeyKind::Atlas)?),
        })
    }
}

fn vestibule(url: String, organization: &TestOrganization, key: &TestKey) -> Vec<Variable> {
    let secret = key.secret.expose().to_owned();
    vec![
        ("VESTIBULE_SERVER", url.clone()),
        ("VESTIBULE_KEY", secret.clone()),
        ("VESTIBULE_ORG", organization.id.clone()),
        ("VESTIBULE_ENDPOINT", url),
        ("VESTIBULE_TOKEN", secret),
    ]
}

/// The provider takes its endpoint from the provider block only.
fn confluent(url: String, key: &TestKey) -> Vec<Variable> {
    vec![
        ("CONFLUENT_CLOUD_API_KEY", key.public_id.clone()),
        ("CONFLUENT_CLOUD_API_SECRET", key.secret.expose().to_owned()),
        ("TF_VAR_confluent_endpoint", url),
    ]
}

fn atlas(url: String, organization: &TestOrganization, key: &TestKey) -> Vec<Variable> {
    let mut variables = of_atlas(organization, key);
    variables.extend([
        ("MONGODB_ATLAS_BASE_URL", url),
        ("TF_VAR_atlas_org_id", organization.atlas_id.clone()),
    ]);
    variables.extend(first_project(organization).map(|id| ("TF_VAR_atlas_project_id", id)));
    variables
}

/// What MongoDB's provider and its command line call the same.
fn of_atlas(organization: &TestOrganization, key: &TestKey) -> Vec<Variable> {
    let secret = key.secret.expose().to_owned();
    let mut variables = vec![
        ("MONGODB_ATLAS_PUBLIC_API_KEY", key.public_id.clone()),
        ("MONGODB_ATLAS_PRIVATE_API_KEY", secret),
        ("MONGODB_ATLAS_ORG_ID", organization.atlas_id.clone()),
    ];
    variables.extend(first_project(organization).map(|id| ("MONGODB_ATLAS_PROJECT_ID", id)));
    variables
}

fn first_project(organization: &TestOrganization) -> Option<String> {
    let project = organization.projects.first();
    project.map(|project| project.atlas_id.clone())
}

/// The CLI takes a server for the cloud if its address holds the name of one of the vendor's.
fn confluent_cli(url: &str, organization: &TestOrganization, key: &TestKey) -> Vec<Variable> {
    vec![
        ("CONFLUENT_PLATFORM_MDS_URL", format!("{url}/cpdev.cloud")),
        ("CONFLUENT_CLOUD_EMAIL", key.holder.clone()),
        ("CONFLUENT_CLOUD_PASSWORD", key.secret.expose().to_owned()),
        (
            "CONFLUENT_CLOUD_ORGANIZATION_ID",
            organization.confluent_id.clone(),
        ),
    ]
}

fn atlas_cli(url: &str, organization: &TestOrganization, key: &TestKey) -> Vec<Variable> {
    let mut variables = of_atlas(organization, key);
    variables.extend([
        ("MONGODB_ATLAS_OPS_MANAGER_URL", format!("{url}/")),
        ("DO_NOT_TRACK", "1".to_owned()),
    ]);
    variables
}
