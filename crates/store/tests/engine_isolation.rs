//! What transactions see of each other, and what closing a store does, on every engine.
#![expect(clippy::unwrap_used, reason = "test code: a panic is the failure")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use common::{COUNT, INSERT, count, create, insert, run};
use futures::future::join_all;
use vestibule_store::{Error, Sql, Store};
use vestibule_testkit::store::{Fresh, each_engine};

#[tokio::test]
async fn a_read_cannot_write() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        let written: Result<u64, Error> = store
            .read(|tx| tx.execute(INSERT, &["a".into(), 1_i64.into()]))
            .await;
        assert!(
            matches!(written, Err(Error::ReadOnly { .. })),
            "{written:?}"
        );
        assert_eq!(count(store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_read_sees_one_snapshot() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = std::sync::mpsc::channel();
        let mut begun = Some(begun);
        let reading = store.read(move |tx| {
            let before = tx.one(COUNT, &[], |row| row.int(0))?;
            begun.take().unwrap().send(()).unwrap();
            may_go_on.recv().unwrap();
            Ok::<_, Error>((before, tx.one(COUNT, &[], |row| row.int(0))?))
        });
        let writing = async {
            has_begun.await.unwrap();
            insert(store, "a", 1).await.unwrap();
            go_on.send(()).unwrap();
        };
        let (read, ()) = tokio::join!(reading, writing);
        assert_eq!(read.unwrap(), (0, 0));
        assert_eq!(count(store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_that_decide_on_what_the_other_writes_do_not_both_succeed() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        // Each inserts its row only if there is none: by itself that needs no row of the other's.
        let results = join_all(["a", "b", "c", "d"].map(|id| {
            run(store, move |tx| {
                let empty = tx.one(COUNT, &[], |row| row.int(0))? == 0;
                if empty {
                    tx.execute(INSERT, &[id.into(), 1_i64.into()])?;
                }
                Ok(empty)
            })
        }))
        .await;
        let inserted = results
            .into_iter()
            .filter(|result| *result.as_ref().unwrap());
        assert_eq!(inserted.count(), 1);
        assert_eq!(count(store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_closed_store_refuses_work() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        let clone = store.clone();
        store.close().await;
        let written = insert(&clone, "a", 1).await;
        assert!(matches!(written, Err(Error::Closed)), "{written:?}");
        let read: Result<i64, Error> = clone.read(|tx| tx.one(COUNT, &[], |row| row.int(0))).await;
        assert!(matches!(read, Err(Error::Closed)), "{read:?}");
        clone.close().await;
    })
    .await;
}

#[tokio::test]
async fn work_that_was_accepted_is_done_before_closing() {
    each_engine(async |Fresh { store, config, .. }| {
        create(store).await;
        let writes = join_all(["a", "b", "c", "d"].map(|id| insert(store, id, 1)));
        let (written, ()) = tokio::join!(biased; writes, store.close());
        assert!(written.iter().all(Result::is_ok), "{written:?}");
        let store = Store::open(config.clone()).await.unwrap();
        assert_eq!(count(&store).await, 4);
    })
    .await;
}

#[tokio::test]
async fn work_that_nobody_waits_for_any_more_is_not_begun() {
    each_engine(async |Fresh { store, config, .. }| {
        create(store).await;
        let runs = Arc::new(AtomicU32::new(0));
        let (block, blocked) = std::sync::mpsc::channel::<()>();
        // Every thread is busy, so the write below waits in the queue.
        let store = match config {
            vestibule_store::StoreConfig::Sqlite { .. } => store.clone(),
            vestibule_store::StoreConfig::Postgres { url, .. } => {
                let one = std::num::NonZeroUsize::MIN;
                let config = vestibule_store::StoreConfig::Postgres {
                    url: url.clone(),
                    connections: one,
                };
                Store::open(config).await.unwrap()
            }
        };
        let busy = run(&store, move |_tx| Ok(blocked.recv().is_err()));
        let forgotten = Arc::clone(&runs);
        let dropped = async {
            let write = run(&store, move |_tx| {
                Ok(forgotten.fetch_add(1, Ordering::Relaxed))
            });
            let mut write = Box::pin(write);
            assert!(futures::poll!(&mut write).is_pending());
            drop(write);
            drop(block);
        };
        let (busy, ()) = tokio::join!(biased; busy, dropped);
        assert!(busy.unwrap());
        assert_eq!(count(&store).await, 0);
        store.close().await;
        assert_eq!(runs.load(Ordering::Relaxed), 0);
    })
    .await;
}

#[tokio::test]
async fn a_reopened_database_has_its_rows() {
    each_engine(async |Fresh { store, config, .. }| {
        create(store).await;
        insert(store, "a", 1).await.unwrap();
        store.close().await;
        let store = Store::open(config.clone()).await.unwrap();
        assert_eq!(count(&store).await, 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    const NEWER: Sql = Sql::new(
        "insert into refinery_schema_history (version, name, applied_on, checksum) \
         select 4711, name, applied_on, checksum from refinery_schema_history where version = 1",
    );
    each_engine(async |Fresh { store, config, .. }| {
        assert_eq!(run(store, |tx| tx.execute(NEWER, &[])).await.unwrap(), 1);
        store.close().await;
        let refused = Store::open(config.clone()).await.err().unwrap();
        let Error::NewerDatabase {
            found: 4711,
            supported,
        } = refused
        else {
            std::panic::resume_unwind(Box::new(format!("{refused:?}")));
        };
        assert_eq!(
            refused.to_string(),
            format!(
                "the database has schema version 4711, this program knows {supported}: upgrade it"
            )
        );
    })
    .await;
}
