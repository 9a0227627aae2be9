//! Measures durable writes per second, at several numbers of concurrent callers.
//!
//! `cargo run --release -p vestibule-store --example group_commit -- [ADDRESS] [SECONDS]`
//!
//! The address names an empty database; without one, a SQLite file in the temporary directory is
//! used and removed, and `?synchronous=normal` alone sets an option of that.
//!
//! A write is what creating an invitation comes to: three rows in three tables, one of them with
//! two unique indexes. Every one is acknowledged after its commit only.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement: it prints, it takes the time, and a panic is its failure"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use vestibule_store::{Error, Param, Sql, Store, StoreConfig, Tx};

const TABLES: [Sql; 6] = [
    Sql::new(
        "create table bench_invitation (org_id text, id text, email text, match_key text, \
         state text, role text, inviter text, created_at bigint, expires_at bigint, \
         generation bigint, note text, primary key (org_id, id))",
    ),
    Sql::new(
        "create unique index bench_live on bench_invitation (org_id, match_key) \
         where state = 'pending'",
    ),
    Sql::new("create index bench_list on bench_invitation (org_id, created_at, id)"),
    Sql::new("create table bench_job (id text primary key, kind text, body text, due_at bigint)"),
    Sql::new("create index bench_due on bench_job (due_at, id)"),
    Sql::new(
        "create table bench_audit (org_id text, id text, body text, primary key (org_id, id))",
    ),
];
const INVITATION: Sql = Sql::new(
    "insert into bench_invitation (org_id, id, email, match_key, state, role, inviter, \
     created_at, expires_at, generation, note) \
     values ($1, $2, $3, $3, 'pending', 'member', $4, $5, $6, 1, $7)",
);
const JOB: Sql = Sql::new(
    "insert into bench_job (id, kind, body, due_at) values ($1, 'send_invitation', $2, $3)",
);
const AUDIT: Sql = Sql::new("insert into bench_audit (org_id, id, body) values ($1, $2, $3)");
const COUNT: Sql = Sql::new("select count(*) from bench_invitation");

fn create(tx: &mut Tx<'_>, number: i64) -> Result<(), Error> {
    // Scattered, as real ids are.
    let id = format!("{:016x}", number.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let email = format!("{id}@example.org");
    let organization = Param::from("org-1");
    let body = "{\"action\":\"invitation.create\",\"actor\":\"usr_0000000000000000000\"}";
    let invitation = [
        organization,
        (&id).into(),
        (&email).into(),
        "usr_0000000000000000000".into(),
        number.into(),
        (number + 1).into(),
        "welcome to the team".into(),
    ];
    tx.execute(INVITATION, &invitation)?;
    tx.execute(JOB, &[(&id).into(), body.into(), number.into()])?;
    tx.execute(AUDIT, &[organization, (&id).into(), body.into()])?;
    Ok(())
}

async fn measure(store: &Store, next: &Arc<AtomicI64>, callers: usize, length: Duration) {
    let before = store.stats();
    let start = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_caller| {
            let (store, next) = (store.clone(), Arc::clone(next));
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                while start.elapsed() < length {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let begun = Instant::now();
                    store.write(move |tx| create(tx, number)).await.unwrap();
                    latencies.push(begun.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await.unwrap());
    }
    let elapsed = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |share: usize| {
        latencies
            .get(latencies.len() * share / 1000)
            .copied()
            .unwrap()
    };
    let after = store.stats();
    let writes = after.committed - before.committed;
    println!(
        "callers {callers:>3}  reruns {:>4}  writes/s {:>6.0}  p50 {:>8.1?}  p99 {:>8.1?}  p99.9 {:>8.1?}  \
         writes/commit {:.1}",
        after.reruns - before.reruns,
        f64::from(u32::try_from(writes).unwrap()) / elapsed,
        at(500),
        at(990),
        at(999),
        f64::from(u32::try_from(writes).unwrap())
            / f64::from(u32::try_from(after.commits - before.commits).unwrap()),
    );
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut address = arguments.next().unwrap_or_default();
    let seconds = arguments
        .next()
        .map_or(3, |seconds| seconds.parse().unwrap());
    let directory = tempfile::tempdir().unwrap();
    if !address.contains(':') {
        let path = directory.path().join("bench.db");
        address = format!("sqlite:{}{address}", path.display());
    }
    let config: StoreConfig = address.parse().unwrap();
    let store = Store::open(config).await.unwrap();
    let created: Result<(), Error> = store
        .write(|tx| {
            TABLES
                .iter()
                .try_for_each(|table| tx.execute(*table, &[]).map(drop))
        })
        .await;
    created.unwrap();
    let next = Arc::new(AtomicI64::new(0));
    for callers in [1, 16, 64, 256] {
        measure(&store, &next, callers, Duration::from_secs(seconds)).await;
    }
    let rows: Result<i64, Error> = store.read(|tx| tx.one(COUNT, &[], |row| row.int(0))).await;
    assert_eq!(rows.unwrap(), next.load(Ordering::Relaxed));
    store.close().await;
}
