//! `/v1/organizations/{organization}/invitations`: the life of one.

use axum::http::{Method, StatusCode};
use vestibule_core::role::Role;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::TestApp;

use super::{Api, Table, advance, code, count, json, shown, text};

#[tokio::test]
async fn an_invitation_is_made_and_read_back() {
    let api = Api::new().await;
    let team = text(&api.post("/teams", r#"{"name":"Blue"}"#).await, "/id");
    let body = format!(
        r#"{{"email":" Ann@Acme.example ","roles":["user_admin","member"],"teams":["{team}","{team}"],
            "auth_type":"local","message":"Welcome!\nBea","expires_in":3600}}"#
    );
    let made = api.post("/invitations", &body).await;
    insta::assert_snapshot!(shown(&made), @r#"
    201 Created
    location: /v1/organizations/org_1/invitations/inv_1
    etag: "1"
    {"id":"inv_1","organization":"org_1","email":"Ann@Acme.example","auth_type":"local","state":"sent","reason":null,"delivery":{"state":"queued","attempts":0,"last_error":null,"handed_off_at":null},"roles":["user_admin","member"],"teams":["team_1"],"project":null,"project_roles":[],"message":"Welcome!\nBea","user":"usr_1","inviter":{"kind":"user","id":"usr_2","name":"owner@acme.example"},"generation":1,"resend_count":0,"sent_at":"2026-03-01T09:00:00.000000Z","expires_at":"2026-03-01T10:00:00.000000Z","accepted_at":null,"ended_at":null,"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":1}
    "#);
    let path = made.header("location").to_owned();
    let read = api.test.call(Method::GET, &path, "").await;
    assert_eq!((read.status, &read.body), (StatusCode::OK, &made.body));
    assert_eq!(read.header("etag"), "\"1\"");
}

#[tokio::test]
async fn an_invitation_needs_no_more_than_an_address() {
    let api = Api::new().await;
    let made = api
        .post("/invitations", r#"{"email":"ann@x.example"}"#)
        .await;
    insta::assert_snapshot!(shown(&made), @r#"
    201 Created
    location: /v1/organizations/org_1/invitations/inv_1
    etag: "1"
    {"id":"inv_1","organization":"org_1","email":"ann@x.example","auth_type":"local","state":"sent","reason":null,"delivery":{"state":"queued","attempts":0,"last_error":null,"handed_off_at":null},"roles":["member"],"teams":[],"project":null,"project_roles":[],"message":null,"user":"usr_1","inviter":{"kind":"user","id":"usr_2","name":"owner@acme.example"},"generation":1,"resend_count":0,"sent_at":"2026-03-01T09:00:00.000000Z","expires_at":"2026-03-08T09:00:00.000000Z","accepted_at":null,"ended_at":null,"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":1}
    "#);
}

#[tokio::test]
async fn a_wrong_body_names_every_wrong_member_and_writes_nothing() {
    let api = Api::new().await;
    let body = r#"{"email":"Ann <a@x.example>","roles":["king"],"teams":["blue"],"expires_in":1}"#;
    insta::assert_snapshot!(shown(&api.post("/invitations", body).await), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/email","detail":"this is not an e-mail address: it holds spaces, control or invisible characters"},{"pointer":"/roles/0","detail":"there is no such role; there are owner, user_admin, project_creator, billing_admin, billing_viewer, stream_admin, read_only, member"},{"pointer":"/teams/0","detail":"it is not an id of the form team_…"},{"pointer":"/expires_in","detail":"an invitation stays open for at least 60 seconds and at most 365 days"}]}
    "#);
    let make = async |body: &str| shown(&api.post("/invitations", body).await);
    insta::assert_snapshot!(make(r#"{"email":"a@x.example","auth_type":"magic"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/auth_type","detail":"unknown variant `magic`, expected `local` or `sso`"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"email":"a@x.example","message":7}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/message","detail":"invalid type: integer `7`, expected a string"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"email":"a@x.example","rolls":[]}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/rolls","detail":"unknown field `rolls`, expected one of `email`, `roles`, `teams`, `project`, `project_roles`, `auth_type`, `message`, `expires_in`"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"roles":[]}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/email","detail":"it is required"}]}
    "#);
    insta::assert_snapshot!(make("[]").await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"","detail":"invalid type: sequence, expected an object"}]}
    "#);
    let long = format!(
        r#"{{"email":"a@x.example","message":"{}"}}"#,
        "x".repeat(501)
    );
    insta::assert_snapshot!(make(&long).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the message is not usable: it is longer than 500 characters","code":"invalid_body","errors":[{"pointer":"/message","detail":"the message is not usable: it is longer than 500 characters"}]}
    "#);
    let teams = vec!["team_00000000000000000000"; 101];
    let many = format!(r#"{{"email":"a@x.example","teams":{teams:?}}}"#);
    insta::assert_snapshot!(make(&many).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/teams","detail":"it names more than 100 teams"}]}
    "#);
    assert_eq!(count(&api.test, Table::Invitations).await, 0);
}

#[tokio::test]
async fn hostile_addresses_are_refused() {
    let api = Api::new().await;
    for address in [
        "",
        "ann",
        "ann@x.example\\r\\nBcc: eve@x.example",
        "\\u0000@x.example",
        "a\\u202enn@x.example",
        "Ann <ann@x.example>",
        "\\\"a b\\\"@x.example",
        "ann@[127.0.0.1]",
        "ann@x..example",
        "a@b@x.example",
        "'; drop table users; --",
        "{{7*7}}",
        &format!("{}@x.example", "a".repeat(300)),
    ] {
        let answer = api
            .post("/invitations", &format!(r#"{{"email":"{address}"}}"#))
            .await;
        assert_eq!(code(&answer), "422 invalid_body", "{address}");
        assert_eq!(text(&answer, "/errors/0/pointer"), "/email", "{address}");
    }
    assert_eq!(count(&api.test, Table::Invitations).await, 0);
}

#[tokio::test]
async fn an_address_is_invited_once() {
    let api = Api::new().await;
    let first = api
        .post("/invitations", r#"{"email":"ann@x.example"}"#)
        .await;
    let again = api
        .post("/invitations", r#"{"email":"ANN@X.example"}"#)
        .await;
    insta::assert_snapshot!(shown(&again), @r#"
    409 Conflict
    location: /v1/organizations/org_1/invitations/inv_1
    {"type":"about:blank","title":"Conflict","status":409,"detail":"this address has an open invitation already","code":"live_invitation_exists","hint":"Location names the open invitation: send it again, change it or revoke it"}
    "#);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(count(&api.test, Table::Invitations).await, 1);
}

#[tokio::test]
async fn an_expired_invitation_stands_in_nobodys_way() {
    let api = Api::new().await;
    api.post(
        "/invitations",
        r#"{"email":"ann@x.example","expires_in":60}"#,
    )
    .await;
    advance(&api, 60);
    let again = api
        .post("/invitations", r#"{"email":"ann@x.example"}"#)
        .await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.shown());
    let states = json(&api.get("/invitations").await)["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|invitation| invitation["state"].to_string())
        .collect::<Vec<_>>();
    assert_eq!(states, ["\"expired\"", "\"sent\""]);
}

#[tokio::test]
async fn a_member_is_not_invited() {
    let api = Api::new().await;
    let answer = api
        .post("/invitations", r#"{"email":"owner@acme.example"}"#)
        .await;
    insta::assert_snapshot!(shown(&answer), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"this person is a member of the organization already","code":"already_member"}
    "#);
}

#[tokio::test]
async fn a_team_that_is_not_there_is_not_promised() {
    let api = Api::new().await;
    let body = r#"{"email":"a@x.example","teams":["team_00000000000000000000"]}"#;
    insta::assert_snapshot!(shown(&api.post("/invitations", body).await), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/teams","detail":"a team that it names is not one of this organization"}]}
    "#);
    let invitation = api.test.invite("ann@x.example").await;
    let path = format!("/invitations/{}", invitation.id);
    let body = r#"{"teams":["team_00000000000000000000"]}"#;
    assert_eq!(code(&api.patch(&path, body).await), "422 invalid_body");
}

#[tokio::test]
async fn open_invitations_are_limited_where_the_operator_says_so() {
    let test = TestApp::with_settings(|settings| settings.pending_limit = Some(1)).await;
    let api = Api { test };
    api.test.invite("ann@x.example").await;
    let answer = api
        .post("/invitations", r#"{"email":"bea@x.example"}"#)
        .await;
    insta::assert_snapshot!(shown(&answer), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"the number of open invitations in this organization is currently limited to 1","code":"pending_limit","hint":"revoke invitations that nobody will answer, or wait until they expire"}
    "#);
}

#[tokio::test]
async fn only_an_owner_invites_local_people_into_single_sign_on() {
    let api = Api::new().await;
    api.patch("", r#"{"sso_enabled":true}"#).await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let body = r#"{"email":"a@x.example","auth_type":"local"}"#;
    let refused = api
        .send_as(&admin, Method::POST, "/invitations", body)
        .await;
    insta::assert_snapshot!(shown(&refused), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"the organization has single sign-on: only an owner may invite people with a local account","code":"local_into_sso","errors":[{"pointer":"/auth_type","detail":"the organization has single sign-on: only an owner may invite people with a local account"}],"hint":"leave auth_type out to invite with single sign-on"}
    "#);
    assert_eq!(
        api.post("/invitations", body).await.status,
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn an_open_invitation_is_changed() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let path = format!("/invitations/{}", invitation.id);
    let patch = r#"{"roles":["read_only"],"message":"Hello","expires_in":120}"#;
    insta::assert_snapshot!(shown(&api.patch(&path, patch).await), @r#"
    200 OK
    etag: "2"
    {"id":"inv_1","organization":"org_1","email":"ann@x.example","auth_type":"local","state":"sent","reason":null,"delivery":{"state":"queued","attempts":0,"last_error":null,"handed_off_at":null},"roles":["read_only"],"teams":[],"project":null,"project_roles":[],"message":"Hello","user":"usr_1","inviter":{"kind":"user","id":"usr_2","name":"owner@acme.example"},"generation":1,"resend_count":0,"sent_at":"2026-03-01T09:00:00.000000Z","expires_at":"2026-03-01T09:02:00.000000Z","accepted_at":null,"ended_at":null,"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":2}
    "#);
    let cleared = api.patch(&path, r#"{"message":null}"#).await;
    assert!(json(&cleared)["message"].is_null());
    let patch = async |body: &str| shown(&api.patch(&path, body).await);
    insta::assert_snapshot!(patch(r#"{"roles":[]}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"at least one role is needed","code":"invalid_body","errors":[{"pointer":"/roles","detail":"at least one role is needed"}]}
    "#);
    insta::assert_snapshot!(patch(r#"{"email":"eve@x.example"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/email","detail":"unknown field `email`, expected one of `roles`, `teams`, `project_roles`, `message`, `expires_in`"}]}
    "#);
    let unchanged = api.get(&path).await;
    assert_eq!(unchanged.header("etag"), "\"3\"");
}

#[tokio::test]
async fn a_change_on_an_old_version_is_refused() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let path = api.path(&format!("/invitations/{}", invitation.id));
    let patch = async |tag: &str| {
        let mut request = request(
            Method::PATCH,
            &path,
            &api.test.owner_key.bearer(),
            r#"{"message":"x"}"#,
        );
        let headers = request.headers_mut();
        headers.insert("if-match", tag.parse().expect("a header value"));
        api.test.send(request).await
    };
    assert_eq!(patch("\"1\"").await.status, StatusCode::OK);
    assert_eq!(code(&patch("\"1\"").await), "412 version_conflict");
    assert_eq!(code(&patch("nonsense").await), "400 invalid_parameter");
}

#[tokio::test]
async fn sending_again_makes_a_new_link_and_kills_the_old_one() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let old = api.test.token(&invitation);
    let path = format!("/invitations/{}/resend", invitation.id);
    insta::assert_snapshot!(shown(&api.post(&path, "").await), @r#"
    429 Too Many Requests
    retry-after: 60
    {"type":"about:blank","title":"Too Many Requests","status":429,"detail":"the invitation was sent a moment ago; send it again in 60 seconds","code":"rate_limited"}
    "#);
    advance(&api, 60);
    insta::assert_snapshot!(shown(&api.post(&path, "").await), @r#"
    200 OK
    etag: "2"
    {"id":"inv_1","organization":"org_1","email":"ann@x.example","auth_type":"local","state":"sent","reason":null,"delivery":{"state":"queued","attempts":0,"last_error":null,"handed_off_at":null},"roles":["member"],"teams":[],"project":null,"project_roles":[],"message":null,"user":"usr_1","inviter":{"kind":"user","id":"usr_2","name":"owner@acme.example"},"generation":2,"resend_count":1,"sent_at":"2026-03-01T09:01:00.000000Z","expires_at":"2026-03-08T09:01:00.000000Z","accepted_at":null,"ended_at":null,"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:01:00.000000Z","version":2}
    "#);
    let body = format!(r#"{{"token":"{old}"}}"#);
    let accepted = api
        .anonymous(Method::POST, "/v1/invitations/accept", &body)
        .await;
    assert_eq!(code(&accepted), "404 not_acceptable");
}

#[tokio::test]
async fn a_withdrawn_invitation_is_over() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let path = format!("/invitations/{}", invitation.id);
    let revoked = api.post(&format!("{path}/revoke"), "").await;
    insta::assert_snapshot!(shown(&revoked), @r#"
    200 OK
    etag: "2"
    {"id":"inv_1","organization":"org_1","email":"ann@x.example","auth_type":"local","state":"deactivated","reason":"revoked","delivery":{"state":"queued","attempts":0,"last_error":null,"handed_off_at":null},"roles":["member"],"teams":[],"project":null,"project_roles":[],"message":null,"user":"usr_1","inviter":{"kind":"user","id":"usr_2","name":"owner@acme.example"},"generation":1,"resend_count":0,"sent_at":"2026-03-01T09:00:00.000000Z","expires_at":"2026-03-08T09:00:00.000000Z","accepted_at":null,"ended_at":"2026-03-01T09:00:00.000000Z","created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":2}
    "#);
    let again = api.post(&format!("{path}/revoke"), "").await;
    insta::assert_snapshot!(shown(&again), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"the invitation is deactivated, so it cannot be revoked","code":"not_open"}
    "#);
    advance(&api, 60);
    let resent = api.post(&format!("{path}/resend"), "").await;
    assert_eq!(code(&resent), "409 not_open");
    assert_eq!(code(&api.patch(&path, "{}").await), "409 not_open");
}

#[tokio::test]
async fn an_accepted_invitation_is_not_withdrawn() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    api.test.accept(&invitation).await;
    let path = format!("/invitations/{}", invitation.id);
    insta::assert_snapshot!(shown(&api.post(&format!("{path}/revoke"), "").await), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"the invitation was already accepted","code":"already_accepted","hint":"the person is a member now: remove the member instead"}
    "#);
    advance(&api, 60);
    let resent: Answer = api.post(&format!("{path}/resend"), "").await;
    assert_eq!(code(&resent), "409 already_member");
}

#[tokio::test]
async fn a_life_that_would_be_over_already_is_refused() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    advance(&api, 3600);
    let path = format!("/invitations/{}", invitation.id);
    let refused = api.patch(&path, r#"{"expires_in":3600}"#).await;
    assert_eq!(refused.status.as_u16(), 422, "{}", refused.shown());
    assert_eq!(text(&api.get(&path).await, "/state"), "sent");
    let changed = api.patch(&path, r#"{"expires_in":3601}"#).await;
    assert!(changed.status.is_success(), "{}", changed.shown());
}

#[tokio::test]
async fn a_renewal_is_judged_as_a_new_invitation() {
    let test = TestApp::with_settings(|settings| settings.pending_limit = Some(1)).await;
    let api = Api { test };
    let first = api.test.invite("ann@x.example").await;
    advance(&api, 7 * 86_400);
    api.test.invite("bea@x.example").await;
    let path = format!("/invitations/{}/resend", first.id);
    assert_eq!(code(&api.post(&path, "").await), "409 pending_limit");
}
