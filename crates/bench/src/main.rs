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

use crate::measure::{Load, Work};
use crate::report::Report;
use crate::seed::{Prepared, Seeded};
use crate::server::Server;

/// Measures the server and the ceiling of its store.
#[derive(Debug, Parser)]
struct Args {
    /// The server's executable [default: the one beside this one]
    #[arg(long)]
    executable: Option<PathBuf>,
    /// Seconds for each measurement
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// Only this engine
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
    /// Only what begins like this: `create` is the creates of all three APIs
    #[arg(long)]
    work: Option<String>,
    /// Only with so many connections
    #[arg(long)]
    connections: Option<usize>,
}

impl Args {
    fn wants(&self, works: &[Work], connections: usize) -> bool {
        let name = works.first().map_or("", |work| work.name());
        self.work
            .as_deref()
            .is_none_or(|only| name.starts_with(only))
            && self.connections.is_none_or(|only| only == connections)
    }
}

const CONNECTIONS: [usize; 3] = [1, 16, 64];

/// How many invitations are made to be accepted, for each second of a measurement.
const ACCEPTABLE_A_SECOND: usize = 12_000;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let all = WORKS.into_iter();
    let mut all = all.flat_map(|works| CONNECTIONS.map(|connections| (works, connections)));
    anyhow::ensure!(
        all.any(|(works, connections)| args.wants(works, connections)),
        "nothing is called so: --work create, list or accept, --connections {}",
        CONNECTIONS.map(|count| count.to_string()).join(", ")
    );
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

/// What is measured. Works that are to be compared stand together and take turns, because the
/// database grows under them and the machine has moods; their use case, and so their ceiling, is
/// the same.
const WORKS: [&[Work]; 3] = [
    &[Work::Create, Work::CreateConfluent, Work::CreateAtlas],
    &[Work::List],
    &[Work::Accept],
];

/// How many turns those take; a multiple of their number.
const TURNS: u32 = 9;

/// How something is to be measured.
#[derive(Clone, Copy)]
struct Asked {
    /// Which tokens to use up.
    round: usize,
    connections: usize,
    /// How many invitations the ceiling needs to accept.
    acceptable: usize,
    time: Duration,
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
    let acceptable = if args
        .work
        .as_deref()
        .is_none_or(|only| "accept".starts_with(only))
    {
        usize::try_from(args.seconds)?.saturating_mul(ACCEPTABLE_A_SECOND)
    } else {
        0
    };
    let prepared = served.hand_over(CONNECTIONS.len(), acceptable).await?;
    let executable = match &args.executable {
        Some(executable) => executable.clone(),
        None => std::env::current_exe()?.with_file_name("vestibule"),
    };
    let server = Server::start(&executable, &prepared).await?;
    for works in WORKS {
        for (round, connections) in CONNECTIONS.into_iter().enumerate() {
            if !args.wants(works, connections) {
                continue;
            }
            let asked = Asked {
                round,
                connections,
                acceptable: if *works == [Work::Accept] {
                    acceptable
                } else {
                    0
                },
                time,
            };
            let (ceiling, loads) = measure_works(&bare, &server, &prepared, works, asked).await?;
            for (work, load) in loads {
                report.row(engine, work, connections, &load, &ceiling);
            }
        }
    }
    report.process(engine, server.resident_mb()?, server.first_200_ms);
    server.stop().await
}

/// Measures works by turns, and the ceiling that they share.
async fn measure_works(
    bare: &Seeded,
    server: &Server,
    prepared: &Prepared,
    works: &[Work],
    asked: Asked,
) -> anyhow::Result<(Load, Vec<(Work, Load)>)> {
    let turns = if works.len() > 1 { TURNS } else { 1 };
    let time = asked.time / turns;
    let connections = asked.connections;
    let mut ceiling = Load::default();
    let mut loads: Vec<_> = works.iter().map(|w| (*w, Load::default())).collect();
    for _ in 0..turns {
        if let Some((work, _)) = loads.first() {
            let size = (asked.acceptable, connections);
            ceiling.append(ceiling::measure(bare, *work, size, time).await?);
        }
        for (work, load) in &mut loads {
            let size = (asked.round, connections);
            load.append(http::measure(server, prepared, *work, size, time).await?);
        }
        // Whoever came first comes last in the next turn.
        loads.rotate_left(1);
    }
    Ok((ceiling, loads))
}
