//! The client of our own API: routes, paging, problems.

use serde_json::{Value, json};
use vestibule_client::native::Native;
use vestibule_client::{ErrorKind, Secret};
use vestibule_wire::native::{
    AcceptRequest, DeclineRequest, InvitationQuery, InvitationState, MemberQuery,
};

use crate::server::{Answer, Seen, Server, settings};

fn client(server: &Server) -> Native {
    Native::new(&server.url, Some(&Secret::new("vst_key")), settings()).expect("a client")
}

fn invitation(id: &str) -> Value {
    json!({
        "id": id, "organization": "org_1", "email": "a@b.example", "auth_type": "local",
        "state": "sent", "roles": [], "teams": [], "user": "usr_1",
        "inviter": {"kind": "user", "id": "usr_2", "name": "Bob"}, "generation": 1,
        "resend_count": 0, "expires_at": "x", "created_at": "x", "updated_at": "x", "version": 1,
    })
}

#[tokio::test]
async fn every_action_has_its_route() {
    let server = Server::start(|request: &Seen| match request.method.as_str() {
        "DELETE" => Answer::new(204, ""),
        "GET" => Answer::json(200, &json!({"data": [], "next": null})),
        _ => Answer::json(200, &invitation("inv_1")),
    })
    .await;
    let client = client(&server);
    client.list_organizations().await.expect("ok");
    client.list_keys("org_1").await.expect("ok");
    client.revoke_key("org_1", "key_1").await.expect("ok");
    client
        .members("org_1", &MemberQuery::default())
        .await
        .expect("ok");
    client.remove_member("org_1", "usr_1").await.expect("ok");
    client.leave("org_1").await.expect("ok");
    client.list_teams("org_1").await.expect("ok");
    client
        .resend_invitation("org_1", "inv_1")
        .await
        .expect("ok");
    client
        .revoke_invitation("org_1", "inv_1")
        .await
        .expect("ok");
    let decline = DeclineRequest {
        token: Secret::new("t"),
    };
    client.decline(&decline).await.expect("ok");
    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /v1/organizations?limit=200
    GET /v1/organizations/org_1/keys?limit=200
    DELETE /v1/organizations/org_1/keys/key_1
    GET /v1/organizations/org_1/members
    DELETE /v1/organizations/org_1/members/usr_1
    POST /v1/organizations/org_1/members:leave
    GET /v1/organizations/org_1/teams?limit=200
    POST /v1/organizations/org_1/invitations/inv_1/resend
    POST /v1/organizations/org_1/invitations/inv_1/revoke
    POST /v1/invitations/decline
    ");
    let seen = server.seen();
    assert!(
        seen.iter()
            .all(|request| request.header("authorization") == Some("Bearer vst_key"))
    );
}

#[tokio::test]
async fn all_invitations_follow_the_cursor_with_their_filters() {
    let server = Server::start(|request: &Seen| {
        let next = (!request.target.contains("cursor")).then_some("c/2");
        Answer::json(200, &json!({"data": [invitation("inv_1")], "next": next}))
    })
    .await;
    let query = InvitationQuery {
        state: Some(InvitationState::Sent),
        email: Some("a+b@c.example".to_owned()),
        ..InvitationQuery::default()
    };
    let all = client(&server)
        .all_invitations("org_1", &query)
        .await
        .expect("ok");
    assert_eq!(all.len(), 2);
    insta::assert_snapshot!(server.lines().join("\n"), @r"
    GET /v1/organizations/org_1/invitations?state=sent&email=a%2Bb%40c.example&limit=200
    GET /v1/organizations/org_1/invitations?state=sent&email=a%2Bb%40c.example&limit=200&cursor=c%2F2
    ");
}

#[tokio::test]
async fn a_problem_gives_code_words_and_hint() {
    let problem = json!({
        "type": "about:blank", "title": "Unprocessable", "status": 422, "code": "invalid",
        "detail": "the request is invalid",
        "errors": [{"pointer": "/email", "detail": "not an address"}], "hint": "write name@host",
    });
    let server = Server::start(move |_| {
        Answer::json(422, &problem).with("content-type", "application/problem+json")
    })
    .await;
    let accept = AcceptRequest {
        token: Secret::new("tkn-1"),
    };
    let error = client(&server).accept(&accept).await.expect_err("422");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.code(), Some("invalid"));
    assert_eq!(error.hint(), Some("write name@host"));
    insta::assert_snapshot!(error, @"422 Unprocessable Entity: the request is invalid; /email: not an address");
    assert_eq!(server.seen()[0].json(), json!({"token": "tkn-1"}));
}

#[tokio::test]
async fn a_missing_invitation_is_none_and_a_missing_organization_an_error() {
    let server =
        Server::start(|_| Answer::new(404, r#"{"detail":"no such thing","code":"not_found"}"#))
            .await;
    let client = client(&server);
    assert_eq!(client.invitation("org_1", "inv_1").await.expect("ok"), None);
    let error = client.organization("org_1").await.expect_err("404");
    assert!(error.is_not_found());
    insta::assert_snapshot!(error, @"404 Not Found: no such thing");
}
