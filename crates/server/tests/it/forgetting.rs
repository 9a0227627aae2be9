//! What is remembered for a time only, and deleted when that is over.

use axum::http::{HeaderValue, Method, StatusCode};
use tokio_util::sync::CancellationToken;
use vestibule_server::http::tasks;
use vestibule_server::jobs::forgetting;
use vestibule_server::ops::tokens;
use vestibule_store::{Error, Sql, Tx};
use vestibule_testkit::answer::request;
use vestibule_testkit::app::TestApp;

/// How many creations and how many revocations the database has.
async fn remembered(test: &TestApp) -> (i64, i64) {
    const CREATIONS: Sql = Sql::new("select count(*) from creations");
    const REVOCATIONS: Sql = Sql::new("select count(*) from revocations");
    let count = |tx: &mut Tx<'_>| -> Result<_, Error> {
        Ok((
            tx.one(CREATIONS, &[], |row| row.int(0))?,
            tx.one(REVOCATIONS, &[], |row| row.int(0))?,
        ))
    };
    test.fresh.store.read(count).await.expect("two numbers")
}

/// Makes a team with a key for the request.
async fn make_team(test: &TestApp, name: &str) {
    let path = format!("/v1/organizations/{}/teams", test.organization);
    let body = format!(r#"{{"name":"{name}"}}"#);
    let mut request = request(Method::POST, &path, &test.owner_key.bearer(), &body);
    let key = HeaderValue::from_str(name).expect("a header value");
    request.headers_mut().insert("idempotency-key", key);
    let made = test.send(request).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
}

/// Gives a token back that would have been good for an hour.
async fn give_back(test: &TestApp, serial: u8) {
    let key = test.owner_key.key.clone();
    let given = test.run(test.owner_ctx(), move |tx, ctx| {
        tokens::give_back(tx, &key, [serial; 8], ctx.now.plus_seconds(3_600))
    });
    given.await.expect("it is given back");
}

#[tokio::test]
async fn what_is_over_is_deleted_by_the_job_and_not_by_the_next_request() {
    let test = TestApp::new().await;
    make_team(&test, "ops").await;
    give_back(&test, 1).await;
    test.clock.advance_seconds(86_400);
    make_team(&test, "dev").await;
    give_back(&test, 2).await;
    assert_eq!(remembered(&test).await, (2, 2));
    assert_eq!(forgetting::forget(&test.app).await.expect("the store"), 2);
    assert_eq!(remembered(&test).await, (1, 1));
    assert_eq!(forgetting::forget(&test.app).await.expect("the store"), 0);
}

#[tokio::test]
async fn more_than_one_transaction_deletes_is_deleted_before_the_job_waits() {
    let test = TestApp::new().await;
    for serial in 0..=200 {
        give_back(&test, serial).await;
    }
    test.clock.advance_seconds(3_600);
    let stop = CancellationToken::new();
    let job = tasks::spawn(
        "forgetting",
        forgetting::run(test.app.clone(), stop.clone()),
    );
    while remembered(&test).await.1 > 0 {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    job.await.expect("it ends when it is told to");
}
