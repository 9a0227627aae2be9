//! Service accounts: one token for many calls, renewed when it is refused.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;
use vestibule_client::atlas::{Atlas, Credentials};
use vestibule_client::{ErrorKind, Secret};

use crate::server::{Answer, Seen, Server, settings};

const ORG: &str = "5f0000000000000000000001";
const TOKEN: &str = "POST /api/oauth/token";
const LIST: &str = "GET /api/atlas/v2/orgs/5f0000000000000000000001/invites";

fn client(server: &Server) -> Atlas {
    let credentials = Credentials::ServiceAccount {
        client_id: "mdb_sa_id_1".to_owned(),
        client_secret: Secret::new("s3cr+t/"),
    };
    Atlas::new(&server.url, &credentials, settings()).expect("a client")
}

/// Issues `token-1`, `token-2` … and accepts the latest, from number `first_good` on.
async fn issuer(first_good: u32) -> Server {
    let mut issued = 0;
    Server::start(move |request: &Seen| {
        if request.target == "/api/oauth/token" {
            issued += 1;
            return Answer::json(
                200,
                &json!({"access_token": format!("token-{issued}"), "expires_in": 3600, "token_type": "Bearer"}),
            );
        }
        let given = request.header("authorization").unwrap_or_default();
        if given == format!("Bearer token-{issued}") && issued >= first_good {
            return Answer::new(200, "[]");
        }
        Answer::new(401, r#"{"error":401,"errorCode":"UNEXPECTED_ERROR","detail":"no"}"#)
    })
    .await
}

#[tokio::test]
async fn one_token_serves_many_calls() {
    let server = issuer(1).await;
    let client = client(&server);
    for _ in 0..3 {
        client.list_org_invitations(ORG, None).await.expect("ok");
    }
    assert_eq!(server.lines(), [TOKEN, LIST, LIST, LIST]);
    let request = &server.seen()[0];
    assert_eq!(request.body, "grant_type=client_credentials");
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    // base64 of `mdb_sa_id_1:s3cr%2Bt%2F`: both halves are form-encoded first.
    assert_eq!(
        request.header("authorization"),
        Some("Basic bWRiX3NhX2lkXzE6czNjciUyQnQlMkY=")
    );
}

#[tokio::test]
async fn concurrent_first_calls_fetch_one_token() {
    let server = issuer(1).await;
    let client = Arc::new(client(&server));
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        let client = Arc::clone(&client);
        calls.spawn(async move { client.list_org_invitations(ORG, None).await });
    }
    while let Some(result) = calls.join_next().await {
        result.expect("no panic").expect("ok");
    }
    let tokens = server.lines().iter().filter(|line| *line == TOKEN).count();
    assert_eq!(tokens, 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_a_new_refused_one_is_final() {
    let server = issuer(1).await;
    let client = client(&server);
    client.authenticate().await.expect("a token");
    client.list_org_invitations(ORG, None).await.expect("ok");
    let revoked = Server::answering([
        Answer::json(200, &json!({"access_token": "old", "expires_in": 3600})),
        Answer::new(401, ""),
        Answer::json(200, &json!({"access_token": "new", "expires_in": 3600})),
        Answer::new(200, "[]"),
    ])
    .await;
    let client = self::client(&revoked);
    client.authenticate().await.expect("a token");
    client.list_org_invitations(ORG, None).await.expect("ok");
    assert_eq!(revoked.lines(), [TOKEN, LIST, TOKEN, LIST]);

    let strict = issuer(u32::MAX).await;
    let error = self::client(&strict)
        .list_org_invitations(ORG, None)
        .await
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert_eq!(strict.lines(), [TOKEN, LIST]);
}

#[tokio::test]
async fn a_wrong_secret_is_said_in_the_endpoints_words() {
    let answer = r#"{"error":"invalid_client","error_description":"unknown client"}"#;
    let server = Server::start(move |_| Answer::new(401, answer)).await;
    let error = client(&server).authenticate().await.expect_err("refused");
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Unauthenticated, Some("invalid_client"))
    );
    insta::assert_snapshot!(error, @"401 Unauthorized: no token for the service account: unknown client");
}

#[tokio::test]
async fn a_throttled_token_endpoint_is_asked_again() {
    let server = Server::answering([
        Answer::new(
            429,
            r#"{"error":429,"errorCode":"RATE_LIMITED","parameters":["/api/oauth/token",50,1]}"#,
        ),
        Answer::json(200, &json!({"access_token": "t", "expires_in": 3600})),
    ])
    .await;
    client(&server).authenticate().await.expect("a token");
}

#[tokio::test]
async fn an_unreadable_token_answer_is_not_quoted() {
    let server = Server::start(|_| Answer::new(200, r#"{"access_token":["vst-sec"]}"#)).await;
    let error = client(&server)
        .authenticate()
        .await
        .expect_err("unreadable");
    assert!(!format!("{error} {error:?}").contains("vst-sec"));
}

#[tokio::test]
async fn a_token_is_given_back_at_the_end() {
    let server = issuer(1).await;
    let client = client(&server);
    client.revoke_token().await.expect("nothing to give back");
    assert!(server.seen().is_empty());
    let server = Server::answering([
        Answer::json(200, &json!({"access_token": "t", "expires_in": 3600})),
        Answer::new(200, ""),
    ])
    .await;
    let client = self::client(&server);
    client.authenticate().await.expect("a token");
    client.revoke_token().await.expect("given back");
    let last = server.seen().pop().expect("a request");
    assert_eq!(last.target, "/api/oauth/revoke");
    assert_eq!(last.body, "token=t&token_type_hint=access_token");
}
