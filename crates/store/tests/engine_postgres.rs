//! What holds on PostgreSQL only.
#![expect(clippy::unwrap_used, reason = "test code: a panic is the failure")]

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use vestibule_store::{Claim, Error, Sql, Store, StoreConfig};
use vestibule_testkit::{postgres::empty_database, store::Fresh};

const CREATE: Sql = Sql::new("create table test_row (id text primary key, count bigint)");
const INSERT: Sql = Sql::new("insert into test_row (id, count) values ($1, $2)");
const COUNT: Sql = Sql::new("select count(*) from test_row");
/// Ends the connection it runs on.
const HANG_UP: Sql = Sql::new("select pg_terminate_backend(pg_backend_pid())");

/// Raises whatever state it is given.
const RAISE: &str = "create function raise(state text) returns bigint language plpgsql as \
    $$begin raise exception 'injected' using errcode = state; end$$";

async fn count(store: &Store) -> i64 {
    let counted: Result<i64, Error> = store.read(|tx| tx.one(COUNT, &[], |row| row.int(0))).await;
    counted.unwrap()
}

async fn create(store: &Store) {
    let created: Result<u64, Error> = store.write(|tx| tx.execute(CREATE, &[])).await;
    created.unwrap();
}

/// Runs `first` in the first run of a write that inserts a row, and counts the runs.
async fn interrupted(store: &Store, first: Sql) -> (Result<(), Error>, u32) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let result = store
        .write(move |tx| {
            tx.execute(INSERT, &["a".into(), 1_i64.into()])?;
            if counted.fetch_add(1, Ordering::Relaxed) == 0 {
                tx.execute(first, &[])?;
            }
            Ok(())
        })
        .await;
    (result, runs.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_serialization_failure_is_run_again() {
    const FAIL: Sql = Sql::new("select raise('40001')");
    const DEADLOCK: Sql = Sql::new("select raise('40P01')");
    for state in [FAIL, DEADLOCK] {
        let Some(fresh) = Fresh::postgres().await else {
            return;
        };
        fresh.run(RAISE);
        create(&fresh.store).await;
        let (result, runs) = interrupted(&fresh.store, state).await;
        result.unwrap();
        assert_eq!(runs, 2);
        assert_eq!(count(&fresh.store).await, 1);
        assert_eq!(fresh.store.stats().reruns, 1);
    }
}

#[tokio::test]
async fn what_never_stops_failing_is_given_up() {
    const FAIL: Sql = Sql::new("select raise('40001')");
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    fresh.run(RAISE);
    let result: Result<u64, Error> = fresh.store.write(|tx| tx.execute(FAIL, &[])).await;
    assert!(matches!(result, Err(Error::Contended)), "{result:?}");
}

#[tokio::test]
async fn a_serialization_failure_at_commit_is_run_again() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    create(&fresh.store).await;
    // A sequence counts what is rolled back, too.
    fresh.run(
        "create sequence attempt; \
         create function fail_twice() returns trigger language plpgsql as $$begin \
         if nextval('attempt') <= 2 then raise exception 'injected' using errcode = '40001'; \
         end if; return null; end$$; \
         create constraint trigger fail_twice after insert on test_row \
         deferrable initially deferred for each row execute function fail_twice()",
    );
    let result: Result<u64, Error> = fresh
        .store
        .write(|tx| tx.execute(INSERT, &["a".into(), 1_i64.into()]))
        .await;
    result.unwrap();
    assert_eq!(count(&fresh.store).await, 1);
    assert_eq!(fresh.store.stats().reruns, 2);
}

#[tokio::test]
async fn a_connection_that_ends_before_the_commit_is_replaced_and_the_work_run_again() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    create(&fresh.store).await;
    let (result, runs) = interrupted(&fresh.store, HANG_UP).await;
    result.unwrap();
    assert_eq!(runs, 2);
    assert_eq!(count(&fresh.store).await, 1);
}

#[tokio::test]
async fn a_connection_that_keeps_ending_is_unavailable() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let result: Result<u64, Error> = fresh.store.write(|tx| tx.execute(HANG_UP, &[])).await;
    assert!(
        matches!(result, Err(Error::Unavailable { .. })),
        "{result:?}"
    );
    assert!(result.unwrap_err().is_transient());
}

#[tokio::test]
async fn idle_connections_that_ended_are_replaced_unnoticed() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    create(&fresh.store).await;
    fresh.cut();
    for id in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
        let written: Result<u64, Error> = fresh
            .store
            .write(move |tx| tx.execute(INSERT, &[id.into(), 1_i64.into()]))
            .await;
        written.unwrap();
    }
    assert_eq!(count(&fresh.store).await, 9);
}

#[tokio::test]
async fn a_commit_that_was_cut_off_has_an_unknown_outcome() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    create(&fresh.store).await;
    fresh.run(
        "create function hang_up() returns trigger language plpgsql as $$begin \
         perform pg_terminate_backend(pg_backend_pid()); return null; end$$; \
         create constraint trigger hang_up after insert on test_row \
         deferrable initially deferred for each row execute function hang_up()",
    );
    let result: Result<u64, Error> = fresh
        .store
        .write(|tx| tx.execute(INSERT, &["a".into(), 1_i64.into()]))
        .await;
    assert!(
        matches!(result, Err(Error::CommitUnknown { .. })),
        "{result:?}"
    );
    assert_eq!(fresh.store.stats().reruns, 0);
    assert_eq!(count(&fresh.store).await, 0);
}

#[tokio::test]
async fn two_stores_may_share_a_database() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    create(&fresh.store).await;
    let other = Store::open(fresh.with_connections(NonZeroUsize::MIN))
        .await
        .unwrap();
    let written: Result<u64, Error> = other
        .write(|tx| tx.execute(INSERT, &["a".into(), 1_i64.into()]))
        .await;
    written.unwrap();
    assert_eq!(count(&fresh.store).await, 1);
}

#[tokio::test]
async fn stores_that_open_an_empty_database_together_migrate_it_once() {
    let Some(database) = empty_database() else {
        return;
    };
    let config: StoreConfig = database.url().parse().unwrap();
    let stores = futures::future::join_all((0..6).map(|_node| Store::open(config.clone()))).await;
    for store in stores {
        store.unwrap().prepare_all().await.unwrap();
    }
}

#[tokio::test]
async fn the_same_work_is_done_without_prepared_statements() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let StoreConfig::Postgres { url, .. } = &fresh.config else {
        return;
    };
    let config = format!("{url}&prepared_statements=off&connections=2");
    let store = Store::open(config.parse().unwrap()).await.unwrap();
    create(&store).await;
    let written: Result<u64, Error> = store
        .write(|tx| tx.execute(INSERT, &["a".into(), vestibule_store::Param::NullInt]))
        .await;
    assert_eq!(written.unwrap(), 1);
    assert_eq!(count(&store).await, 1);
}

#[tokio::test]
async fn a_statement_outlives_a_change_of_its_table() {
    const ANY: Sql = Sql::new("select * from test_row");
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let store = Store::open(fresh.with_connections(NonZeroUsize::MIN))
        .await
        .unwrap();
    create(&store).await;
    for column in ["b", "c"] {
        let read: Result<u64, Error> = store.read(|tx| tx.execute(ANY, &[])).await;
        read.unwrap();
        fresh.run(&format!("alter table test_row add column {column} text"));
    }
}

#[tokio::test]
async fn what_the_server_says_of_values_stays_out_of_errors() {
    const CAST: Sql = Sql::new("select cast($1 as bigint)");
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let error: Result<u64, Error> = fresh
        .store
        .read(|tx| tx.execute(CAST, &["ann@example.org".into()]))
        .await;
    let error = error.unwrap_err();
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "data exception 22P02"
    );
    assert!(!format!("{error:?}").contains("ann@"), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let config: StoreConfig = "postgres://u@%2Fnonexistent/db".parse().unwrap();
    let error = Store::open(config).await.err().unwrap();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_a_matter_of_configuration() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let StoreConfig::Postgres { url, .. } = &fresh.config else {
        return;
    };
    let (server, options) = url.split_once('?').unwrap();
    let (server, _database) = server.rsplit_once('/').unwrap();
    let config: StoreConfig = format!("{server}/nothing?{options}").parse().unwrap();
    let error = Store::open(config).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "the database address is not usable: database \"nothing\" does not exist"
    );
}

#[tokio::test]
async fn the_next_server_is_asked_when_one_is_not_there() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let StoreConfig::Postgres { url, .. } = &fresh.config else {
        return;
    };
    let two = url.replace('@', "@%2Fnonexistent,") + "&target_session_attrs=read-write";
    let store = Store::open(two.parse().unwrap()).await.unwrap();
    create(&store).await;
    assert_eq!(count(&fresh.store).await, 0);
}

#[tokio::test]
async fn a_server_that_takes_no_writes_says_so() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    create(&fresh.store).await;
    fresh.run(
        "do $$begin execute format('alter database %I set default_transaction_read_only = on', \
         current_database()); end$$",
    );
    let store = Store::open(fresh.config.clone()).await.unwrap();
    let written: Result<u64, Error> = store
        .write(|tx| tx.execute(INSERT, &["a".into(), 1_i64.into()]))
        .await;
    assert!(
        matches!(written, Err(Error::ReadOnly { .. })),
        "{written:?}"
    );
    assert_eq!(count(&store).await, 0);
}

#[tokio::test]
async fn one_process_at_a_time_claims_a_database_and_work_goes_on() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let first = Claim::of(&fresh.config).await.unwrap();
    let second = Claim::of(&fresh.config).await.unwrap_err();
    assert!(matches!(second, Error::Claimed), "{second:?}");
    create(&fresh.store).await;
    assert_eq!(count(&fresh.store).await, 0);
    drop(first);
    // The server hears of a connection's end in its own time.
    let third = async {
        loop {
            match Claim::of(&fresh.config).await {
                Err(Error::Claimed) => tokio::task::yield_now().await,
                other => return other,
            }
        }
    };
    third.await.unwrap();
}

#[tokio::test]
async fn a_claim_whose_connection_is_lost_says_so_and_stands_in_nobodys_way() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let first = Claim::of(&fresh.config).await.unwrap();
    assert!(first.is_held());
    fresh.cut();
    while first.is_held() {
        tokio::task::yield_now().await;
    }
    let second = Claim::of(&fresh.config).await.unwrap();
    assert!(second.is_held());
    drop(first);
    assert!(second.is_held());
}

#[tokio::test]
async fn a_file_needs_no_claim() {
    let fresh = Fresh::sqlite().await;
    let first = Claim::of(&fresh.config).await.unwrap();
    assert!(first.is_held());
    let _second = Claim::of(&fresh.config).await.unwrap();
}
