//! What holds on SQLite only.
#![expect(clippy::panic, reason = "test code: a panic is the failure")]

use std::sync::mpsc;

use futures::future::join_all;
use vestibule_store::{Error, Sql, Store, StoreConfig};
use vestibule_testkit::store::Fresh;

const CREATE: Sql = Sql::new("create table test_row (id bigint primary key)");
const INSERT: Sql = Sql::new("insert into test_row (id) values ($1)");
const COUNT: Sql = Sql::new("select count(*) from test_row");

fn path(config: &StoreConfig) -> &std::path::Path {
    match config {
        StoreConfig::Sqlite { path, .. } => path,
        StoreConfig::Postgres { .. } => panic!("not a file"),
    }
}

#[tokio::test]
async fn a_second_opener_is_refused_until_the_first_is_gone() {
    let Fresh { store, config, .. } = &Fresh::sqlite().await;
    let refused = Store::open(config.clone()).await.err().unwrap();
    let message = refused.to_string();
    assert!(matches!(refused, Error::InUse { .. }));
    assert_eq!(
        message,
        format!(
            "the database {} is in use by another process",
            path(config).display()
        )
    );
    let link = path(config).with_extension("link");
    std::os::unix::fs::symlink(path(config), &link).unwrap();
    let refused = Store::open(StoreConfig::sqlite(link)).await.err().unwrap();
    assert!(matches!(refused, Error::InUse { .. }), "{refused:?}");
    store.close().await;
    Store::open(config.clone()).await.unwrap().close().await;
}

#[tokio::test]
async fn writes_that_wait_together_share_one_commit() {
    let Fresh { store, .. } = &Fresh::sqlite().await;
    let created: Result<_, Error> = store.write(|tx| tx.execute(CREATE, &[])).await;
    created.unwrap();
    let before = store.stats();
    // The first write holds the writer until all the others are in its queue.
    let (go_on, may_go_on) = mpsc::channel();
    let first = store.write(move |_tx| Ok::<_, Error>(may_go_on.recv().is_err()));
    let others = join_all((0..300_i64).map(|id| {
        store.write(move |tx| {
            tx.execute(INSERT, &[id.into()])?;
            if id % 3 == 0 {
                return Err(Error::value("a third fails"));
            }
            Ok(())
        })
    }));
    let release = async { drop::<mpsc::Sender<()>>(go_on) };
    let (first, others, ()) = tokio::join!(biased; first, others, release);
    assert!(first.unwrap());
    assert_eq!(others.iter().filter(|other| other.is_ok()).count(), 200);
    let counted: Result<i64, Error> = store.read(|tx| tx.one(COUNT, &[], |row| row.int(0))).await;
    assert_eq!(counted.unwrap(), 200);
    let after = store.stats();
    assert_eq!(after.committed - before.committed, 201);
    // 301 closures in groups of at most 128.
    assert_eq!(after.commits - before.commits, 3);
    assert!(after.largest_group <= 128, "{after:?}");
}

#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let Fresh { config, .. } = &Fresh::sqlite().await;
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let file = format!("{}{suffix}", path(config).display());
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_missing_directory_is_named() {
    let opened = Store::open(StoreConfig::sqlite("/nonexistent/v.db")).await;
    let error = opened.err().unwrap();
    assert!(matches!(error, Error::Open { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        "the database /nonexistent/v.db cannot be opened"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_apart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("v.db");
    std::fs::write(
        &path,
        "this is a text, and longer than a hundred bytes ".repeat(9),
    )
    .unwrap();
    let error = Store::open(StoreConfig::sqlite(&path)).await.err().unwrap();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_survived() {
    const LIMIT: Sql = Sql::new("pragma max_page_count = 200");
    const TABLE: Sql = Sql::new("create table test_text (id text primary key, body text)");
    const TEXT: Sql = Sql::new("insert into test_text (id, body) values ($1, $2)");
    const TEXTS: Sql = Sql::new("select count(*) from test_text");
    let Fresh { store, .. } = &Fresh::sqlite().await;
    let limited: Result<_, Error> = store
        .write(|tx| {
            tx.execute(TABLE, &[])?;
            tx.execute(LIMIT, &[])
        })
        .await;
    limited.unwrap();
    let write = |id: &'static str, bytes: usize| {
        store.write(move |tx| {
            let body = "x".repeat(bytes);
            tx.execute(TEXT, &[id.into(), (&body).into()])?;
            Ok::<_, Error>(())
        })
    };
    write("first", 10).await.unwrap();
    // Together in one group, and the second fills the disk: SQLite may give up the whole group.
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let hold = store.write(move |_tx| Ok::<_, Error>(may_go_on.recv().is_err()));
    let release = async { drop(go_on) };
    let (_held, small, large, ()) = tokio::join!(
        biased;
        hold,
        write("small", 10),
        write("large", 4_000_000),
        release
    );
    assert!(matches!(large, Err(Error::Full { .. })), "{large:?}");
    let kept = 1 + i64::from(small.is_ok());
    let counted: Result<i64, Error> = store.read(|tx| tx.one(TEXTS, &[], |row| row.int(0))).await;
    assert_eq!(counted.unwrap(), kept);
    write("last", 10).await.unwrap();
}
