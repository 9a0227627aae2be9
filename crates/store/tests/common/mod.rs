//! A table to test with, and what is done to it.
#![allow(
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    reason = "compiled into several test binaries, each of which uses what it needs"
)]

use vestibule_store::{Error, Sql, Store, Tx};

pub const CREATE: Sql = Sql::new("create table test_row (id text primary key, count bigint)");
pub const INSERT: Sql = Sql::new("insert into test_row (id, count) values ($1, $2)");
pub const COUNT: Sql = Sql::new("select count(*) from test_row");
pub const ADD: Sql = Sql::new("update test_row set count = count + 1 where id = $1");
pub const VALUE: Sql = Sql::new("select count from test_row where id = $1");
pub const ALL: Sql = Sql::new("select id, count from test_row order by id");

pub async fn create(store: &Store) {
    run(store, |tx| tx.execute(CREATE, &[])).await.unwrap();
}

/// A write whose error is the store's own.
pub async fn run<R: Send + 'static>(
    store: &Store,
    closure: impl FnMut(&mut Tx<'_>) -> Result<R, Error> + Send + 'static,
) -> Result<R, Error> {
    store.write(closure).await
}

pub async fn insert(store: &Store, id: &'static str, count: i64) -> Result<u64, Error> {
    run(store, move |tx| {
        tx.execute(INSERT, &[id.into(), count.into()])
    })
    .await
}

pub async fn count(store: &Store) -> i64 {
    let counted: Result<i64, Error> = store.read(|tx| tx.one(COUNT, &[], |row| row.int(0))).await;
    counted.unwrap()
}
