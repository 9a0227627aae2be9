//! The dialogue with a mail server, and what each of its answers means for a mail.

use std::sync::Arc;
use std::time::Duration;

use vestibule_server::jobs;
use vestibule_store::{Delivery, DeliveryState};
use vestibule_testkit::app::TestApp;

use super::sink::{Features, Pause, Plan, Sink};
use super::{delivery, link_in, smtp_mailer};

/// One mail under this plan: how it fares after the first attempt, and how many were taken.
async fn after_one_attempt(plan: Plan) -> (Delivery, usize) {
    let test = TestApp::new().await;
    let sink = Sink::start().await;
    sink.plan([plan]);
    let invitation = test.invite("bob@x.org").await;
    let mailer = smtp_mailer(&test, sink.config());
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    (delivery(&test, &invitation).await, sink.letters().len())
}

fn told(delivery: &Delivery) -> String {
    let error = delivery.last_error.as_deref().unwrap_or("-");
    format!("{}: {error}", delivery.state.name())
}

#[tokio::test]
async fn a_mail_arrives_whole_at_a_real_mail_server() {
    let test = TestApp::new().await;
    let sink = Sink::start().await;
    let invitation = test.invite("Bob.Lee@x.org").await;
    let mailer = smtp_mailer(&test, sink.config());

    assert_eq!(
        jobs::run_once(&test.app, &mailer).await.expect("the store"),
        1
    );

    let letters = sink.letters();
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(letter.sender, "MAIL FROM:<no-reply@localhost>");
    assert_eq!(letter.recipient, "RCPT TO:<Bob.Lee@x.org>");
    let seen = letter.shown();
    assert_eq!(seen.subject, "owner@acme.example invites you to join Acme");
    assert_eq!(
        link_in(&seen.text),
        format!(
            "https://vestibule.example/invitations/{}",
            test.token(&invitation)
        )
    );
    let delivery = delivery(&test, &invitation).await;
    assert_eq!(delivery.state, DeliveryState::HandedOff);
    assert_eq!(delivery.attempts, 1);
}

#[tokio::test]
async fn a_refused_recipient_is_not_tried_again() {
    let (delivery, _) =
        after_one_attempt(Plan::Recipient("550 5.1.1 <bob@x.org>: unknown user")).await;
    insta::assert_snapshot!(told(&delivery), @"dead: the mail server refused the recipient for good (550 5.1.1)");
    let (delivery, _) = after_one_attempt(Plan::Recipient("553 no such mailbox")).await;
    insta::assert_snapshot!(told(&delivery), @"dead: the mail server refused the recipient for good (553)");
    let (delivery, _) =
        after_one_attempt(Plan::Content("554 5.6.0 we do not like it, bob@x.org")).await;
    insta::assert_snapshot!(told(&delivery), @"dead: the mail server refused the content for good (554 5.6.0)");
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let (delivery, _) =
        after_one_attempt(Plan::Recipient("450 4.2.1 mailbox busy: bob@x.org")).await;
    insta::assert_snapshot!(told(&delivery), @"deferred: the mail server refused the recipient (450 4.2.1)");
    assert_eq!(
        delivery.run_at,
        vestibule_testkit::app::START.plus_seconds(60)
    );
    let (delivery, _) = after_one_attempt(Plan::Content("451 try later")).await;
    insta::assert_snapshot!(told(&delivery), @"deferred: the mail server refused the content (451)");
    let (delivery, _) = after_one_attempt(Plan::Greet("421 too many connections")).await;
    insta::assert_snapshot!(told(&delivery), @"deferred: the mail server refused the connection (421)");
    let (delivery, _) = after_one_attempt(Plan::Drop).await;
    insta::assert_snapshot!(told(&delivery), @"deferred: the connection to the mail server failed before the mail was sent");
}

#[tokio::test]
async fn what_the_operator_can_put_right_loses_no_mail() {
    let (delivery, _) = after_one_attempt(Plan::Sender("550 5.1.8 sender rejected")).await;
    insta::assert_snapshot!(told(&delivery), @"deferred: the mail server refused the sender (550 5.1.8)");
    let (delivery, _) =
        after_one_attempt(Plan::Recipient("554 5.7.1 <bob@x.org>: relaying denied")).await;
    insta::assert_snapshot!(told(&delivery), @"deferred: the mail server refused the recipient (554 5.7.1)");
    let (delivery, _) = after_one_attempt(Plan::Greet("554 5.7.1 go away")).await;
    insta::assert_snapshot!(told(&delivery), @"deferred: the mail server refused the connection (554 5.7.1)");
}

#[tokio::test]
async fn a_mail_that_was_taken_without_an_answer_is_sent_again_under_the_same_id() {
    let test = TestApp::new().await;
    let sink = Sink::start().await;
    sink.plan([Plan::TakeAndDrop]);
    test.invite("bob@x.org").await;
    let mailer = smtp_mailer(&test, sink.config());
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    assert_eq!(sink.letters().len(), 1);

    test.clock.advance_seconds(60);
    jobs::run_once(&test.app, &mailer).await.expect("the store");

    let letters = sink.letters();
    assert_eq!(letters.len(), 2);
    assert_eq!(
        letters[0].header("Message-ID"),
        letters[1].header("Message-ID")
    );
    test.clock.advance_seconds(100_000);
    assert_eq!(
        jobs::run_once(&test.app, &mailer).await.expect("the store"),
        0
    );
}

#[tokio::test]
async fn nobody_at_the_port_is_a_failure_for_now() {
    let test = TestApp::new().await;
    let sink = Sink::start().await;
    let config = sink.config();
    drop(sink);
    let invitation = test.invite("bob@x.org").await;
    jobs::run_once(&test.app, &smtp_mailer(&test, config))
        .await
        .expect("the store");
    assert_eq!(
        delivery(&test, &invitation).await.state,
        DeliveryState::Deferred
    );
}

#[tokio::test]
async fn a_late_answer_is_not_taken_for_the_answer_to_the_next_mail() {
    let test = TestApp::new().await;
    let sink = Sink::start().await;
    let pause = Pause::new();
    sink.plan([Plan::Wait(Arc::clone(&pause))]);
    let late = test.invite("late@x.org").await;
    let mut config = sink.config();
    config.timeout = Duration::from_millis(300);
    let mailer = smtp_mailer(&test, config);
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    insta::assert_snapshot!(told(&delivery(&test, &late).await), @"deferred: the mail server did not answer in time");
    pause.go_on.add_permits(1);

    sink.plan([Plan::Recipient("550 5.1.1 unknown")]);
    let next = test.invite("next@x.org").await;
    jobs::run_once(&test.app, &mailer).await.expect("the store");

    assert_eq!(delivery(&test, &next).await.state, DeliveryState::Dead);
    assert_eq!(sink.connections(), 2);
}

#[tokio::test]
async fn a_connection_serves_many_mails_even_after_a_refusal() {
    let test = TestApp::new().await;
    let sink = Sink::start().await;
    let mut config = sink.config();
    config.connections = 1.try_into().expect("one");
    let mailer = smtp_mailer(&test, config);
    sink.plan([Plan::Recipient("550 5.1.1 unknown")]);
    for n in 0..40 {
        test.invite(&format!("bob{n}@x.org")).await;
    }
    assert_eq!(
        jobs::run_once(&test.app, &mailer).await.expect("the store"),
        40
    );
    assert_eq!(sink.letters().len(), 39);
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn an_address_outside_of_ascii_needs_a_server_that_can() {
    for smtputf8 in [true, false] {
        let test = TestApp::new().await;
        let sink = Sink::with(Features {
            smtputf8,
            ..Features::default()
        })
        .await;
        let invitation = test.invite("jos\u{e9}@b\u{fc}cher.example").await;
        let mailer = smtp_mailer(&test, sink.config());
        jobs::run_once(&test.app, &mailer).await.expect("the store");
        let delivery = delivery(&test, &invitation).await;
        if smtputf8 {
            assert_eq!(delivery.state, DeliveryState::HandedOff);
            let letter = &sink.letters()[0];
            assert_eq!(
                letter.sender,
                "MAIL FROM:<no-reply@localhost> SMTPUTF8 BODY=8BITMIME"
            );
            assert_eq!(
                letter.recipient,
                "RCPT TO:<jos\u{e9}@xn--bcher-kva.example>"
            );
            assert_eq!(letter.shown().to, "jos\u{e9}@xn--bcher-kva.example");
        } else {
            insta::assert_snapshot!(told(&delivery), @"dead: the part of the address before the @ has letters outside of ASCII, and the mail server does not support such addresses (SMTPUTF8)");
        }
    }
}
