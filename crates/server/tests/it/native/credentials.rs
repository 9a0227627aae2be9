//! What opens the native API, and what does not.

use axum::http::{Method, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vestibule_core::key::KeyKind;
use vestibule_testkit::answer::request;

use super::{Api, access_token, advance, code, shown};

async fn me(api: &Api, authorization: &str) -> vestibule_testkit::answer::Answer {
    api.test
        .send(request(Method::GET, "/v1/me", authorization, ""))
        .await
}

#[tokio::test]
async fn without_a_credential_the_answer_says_which_one() {
    let api = Api::new().await;
    insta::assert_snapshot!(shown(&me(&api, "").await), @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="vestibule"
    {"type":"about:blank","title":"Unauthorized","status":401,"detail":"this needs a credential, and the request has none","code":"credential_missing","hint":"send a native key or an access token: Authorization: Bearer vstk_…"}
    "#);
}

#[tokio::test]
async fn what_opens_nothing_is_invalid() {
    let api = Api::new().await;
    let good = api.test.owner_key.secret.clone();
    let basic = format!("Basic {}", STANDARD.encode(format!("x:{good}")));
    for authorization in [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Token abc",
        &format!("Bearer {}x", good),
        &format!("Bearer {}", &good[..good.len() - 1]),
        &format!("Bearer {}", good.to_uppercase()),
        &format!("Digest username=\"{good}\""),
        &basic,
        good.as_str(),
    ] {
        assert_eq!(
            code(&me(&api, authorization).await),
            "401 credential_invalid",
            "{authorization:?}"
        );
    }
    insta::assert_snapshot!(shown(&me(&api, "Bearer nonsense").await), @r#"
    401 Unauthorized
    www-authenticate: Bearer realm="vestibule", error="invalid_token"
    {"type":"about:blank","title":"Unauthorized","status":401,"detail":"the credential is not valid","code":"credential_invalid","hint":"send a native key or an access token: Authorization: Bearer vstk_…"}
    "#);
}

#[tokio::test]
async fn keys_of_the_other_dialects_do_not_open_this_one() {
    let api = Api::new().await;
    for kind in [
        KeyKind::Confluent,
        KeyKind::Atlas,
        KeyKind::AtlasServiceAccount,
    ] {
        let key = api.test.key(kind).await;
        assert_eq!(
            code(&me(&api, &key.bearer()).await),
            "401 credential_invalid",
            "{kind:?}"
        );
        let pair = format!("{}:{}", key.key.public_id, key.secret);
        let basic = format!("Basic {}", STANDARD.encode(pair));
        assert_eq!(code(&me(&api, &basic).await), "401 credential_invalid");
    }
}

#[tokio::test]
async fn an_access_token_opens_until_it_expires() {
    use vestibule_core::Clock as _;
    let api = Api::new().await;
    let account = api.test.key(KeyKind::AtlasServiceAccount).await;
    let end = api.test.clock.now().plus_seconds(3600);
    let token = access_token(&api, &account.key, end);
    let bearer = format!("Bearer {}", token);
    assert_eq!(me(&api, &bearer).await.status, StatusCode::OK);
    advance(&api, 3600);
    assert_eq!(code(&me(&api, &bearer).await), "401 credential_expired");
    api.delete(&format!("/keys/{}", account.key.id)).await;
    assert_eq!(code(&me(&api, &bearer).await), "401 credential_invalid");
}

#[tokio::test]
async fn two_credentials_are_none() {
    let api = Api::new().await;
    let mut request = request(Method::GET, "/v1/me", &api.test.owner_key.bearer(), "");
    request.headers_mut().append(
        header::AUTHORIZATION,
        "Bearer other".parse().expect("a header value"),
    );
    assert_eq!(
        code(&api.test.send(request).await),
        "401 credential_invalid"
    );
}
