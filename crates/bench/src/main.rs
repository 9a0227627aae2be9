//! Load generator: how many requests a second the server answers, beside the bare ceiling of its
//! store (the same use cases in the same process, without HTTP), in one run on one machine.
//!
//! Run it through `scripts/bench`, which builds everything in release first.

mod ceiling;
mod http;
mod measure;
mod report;
mod seed;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use vestibule_testkit::store::Engine;

use crate::measure::Work;
use crate::report::Report;
use crate::seed::Seeded;
use crate::server::Server;

/// Measures the server and the ceiling of its store.
#[derive(Debug, Parser)]
struct Args {
    /// The server's executable
    #[arg(long, default_value = "target/release/vestibule")]
    executable: PathBuf,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// Only this engine
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// How many invitations are made to be accepted, for each second of a measurement.
const ACCEPTABLE_A_SECOND: usize = 12_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let report = Report::new(args.json);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let name = engine.to_string().to_lowercase();
        let wanted = args
            .engine
            .as_deref()
            .is_none_or(|only| name.starts_with(only));
        if wanted {
            measure_engine(&args, engine, &report).await?;
        }
    }
    report.finish();
    Ok(())
}

/// Measures one engine. Each figure of the server is taken right after its ceiling, on a second
/// database of the same make: what else the machine does then disturbs both alike.
async fn measure_engine(args: &Args, engine: Engine, report: &Report) -> anyhow::Result<()> {
    let time = Duration::from_secs(args.seconds);
    let (Some(bare), Some(served)) = (Seeded::new(engine).await?, Seeded::new(engine).await?)
    else {
        report.skipped(engine);
        return Ok(());
    };
    let acceptable = usize::try_from(args.seconds)?.saturating_mul(ACCEPTABLE_A_SECOND);
    let prepared = served.hand_over(CONNECTIONS.len(), acceptable).await?;
    let server = Server::start(&args.executable, &prepared).await?;
    for work in [
        Work::Create,
        Work::List,
        Work::Accept,
        Work::CreateConfluent,
        Work::CreateAtlas,
    ] {
        for (round, connections) in CONNECTIONS.into_iter().enumerate() {
            let tokens = if work == Work::Accept { acceptable } else { 0 };
            let ceiling = ceiling::measure(&bare, work, (tokens, connections), time).await?;
            let load = http::measure(&server, &prepared, work, (round, connections), time).await?;
            report.row(engine, work, connections, &load, &ceiling);
        }
    }
    report.process(engine, server.resident_mb()?, server.first_200_ms);
    server.stop().await
}
