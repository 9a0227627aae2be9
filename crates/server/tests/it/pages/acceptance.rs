//! The page on which an invitee answers.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use vestibule_core::invitation::{Invitation, Reason, State};
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::{EmailAddress, Id};
use vestibule_server::ops::invitations::{self, NewInvitation};
use vestibule_server::ops::teams;
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::TestApp;

use super::{answer, get, is_member, nonce_in, path, post, request, stored, submission, words};

/// An invitation with a message and two teams.
async fn rich_invitation(test: &TestApp, message: &str) -> Invitation {
    let message = message.to_owned();
    let made = test.run(test.owner_ctx(), move |tx, ctx| {
        let mut made = Vec::new();
        for name in ["Backend", "On call"] {
            made.push(teams::create(tx, ctx, name, &[])?.id);
        }
        let new = NewInvitation {
            roles: RoleSet::of(&[Role::BillingAdmin, Role::Member]),
            teams: made,
            message: message.clone(),
            ..NewInvitation::of(EmailAddress::parse("bob@x.org").expect("an address"))
        };
        invitations::create(tx, ctx, &new)
    });
    made.await.expect("an invitation")
}

fn assert_guarded(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(
        answer.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri \
         'none'; frame-ancestors 'none'"
    );
    assert!(!answer.body.contains("<script"), "{}", answer.body);
}

#[tokio::test]
async fn the_page_says_who_invites_to_what_until_when() {
    let test = TestApp::new().await;
    let invitation = rich_invitation(&test, "Hello Bob,\nsee you on Monday.").await;
    let page = get(&test, &path(&test, &invitation)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_guarded(&page);
    insta::assert_snapshot!(words(&page.body), @"Invitation Join Acme owner@acme.example invites you to become a member. Hello Bob, see you on Monday. owner@acme.example Invited address bob@x.org Roles billing admin member Teams Backend On call Open until 8 March 2026, 09:00 UTC for another 7 days Accept and join Decline");
}

#[tokio::test]
async fn accepting_makes_a_member_and_says_so() {
    let test = TestApp::new().await;
    let invitation = rich_invitation(&test, "").await;
    let joined = answer(&test, &path(&test, &invitation), "accept").await;
    assert_eq!(joined.status, StatusCode::OK);
    assert_guarded(&joined);
    insta::assert_snapshot!(words(&joined.body), @"✓ Welcome to Acme You accepted the invitation. You are a member now. Roles billing admin member Teams Backend On call There is nothing left to do here: you can close this page. The link has done its work and opens nothing any more.");
    assert!(is_member(&test, &invitation).await);
    assert_eq!(stored(&test, &invitation).await.state, State::Accepted);
}

#[tokio::test]
async fn sec_s08_the_answer_to_an_acceptance_holds_no_secret() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let joined = answer(&test, &path(&test, &invitation), "accept").await;
    for prefix in ["vsti_", "vstk_", "vsts_", "vsta_"] {
        assert!(!joined.body.contains(prefix), "{prefix}");
    }
    assert_eq!(joined.header("set-cookie"), "");
}

#[tokio::test]
async fn sec_s34_no_parameter_leads_anybody_elsewhere() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let at = path(&test, &invitation);
    let query = "?next=https://evil.example&redirect=//evil.example&url=https://evil.example";
    let page = get(&test, &format!("{at}{query}")).await;
    let back = get(&test, &format!("{at}/accept{query}")).await;
    assert_eq!(back.header("location"), at);
    let joined = post(&test, &format!("{at}/accept{query}"), nonce_in(&page.body)).await;
    assert_eq!(joined.status, StatusCode::OK);
    for answer in [page, back, joined] {
        assert!(!answer.body.contains("evil"), "{}", answer.body);
        assert_eq!(answer.header("refresh"), "");
    }
}

#[tokio::test]
async fn accepting_again_is_the_same_success() {
    let test = TestApp::new().await;
    let invitation = rich_invitation(&test, "").await;
    let at = path(&test, &invitation);
    let page = get(&test, &at).await;
    let first = post(&test, &format!("{at}/accept"), nonce_in(&page.body)).await;
    let again = post(&test, &format!("{at}/accept"), nonce_in(&page.body)).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(stored(&test, &invitation).await.version, 2);
}

#[tokio::test]
async fn declining_ends_the_invitation_and_says_so() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let declined = answer(&test, &path(&test, &invitation), "decline").await;
    assert_eq!(declined.status, StatusCode::OK);
    assert_guarded(&declined);
    insta::assert_snapshot!(words(&declined.body), @"✕ You declined You did not join Acme , and the link opens nothing any more. That was not what you wanted? Ask whoever invited you for a new invitation.");
    let stored = stored(&test, &invitation).await;
    assert_eq!(stored.reason, Some(Reason::Declined));
    assert!(!is_member(&test, &invitation).await);
}

#[tokio::test]
async fn a_promised_team_that_is_gone_is_told() {
    let test = TestApp::new().await;
    let mut invitation = rich_invitation(&test, "").await;
    let gone = Id::from_bytes([9; 12]);
    invitation.teams.push(gone);
    let change = invitation.clone();
    let saved = test.run(test.owner_ctx(), move |tx, _| {
        let mut change = change.clone();
        change.version += 1;
        Ok(tx.update_invitation(&change, change.version - 1)?)
    });
    assert!(saved.await.expect("the store"));
    let joined = answer(&test, &path(&test, &invitation), "accept").await;
    assert!(
        words(&joined.body).contains("One team that you were promised does not exist any more.")
    );
}

#[tokio::test]
async fn sec_s19_looking_changes_nothing_however_often_and_by_whomever() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let at = path(&test, &invitation);
    let before = test.app.store().stats().commits;
    let page = get(&test, &at).await;
    for (method, path) in [
        (Method::HEAD, at.clone()),
        (Method::GET, at.clone()),
        (Method::GET, format!("{at}/accept")),
        (Method::GET, format!("{at}/decline")),
        (Method::HEAD, format!("{at}/accept")),
        (Method::OPTIONS, format!("{at}/accept")),
        (Method::PUT, format!("{at}/accept")),
        (Method::DELETE, at.clone()),
    ] {
        test.send(request(method, &path)).await;
    }
    for attribute in ["href=\"", "src=\""] {
        for rest in page.body.split(attribute).skip(1) {
            let asset = rest.split('"').next().expect("a value");
            assert_eq!(get(&test, asset).await.status, StatusCode::OK, "{asset}");
        }
    }
    assert_eq!(test.app.store().stats().commits, before);
    assert_eq!(stored(&test, &invitation).await, invitation);
}

#[tokio::test]
async fn sec_s19_a_post_without_the_nonce_of_a_page_changes_nothing() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let other = test.invite("eve@x.org").await;
    let at = path(&test, &invitation);
    let stolen = get(&test, &path(&test, &other)).await;
    let before = test.app.store().stats().commits;
    let mut forged = nonce_in(&stolen.body).to_owned();
    forged.replace_range(..1, "f");
    for nonce in ["", "0", &"0".repeat(48), nonce_in(&stolen.body), &forged] {
        for button in ["accept", "decline"] {
            let refused = post(&test, &format!("{at}/{button}"), nonce).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{nonce:?}");
            assert_guarded(&refused);
            assert!(
                words(&refused.body).starts_with("Nothing was changed"),
                "{}",
                refused.body
            );
        }
    }
    for body in ["", "nonce", "nonce=%ff", "{\"nonce\":1}", "a=b&c=d"] {
        let mut bare = submission(&format!("{at}/accept"), "");
        *bare.body_mut() = Body::from(body);
        assert_eq!(
            test.send(bare).await.status,
            StatusCode::FORBIDDEN,
            "{body:?}"
        );
    }
    let mut huge = submission(&format!("{at}/accept"), "");
    *huge.body_mut() = Body::from("x".repeat(2 << 20));
    assert_eq!(test.send(huge).await.status, StatusCode::FORBIDDEN);
    assert_eq!(test.app.store().stats().commits, before);
    assert_eq!(stored(&test, &invitation).await, invitation);
}

#[tokio::test]
async fn a_page_that_was_open_for_too_long_is_shown_again_and_then_works() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let at = format!("{}/accept", path(&test, &invitation));
    let page = get(&test, &path(&test, &invitation)).await;
    test.clock.advance_seconds(24 * 3600 + 1);
    let shown_again = post(&test, &at, nonce_in(&page.body)).await;
    assert_eq!(shown_again.status, StatusCode::FORBIDDEN);
    assert!(!is_member(&test, &invitation).await);
    test.clock.advance_seconds(24 * 3600);
    let joined = post(&test, &at, nonce_in(&shown_again.body)).await;
    assert_eq!(joined.status, StatusCode::OK);
    assert!(is_member(&test, &invitation).await);
}

#[tokio::test]
async fn an_answer_from_another_site_changes_nothing() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let page = get(&test, &path(&test, &invitation)).await;
    let at = format!("{}/accept", path(&test, &invitation));
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "http://vestibule.example"),
    ] {
        let mut foreign = submission(&at, nonce_in(&page.body));
        foreign
            .headers_mut()
            .insert(name, value.parse().expect("a value"));
        let refused = test.send(foreign).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(!is_member(&test, &invitation).await);
    }
    let mut own = submission(&at, nonce_in(&page.body));
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "null")] {
        own.headers_mut()
            .insert(name, value.parse().expect("a value"));
    }
    assert_eq!(test.send(own).await.status, StatusCode::OK);
}

#[tokio::test]
async fn sec_s20_looking_binds_the_link_to_nobody() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let mut scanner = request(Method::GET, &path(&test, &invitation));
    scanner
        .headers_mut()
        .insert(header::USER_AGENT, "scanner".parse().expect("a value"));
    let seen = test.send(scanner).await;
    assert_eq!(seen.header("set-cookie"), "");
    let joined = answer(&test, &path(&test, &invitation), "accept").await;
    assert_eq!(joined.status, StatusCode::OK);
}

#[tokio::test]
async fn coming_back_to_an_answers_address_shows_the_invitation() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let at = path(&test, &invitation);
    let back = get(&test, &format!("{at}/accept")).await;
    assert_eq!(
        (back.status, back.header("location")),
        (StatusCode::SEE_OTHER, at.as_str())
    );
    assert_eq!(back.header("cache-control"), "no-store");
    assert_eq!(back.header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn sec_s23_what_people_wrote_is_text_on_the_page() {
    let test = TestApp::new().await;
    let hostile =
        "<script>alert(1)</script>\n\"><img src=x onerror=y> {{ nonce }} https://evil.example";
    let invitation = rich_invitation(&test, hostile).await;
    let page = get(&test, &path(&test, &invitation)).await;
    assert!(
        !page.body.contains("<script") && !page.body.contains("<img src=x"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("href=\"https://evil"), "{}", page.body);
    assert!(page.body.contains("&#60;script&#62;"), "{}", page.body);
}

#[tokio::test]
async fn sec_s22_a_forged_host_leads_no_link_astray() {
    let test = TestApp::new().await;
    let invitation = test.invite("bob@x.org").await;
    let mut forged = request(Method::GET, &path(&test, &invitation));
    for name in [
        "host",
        "x-forwarded-host",
        "forwarded",
        "x-forwarded-proto",
        "origin",
    ] {
        forged
            .headers_mut()
            .insert(name, "evil.example".parse().expect("a value"));
    }
    let page = test.send(forged).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("evil"), "{}", page.body);
}

#[tokio::test]
async fn links_keep_to_the_path_under_which_the_server_is_reached() {
    let test = TestApp::with_settings(|settings| {
        settings.public_url = "https://acme.example/people/".to_owned();
    })
    .await;
    let invitation = test.invite("bob@x.org").await;
    let page = get(&test, &path(&test, &invitation)).await;
    assert!(
        page.body.contains("action=\"/people/invitations/vsti_"),
        "{}",
        page.body
    );
    assert!(
        page.body.contains("href=\"/people/assets/style-"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn an_inviter_who_may_promise_no_more_is_told_to_the_invitee() {
    let test = TestApp::new().await;
    let admin = test
        .member_key(
            "admin@acme.example",
            Role::UserAdmin,
            vestibule_core::key::KeyKind::Native,
        )
        .await;
    let invitation = test
        .invite_with(
            &admin,
            vestibule_core::organization::Dialect::Native,
            "bob@x.org",
        )
        .await;
    let vestibule_core::key::Principal::User(user) = admin.key.principal else {
        panic!("a person")
    };
    let ended = test.run(test.owner_ctx(), move |tx, ctx| {
        vestibule_server::ops::members::remove(tx, ctx, user)
    });
    ended.await.expect("removed");
    let refused = answer(&test, &path(&test, &invitation), "accept").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    insta::assert_snapshot!(words(&refused.body), @"This invitation cannot be accepted Whoever sent it may no longer promise what it promises. Ask for a new one.");
    assert!(!is_member(&test, &invitation).await);
}
