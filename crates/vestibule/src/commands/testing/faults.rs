//! `vestibule testing faults`.

use clap::builder::PossibleValue;
use vestibule_wire::native::{DropMoment, TestFault, TestFaultCreate};

use super::Connection;
use crate::output::{self, Format};

/// Subcommands of `faults`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Let the next requests that match be delayed, refused or dropped
    Add {
        #[command(flatten)]
        fault: Fault,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the faults, and how often each was met
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// Forget all faults
    Clear {
        #[command(flatten)]
        connection: Connection,
    },
}

/// A fault, as flags.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Fault {
    /// Only requests with this method
    #[arg(long)]
    method: Option<String>,
    /// Only requests whose path matches; * is any text without a slash, ** any text
    #[arg(long, value_name = "PATTERN")]
    path: Option<String>,
    /// How many requests [default: 1]
    #[arg(long, value_name = "COUNT")]
    times: Option<u32>,
    /// Milliseconds that they wait first
    #[arg(long, value_name = "MILLISECONDS")]
    delay: Option<u64>,
    /// The status to answer with, from 400 to 599
    #[arg(long)]
    status: Option<u16>,
    /// Seconds in that answer's Retry-After
    #[arg(long, value_name = "SECONDS")]
    retry_after: Option<u32>,
    /// The API's own code in that answer
    #[arg(long)]
    code: Option<String>,
    /// The words for people in that answer
    #[arg(long, value_name = "TEXT")]
    detail: Option<String>,
    /// Drop the connection, before the request is handled or after what it did is committed
    #[arg(long, value_enum)]
    drop: Option<Moment>,
}

/// When to drop, as an argument.
#[derive(Clone, Copy, Debug)]
struct Moment(DropMoment);

const MOMENTS: [Moment; 2] = [Moment(DropMoment::Before), Moment(DropMoment::After)];

impl clap::ValueEnum for Moment {
    fn value_variants<'a>() -> &'a [Self] {
        &MOMENTS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

impl From<Fault> for TestFaultCreate {
    fn from(flags: Fault) -> Self {
        Self {
            method: flags.method,
            path: flags.path,
            times: flags.times,
            delay_ms: flags.delay,
            status: flags.status,
            retry_after: flags.retry_after,
            code: flags.code,
            detail: flags.detail,
            drop: flags.drop.map(|moment| moment.0),
        }
    }
}

/// Does what a `faults` command says.
pub(super) async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Add { fault, connection } => {
            let added = connection.client()?.add_fault(&fault.into()).await?;
            output::item(connection.output, &added, &COLUMNS, row)
        }
        Command::List { connection } => {
            let faults = connection.client()?.faults().await?;
            if connection.output == Format::Json {
                return output::json(&faults);
            }
            output::items(connection.output, &faults.data, &COLUMNS, row)
        }
        Command::Clear { connection } => {
            connection.client()?.clear_faults().await?;
            output::talk("Nothing goes wrong any more.");
            Ok(())
        }
    }
}

const COLUMNS: [&str; 6] = ["number", "method", "path", "what", "left", "met"];

fn row(fault: &TestFault) -> Vec<String> {
    let wanted = &fault.fault;
    let any = || "any".to_owned();
    vec![
        fault.number.to_string(),
        wanted.method.clone().unwrap_or_else(any),
        wanted.path.clone().unwrap_or_else(any),
        what(wanted),
        fault.left.to_string(),
        fault.met.to_string(),
    ]
}

fn what(fault: &TestFaultCreate) -> String {
    let mut parts = Vec::new();
    if let Some(delay) = fault.delay_ms {
        parts.push(format!("wait {delay} ms"));
    }
    if let Some(status) = fault.status {
        let after = fault.retry_after;
        let after = after.map_or_else(String::new, |s| format!(", retry after {s} s"));
        parts.push(format!("answer {status}{after}"));
    }
    if let Some(moment) = fault.drop {
        parts.push(format!("drop {} the request is handled", moment.as_str()));
    }
    parts.join(", ")
}
