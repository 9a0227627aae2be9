//! What was acknowledged on SQLite survives the sudden death of the process, and so does access.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test code: a panic is the failure, and the child tells its parent what it wrote"
)]

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

use futures::future::join_all;
use vestibule_store::{Error, Sql, Store, StoreConfig};

const CREATE: Sql = Sql::new("create table test_row (id text primary key)");
const INSERT: Sql = Sql::new("insert into test_row (id) values ($1)");
const ALL: Sql = Sql::new("select id from test_row");

/// Tells the child, which is this test in a process of its own, which file to write to.
const FILE: &str = "VESTIBULE_TEST_CRASH_FILE";
const THIS: &str = "every_acknowledged_write_survives_the_end_of_the_process";

#[tokio::test]
async fn every_acknowledged_write_survives_the_end_of_the_process() {
    if let Some(path) = std::env::var_os(FILE) {
        return write_until_killed(path.into()).await;
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("test.db");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", THIS, "--nocapture"])
        .env(FILE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    let mut take = |line: String| {
        let Some((_, id)) = line.split_once("wrote ") else {
            return 0;
        };
        acknowledged.push(id.to_owned());
        acknowledged.len()
    };
    for line in lines.by_ref() {
        if take(line.unwrap()) >= 300 {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // Whatever it still said before it died was acknowledged, too.
    for line in lines {
        take(line.unwrap());
    }

    let store = Store::open(StoreConfig::sqlite(path)).await.unwrap();
    let kept: Result<Vec<String>, Error> =
        store.read(|tx| tx.list(ALL, &[], |row| row.text(0))).await;
    let kept = kept.unwrap();
    assert!(acknowledged.len() >= 300, "{}", acknowledged.len());
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|id| !kept.contains(id))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

async fn write_until_killed(path: PathBuf) {
    let store = Store::open(StoreConfig::sqlite(path)).await.unwrap();
    let created: Result<_, Error> = store.write(|tx| tx.execute(CREATE, &[])).await;
    created.unwrap();
    join_all((0..8).map(|writer| {
        let store = &store;
        async move {
            for number in 0..100_000 {
                let id = format!("{writer}-{number}");
                let row = id.clone();
                let written: Result<_, Error> = store
                    .write(move |tx| tx.execute(INSERT, &[(&row).into()]))
                    .await;
                written.unwrap();
                println!("wrote {id}");
            }
        }
    }))
    .await;
}
