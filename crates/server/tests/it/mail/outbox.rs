//! The outbox runner: claims, leases, fences, on every engine.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vestibule_core::Id;
use vestibule_core::organization::Dialect;
use vestibule_core::secret::AcceptToken;
use vestibule_server::http::tasks;
use vestibule_server::mail::Mailer;
use vestibule_server::ops::mail::{LEASE_SECONDS, Outcome};
use vestibule_server::ops::{acceptance, invitations, mail};
use vestibule_server::{Actor, Ctx, jobs};
use vestibule_store::{DeliveryState, Message};
use vestibule_testkit::app::TestApp;

use super::sink::{Pause, Plan, Sink};
use super::{apps, delivery, link_in, memory_mailer, shown, smtp_mailer};

/// A test that waits for something that never comes ends all the same.
async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), future)
        .await
        .expect("it happens soon")
}

fn system(test: &TestApp) -> Ctx {
    let nowhere = Id::from_bytes([0; 12]);
    test.app
        .ctx(Actor::System, nowhere, Dialect::Native, "test".to_owned())
}

async fn claim(test: &TestApp) -> Vec<Message> {
    let claimed = test.run(system(test), |tx, ctx| mail::claim(tx, ctx, 10));
    claimed.await.expect("the store")
}

async fn settle(test: &TestApp, claimed: &[Message], outcome: Outcome) {
    let outcomes: Vec<_> = claimed
        .iter()
        .map(|message| (message.clone(), outcome.clone()))
        .collect();
    let settled = test.run(system(test), move |tx, ctx| {
        mail::settle(tx, ctx, &outcomes)
    });
    settled.await.expect("the store");
}

fn start(test: &TestApp, mailer: &Mailer, stop: &CancellationToken) -> tokio::task::JoinHandle<()> {
    let runner = jobs::run(test.app.clone(), mailer.clone(), stop.clone());
    tasks::spawn("outbox", runner)
}

#[tokio::test]
async fn an_invitation_revoked_after_its_mail_was_claimed_is_not_mailed() {
    let test = TestApp::new().await;
    let invitation = test.invite("ann@x.example").await;
    let claimed = claim(&test).await;
    let id = invitation.id;
    test.run(test.owner_ctx(), move |tx, ctx| {
        invitations::revoke(tx, ctx, id)
    })
    .await
    .expect("revoked");
    let message = claimed[0].clone();
    let prepared = test.run(system(&test), move |tx, ctx| {
        mail::prepare(tx, ctx, &message)
    });
    assert!(prepared.await.expect("the store").is_none());
}

#[tokio::test]
async fn two_runners_send_each_mail_once() {
    for test in apps().await {
        let (mailer, memory) = memory_mailer(&test);
        let (other_mailer, other_memory) = memory_mailer(&test);
        let stop = CancellationToken::new();
        let runners = [
            start(&test, &mailer, &stop),
            start(&test, &other_mailer, &stop),
        ];
        for n in 0..50 {
            test.invite(&format!("bob{n}@x.org")).await;
            test.app.mail_is_due();
        }
        soon(async {
            while memory.stored().len() + other_memory.stored().len() < 50 {
                tokio::task::yield_now().await;
            }
        })
        .await;
        stop.cancel();
        for runner in runners {
            soon(runner).await.expect("no panic");
        }
        let mails = [memory.stored(), other_memory.stored()].concat();
        let to: HashSet<_> = mails.iter().map(|mail| shown(mail).to).collect();
        assert_eq!((mails.len(), to.len()), (50, 50));
    }
}

#[tokio::test]
async fn a_runner_that_died_is_replaced_and_its_late_report_counts_for_nothing() {
    for test in apps().await {
        let (mailer, memory) = memory_mailer(&test);
        let invitation = test.invite("bob@x.org").await;
        let died_with = claim(&test).await;
        assert_eq!(died_with.len(), 1);

        assert_eq!(
            jobs::run_once(&test.app, &mailer).await.expect("the store"),
            0
        );
        test.clock.advance_seconds(LEASE_SECONDS - 1);
        assert_eq!(
            jobs::run_once(&test.app, &mailer).await.expect("the store"),
            0
        );
        test.clock.advance_seconds(1);
        assert_eq!(
            jobs::run_once(&test.app, &mailer).await.expect("the store"),
            1
        );
        assert_eq!(memory.stored().len(), 1);

        settle(&test, &died_with, Outcome::Failed("late".to_owned())).await;
        let seen = delivery(&test, &invitation).await;
        assert_eq!(
            (seen.state, seen.last_error),
            (DeliveryState::HandedOff, None)
        );
        test.clock.advance_seconds(100_000);
        assert_eq!(
            jobs::run_once(&test.app, &mailer).await.expect("the store"),
            0
        );
    }
}

#[tokio::test]
async fn a_late_report_does_not_end_the_claim_of_another() {
    for test in apps().await {
        let invitation = test.invite("bob@x.org").await;
        let first = claim(&test).await;
        test.clock.advance_seconds(LEASE_SECONDS);
        let second = claim(&test).await;
        assert_eq!(second.len(), 1);
        settle(&test, &first, Outcome::HandedOff).await;
        assert_eq!(
            delivery(&test, &invitation).await.state,
            DeliveryState::Claimed
        );
        settle(&test, &second, Outcome::HandedOff).await;
        assert_eq!(
            delivery(&test, &invitation).await.state,
            DeliveryState::HandedOff
        );
    }
}

#[tokio::test]
async fn what_was_withdrawn_answered_or_sent_anew_is_not_mailed() {
    for test in apps().await {
        let (mailer, memory) = memory_mailer(&test);
        let revoked = test.invite("revoked@x.org").await;
        let (id, ctx) = (revoked.id, test.owner_ctx());
        test.run(ctx, move |tx, ctx| invitations::revoke(tx, ctx, id))
            .await
            .expect("revoked");

        let accepted = test.invite("accepted@x.org").await;
        test.accept(&accepted).await;

        let declined = test.invite("declined@x.org").await;
        let token = AcceptToken::parse(&test.token(&declined)).expect("a token");
        let invitee = Ctx {
            actor: Actor::Invitee,
            ..test.owner_ctx()
        };
        test.run(invitee, move |tx, ctx| acceptance::decline(tx, ctx, &token))
            .await
            .expect("declined");

        let superseded = test.invite("superseded@x.org").await;
        test.clock.advance_seconds(60);
        let id = superseded.id;
        let resent = test
            .run(test.owner_ctx(), move |tx, ctx| {
                invitations::resend(tx, ctx, id)
            })
            .await
            .expect("resent");

        assert_eq!(
            jobs::run_once(&test.app, &mailer).await.expect("the store"),
            5
        );

        for dropped in [&revoked, &accepted, &declined, &superseded] {
            assert_eq!(delivery(&test, dropped).await.state, DeliveryState::Dropped);
        }
        assert_eq!(
            delivery(&test, &resent).await.state,
            DeliveryState::HandedOff
        );
        let mails = memory.stored();
        assert_eq!(mails.len(), 1);
        assert!(link_in(&shown(&mails[0]).text).ends_with(&test.token(&resent)));
    }
}

#[tokio::test]
async fn a_stopping_runner_finishes_what_is_on_its_way_and_loses_nothing() {
    for test in apps().await {
        let sink = Sink::start().await;
        let pause = Pause::new();
        sink.plan([Plan::Wait(Arc::clone(&pause))]);
        let mut config = sink.config();
        config.connections = 1.try_into().expect("one");
        let mailer = smtp_mailer(&test, config);
        for n in 0..3 {
            test.invite(&format!("bob{n}@x.org")).await;
        }
        let stop = CancellationToken::new();
        let runner = start(&test, &mailer, &stop);
        soon(pause.reached.notified()).await;
        stop.cancel();
        pause.go_on.add_permits(1);
        soon(runner).await.expect("no panic");
        assert_eq!(sink.letters().len(), 1);

        test.clock.advance_seconds(LEASE_SECONDS);
        assert_eq!(
            jobs::run_once(&test.app, &mailer).await.expect("the store"),
            2
        );
        let to: HashSet<_> = sink
            .letters()
            .into_iter()
            .map(|letter| letter.recipient)
            .collect();
        assert_eq!((sink.letters().len(), to.len()), (3, 3));
    }
}

#[tokio::test]
async fn an_idle_runner_writes_nothing_and_wakes_at_once() {
    let test = TestApp::new().await;
    let (mailer, memory) = memory_mailer(&test);
    let before = test.app.store().stats().commits;
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    assert_eq!(test.app.store().stats().commits, before);

    let stop = CancellationToken::new();
    let runner = start(&test, &mailer, &stop);
    // Until the runner sleeps, then a little: a call that nobody hears yet must not be lost.
    tokio::task::yield_now().await;
    test.invite("bob@x.org").await;
    test.app.mail_is_due();
    let woken = tokio::time::timeout(Duration::from_secs(4), memory.wait_for(1));
    woken
        .await
        .expect("woken, long before it would have looked by itself");
    stop.cancel();
    soon(runner).await.expect("no panic");
}

#[tokio::test]
async fn mail_that_is_switched_off_waits() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    assert_eq!(
        jobs::run_once(&test.app, &Mailer::off())
            .await
            .expect("the store"),
        0
    );
    assert_eq!(
        delivery(&test, &invitation).await.state,
        DeliveryState::Queued
    );
    let (mailer, memory) = memory_mailer(&test);
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    assert_eq!(memory.stored().len(), 1);
}
