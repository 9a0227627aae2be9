//! Tokens of service accounts.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vestibule_server::jobs::forgetting;
use vestibule_server::ops::keys;
use vestibule_store::{Error, Sql};

use super::*;

/// Posts a form to an OAuth endpoint.
pub(super) async fn post(cloud: &Cloud, path: &str, authorization: &str, form: &str) -> Answer {
    let mut request = Request::post(format!("/api/oauth{path}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if !authorization.is_empty() {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    let request = request
        .body(Body::from(form.to_owned()))
        .expect("a request");
    cloud.test.send(request).await
}

pub(super) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

pub(super) fn client(account: &Secret) -> String {
    basic(&account.key.public_id, &account.secret)
}

pub(super) const GRANT: &str = "grant_type=client_credentials";

/// A fresh access token.
pub(super) async fn token(cloud: &Cloud, account: &Secret) -> String {
    let answer = post(cloud, "/token", &client(account), GRANT).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    text(&json(&answer), "/access_token").to_owned()
}

async fn opens(cloud: &Cloud, token: &str) -> bool {
    let path = format!("/api/atlas/v2/orgs/{}/invites", cloud.org);
    let answer = cloud
        .send(Method::GET, &path, &format!("Bearer {token}"), "")
        .await;
    answer.status == StatusCode::OK
}

#[tokio::test]
async fn a_token_is_good_for_an_hour() {
    let cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let answer = post(&cloud, "/token", &client(&account), GRANT).await;
    let token = text(&json(&answer), "/access_token").to_owned();
    insta::assert_snapshot!(answer.shown().replace(&token, "TOKEN"), @r#"
    200 OK
    {"access_token":"TOKEN","expires_in":3600,"token_type":"Bearer"}
    "#);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(opens(&cloud, &token).await);
    cloud.test.clock.advance_seconds(3599);
    assert!(opens(&cloud, &token).await);
    cloud.test.clock.advance_seconds(1);
    assert!(!opens(&cloud, &token).await);
}

#[tokio::test]
async fn ids_and_secrets_may_be_form_encoded() {
    let cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let encoded = account.secret.replace('_', "%5F");
    let credential = basic(&account.key.public_id.replace('_', "%5f"), &encoded);
    let answer = post(&cloud, "/token", &credential, GRANT).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
}

#[tokio::test]
async fn who_is_no_client_gets_no_token() {
    let cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let id = &account.key.public_id;
    let answer = post(&cloud, "/token", &basic(id, "wrong"), GRANT).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    401 Unauthorized
    {"error":"invalid_client","error_description":"the client is not known, or its secret is not the right one"}
    "#);
    assert!(answer.header("www-authenticate").starts_with("Basic "));
    assert_eq!(answer.header("content-type"), "application/json");
    for credential in [
        String::new(),
        "Basic !".into(),
        "Bearer x".into(),
        basic("", ""),
        basic("mdb_sa_id_000000000000000000000000", &account.secret),
        basic(&cloud.key.key.public_id, &cloud.key.secret),
        basic(&format!("{id}&a=b"), &account.secret),
    ] {
        let answer = post(&cloud, "/token", &credential, GRANT).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{credential}");
        assert_eq!(text(&json(&answer), "/error"), "invalid_client");
    }
}

#[tokio::test]
async fn only_client_credentials_are_granted() {
    let cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let other = post(&cloud, "/token", &client(&account), "grant_type=password").await;
    insta::assert_snapshot!(other.shown(), @r#"
    400 Bad Request
    {"error":"unsupported_grant_type","error_description":"the one grant type here is client_credentials"}
    "#);
    let none = post(&cloud, "/token", &client(&account), "").await;
    insta::assert_snapshot!(none.shown(), @r#"
    400 Bad Request
    {"error":"invalid_request","error_description":"grant_type is missing"}
    "#);
    let json_body = Request::post("/api/oauth/token")
        .header(header::AUTHORIZATION, client(&account))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"grant_type":"client_credentials"}"#))
        .expect("a request");
    insta::assert_snapshot!(cloud.test.send(json_body).await.shown(), @r#"
    400 Bad Request
    {"error":"invalid_request","error_description":"the Content-Type must be application/x-www-form-urlencoded"}
    "#);
    let large = "a".repeat(2 << 20);
    let large = post(&cloud, "/token", &client(&account), &large).await;
    assert_eq!(large.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn other_paths_and_methods_answer_in_the_shape_of_oauth() {
    let cloud = Cloud::new().await;
    let get = Request::get("/api/oauth/token").body(Body::empty());
    let answer = cloud.test.send(get.expect("a request")).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    405 Method Not Allowed
    {"error":"invalid_request","error_description":"use POST"}
    "#);
    assert_eq!(answer.header("allow"), "POST");
    insta::assert_snapshot!(post(&cloud, "/nothing", "", "").await.shown(), @r#"
    404 Not Found
    {"error":"invalid_request","error_description":"there is nothing here"}
    "#);
}

#[tokio::test]
async fn a_revoked_token_opens_nothing_and_the_others_go_on() {
    let cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let (one, other) = (token(&cloud, &account).await, token(&cloud, &account).await);
    assert_ne!(one, other, "made in the same second");
    let form = format!("token={one}&token_type_hint=access_token");
    for _ in 0..2 {
        let answer = post(&cloud, "/revoke", &client(&account), &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body, "");
        assert!(!opens(&cloud, &one).await);
        assert!(opens(&cloud, &other).await);
    }
    // Not through another dialect either.
    let path = format!("/v1/organizations/{}", cloud.test.organization.to_native());
    for (token, status) in [(one, StatusCode::UNAUTHORIZED), (other, StatusCode::OK)] {
        let bearer = format!("Bearer {token}");
        let answer = cloud.send(Method::GET, &path, &bearer, "").await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn only_its_own_client_revokes_a_token() {
    let cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let stranger = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let token = token(&cloud, &account).await;
    let form = format!("token={token}");
    let answer = post(&cloud, "/revoke", &client(&stranger), &form).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    400 Bad Request
    {"error":"invalid_request","error_description":"the token is not this client's"}
    "#);
    let answer = post(&cloud, "/revoke", "", &form).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(opens(&cloud, &token).await);
    let answer = post(&cloud, "/revoke", &client(&account), "").await;
    insta::assert_snapshot!(answer.shown(), @r#"
    400 Bad Request
    {"error":"invalid_request","error_description":"token is missing"}
    "#);
    let answer = post(&cloud, "/revoke", &client(&account), "token=nonsense").await;
    assert_eq!(answer.status, StatusCode::OK, "it opens nothing");
}

#[tokio::test]
async fn a_token_dies_with_its_client() {
    let cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let token = token(&cloud, &account).await;
    let id = account.key.id;
    let ctx = cloud.test.owner_ctx();
    let revoked = cloud
        .test
        .run(ctx, move |tx, ctx| keys::revoke(tx, ctx, id));
    revoked.await.expect("it is revoked");
    cloud.test.app.forget_api_key(&account.key.public_id);
    assert!(!opens(&cloud, &token).await);
    let answer = post(&cloud, "/token", &client(&account), GRANT).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_does_not_outlive_its_client() {
    let cloud = Cloud::new().await;
    let new = keys::NewKey {
        kind: KeyKind::AtlasServiceAccount,
        name: "short".into(),
        service_account_roles: Some(vestibule_core::role::RoleSet::every()),
        expires_at: Some(cloud.test.clock.now().plus_seconds(60)),
    };
    let ctx = cloud.test.owner_ctx();
    let made = cloud
        .test
        .run(ctx, move |tx, ctx| keys::create(tx, ctx, &new))
        .await;
    let account = cloud.test.secret(made.expect("a key"));
    let answer = post(&cloud, "/token", &client(&account), GRANT).await;
    assert_eq!(json(&answer)["expires_in"], 60);
    let token = text(&json(&answer), "/access_token").to_owned();
    cloud.test.clock.advance_seconds(60);
    assert!(!opens(&cloud, &token).await);
}

/// How many tokens are remembered as given back.
async fn remembered(cloud: &Cloud) -> i64 {
    const COUNT: Sql = Sql::new("select count(*) from revocations");
    let store = &cloud.test.fresh.store;
    let count: Result<i64, Error> = store.read(|tx| tx.one(COUNT, &[], |row| row.int(0))).await;
    count.expect("a number")
}

#[tokio::test]
async fn a_revoked_token_stays_revoked_after_a_restart_and_is_forgotten_at_its_end() {
    let mut cloud = Cloud::new().await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let revoked = token(&cloud, &account).await;
    let form = format!("token={revoked}");
    for _ in 0..2 {
        let answer = post(&cloud, "/revoke", &client(&account), &form).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    cloud.test = cloud.test.elsewhere();
    assert!(!opens(&cloud, &revoked).await);
    assert_eq!(remembered(&cloud).await, 1);

    cloud.test.clock.advance_seconds(3600);
    let next = token(&cloud, &account).await;
    let form = format!("token={next}");
    let answer = post(&cloud, "/revoke", &client(&account), &form).await;
    assert_eq!(answer.status, StatusCode::OK);
    let forgotten = forgetting::forget(&cloud.test.app).await;
    assert_eq!(forgotten.expect("the store"), 1, "the first has expired");
    assert_eq!(remembered(&cloud).await, 1);
    assert!(!opens(&cloud, &revoked).await);
    assert!(!opens(&cloud, &next).await);
}
