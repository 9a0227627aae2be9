//! Redirects: followed within the service's own address, refused elsewhere.

use std::sync::atomic::{AtomicUsize, Ordering};

use vestibule_client::Secret;
use vestibule_client::confluent::Confluent;
use vestibule_client::native::Native;
use vestibule_wire::native::{DeclineRequest, InvitationCreate};

use crate::confluent;
use crate::server::{Answer, Seen, Server, settings};

const USER: &str = r#"{"id":"u-1","email":"ann@example.org"}"#;

/// Sends whoever asks for anything else to `/moved`, which answers with a user.
async fn moved(status: u16) -> Server {
    Server::start(move |seen: &Seen| {
        if seen.target.starts_with("/moved") {
            return Answer::new(200, USER);
        }
        Answer::new(status, "").with("location", "/moved?to=here#there")
    })
    .await
}

#[tokio::test]
async fn a_redirect_within_the_service_is_followed_with_credentials() {
    for status in [301, 302, 303, 307, 308] {
        let server = moved(status).await;
        let client = confluent::client(&server);
        let user = client.user("u-1").await.expect("ok").expect("a user");
        assert_eq!(user.id, "u-1");
        assert_eq!(
            server.lines(),
            ["GET /iam/v2/users/u-1", "GET /moved?to=here"],
            "{status}"
        );
        let seen = server.seen();
        assert!(seen[1].header("authorization").is_some());
        assert_eq!(
            seen[1].header("authorization"),
            seen[0].header("authorization")
        );
    }
}

#[tokio::test]
async fn a_redirect_to_elsewhere_is_an_error_that_names_its_target() {
    let other = Server::start(|_| Answer::new(200, USER)).await;
    let port = other.url.clone();
    for target in ["https://elsewhere.example/iam", &port] {
        let answer = Answer::new(301, "").with("location", target);
        let server = Server::start(move |_| answer.clone()).await;
        let error = confluent::client(&server)
            .user("u-1")
            .await
            .expect_err("301");
        let words = format!(
            "301 Moved Permanently: the server redirects to {target}, elsewhere than what is configured; \
             configure that address if the service is there"
        );
        assert_eq!(error.to_string(), words);
        assert_eq!(server.seen().len(), 1);
    }
    assert_eq!(other.seen().len(), 0);
}

fn native(server: &Server) -> Native {
    Native::new(&server.url, Some(&Secret::new("key")), settings()).expect("a client")
}

#[tokio::test]
async fn a_change_is_repeated_elsewhere_only_as_it_is() {
    let server = moved(307).await;
    let decline = DeclineRequest {
        token: Secret::new("token"),
    };
    native(&server).decline(&decline).await.expect("ok");
    let seen = server.seen();
    assert_eq!(server.lines()[1], "POST /moved?to=here");
    assert_eq!(seen[0].body, seen[1].body);

    let server = moved(302).await;
    let create = InvitationCreate::default();
    let refused = native(&server).create_invitation("org_1", &create).await;
    let error = refused.expect_err("302");
    insta::assert_snapshot!(error.detail(), @"the server redirects to /moved?to=here#there, where only a GET may follow; configure the address that needs no redirect");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn going_round_in_circles_comes_to_an_end() {
    let server = Server::start(|_| Answer::new(302, "").with("location", "/round")).await;
    let client: Confluent = confluent::client(&server);
    let error = client.user("u-1").await.expect_err("no end");
    insta::assert_snapshot!(error, @"302 Found: the server redirects in a circle: to /round, where it has sent us before");
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn a_way_without_end_is_not_gone_to_its_end() {
    let steps = AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let step = steps.fetch_add(1, Ordering::SeqCst);
        Answer::new(307, "").with("location", &format!("/step/{step}"))
    })
    .await;
    let error = confluent::client(&server).user("u-1").await;
    let error = error.expect_err("no end");
    insta::assert_snapshot!(error, @"307 Temporary Redirect: the server redirects to /step/5, after 5 redirects that were followed");
    assert_eq!(server.seen().len(), 6);
}

#[tokio::test]
async fn what_leads_nowhere_or_has_credentials_in_it_is_not_repeated() {
    let nowhere = "the server redirects to what is no address, or has credentials in it";
    let unasked = "the server redirects to /x; configure the address that needs no redirect";
    for (status, target, words) in [
        (302, "http://[", nowhere),
        (302, "//ann:secret@127.0.0.1/", nowhere),
        (300, "/x", unasked),
    ] {
        let answer = Answer::new(status, "").with("location", target);
        let server = Server::start(move |_| answer.clone()).await;
        let error = confluent::client(&server).user("u-1").await;
        assert_eq!(error.expect_err("a redirect").detail(), words);
    }
}
