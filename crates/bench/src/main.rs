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

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut report = Report::new(args.json);
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let name = engine.to_string().to_lowercase();
        let wanted = args
            .engine
            .as_deref()
            .is_none_or(|only| name.starts_with(only));
        if wanted {
            measure_engine(&args, engine, &mut report).await?;
        }
    }
    report.finish();
    Ok(())
}

async fn measure_engine(args: &Args, engine: Engine, report: &mut Report) -> anyhow::Result<()> {
    let time = Duration::from_secs(args.seconds);
    let Some(mut seeded) = Seeded::new(engine).await? else {
        report.skipped(engine);
        return Ok(());
    };
    let works = [Work::Create, Work::List, Work::Accept];
    let mut ceilings = Vec::new();
    for work in works {
        for connections in CONNECTIONS {
            ceilings.push(ceiling::measure(&mut seeded, work, connections, time).await?);
        }
    }
    let prepared = seeded.hand_over(CONNECTIONS.len()).await?;
    let server = Server::start(&args.executable, &prepared).await?;
    let mut ceilings = ceilings.into_iter();
    for work in works {
        for (round, connections) in CONNECTIONS.into_iter().enumerate() {
            let load = http::measure(&server, &prepared, work, (round, connections), time).await?;
            let ceiling = ceilings.next().unwrap_or_default();
            report.row(engine, work, connections, &load, &ceiling);
        }
    }
    report.process(engine, server.resident_mb()?, server.first_200_ms);
    server.stop().await
}
