//! `/v1/organizations/{organization}/keys`.

use axum::http::{Method, StatusCode};
use vestibule_core::role::Role;
use vestibule_testkit::answer::request;

use super::{Api, Table, advance, code, count, json, shown, text};

#[tokio::test]
async fn each_kind_of_key_is_made_and_shown_once() {
    let api = Api::new().await;
    let native = api
        .post("/keys", r#"{"kind":"native","name":"laptop"}"#)
        .await;
    insta::assert_snapshot!(shown(&native), @r#"
    201 Created
    location: /v1/organizations/org_1/keys/key_1
    {"key":{"id":"key_1","kind":"native","public_id":"key_1","name":"laptop","owner":{"kind":"user","id":"usr_1"},"created_at":"2026-03-01T09:00:00.000000Z","expires_at":null,"revoked_at":null},"secret":"vstk_1"}
    "#);
    let kinds = [
        r#"{"kind":"confluent","name":"cloud"}"#,
        r#"{"kind":"atlas","name":"atlas","expires_in":3600}"#,
        r#"{"kind":"atlas_service_account","name":"terraform","roles":["user_admin"]}"#,
    ];
    for body in kinds {
        let made = api.post("/keys", body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.shown());
        let listed = api.get("/keys").await;
        let key = json(&made)["key"].clone();
        let all = json(&listed)["data"].clone();
        assert!(all.as_array().expect("a list").contains(&key), "{key}");
        assert!(!listed.body.contains(&text(&made, "/secret")));
    }
    let terraform = api.post("/keys", kinds[2]).await;
    assert_eq!(text(&terraform, "/key/owner/kind"), "service_account");
}

#[tokio::test]
async fn a_made_key_opens_and_a_revoked_one_does_not() {
    let api = Api::new().await;
    let made = api
        .post("/keys", r#"{"kind":"native","name":"laptop"}"#)
        .await;
    let bearer = format!("Bearer {}", text(&made, "/secret"));
    let me = async || {
        let request = request(Method::GET, "/v1/me", &bearer, "");
        api.test.send(request).await
    };
    assert_eq!(me().await.status, StatusCode::OK);
    let path = format!("/keys/{}", text(&made, "/key/id"));
    let revoked = api.delete(&path).await;
    assert_eq!(
        (revoked.status, revoked.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(code(&me().await), "401 credential_invalid");
    assert_eq!(code(&api.delete(&path).await), "404 not_found");
}

#[tokio::test]
async fn an_expired_key_opens_nothing() {
    let api = Api::new().await;
    let body = r#"{"kind":"native","name":"laptop","expires_in":60}"#;
    let made = api.post("/keys", body).await;
    let bearer = format!("Bearer {}", text(&made, "/secret"));
    advance(&api, 60);
    let me = request(Method::GET, "/v1/me", &bearer, "");
    insta::assert_snapshot!(shown(&api.test.send(me).await), @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="vestibule", error="invalid_token"
    {"type":"about:blank","title":"Unauthorized","status":401,"detail":"the credential has expired","code":"credential_expired","hint":"send a native key or an access token: Authorization: Bearer vstk_…"}
    "#);
}

#[tokio::test]
async fn a_key_with_wrong_settings_is_not_made() {
    let api = Api::new().await;
    let before = count(&api.test, Table::Keys).await;
    let make = async |body: &str| shown(&api.post("/keys", body).await);
    insta::assert_snapshot!(make(r#"{"kind":"golden","name":"x"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/kind","detail":"unknown variant `golden`, expected one of `native`, `confluent`, `atlas`, `atlas_service_account`"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"kind":"atlas_service_account","name":"x"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"at least one role is needed","code":"invalid_body","errors":[{"pointer":"/roles","detail":"at least one role is needed"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"kind":"native","name":"x","roles":["king"],"expires_in":0}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/roles/0","detail":"there is no such role; there are owner, user_admin, project_creator, billing_admin, billing_viewer, stream_admin, read_only, member"},{"pointer":"/expires_in","detail":"a key lives from one second to ten years"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"kind":"native","name":"x","expires_in":9223372036854775807}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/expires_in","detail":"a key lives from one second to ten years"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"kind":"native"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/name","detail":"it is required"}]}
    "#);
    assert_eq!(count(&api.test, Table::Keys).await, before);
}

#[tokio::test]
async fn sec_s10_a_service_account_never_gets_more_than_its_maker_could_grant() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let body = r#"{"kind":"confluent","name":"x","roles":["owner"]}"#;
    let made = api.send_as(&admin, Method::POST, "/keys", body).await;
    assert_eq!(code(&made), "403 not_permitted");
}

#[tokio::test]
async fn a_member_sees_and_revokes_own_keys_only() {
    let api = Api::new().await;
    let member = api.member_key("ann@acme.example", Role::Member).await;
    let listed = api.send_as(&member, Method::GET, "/keys", "").await;
    assert_eq!(json(&listed)["data"].as_array().map(Vec::len), Some(1));
    let owners = format!("/keys/{}", api.test.owner_key.key.id);
    let revoked = api.send_as(&member, Method::DELETE, &owners, "").await;
    assert_eq!(code(&revoked), "404 not_found");
    let own = format!("/keys/{}", member.key.id);
    let revoked = api.send_as(&member, Method::DELETE, &own, "").await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
}
