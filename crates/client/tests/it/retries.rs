//! What is repeated, what is not, and what the final error keeps.

use serde_json::json;
use vestibule_client::confluent::{Confluent, Credentials};
use vestibule_client::native::Native;
use vestibule_client::{CancellationToken, ErrorKind, Settings};
use vestibule_wire::native::{
    ApiKeyCreate, InvitationCreate, KeyKind, OrganizationCreate, ProjectCreate, TeamCreate,
};

use crate::server::{Answer, Server, settings};

fn confluent(server: &Server, settings: Settings) -> Confluent {
    Confluent::new(&server.url, &Credentials::None, settings).expect("a client")
}

fn user() -> Answer {
    Answer::json(200, &json!({"id": "u-1", "email": "a@b.example"}))
}

#[tokio::test]
async fn a_single_503_is_survived() {
    let server = Server::answering([Answer::new(503, ""), user()]).await;
    let found = confluent(&server, settings())
        .user("u-1")
        .await
        .expect("ok");
    assert_eq!(found.expect("found").email, "a@b.example");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_429_with_retry_after_is_survived() {
    let busy = Answer::new(429, "").with("retry-after", "1");
    let server = Server::answering([busy, user()]).await;
    confluent(&server, settings())
        .user("u-1")
        .await
        .expect("ok");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_dropped_connection_is_survived() {
    let server = Server::answering([Answer::Drop, Answer::Drop, user()]).await;
    confluent(&server, settings())
        .user("u-1")
        .await
        .expect("ok");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn the_last_error_keeps_its_status_its_words_and_its_body() {
    let body = r#"{"errors":[{"detail":"the database is on holiday","code":"closed"}]}"#;
    let server = Server::start(move |_| Answer::new(503, body)).await;
    let error = confluent(&server, settings())
        .user("u-1")
        .await
        .expect_err("503");
    assert_eq!(
        (error.kind(), error.status(), error.attempts()),
        (ErrorKind::Server, Some(503), 5)
    );
    assert_eq!(error.code(), Some("closed"));
    assert_eq!(error.body(), body);
    insta::assert_snapshot!(error, @"503 Service Unavailable: the database is on holiday (after 5 attempts)");
    assert_eq!(server.seen().len(), 5);
}

#[tokio::test]
async fn retries_can_be_turned_off() {
    let server = Server::start(|_| Answer::new(503, "")).await;
    let mut settings = settings();
    settings.max_retries = 0;
    let error = confluent(&server, settings)
        .user("u-1")
        .await
        .expect_err("503");
    insta::assert_snapshot!(error, @"503 Service Unavailable: the answer has no body");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn not_implemented_and_client_errors_are_final() {
    for status in [400, 401, 403, 409, 422, 501] {
        let server = Server::start(move |_| Answer::new(status, "{}")).await;
        confluent(&server, settings())
            .user("u-1")
            .await
            .expect_err("final");
        assert_eq!(server.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn an_html_page_is_named_as_such() {
    let page = "<html>\n  <body>Bad  gateway</body></html>";
    let server =
        Server::start(move |_| Answer::new(502, page).with("content-type", "text/html")).await;
    let error = confluent(&server, settings())
        .user("u-1")
        .await
        .expect_err("502");
    assert_eq!(error.body(), page);
    insta::assert_snapshot!(error, @"502 Bad Gateway: the answer is a web page, not one of this API: <html> <body>Bad gateway</body></html> (after 5 attempts)");
}

#[tokio::test]
async fn a_good_status_with_a_bad_body_is_a_decode_error() {
    for body in ["", "<html>", "[]", "{\"email\":1}"] {
        let server = Server::start(move |_| Answer::new(200, body)).await;
        let error = confluent(&server, settings())
            .user("u-1")
            .await
            .expect_err("bad");
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Decode, Some(200))
        );
    }
}

#[tokio::test]
async fn a_request_that_must_not_run_twice_is_not_repeated_after_a_lost_answer() {
    for answer in [Answer::Drop, Answer::new(502, "")] {
        let server = Server::start(move |_| answer.clone()).await;
        let native = Native::new(&server.url, None, settings()).expect("a client");
        let error = native
            .resend_invitation("org_1", "inv_1")
            .await
            .expect_err("lost");
        assert!(error.maybe_done());
        let advice = "; the request may have been carried out nevertheless";
        assert!(error.to_string().ends_with(advice), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn what_is_made_once_for_each_key_is_repeated_with_the_same_key() {
    let refused = Answer::new(422, r#"{"detail":"no","code":"invalid"}"#);
    let answers = [Answer::Drop, Answer::new(503, ""), refused.clone(), refused];
    let server = Server::answering(answers).await;
    let native = Native::new(&server.url, None, settings()).expect("a client");
    for _ in 0..2 {
        let create = InvitationCreate::default();
        let error = native.create_invitation("org_1", &create).await;
        assert_eq!(error.expect_err("422").code(), Some("invalid"));
    }
    let seen = server.seen();
    let keys: Vec<_> = seen
        .iter()
        .map(|request| request.header("idempotency-key").expect("a key"))
        .collect();
    assert_eq!(keys.len(), 4);
    assert!(keys[0].len() == 32 && keys[0] == keys[1] && keys[1] == keys[2]);
    assert_ne!(keys[2], keys[3], "another request has another key");
}

#[tokio::test]
async fn everything_that_the_native_api_makes_survives_a_lost_answer() {
    let refused = Answer::new(422, r#"{"detail":"no","code":"invalid"}"#);
    let answers = vec![[Answer::Drop, refused]; 4].concat();
    let server = Server::answering(answers).await;
    let native = Native::new(&server.url, None, settings()).expect("a client");
    let key = ApiKeyCreate {
        kind: KeyKind::Native,
        name: String::new(),
        roles: None,
        expires_in: None,
    };
    let errors = [
        native
            .create_organization(&OrganizationCreate::default())
            .await
            .err(),
        native.create_key("org_1", &key).await.err(),
        native
            .create_team("org_1", &TeamCreate::default())
            .await
            .err(),
        native
            .create_project("org_1", &ProjectCreate::default())
            .await
            .err(),
    ];
    for error in errors {
        assert_eq!(error.expect("422").code(), Some("invalid"));
    }
    for pair in server.seen().chunks(2) {
        let keys: Vec<_> = pair
            .iter()
            .map(|request| request.header("idempotency-key").expect("a key"))
            .collect();
        assert_eq!(keys[0], keys[1]);
    }
    assert_eq!(server.seen().len(), 8);
}

#[tokio::test]
async fn a_request_that_must_not_run_twice_is_repeated_after_429() {
    let server = Server::answering([
        Answer::new(429, "").with("retry-after", "0"),
        Answer::new(422, r#"{"detail":"no","code":"invalid"}"#),
    ])
    .await;
    let native = Native::new(&server.url, None, settings()).expect("a client");
    let error = native
        .create_invitation("org_1", &InvitationCreate::default())
        .await
        .expect_err("422");
    assert_eq!(error.code(), Some("invalid"));
    assert!(!error.maybe_done());
}

#[tokio::test]
async fn a_service_that_does_not_listen_is_a_transport_error() {
    let url = Server::answering([]).await.url.clone();
    let mut settings = settings();
    settings.max_retries = 1;
    let client = Confluent::new(&url, &Credentials::None, settings).expect("a client");
    let error = client.user("u-1").await.expect_err("nobody there");
    assert_eq!((error.kind(), error.status()), (ErrorKind::Transport, None));
    assert!(error.to_string().starts_with("cannot connect"), "{error}");
    assert_eq!(error.attempts(), 2);
}

#[tokio::test]
async fn a_silent_service_is_left_at_the_time_limit() {
    let server = Server::start(|_| Answer::Silence).await;
    let mut settings = settings();
    settings.attempt_timeout = std::time::Duration::from_millis(300);
    settings.max_retries = 0;
    let error = confluent(&server, settings).delete_invitation("i-1").await;
    let error = error.expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::Transport);
    insta::assert_snapshot!(error, @"no answer within the time limit: operation timed out; the request may have been carried out nevertheless");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_cancelled_client_finishes_the_attempt_and_does_not_wait_for_another() {
    let server = Server::start(|_| Answer::new(503, "")).await;
    let mut settings = settings();
    settings.first_wait = std::time::Duration::from_secs(3600);
    settings.longest_wait = settings.first_wait;
    let token = CancellationToken::new();
    let client = confluent(&server, settings).with_cancellation(token.clone());
    token.cancel();
    let error = client.user("u-1").await.expect_err("503");
    insta::assert_snapshot!(error, @"503 Service Unavailable: the answer has no body; interrupted before the next attempt");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_empty_id_never_becomes_a_request_for_the_whole_list() {
    let server = Server::answering([]).await;
    let client = confluent(&server, settings());
    for id in ["", "..", "."] {
        let error = client.invitation(id).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        client.delete_invitation(id).await.expect_err("refused");
    }
    assert!(server.seen().is_empty());
}
