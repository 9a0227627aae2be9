//! What the load generator prints.

use serde::Serialize;
use vestibule_testkit::store::Engine;

use crate::measure::{Load, Work};

/// Collects rows and prints each as it comes.
pub(crate) struct Report {
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    engine: &'a str,
    connections: usize,
    per_second: f64,
    p99_ms: f64,
    ratio_to_ceiling: f64,
    server_cpu_us: f64,
    generator_cpu_us: f64,
}

#[derive(Serialize)]
struct Process<'a> {
    name: &'a str,
    engine: &'a str,
    resident_mb: f64,
    first_200_ms: f64,
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
impl Report {
    pub(crate) fn new(json: bool) -> Self {
        if !json {
            println!(
                "{:<16} {:<10} {:>11} {:>11} {:>9} {:>13} {:>8} {:>14} {:>17}",
                "work",
                "engine",
                "connections",
                "requests/s",
                "p99 ms",
                "ceiling/s",
                "ratio",
                "server CPU us",
                "generator CPU us"
            );
        }
        Self { json }
    }

    pub(crate) fn row(
        &self,
        engine: Engine,
        work: Work,
        connections: usize,
        load: &Load,
        ceiling: &Load,
    ) {
        let ceiling = ceiling.per_second();
        let row = Row {
            name: work.name(),
            engine: engine_name(engine),
            connections,
            per_second: rounded(load.per_second()),
            p99_ms: rounded(load.p99_ms()),
            ratio_to_ceiling: if ceiling > 0.0 {
                rounded(load.per_second() / ceiling)
            } else {
                0.0
            },
            server_cpu_us: rounded(load.micros_each(load.server_cpu)),
            generator_cpu_us: rounded(load.micros_each(load.generator_cpu)),
        };
        if self.json {
            println!("{}", serde_json::to_string(&row).unwrap_or_default());
        } else {
            println!(
                "{:<16} {:<10} {:>11} {:>11.0} {:>9.2} {:>13.0} {:>8.2} {:>14.0} {:>17.0}",
                row.name,
                row.engine,
                row.connections,
                row.per_second,
                row.p99_ms,
                ceiling,
                row.ratio_to_ceiling,
                row.server_cpu_us,
                row.generator_cpu_us
            );
        }
    }

    pub(crate) fn process(&self, engine: Engine, resident_mb: f64, first_200_ms: f64) {
        let row = Process {
            name: "process",
            engine: engine_name(engine),
            resident_mb: rounded(resident_mb),
            first_200_ms: rounded(first_200_ms),
        };
        if self.json {
            println!("{}", serde_json::to_string(&row).unwrap_or_default());
        } else {
            println!(
                "{:<16} {:<10} resident {:.1} MB after the load, first 200 after {:.1} ms",
                row.name, row.engine, row.resident_mb, row.first_200_ms
            );
        }
    }

    pub(crate) fn skipped(&self, engine: Engine) {
        if !self.json {
            println!("{engine} is not measured here");
        }
    }

    pub(crate) fn finish(&self) {
        if !self.json {
            println!(
                "The ceiling is the same use case in one process, through the store, without HTTP."
            );
        }
    }
}

const fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
