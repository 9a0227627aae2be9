//! Who is let in: Digest, bearer tokens, nobody.

use vestibule_server::ops::keys;

use super::*;

fn invites(cloud: &Cloud) -> String {
    format!("/api/atlas/v2/orgs/{}/invites", cloud.org)
}

async fn get(cloud: &Cloud, authorization: &str) -> Answer {
    cloud
        .send(Method::GET, &invites(cloud), authorization, "")
        .await
}

async fn nonce(cloud: &Cloud) -> String {
    nonce_of(&get(cloud, "").await)
}

#[tokio::test]
async fn who_shows_nothing_gets_a_challenge_that_the_vendors_client_reads() {
    let cloud = Cloud::new().await;
    let answer = get(&cloud, "").await;
    insta::assert_snapshot!(answer.shown(), @r#"
    401 Unauthorized
    {
      "detail": "You are not authorized for this resource.",
      "error": 401,
      "errorCode": "UNEXPECTED_ERROR",
      "reason": "Unauthorized"
    }
    "#);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-error-code"), "UNEXPECTED_ERROR");
    let challenge = answer.header("www-authenticate");
    let nonce = nonce_of(&answer);
    assert_eq!(nonce.len(), 32);
    insta::assert_snapshot!(challenge.replace(&nonce, "NONCE"), @r#"Digest realm="MMS Public API", domain="", nonce="NONCE", algorithm=MD5, qop="auth", stale=false"#);
    let offers = answer.headers.get_all("www-authenticate").iter().count();
    assert_eq!(offers, 1, "the vendor's client reads the first one only");
    // Its parser: `, ` separates, `=` is in every item, no item is unknown to it.
    let known = [
        "realm",
        "domain",
        "nonce",
        "opaque",
        "stale",
        "algorithm",
        "qop",
    ];
    for item in challenge["Digest ".len()..].split(", ") {
        let (name, _) = item.split_once('=').expect("name=value");
        assert!(known.contains(&name), "{item}");
    }
}

#[tokio::test]
async fn nothing_is_done_for_who_shows_nothing() {
    let cloud = Cloud::new().await;
    let body = r#"{"username":"a@example.org","roles":["ORG_MEMBER"]}"#;
    let answer = cloud.send(Method::POST, &invites(&cloud), "", body).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
    for (method, path) in [
        (Method::GET, "/api/atlas/v2/nothing"),
        (Method::PUT, "/api/atlas/v2/orgs/x/invites"),
        (Method::GET, "/api/atlas/v2"),
        (Method::GET, "/api/atlas"),
        (Method::GET, "/api/atlas/v1.0/users/byName/a@b.org"),
        (Method::GET, "/api/atlas/v2/orgs/x/users"),
        (Method::GET, "/api/atlas/v2/orgs/x/users/y"),
        (Method::GET, "/api/atlas/v2/orgs/x/teams"),
        (Method::POST, "/api/atlas/v2/orgs/x/teams"),
        (Method::GET, "/api/atlas/v2/orgs/x/teams/y"),
        (Method::GET, "/api/atlas/v2/orgs/x/invites/y"),
        (Method::PATCH, "/api/atlas/v2/orgs/x/invites/y"),
        (Method::DELETE, "/api/atlas/v2/orgs/x/invites/y"),
        (Method::PATCH, "/api/atlas/v2/orgs/x/invites"),
    ] {
        let answer = cloud.send(method.clone(), path, "", "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert!(
            !answer.header("www-authenticate").is_empty(),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_nonce_serves_again_with_a_rising_count() {
    let cloud = Cloud::new().await;
    let mut signing = Signing::of(&cloud.key, &nonce(&cloud).await);
    for count in ["00000001", "00000002", "0000000a", "0000000B", "ffffffff"] {
        count.clone_into(&mut signing.count);
        let answer = get(&cloud, &signing.header(&Method::GET, &invites(&cloud))).await;
        assert_eq!(answer.status, StatusCode::OK, "{count}");
    }
}

#[tokio::test]
async fn a_nonce_is_good_for_five_minutes_and_then_stale() {
    let cloud = Cloud::new().await;
    let signing = Signing::of(&cloud.key, &nonce(&cloud).await);
    let credential = signing.header(&Method::GET, &invites(&cloud));
    cloud.test.clock.advance_seconds(300);
    assert_eq!(get(&cloud, &credential).await.status, StatusCode::OK);
    cloud.test.clock.advance_seconds(1);
    let stale = get(&cloud, &credential).await;
    assert_eq!(stale.status, StatusCode::UNAUTHORIZED);
    assert!(stale.header("www-authenticate").ends_with(", stale=true"));
    assert_ne!(nonce_of(&stale), signing.nonce);

    // Who does not know the secret is not told that another try would help.
    let wrong = Signing {
        secret: "wrong".into(),
        ..signing
    };
    let answer = get(&cloud, &wrong.header(&Method::GET, &invites(&cloud))).await;
    assert!(answer.header("www-authenticate").ends_with(", stale=false"));
}

#[tokio::test]
async fn a_nonce_that_this_server_did_not_make_is_stale() {
    let cloud = Cloud::new().await;
    let ours = nonce(&cloud).await;
    for nonce in ["jQI2UHrfn+v//3fGO1aQEkkhJtXO1EPs", "x", "", &ours[..28]] {
        let signing = Signing::of(&cloud.key, nonce);
        let answer = get(&cloud, &signing.header(&Method::GET, &invites(&cloud))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{nonce}");
        assert!(answer.header("www-authenticate").ends_with(", stale=true"));
    }
}

#[tokio::test]
async fn an_answer_for_another_request_is_refused() {
    let cloud = Cloud::new().await;
    let signing = Signing::of(&cloud.key, &nonce(&cloud).await);
    let path = invites(&cloud);
    let right = signing.header(&Method::GET, &path);
    let (before, response) = right.split_once("response=\"").expect("a response");
    let upper = format!(
        "{before}response=\"{}{}",
        response[..32].to_uppercase(),
        &response[32..]
    );
    for (what, credential) in [
        ("method", signing.header(&Method::POST, &path)),
        (
            "target",
            signing.header(&Method::GET, &format!("{path}?username=")),
        ),
        (
            "prefix",
            signing.header(&Method::GET, &path["/api".len()..]),
        ),
        ("signed and sent", right.replace("invites\"", "teams\"")),
        ("hexadecimal is lower-case", upper),
        ("realm", right.replace("MMS Public API", "MMS")),
        ("secret", right.replace(&response[..8], "00000000")),
    ] {
        let answer = get(&cloud, &credential).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        assert!(
            answer.header("www-authenticate").ends_with(", stale=false"),
            "{what}"
        );
    }
    assert_eq!(get(&cloud, &right).await.status, StatusCode::OK);
    let query = format!("{path}?username=a%2Bb%40example.org&x=a+b");
    let credential = signing.header(&Method::GET, &query);
    let answer = cloud.send(Method::GET, &query, &credential, "").await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "the query is signed as it is sent"
    );
}

#[tokio::test]
async fn what_is_no_credential_is_none() {
    let cloud = Cloud::new().await;
    for credential in [
        "Digest",
        "Digest ",
        "Digest x",
        "Digest username=\"a",
        "Basic YTpi",
        "Bearer",
        "Bearer x",
        "Negotiate x",
    ] {
        let answer = get(&cloud, credential).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{credential}");
        assert!(
            answer
                .header("www-authenticate")
                .starts_with("Digest realm=")
        );
    }
}

#[tokio::test]
async fn only_programmatic_keys_answer_challenges() {
    let cloud = Cloud::new().await;
    let nonce = nonce(&cloud).await;
    for kind in [
        KeyKind::Native,
        KeyKind::Confluent,
        KeyKind::AtlasServiceAccount,
    ] {
        let key = cloud.test.key(kind).await;
        let signing = Signing::of(&key, &nonce);
        let answer = get(&cloud, &signing.header(&Method::GET, &invites(&cloud))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{kind:?}");
    }
    let unknown = Signing {
        username: "aaaaaaaa".into(),
        ..Signing::of(&cloud.key, &nonce)
    };
    let answer = get(&cloud, &unknown.header(&Method::GET, &invites(&cloud))).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_native_key_is_a_bearer_token_here_too() {
    let cloud = Cloud::new().await;
    let answer = get(&cloud, &cloud.test.owner_key.bearer()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = get(&cloud, &format!("Bearer {}", cloud.key.secret)).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "half a key pair is no token"
    );
}

#[tokio::test]
async fn a_key_that_was_revoked_or_has_expired_opens_nothing() {
    let cloud = Cloud::new().await;
    let end = cloud.test.clock.now().plus_seconds(60);
    let new = keys::NewKey {
        kind: KeyKind::Atlas,
        name: "short".into(),
        service_account_roles: None,
        expires_at: Some(end),
    };
    let ctx = cloud.test.owner_ctx();
    let made = cloud
        .test
        .run(ctx, move |tx, ctx| keys::create(tx, ctx, &new))
        .await;
    let short = cloud.test.secret(made.expect("a key"));
    let signing = Signing::of(&short, &nonce(&cloud).await);
    let credential = signing.header(&Method::GET, &invites(&cloud));
    cloud.test.clock.advance_seconds(59);
    assert_eq!(get(&cloud, &credential).await.status, StatusCode::OK);
    cloud.test.clock.advance_seconds(1);
    let answer = get(&cloud, &credential).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("www-authenticate").ends_with(", stale=false"));

    let id = cloud.key.key.id;
    let signing = Signing::of(&cloud.key, &nonce(&cloud).await);
    let credential = signing.header(&Method::GET, &invites(&cloud));
    assert_eq!(get(&cloud, &credential).await.status, StatusCode::OK);
    let ctx = cloud.test.owner_ctx();
    let revoked = cloud
        .test
        .run(ctx, move |tx, ctx| keys::revoke(tx, ctx, id));
    revoked.await.expect("it is revoked");
    cloud.test.app.forget_api_key(&cloud.key.key.public_id);
    assert_eq!(
        get(&cloud, &credential).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_head_of_an_answer_can_be_asked_for() {
    let cloud = Cloud::new().await;
    let answer = cloud.call(Method::HEAD, "/orgs/ORG/invites", "").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, ""));
}
