//! Mail servers and databases that are away for a while, or for days.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vestibule_core::Clock;
use vestibule_core::secret::AcceptToken;
use vestibule_server::http::tasks;
use vestibule_server::ops::{acceptance, mail};
use vestibule_server::{Actor, Ctx, jobs};
use vestibule_store::DeliveryState;
use vestibule_testkit::app::{START, TestApp};
use vestibule_testkit::store::{Engine, Fresh};

use super::sink::{Plan, Sink};
use super::{apps, delivery, link_in, memory_mailer, smtp_mailer};

const HOUR: i64 = 3600;

/// Works through everything that is due until `hours` after the start; tells how often it tried.
async fn run_for(test: &TestApp, mailer: &vestibule_server::mail::Mailer, hours: i64) -> usize {
    let end = START.plus_seconds(hours * HOUR);
    let mut tried = 0;
    loop {
        tried += jobs::run_once(&test.app, mailer).await.expect("the store");
        let due = test.run(test.owner_ctx(), |tx, _| mail::next_due(tx)).await;
        match due.expect("the store") {
            Some(due) if due < end => test.clock.set(due),
            _ => break,
        }
    }
    test.clock.set(end);
    tried
}

#[tokio::test]
async fn a_mail_survives_an_outage_of_thirty_hours() {
    for test in apps().await {
        let sink = Sink::start().await;
        let mailer = smtp_mailer(&test, sink.config());
        sink.set_down(true);
        let invitation = test.invite("bob@x.org").await;
        let tried = run_for(&test, &mailer, 30).await;
        assert!((8..20).contains(&tried), "{tried} attempts in 30 hours");
        assert_eq!(
            delivery(&test, &invitation).await.state,
            DeliveryState::Deferred
        );

        sink.set_down(false);
        run_for(&test, &mailer, 37).await;

        let letters = sink.letters();
        assert_eq!(letters.len(), 1);
        assert_eq!(
            delivery(&test, &invitation).await.state,
            DeliveryState::HandedOff
        );
        let text = letters[0].shown().text;
        let token = link_in(&text).rsplit('/').next().expect("a token");
        let token = AcceptToken::parse(token).expect("a token");
        let invitee = Ctx {
            actor: Actor::Invitee,
            ..test.owner_ctx()
        };
        test.run(invitee, move |tx, ctx| acceptance::accept(tx, ctx, &token))
            .await
            .expect("the link opens the invitation");
    }
}

#[tokio::test]
async fn nobody_is_sent_a_dead_link() {
    for test in apps().await {
        let sink = Sink::start().await;
        let mailer = smtp_mailer(&test, sink.config());
        sink.set_down(true);
        let tried = test.invite("tried@x.org").await;
        run_for(&test, &mailer, 7 * 24).await;
        assert_eq!(test.clock.now(), tried.expires_at);
        let untouched = test.invite("untouched@x.org").await;
        test.clock.set(untouched.expires_at);
        sink.set_down(false);

        jobs::run_once(&test.app, &mailer).await.expect("the store");
        run_for(&test, &mailer, 40 * 24).await;

        assert_eq!(sink.letters().len(), 0);
        assert_eq!(delivery(&test, &tried).await.state, DeliveryState::Dead);
        assert_eq!(
            delivery(&test, &untouched).await.state,
            DeliveryState::Dropped
        );
    }
}

#[tokio::test]
async fn a_runner_copes_with_a_database_that_is_away_for_a_while() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let test = TestApp::with(fresh, |_| {}).await;
    let (mailer, memory) = memory_mailer(&test);
    test.invite("bob@x.org").await;
    test.fresh.run("alter table outbox rename to outbox_away");
    let stop = CancellationToken::new();
    let runner = jobs::run(test.app.clone(), mailer, stop.clone());
    let runner = tasks::spawn("outbox", runner);
    tokio::task::yield_now().await;
    test.fresh.run("alter table outbox_away rename to outbox");
    let sent = tokio::time::timeout(Duration::from_secs(20), memory.wait_for(1));
    sent.await.expect("the runner goes on by itself");
    stop.cancel();
    runner.await.expect("no panic");
}

#[tokio::test]
async fn a_mail_that_has_left_is_recorded_once_the_database_is_back() {
    let Some(test) = TestApp::on(Engine::Postgres).await else {
        return;
    };
    let test = Arc::new(test);
    let sink = Sink::start().await;
    let away = Arc::clone(&test);
    sink.plan([Plan::Then(Box::new(move || {
        away.fresh.run("alter table outbox rename to outbox_away");
    }))]);
    let mailer = smtp_mailer(&test, sink.config());
    let invitation = test.invite("bob@x.org").await;
    let back = Arc::clone(&test);
    let settled = jobs::run_once(&test.app, &mailer);
    let restored = async {
        while sink.letters().is_empty() {
            tokio::task::yield_now().await;
        }
        back.fresh.run("alter table outbox_away rename to outbox");
    };
    let (settled, ()) = tokio::join!(settled, restored);
    assert_eq!(settled.expect("the store"), 1);
    assert_eq!(sink.letters().len(), 1);
    assert_eq!(
        delivery(&test, &invitation).await.state,
        DeliveryState::HandedOff
    );
}
