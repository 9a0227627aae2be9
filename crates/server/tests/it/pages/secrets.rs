//! S17 and S18: a link is in the mail and nowhere else.

use vestibule_server::jobs;
use vestibule_server::mail::Mailer;
use vestibule_server::mail::{Memory, Sender, Transport};
use vestibule_testkit::app::TestApp;

use super::{answer, get, path};
use crate::log::Log;

fn memory_mailer(test: &TestApp) -> (Mailer, Memory) {
    let memory = Memory::default();
    let sender = Sender::from_settings(test.app.settings()).expect("a sender");
    (
        Mailer::new(Transport::Memory(memory.clone()), sender),
        memory,
    )
}

#[tokio::test]
async fn sec_s18_no_log_line_holds_a_link_or_an_address() {
    let log = Log::begin();
    let test = TestApp::new().await;
    let (mailer, memory) = memory_mailer(&test);
    let invitation = test.invite("secret.person@x.org").await;
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    assert_eq!(memory.stored().len(), 1);
    let at = path(&test, &invitation);
    get(&test, &at).await;
    get(&test, &format!("{at}x")).await;
    answer(&test, &at, "accept").await;
    get(&test, &at).await;

    let log = log.end();
    assert!(log.contains("an invitation was mailed"), "{log}");
    assert!(log.contains("/invitations/{token}"), "{log}");
    let token = test.token(&invitation);
    for secret in [&token[5..40], &token[40..], "secret.person"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[tokio::test]
async fn sec_s17_the_database_with_its_outbox_holds_no_link() {
    let test = TestApp::new().await;
    let (mailer, _) = memory_mailer(&test);
    let sent = test.invite("sent@x.org").await;
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    let queued = test.invite("queued@x.org").await;
    answer(&test, &path(&test, &sent), "accept").await;
    let tokens = [test.token(&sent), test.token(&queued)];
    let dump = test.fresh.dump();
    assert!(dump.contains("sent@x.org"), "the dump is whole");
    for token in tokens {
        // The last symbols are the derived part; the first ones are ids, which are no secret.
        let secret = &token[token.len() - 32..token.len() - 6];
        assert!(!dump.contains(secret));
    }
}
