//! `/v1/organizations` and `/v1/me`.

use axum::http::{Method, StatusCode};
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;
use vestibule_testkit::answer::request;

use super::{Api, code, shown, text};

#[tokio::test]
async fn an_organization_is_made_with_its_maker_as_owner() {
    let api = Api::new().await;
    let body = r#"{"name":" Globex ","sso_enabled":true,"invitation_lifetimes":{"native":3600}}"#;
    let made = api.test.call(Method::POST, "/v1/organizations", body).await;
    insta::assert_snapshot!(shown(&made), @r#"
    201 Created
    location: /v1/organizations/org_1
    etag: "1"
    {"id":"org_1","name":"Globex","sso_enabled":true,"invitation_lifetimes":{"native":3600,"confluent":604800,"atlas":2592000},"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":1}
    "#);

    let path = made.header("location").to_owned();
    let read = api.test.call(Method::GET, &path, "").await;
    assert_eq!((read.status, &read.body), (StatusCode::OK, &made.body));
    assert_eq!(read.header("etag"), "\"1\"");
    let members = api
        .test
        .call(Method::GET, &format!("{path}/members"), "")
        .await;
    assert_eq!(text(&members, "/data/0/email"), "owner@acme.example");
}

#[tokio::test]
async fn an_organization_with_wrong_settings_is_not_made() {
    let api = Api::new().await;
    let make = async |body: &str| {
        let path = "/v1/organizations";
        shown(&api.test.call(Method::POST, path, body).await)
    };
    insta::assert_snapshot!(make(r#"{"name":""}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the name of the organization is not usable: it is empty","code":"invalid_body","errors":[{"pointer":"/name","detail":"the name of the organization is not usable: it is empty"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"name":"see https://evil.example"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the name of the organization is not usable: it holds a link","code":"invalid_body","errors":[{"pointer":"/name","detail":"the name of the organization is not usable: it holds a link"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"name":"x","invitation_lifetimes":{"native":59,"atlas":999999999}}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/invitation_lifetimes/native","detail":"an invitation stays open for at least 60 seconds and at most 365 days"},{"pointer":"/invitation_lifetimes/atlas","detail":"an invitation stays open for at least 60 seconds and at most 365 days"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"name":"x","slug":"x"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/slug","detail":"unknown field `slug`, expected one of `name`, `sso_enabled`, `invitation_lifetimes`"}]}
    "#);
}

#[tokio::test]
async fn only_a_person_makes_an_organization() {
    let api = Api::new().await;
    let robot = api
        .test
        .service_account_key(KeyKind::Native, Role::Owner)
        .await;
    let request = request(
        Method::POST,
        "/v1/organizations",
        &robot.bearer(),
        r#"{"name":"x"}"#,
    );
    insta::assert_snapshot!(shown(&api.test.send(request).await), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"a service account cannot do this: it needs a person","code":"needs_person","hint":"use the native key of a person"}
    "#);
}

#[tokio::test]
async fn organizations_of_the_caller_are_listed() {
    let api = Api::new().await;
    api.test.other_organization("Globex").await;
    let answer = api.test.call(Method::GET, "/v1/organizations", "").await;
    insta::assert_snapshot!(shown(&answer), @r#"
    200 OK
    {"data":[{"id":"org_1","name":"Acme","sso_enabled":false,"invitation_lifetimes":{"native":604800,"confluent":604800,"atlas":2592000},"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":1}],"next":null}
    "#);
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let api = Api::new().await;
    let patch = r#"{"sso_enabled":true,"invitation_lifetimes":{"confluent":60}}"#;
    insta::assert_snapshot!(shown(&api.patch("", patch).await), @r#"
    200 OK
    etag: "2"
    {"id":"org_1","name":"Acme","sso_enabled":true,"invitation_lifetimes":{"native":604800,"confluent":60,"atlas":2592000},"created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z","version":2}
    "#);
    let unchanged = api.patch("", "{}").await;
    assert_eq!(text(&unchanged, "/name"), "Acme");
}

#[tokio::test]
async fn a_patch_with_an_old_version_is_refused() {
    let api = Api::new().await;
    let patch = async |tag: &str| {
        let path = api.path("");
        let mut request = request(
            Method::PATCH,
            &path,
            &api.test.owner_key.bearer(),
            r#"{"name":"New"}"#,
        );
        let headers = request.headers_mut();
        headers.insert("if-match", tag.parse().expect("a header value"));
        api.test.send(request).await
    };
    assert_eq!(patch("\"1\"").await.status, StatusCode::OK);
    insta::assert_snapshot!(shown(&patch("\"1\"").await), @r#"
    412 Precondition Failed
    {"type":"about:blank","title":"Precondition Failed","status":412,"detail":"it was changed in the meantime: read it again","code":"version_conflict"}
    "#);
    insta::assert_snapshot!(shown(&patch("W/\"2\"").await), @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"If-Match","detail":"it is not one ETag that this API gave"}]}
    "#);
    assert_eq!(patch("*").await.header("etag"), "\"3\"");
}

#[tokio::test]
async fn only_an_owner_changes_an_organization() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let answer = api
        .send_as(&admin, Method::PATCH, "", r#"{"name":"Mine"}"#)
        .await;
    insta::assert_snapshot!(shown(&answer), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"this needs the permission to change the organization","code":"not_permitted"}
    "#);
    assert_eq!(text(&api.get("").await, "/name"), "Acme");
}

#[tokio::test]
async fn me_is_whom_the_key_speaks_for() {
    let api = Api::new().await;
    let me = api.test.call(Method::GET, "/v1/me", "").await;
    insta::assert_snapshot!(shown(&me), @r#"
    200 OK
    {"principal":{"kind":"user","id":"usr_1"},"name":"owner@acme.example","organization":{"id":"org_1","name":"Acme"},"roles":["owner"],"key":{"id":"key_1","kind":"native","public_id":"key_1","name":"the first owner's key","owner":{"kind":"user","id":"usr_1"},"created_at":"2026-03-01T09:00:00.000000Z","expires_at":null,"revoked_at":null}}
    "#);

    let robot = api
        .test
        .service_account_key(KeyKind::Native, Role::UserAdmin)
        .await;
    let of_robot = request(Method::GET, "/v1/me", &robot.bearer(), "");
    insta::assert_snapshot!(shown(&api.test.send(of_robot).await), @r#"
    200 OK
    {"principal":{"kind":"service_account","id":"sva_1"},"name":"robot","organization":{"id":"org_1","name":"Acme"},"roles":["user_admin"],"key":{"id":"key_1","kind":"native","public_id":"key_1","name":"robot","owner":{"kind":"service_account","id":"sva_1"},"created_at":"2026-03-01T09:00:00.000000Z","expires_at":null,"revoked_at":null}}
    "#);
}

#[tokio::test]
async fn whoever_left_keeps_a_name_and_has_no_role() {
    let api = Api::new().await;
    let member = api.member_key("ann@acme.example", Role::Member).await;
    let left = api
        .send_as(&member, Method::POST, "/members:leave", "")
        .await;
    assert_eq!(left.status, StatusCode::NO_CONTENT);
    let me = request(Method::GET, "/v1/me", &member.bearer(), "");
    insta::assert_snapshot!(shown(&api.test.send(me).await), @r#"
    200 OK
    {"principal":{"kind":"user","id":"usr_1"},"name":"ann@acme.example","organization":{"id":"org_1","name":"Acme"},"roles":[],"key":{"id":"key_1","kind":"native","public_id":"key_1","name":"test","owner":{"kind":"user","id":"usr_1"},"created_at":"2026-03-01T09:00:00.000000Z","expires_at":null,"revoked_at":null}}
    "#);
    let organization = api.send_as(&member, Method::GET, "", "").await;
    assert_eq!(code(&organization), "404 not_found");
}
