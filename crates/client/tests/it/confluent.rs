//! The Confluent client: requests as recorded, paging, and the invitation of a lost answer.

use serde_json::{Value, json};
use vestibule_client::confluent::{Confluent, Credentials, InvitationFilter};
use vestibule_client::{ErrorKind, Secret};
use vestibule_wire::confluent::InvitationCreate;

use crate::fixtures::{CONFLUENT_CREATE, CONFLUENT_DESTROY, assert_same, recorded};
use crate::server::{Answer, Seen, Server, settings};

/// The pair of the recording.
fn credentials() -> Credentials {
    Credentials::ApiKey {
        key: "ABCDEFGHIJKLMNOP".to_owned(),
        secret: Secret::new("the-secret"),
    }
}

pub(crate) fn client(server: &Server) -> Confluent {
    Confluent::new(&server.url, &credentials(), settings()).expect("a client")
}

fn create(email: &str, auth_type: Option<&str>) -> InvitationCreate {
    InvitationCreate {
        auth_type: auth_type.map(ToOwned::to_owned),
        email: Some(email.to_owned()),
    }
}

fn invitation(id: &str, email: &str, created_at: &str) -> Value {
    json!({
        "api_version": "iam/v2", "kind": "Invitation", "id": id, "email": email,
        "auth_type": "AUTH_TYPE_LOCAL", "status": "INVITE_STATUS_SENT",
        "metadata": {"self": "https://h/iam/v2/invitations/x", "created_at": created_at},
        "expires_at": "2026-03-08T09:00:00.120000Z",
        "user": {"id": "u-1", "related": "", "resource_name": ""},
    })
}

fn conflict() -> Answer {
    let body = json!({"errors": [{
        "status": "409", "code": "resource_already_exists",
        "detail": "This user already exists within the Organization",
    }]});
    Answer::json(409, &body)
}

fn list(invitations: &[Value]) -> Answer {
    Answer::json(200, &json!({"metadata": {}, "data": invitations}))
}

#[tokio::test]
async fn requests_are_those_of_the_vendors_provider() {
    let server = Server::start(|request: &Seen| match request.method.as_str() {
        "DELETE" => Answer::new(204, ""),
        _ => Answer::json(
            201,
            &invitation("i-000001", "x@example.org", "2026-03-01T09:00:00Z"),
        ),
    })
    .await;
    let client = client(&server);
    client
        .create_invitation(&create("Ann.Lee@Example.org", None))
        .await
        .expect("created");
    client.invitation("i-000001").await.expect("read");
    client.delete_invitation("i-000001").await.expect("deleted");
    let seen = server.seen();
    let path = "/iam/v2/invitations/i-000001";
    assert_same(
        &seen[0],
        &recorded(CONFLUENT_CREATE, "POST", "/iam/v2/invitations"),
    );
    assert_same(&seen[1], &recorded(CONFLUENT_CREATE, "GET", path));
    assert_same(&seen[2], &recorded(CONFLUENT_DESTROY, "DELETE", path));
    assert_eq!(seen[0].header("user-agent"), Some("vestibule-test/1.0"));
}

#[tokio::test]
async fn without_credentials_no_authorization_header_is_sent() {
    let server = Server::answering([Answer::new(404, "{}")]).await;
    let client = Confluent::new(&server.url, &Credentials::None, settings()).expect("a client");
    assert_eq!(
        client.invitation("i-1").await.expect("404 is an answer"),
        None
    );
    assert_eq!(server.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn a_base_address_may_have_a_path_and_a_slash_at_the_end() {
    let server = Server::answering([Answer::new(404, "{}")]).await;
    let url = format!("{}/api/", server.url);
    let client = Confluent::new(&url, &credentials(), settings()).expect("a client");
    client.user("u-1").await.expect("404 is an answer");
    assert_eq!(server.lines(), ["GET /api/iam/v2/users/u-1"]);
}

#[tokio::test]
async fn only_404_means_not_found() {
    for status in [400, 401, 403] {
        let server =
            Server::start(move |_| Answer::new(status, r#"{"errors":[{"detail":"no"}]}"#)).await;
        let error = client(&server)
            .invitation("i-1")
            .await
            .expect_err("not 404");
        assert_eq!(error.status(), Some(status));
        assert!(!error.is_not_found());
    }
}

#[tokio::test]
async fn the_first_error_is_the_message_and_its_resolution_the_hint() {
    let body = json!({"errors": [
        {"code": "invalid_configuration", "title": "t", "detail": "not an address", "resolution": "check it"},
        {"detail": "second"},
    ]});
    let server = Server::answering([Answer::json(422, &body)]).await;
    let error = client(&server)
        .create_invitation(&create("x", None))
        .await
        .expect_err("422");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.code(), Some("invalid_configuration"));
    assert_eq!(error.hint(), Some("check it"));
    insta::assert_snapshot!(error, @"422 Unprocessable Entity: not an address");
}

#[tokio::test]
async fn statuses_become_kinds() {
    for (status, kind) in [
        (400, ErrorKind::Invalid),
        (401, ErrorKind::Unauthenticated),
        (402, ErrorKind::Quota),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (410, ErrorKind::Gone),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
    ] {
        let server = Server::start(move |_| Answer::new(status, "{}")).await;
        let error = client(&server)
            .delete_invitation("i-1")
            .await
            .expect_err("no");
        assert_eq!(error.kind(), kind, "{status}");
    }
}

#[tokio::test]
async fn lists_follow_the_page_token_and_keep_their_filters() {
    let server = Server::start(|request: &Seen| {
        let (name, next) = if request.target.contains("page_token=two%2B") {
            ("i-2", "")
        } else {
            (
                "i-1",
                "https://other.example/iam/v2/invitations?page_size=10&page_token=two%2B",
            )
        };
        let data = [invitation(name, "a+b@example.org", "2026-03-01T09:00:00Z")];
        Answer::json(200, &json!({"metadata": {"next": next}, "data": data}))
    })
    .await;
    let filter = InvitationFilter {
        email: Some("a+b@example.org".to_owned()),
        ..InvitationFilter::default()
    };
    let found = client(&server).list_invitations(&filter).await.expect("ok");
    let ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
    assert_eq!(ids, ["i-1", "i-2"]);
    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /iam/v2/invitations?email=a%2Bb%40example.org&page_size=100
    GET /iam/v2/invitations?email=a%2Bb%40example.org&page_size=100&page_token=two%2B
    ");
}

#[tokio::test]
async fn vestibule_is_asked_for_larger_pages_once_it_is_known() {
    let server = Server::start(|_| list(&[]).with("x-vestibule", "1")).await;
    let client = client(&server);
    for _ in 0..2 {
        let all = InvitationFilter::default();
        client.list_invitations(&all).await.expect("ok");
    }
    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /iam/v2/invitations?page_size=100
    GET /iam/v2/invitations?page_size=1000
    ");
    let marks: Vec<bool> = server
        .seen()
        .iter()
        .map(|seen| seen.header("x-vestibule").is_some())
        .collect();
    assert_eq!(marks, [false, true]);
}

#[tokio::test]
async fn a_list_that_leads_back_to_the_same_page_ends_with_an_error() {
    for next in [
        "https://h/iam/v2/users",
        "https://h/iam/v2/users?page_token=x",
    ] {
        let body = json!({"metadata": {"next": next}, "data": []});
        let server = Server::start(move |_| Answer::json(200, &body)).await;
        let error = client(&server).users().await.expect_err("a loop");
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(server.seen().len() <= 2);
    }
}

/// The first POST loses its answer, the second meets a conflict, the list shows `found`.
async fn after_a_lost_answer(found: &[Value]) -> Server {
    let date = "Sun, 01 Mar 2026 09:00:05 GMT";
    Server::answering([
        Answer::Drop,
        conflict().with("date", date),
        list(found).with("date", date),
    ])
    .await
}

#[tokio::test]
async fn the_invitation_of_a_lost_answer_is_adopted() {
    let ours = invitation("i-7", "Ann@example.org", "2026-03-01T09:00:04.500000Z");
    let server = after_a_lost_answer(&[ours]).await;
    let created = client(&server)
        .create_invitation(&create("Ann@example.org", Some("AUTH_TYPE_LOCAL")))
        .await
        .expect("adopted");
    assert_eq!(created.id, "i-7");
    insta::assert_snapshot!(server.lines().join("\n"), @r"
    POST /iam/v2/invitations
    POST /iam/v2/invitations
    GET /iam/v2/invitations?email=Ann%40example.org&page_size=100
    ");
}

#[tokio::test]
async fn somebody_elses_invitation_is_not_adopted() {
    let older = invitation("i-7", "Ann@example.org", "2026-03-01T08:59:00.000000Z");
    let spelling = invitation("i-7", "ann@example.org", "2026-03-01T09:00:04.500000Z");
    let mut sso = invitation("i-7", "Ann@example.org", "2026-03-01T09:00:04.500000Z");
    sso["auth_type"] = json!("AUTH_TYPE_SSO");
    for found in [older, spelling, sso] {
        let server = after_a_lost_answer(&[found]).await;
        let error = client(&server)
            .create_invitation(&create("Ann@example.org", Some("AUTH_TYPE_LOCAL")))
            .await
            .expect_err("not ours");
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(error.existing_id(), Some("i-7"));
    }
}

#[tokio::test]
async fn a_plain_conflict_names_the_live_invitation_and_adopts_nothing() {
    let mut expired = invitation("i-1", "Ann@example.org", "2026-01-01T09:00:00Z");
    expired["status"] = json!("INVITE_STATUS_EXPIRED");
    let live = invitation("i-7", "Ann@example.org", "2026-03-01T09:00:04.500000Z");
    let date = "Sun, 01 Mar 2026 09:00:05 GMT";
    let server = Server::answering([conflict().with("date", date), list(&[expired, live])]).await;
    let error = client(&server)
        .create_invitation(&create("Ann@example.org", None))
        .await
        .expect_err("a conflict");
    assert_eq!(error.existing_id(), Some("i-7"));
    insta::assert_snapshot!(error, @"409 Conflict: This user already exists within the Organization");
}

#[tokio::test]
async fn a_conflict_with_a_member_stays_a_conflict() {
    let server = after_a_lost_answer(&[]).await;
    let error = client(&server)
        .create_invitation(&create("Ann@example.org", None))
        .await
        .expect_err("a conflict");
    assert_eq!(
        (error.kind(), error.existing_id()),
        (ErrorKind::Conflict, None)
    );
}

#[tokio::test]
async fn a_delete_whose_answer_was_lost_has_deleted() {
    let server = Server::answering([Answer::Drop, Answer::new(404, "{}")]).await;
    client(&server)
        .delete_invitation("i-1")
        .await
        .expect("deleted");
    let server = Server::answering([Answer::new(404, "{}")]).await;
    let error = client(&server)
        .delete_invitation("i-1")
        .await
        .expect_err("404");
    assert!(error.is_not_found());
}

#[tokio::test]
async fn nothing_secret_is_in_debug_output() {
    let server = Server::answering([]).await;
    let text = format!("{:?} {:?}", client(&server), credentials());
    assert!(!text.contains("the-secret"), "{text}");
    assert!(!text.contains("dGhlLXNlY3JldA"), "{text}");
}
