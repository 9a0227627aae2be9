//! What holds on every engine.
#![expect(clippy::unwrap_used, reason = "test code: a panic is the failure")]

mod common;

use common::{ADD, ALL, COUNT, INSERT, VALUE, count, create, insert, run};
use futures::future::join_all;
use vestibule_store::{Error, Param, Sql, Tx};
use vestibule_testkit::store::{Fresh, each_engine};

const COUNT_MIGRATIONS: Sql = Sql::new("select count(*) from refinery_schema_history");

#[tokio::test]
async fn what_was_committed_is_read_back() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        assert_eq!(insert(store, "a", 1).await.unwrap(), 1);
        let rows: Result<_, Error> = store
            .read(|tx| tx.list(ALL, &[], |row| Ok((row.text(0)?, row.opt_int(1)?))))
            .await;
        assert_eq!(rows.unwrap(), [("a".to_owned(), Some(1))]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_member_takes_only_its_own_work_with_it() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        let results = join_all((0..40_i64).map(|number| {
            let id = format!("row {number:02}");
            run(store, move |tx| {
                tx.execute(INSERT, &[(&id).into(), number.into()])?;
                if number % 2 == 0 {
                    return Ok(());
                }
                Err(Error::value("odd"))
            })
        }))
        .await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 20);
        assert_eq!(count(store).await, 20);
    })
    .await;
}

#[tokio::test]
async fn the_callers_own_error_comes_back() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        Full(&'static str),
        Store,
    }
    impl From<Error> for Refusal {
        fn from(_error: Error) -> Self {
            Self::Store
        }
    }
    each_engine(async |Fresh { store, .. }| {
        let full = store.write(|_tx| Err::<(), _>(Refusal::Full("team"))).await;
        assert_eq!(full, Err(Refusal::Full("team")));
        let full = store.read(|_tx| Err::<(), _>(Refusal::Full("team"))).await;
        assert_eq!(full, Err(Refusal::Full("team")));
        let missing: Result<i64, _> = store
            .read(|tx| Ok::<_, Refusal>(tx.one(COUNT, &[], |row| row.int(0))?))
            .await;
        assert_eq!(missing, Err(Refusal::Store));
    })
    .await;
}

#[tokio::test]
async fn a_panic_is_rolled_back_and_the_store_goes_on() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        for _again in 0..20 {
            let panicked: Result<(), Error> = run(store, |tx| {
                tx.execute(INSERT, &["a".into(), 1_i64.into()])?;
                std::panic::resume_unwind(Box::new("a defect"));
            })
            .await;
            assert!(matches!(panicked, Err(Error::Panicked)), "{panicked:?}");
        }
        assert_eq!(count(store).await, 0);
        insert(store, "a", 1).await.unwrap();
        assert_eq!(count(store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn sixty_four_writers_count_to_sixty_four() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        insert(store, "counter", 0).await.unwrap();
        let added = join_all((0..64).map(|_writer| {
            run(store, |tx| {
                let before = tx.one(VALUE, &["counter".into()], |row| row.int(0))?;
                tx.execute(ADD, &["counter".into()])?;
                Ok(before)
            })
        }))
        .await;
        let mut seen: Vec<i64> = added.into_iter().map(Result::unwrap).collect();
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..64));
    })
    .await;
}

#[tokio::test]
async fn a_read_sees_the_writes_that_were_acknowledged_before_it() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        for (number, id) in ["a", "b", "c", "d", "e", "f", "g", "h"]
            .into_iter()
            .enumerate()
        {
            assert_eq!(usize::try_from(count(store).await).unwrap(), number);
            insert(store, id, 1).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_null_has_a_type() {
    const TYPED: Sql = Sql::new("select $1, $2, $1 is null, $2 is null, coalesce($1, 'none')");
    const MATCHING: Sql =
        Sql::new("select count(*) from test_row where $1 is null or id = $1 limit $2");
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        for nulls in [
            [Param::NullText, Param::NullInt],
            [Param::OptText(None), Param::OptInt(None)],
        ] {
            let read: Result<_, Error> = store
                .read(move |tx| {
                    tx.one(TYPED, &nulls, |row| {
                        let values = (row.opt_text(0)?, row.opt_int(1)?);
                        Ok((values, row.int(2)?, row.int(3)?, row.text(4)?))
                    })
                })
                .await;
            assert_eq!(read.unwrap(), ((None, None), 1, 1, "none".to_owned()));
        }
        run(store, |tx| {
            tx.execute(INSERT, &["a".into(), Param::NullInt])
        })
        .await
        .unwrap();
        for (id, found) in [(None, 1), (Some("a"), 1), (Some("b"), 0)] {
            let read: Result<_, Error> = store
                .read(move |tx| tx.one(MATCHING, &[id.into(), 1_i64.into()], |row| row.int(0)))
                .await;
            assert_eq!(read.unwrap(), found);
        }
    })
    .await;
}

#[tokio::test]
async fn placeholders_count_by_number_and_not_by_place() {
    const SWAPPED: Sql = Sql::new(
        "insert into test_row (count, id) values ($2, $1) on conflict (id) do update set count = \
         excluded.count + $2 returning id, count, $3",
    );
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        for expected in [7, 14] {
            let row = run(store, |tx| {
                tx.one(SWAPPED, &["a".into(), 7_i64.into(), "c".into()], |row| {
                    Ok((row.text(0)?, row.int(1)?, row.text(2)?))
                })
            })
            .await;
            assert_eq!(row.unwrap(), ("a".to_owned(), expected, "c".to_owned()));
        }
    })
    .await;
}

#[tokio::test]
async fn a_pattern_minds_the_case() {
    const LIKE: Sql = Sql::new("select count(*) from test_row where id like $1");
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        insert(store, "Admin", 1).await.unwrap();
        for (pattern, found) in [("A%", 1), ("a%", 0), ("%min", 1), ("%MIN", 0)] {
            let read: Result<i64, Error> = store
                .read(move |tx| tx.one(LIKE, &[pattern.into()], |row| row.int(0)))
                .await;
            assert_eq!(read.unwrap(), found, "{pattern}");
        }
    })
    .await;
}

#[tokio::test]
async fn executing_a_statement_counts_its_rows() {
    const KEEP: Sql = Sql::new(
        "insert into test_row (id, count) values ($1, 1) on conflict do nothing returning id",
    );
    const DELETE: Sql = Sql::new("delete from test_row");
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        let changed = run(store, |tx| {
            Ok([
                tx.execute(KEEP, &["a".into()])?,
                tx.execute(KEEP, &["a".into()])?,
                tx.execute(KEEP, &["b".into()])?,
                tx.execute(ALL, &[])?,
                tx.execute(DELETE, &[])?,
                tx.execute(DELETE, &[])?,
            ])
        })
        .await;
        assert_eq!(changed.unwrap(), [1, 0, 1, 2, 2, 0]);
    })
    .await;
}

#[tokio::test]
async fn none_one_and_many_rows_are_told_apart() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        insert(store, "a", 1).await.unwrap();
        insert(store, "b", 2).await.unwrap();
        let read: Result<_, Error> = store
            .read(|tx| {
                let value =
                    |tx: &mut Tx<'_>, id: &str| tx.find(VALUE, &[id.into()], |row| row.int(0));
                let none = value(tx, "c")?;
                let one = value(tx, "b")?;
                let missing = tx.one(VALUE, &["c".into()], |row| row.int(0));
                let many = tx.one(ALL, &[], |row| row.text(0));
                Ok((none, one, missing.unwrap_err(), many.unwrap_err()))
            })
            .await;
        let (none, one, missing, many) = read.unwrap();
        assert_eq!((none, one), (None, Some(2)));
        assert!(matches!((missing, many), (Error::NoRow, Error::ManyRows)));
    })
    .await;
}

#[tokio::test]
async fn a_column_of_another_type_is_an_unreadable_value() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        insert(store, "a", 1).await.unwrap();
        let read: Result<_, Error> = store
            .read(|tx| {
                let text = tx.one(ALL, &[], |row| row.text(1)).unwrap_err();
                let int = tx.one(ALL, &[], |row| row.int(0)).unwrap_err();
                let none = tx.one(ALL, &[], |row| row.text(9)).unwrap_err();
                // None of these ends the transaction: the database did what it was told.
                let still = tx.one(ALL, &[], |row| row.int(1))?;
                Ok((text.to_string(), int.to_string(), none.to_string(), still))
            })
            .await;
        let (text, int, none, still) = read.unwrap();
        assert_eq!(text, "the stored value of column 1 is not readable");
        assert_eq!(int, "the stored value of column 0 is not readable");
        assert_eq!(none, "the stored value of column 9 is not readable");
        assert_eq!(still, 1);
    })
    .await;
}

#[tokio::test]
async fn a_failed_statement_ends_the_transaction() {
    each_engine(async |Fresh { store, .. }| {
        create(store).await;
        let ignored = run(store, |tx| {
            tx.execute(INSERT, &["a".into(), 1_i64.into()])?;
            let twice = tx.execute(INSERT, &["a".into(), 1_i64.into()]);
            assert!(matches!(twice, Err(Error::Unique { .. })), "{twice:?}");
            let after = tx.execute(INSERT, &["b".into(), 1_i64.into()]);
            assert!(matches!(after, Err(Error::Unique { .. })), "{after:?}");
            Ok(())
        })
        .await;
        assert!(matches!(ignored, Err(Error::Unique { .. })), "{ignored:?}");
        assert_eq!(count(store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn constraints_are_told_apart_without_values() {
    const TABLES: [Sql; 2] = [
        Sql::new("create table parent (id text primary key)"),
        Sql::new(
            "create table child (id text primary key, name text not null, \
             parent text references parent (id), age bigint, \
             constraint child_age check (age < 100))",
        ),
    ];
    const CHILD: Sql =
        Sql::new("insert into child (id, name, parent, age) values ($1, $2, $3, $4)");
    each_engine(async |Fresh { store, .. }| {
        run(store, |tx| {
            TABLES
                .iter()
                .try_for_each(|table| tx.execute(*table, &[]).map(drop))
        })
        .await
        .unwrap();
        let child = async |id: &'static str, name, parent, age: i64| {
            run(store, move |tx| {
                tx.execute(
                    CHILD,
                    &[
                        id.into(),
                        Param::OptText(name),
                        Param::OptText(parent),
                        age.into(),
                    ],
                )
            })
            .await
        };
        child("secret", Some("n"), None, 1).await.unwrap();
        let unique = child("secret", Some("n"), None, 1).await.unwrap_err();
        assert!(matches!(unique, Error::Unique { .. }), "{unique:?}");
        let reference = child("b", Some("n"), Some("secret"), 1).await.unwrap_err();
        assert!(
            matches!(reference, Error::Reference { .. }),
            "{reference:?}"
        );
        let null = child("secret", None, None, 1).await.unwrap_err();
        assert!(
            matches!(&null, Error::Check { on } if on.contains("name")),
            "{null:?}"
        );
        let check = child("b", Some("secret"), None, 100).await.unwrap_err();
        assert!(
            matches!(&check, Error::Check { on } if on == "child_age"),
            "{check:?}"
        );
        for error in [unique, reference, null, check] {
            assert!(
                !format!("{error} {error:?}").contains("secret"),
                "{error:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_statement_is_a_defect() {
    const WRONG: Sql = Sql::new("select nothing from nowhere");
    each_engine(async |Fresh { store, .. }| {
        let wrong = run(store, |tx| tx.execute(WRONG, &[])).await.unwrap_err();
        assert!(matches!(wrong, Error::Statement { .. }), "{wrong:?}");
        let miscounted = run(store, |tx| tx.execute(COUNT_MIGRATIONS, &["a".into()])).await;
        let miscounted = miscounted.unwrap_err();
        assert!(
            matches!(miscounted, Error::Statement { .. }),
            "{miscounted:?}"
        );
        let source = std::error::Error::source(&miscounted).unwrap().to_string();
        assert!(
            source.ends_with("expected 0 parameters but got 1"),
            "{source}"
        );
    })
    .await;
}
