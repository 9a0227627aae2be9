//! S30: whoever tries links learns nothing.

use axum::http::{Method, StatusCode};
use vestibule_core::secret::{AcceptToken, KeyRing};
use vestibule_core::{Id, Random};
use vestibule_server::ops::invitations;
use vestibule_server::{Actor, Ctx};
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::TestApp;

use super::{answer, get, path, post, request};

/// What an observer can compare: everything but the request's own name.
fn seen(answer: &Answer) -> (StatusCode, Vec<(String, String)>, String) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
        .collect();
    (answer.status, headers, answer.body.clone())
}

/// A link of each kind that opens nothing.
async fn dead_links(test: &TestApp) -> Vec<(&'static str, String)> {
    let live = test.invite("live@x.org").await;
    let token = test.token(&live);
    let mut links = Vec::new();
    let mut add = |what, token: &str| links.push((what, format!("/invitations/{token}")));

    add("short", "x");
    add("escaped", "%ff%fe");
    add("long", &"x".repeat(5000));
    add("truncated", &token[..token.len() - 1]);
    add("with something after it", &format!("{token}."));
    add("in capitals", &token.to_uppercase());
    for (n, position) in [10, 30, 60, token.len() - 2].into_iter().enumerate() {
        let old = token.as_bytes()[position];
        let mut mistyped = token.clone();
        mistyped.replace_range(position..=position, if old == b'x' { "y" } else { "x" });
        add(
            ["mistyped", "mistyped 2", "mistyped 3", "mistyped 4"][n],
            &mistyped,
        );
    }
    let foreign_ring = KeyRing::parse(&KeyRing::new_text(&Random::seeded(99))).expect("a ring");
    add(
        "of another ring",
        &foreign_ring.accept_token(&live).expect("a token"),
    );
    let mut unknown = live.clone();
    unknown.id = Id::from_bytes([7; 12]);
    add("unknown", &test.token(&unknown));
    let mut elsewhere = live.clone();
    elsewhere.organization = Id::from_bytes([7; 12]);
    add("of another organization", &test.token(&elsewhere));

    let revoked = test.invite("revoked@x.org").await;
    let id = revoked.id;
    test.run(test.owner_ctx(), move |tx, ctx| {
        invitations::revoke(tx, ctx, id)
    })
    .await
    .expect("revoked");
    add("revoked", &test.token(&revoked));

    let used = test.invite("used@x.org").await;
    test.accept(&used).await;
    add("used", &test.token(&used));

    let declined = test.invite("declined@x.org").await;
    assert_eq!(
        answer(test, &path(test, &declined), "decline").await.status,
        StatusCode::OK
    );
    add("declined", &test.token(&declined));

    let superseded = test.invite("superseded@x.org").await;
    let expired = test.invite("expired@x.org").await;
    add("superseded", &test.token(&superseded));
    add("expired", &test.token(&expired));
    test.clock.set(expired.expires_at);
    let id = superseded.id;
    test.run(test.owner_ctx(), move |tx, ctx| {
        invitations::resend(tx, ctx, id)
    })
    .await
    .expect("resent");
    links
}

#[tokio::test]
async fn sec_s30_every_link_that_opens_nothing_gets_the_same_page() {
    let test = TestApp::new().await;
    let links = dead_links(&test).await;
    let page = get(&test, &links[0].1).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    insta::assert_snapshot!(super::words(&page.body), @"This link opens nothing It may be too old, used already, withdrawn, or replaced by the one in a newer mail. Or it is not whole: check that nothing is missing at its end. If you have accepted before, there is nothing left to do. Otherwise ask whoever invited you to send the invitation again.");
    let same = seen(&page);
    for (what, link) in &links {
        assert_eq!(seen(&get(&test, link).await), same, "GET {what}");
        for button in ["accept", "decline"] {
            let at = format!("{link}/{button}");
            let with_nonce = {
                let token = link.rsplit('/').next().expect("a token");
                let nonce = test
                    .app
                    .keys()
                    .page_nonce(token, vestibule_core::Clock::now(&*test.clock));
                post(&test, &at, &nonce).await
            };
            // Whoever accepted once is told the same success again: see `acceptance`.
            if (*what, button) != ("used", "accept") {
                assert_eq!(seen(&with_nonce), same, "POST {button} {what}");
            }
            if *what != "used" {
                assert_eq!(
                    seen(&post(&test, &at, "").await),
                    same,
                    "bare POST {button} {what}"
                );
            }
        }
        let head = test.send(request(Method::HEAD, link)).await;
        assert_eq!(
            (head.status, head.body.as_str()),
            (StatusCode::NOT_FOUND, ""),
            "HEAD {what}"
        );
    }
}

#[tokio::test]
async fn a_dead_link_names_nobody() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    test.clock.set(invitation.expires_at);
    let page = get(&test, &path(&test, &invitation)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    for word in ["Acme", "bob", "owner", &test.token(&invitation)] {
        assert!(!page.body.contains(word), "{word}");
    }
}

#[tokio::test]
async fn sec_s02_at_the_very_instant_of_its_end_a_link_opens_nothing() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let at = path(&test, &invitation);
    test.clock.set(invitation.expires_at.plus_seconds(-1));
    let page = get(&test, &at).await;
    assert_eq!(page.status, StatusCode::OK);
    test.clock.set(invitation.expires_at);
    let late = post(&test, &format!("{at}/accept"), super::nonce_in(&page.body)).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert!(!super::is_member(&test, &invitation).await);
}

#[tokio::test]
async fn sec_s01_flipping_any_symbol_of_a_token_opens_nothing() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let token = test.token(&invitation);
    let ctx = Ctx {
        actor: Actor::Invitee,
        ..test.owner_ctx()
    };
    for position in 0..token.len() {
        let mut flipped = token.clone();
        let old = token.as_bytes()[position];
        flipped.replace_range(position..=position, if old == b'0' { "1" } else { "0" });
        if let Some(parsed) = AcceptToken::parse(&flipped) {
            assert!(!ctx.keys.opens(&parsed, &invitation), "{position}");
        }
        let page = get(&test, &format!("/invitations/{flipped}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{position}");
    }
}
