//! HTTP Digest against a server that checks it by the formula of RFC 7616.

use std::collections::HashMap;
use std::sync::Arc;

use md5::{Digest as _, Md5};
use tokio::task::JoinSet;
use vestibule_client::atlas::{Atlas, Credentials};
use vestibule_client::{ErrorKind, Secret};

use crate::fixtures::{ATLAS_IMPORT, assert_same, recorded};
use crate::server::{Answer, Seen, Server, settings};

const ORG: &str = "5f0000000000000000000001";
const PATH: &str = "/api/atlas/v2/orgs/5f0000000000000000000001/invites";

/// Gives out a nonce for `uses` requests, then calls it stale or unknown.
struct Gate {
    issued: u32,
    last_count: u32,
    uses: u32,
    says_stale: bool,
}

impl Gate {
    fn new(uses: u32, says_stale: bool) -> Self {
        Self {
            issued: 0,
            last_count: 0,
            uses,
            says_stale,
        }
    }

    fn challenge(&mut self, stale: bool) -> Answer {
        self.issued += 1;
        self.last_count = 0;
        let line = format!(
            r#"Digest realm="MMS Public API", domain="", nonce="nonce-{}", algorithm=MD5, qop="auth", stale={stale}"#,
            self.issued
        );
        let body = r#"{"detail":"You are not authorized for this resource.","error":401,"errorCode":"UNEXPECTED_ERROR","reason":"Unauthorized"}"#;
        Answer::new(401, body).with("www-authenticate", &line)
    }

    fn answer(&mut self, request: &Seen) -> Answer {
        let Some(line) = request.header("authorization") else {
            return self.challenge(false);
        };
        let given = parameters(line);
        if given["response"] != expected(request, &given) {
            return self.challenge(false);
        }
        let count = u32::from_str_radix(&given["nc"], 16).expect("a count");
        let nonce_is_current = given["nonce"] == format!("nonce-{}", self.issued);
        if !nonce_is_current || count <= self.last_count || count > self.uses {
            return self.challenge(self.says_stale);
        }
        self.last_count = count;
        Answer::new(200, "[]")
    }
}

fn parameters(line: &str) -> HashMap<String, String> {
    let line = line.strip_prefix("Digest ").expect("Digest");
    line.split(", ")
        .map(|item| {
            let (name, value) = item.split_once('=').expect("name=value");
            (name.to_owned(), value.trim_matches('"').to_owned())
        })
        .collect()
}

fn expected(request: &Seen, given: &HashMap<String, String>) -> String {
    let hash = |text: String| {
        let digest = Md5::digest(text);
        digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let first = hash("abcdefgh:MMS Public API:private-key".to_owned());
    let second = hash(format!("{}:{}", request.method, request.target));
    hash(format!(
        "{first}:{}:{}:{}:auth:{second}",
        given["nonce"], given["nc"], given["cnonce"]
    ))
}

fn client(server: &Server, private_key: &str) -> Atlas {
    let credentials = Credentials::ApiKey {
        public_key: "abcdefgh".to_owned(),
        private_key: Secret::new(private_key),
    };
    Atlas::new(&server.url, &credentials, settings()).expect("a client")
}

async fn gated(uses: u32, says_stale: bool) -> Server {
    let mut gate = Gate::new(uses, says_stale);
    Server::start(move |request| gate.answer(request)).await
}

fn counts(server: &Server) -> Vec<String> {
    let seen = server.seen();
    seen.iter()
        .map(|request| match request.header("authorization") {
            Some(line) => {
                let given = parameters(line);
                format!("{} {}", given["nonce"], given["nc"])
            }
            None => "none".to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn one_challenge_serves_many_requests() {
    let server = gated(1000, true).await;
    let client = client(&server, "private-key");
    for _ in 0..3 {
        client.list_org_invitations(ORG, None).await.expect("ok");
    }
    assert_eq!(
        counts(&server),
        [
            "none",
            "nonce-1 00000001",
            "nonce-1 00000002",
            "nonce-1 00000003"
        ]
    );
    assert_same(&server.seen()[1], &recorded(ATLAS_IMPORT, "GET", PATH));
}

#[tokio::test]
async fn a_nonce_that_is_no_longer_known_is_replaced() {
    for says_stale in [true, false] {
        let server = gated(1, says_stale).await;
        let client = client(&server, "private-key");
        for _ in 0..2 {
            client.list_org_invitations(ORG, None).await.expect("ok");
        }
        assert_eq!(
            counts(&server),
            [
                "none",
                "nonce-1 00000001",
                "nonce-1 00000002",
                "nonce-2 00000001"
            ]
        );
    }
}

#[tokio::test]
async fn a_query_and_a_literal_plus_are_signed_as_they_are_sent() {
    let server = gated(1000, true).await;
    let client = client(&server, "private-key");
    client
        .list_org_invitations(ORG, Some("a+b@example.org"))
        .await
        .expect("ok");
    let last = server.seen().pop().expect("a request");
    assert_eq!(last.target, format!("{PATH}?username=a%2Bb%40example.org"));
    let error = client
        .user_by_name("a+b@example.org")
        .await
        .expect_err("the gate answers with a list");
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Decode, Some(200))
    );
    let last = server.seen().pop().expect("a request");
    assert_eq!(last.target, "/api/atlas/v2/users/byName/a+b@example.org");
}

#[tokio::test]
async fn a_wrong_key_is_tried_once() {
    let server = gated(1000, true).await;
    let error = client(&server, "wrong")
        .list_org_invitations(ORG, None)
        .await
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert_eq!(server.seen().len(), 2);
    insta::assert_snapshot!(error, @"401 Unauthorized: You are not authorized for this resource.");
    assert!(!format!("{error:?}").contains("wrong"));
}

#[tokio::test]
async fn a_401_without_a_challenge_is_final() {
    let server = Server::start(|_| Answer::new(401, "")).await;
    let error = client(&server, "private-key")
        .list_org_invitations(ORG, None)
        .await
        .expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn concurrent_requests_all_get_through() {
    let server = gated(1000, true).await;
    let client = Arc::new(client(&server, "private-key"));
    client.list_org_invitations(ORG, None).await.expect("ok");
    let mut calls = JoinSet::new();
    for _ in 0..4 {
        let client = Arc::clone(&client);
        calls.spawn(async move { client.list_org_invitations(ORG, None).await });
    }
    while let Some(result) = calls.join_next().await {
        result.expect("no panic").expect("ok");
    }
}

/// Calls ten times at once.
async fn ten_calls(client: &Arc<Atlas>) {
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let client = Arc::clone(client);
        calls.spawn(async move { client.list_org_invitations(ORG, None).await });
    }
    for result in calls.join_all().await {
        result.expect("ok");
    }
}

#[tokio::test]
async fn ten_requests_at_once_cost_one_challenge() {
    let server = Server::start(|request: &Seen| match request.header("authorization") {
        None => Gate::new(1, true).challenge(false),
        Some(_) => Answer::new(200, "[]"),
    })
    .await;
    let client = Arc::new(client(&server, "private-key"));
    ten_calls(&client).await;
    assert_eq!(server.seen().len(), 11);
}

#[tokio::test]
async fn a_service_without_challenges_makes_nobody_wait_twice() {
    let server = Server::start(|_| Answer::new(200, "[]")).await;
    let client = Arc::new(client(&server, "private-key"));
    ten_calls(&client).await;
    assert_eq!(server.seen().len(), 10);
}

/// A service that takes each of its nonces once, all of them at any time.
#[tokio::test]
async fn where_each_nonce_is_good_once_requests_ask_for_their_own() {
    for says_stale in [true, false] {
        let mut open: HashMap<String, ()> = HashMap::new();
        let mut issued = 0;
        let server = Server::start(move |request: &Seen| {
            let given = request.header("authorization").map(parameters);
            if let Some(given) = &given {
                assert_eq!(given["response"], expected(request, given));
                if open.remove(&given["nonce"]).is_some() {
                    return Answer::new(200, "[]");
                }
            }
            issued += 1;
            open.insert(format!("nonce-{issued}"), ());
            let mut gate = Gate::new(1, true);
            gate.issued = issued - 1;
            gate.challenge(given.is_some() && says_stale)
        })
        .await;
        let client = Arc::new(client(&server, "private-key"));
        ten_calls(&client).await;
        let before = server.seen().len();
        assert!(before <= 31, "{before}");
        ten_calls(&client).await;
        assert_eq!(server.seen().len() - before, 20);
    }
}

#[tokio::test]
async fn the_challenge_says_whether_members_are_refused() {
    for (header, refuses) in [("x-vestibule", true), ("x-other", false)] {
        let mut gate = Gate::new(1000, true);
        let server = Server::start(move |request| gate.answer(request).with(header, "1")).await;
        let client = client(&server, "private-key");
        assert_eq!(client.refuses_members(ORG).await, refuses);
        assert_eq!(client.refuses_members(ORG).await, refuses);
        client.list_org_invitations(ORG, None).await.expect("ok");
        assert_eq!(counts(&server), ["none", "nonce-1 00000001"]);
    }
}

#[tokio::test]
async fn without_digest_only_an_earlier_answer_says_it() {
    let server = Server::start(|_| Answer::new(200, "[]").with("x-vestibule", "1")).await;
    let token = Credentials::AccessToken(Secret::new("token"));
    let client = Atlas::new(&server.url, &token, settings()).expect("a client");
    assert!(!client.refuses_members(ORG).await);
    assert_eq!(server.seen().len(), 0);
    client.list_org_invitations(ORG, None).await.expect("ok");
    assert!(client.refuses_members(ORG).await);
}

#[tokio::test]
async fn what_a_redirect_leads_to_is_signed_for_its_own_address() {
    let mut gate = Gate::new(10, true);
    let server = Server::start(move |request: &Seen| match gate.answer(request) {
        Answer::Reply { status: 200, .. } if request.target == PATH => {
            Answer::new(308, "").with("location", "/moved")
        }
        answer => answer,
    })
    .await;
    let client = client(&server, "private-key");
    client.list_org_invitations(ORG, None).await.expect("ok");
    let invites = format!("GET {PATH}");
    assert_eq!(server.lines(), [&invites, &invites, "GET /moved"]);
}
