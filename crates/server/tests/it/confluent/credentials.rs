//! Who is let in.

use axum::http::StatusCode;
use vestibule_core::Timestamp;
use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::user::ServiceAccount;
use vestibule_server::ops::{keys, members};

use super::sweep::OPERATIONS;
use super::*;

fn access_token(cloud: &Cloud, end: Timestamp) -> String {
    let app = &cloud.test.app;
    let token = app.keys().access_token(&cloud.key.key, end, app.random());
    token.expect("a token")
}

#[tokio::test]
async fn without_a_credential_every_operation_is_401() {
    let cloud = Cloud::new().await;
    for (method, path, body) in OPERATIONS {
        let answer = cloud.call_as("", method.clone(), path, body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(
            answer.header("www-authenticate"),
            "Basic realm=\"vestibule\", error=\"invalid_key\", \
             error_description=\"an API key is needed, and the request has none\""
        );
        assert_eq!(answer.header("x-ratelimit-limit"), "");
    }
    let answer = cloud.call_as("", Method::GET, "/users", "").await;
    insta::assert_snapshot!(shown(&answer), @r#"
    401
    {
      "errors":[
        {
          "id":"request#1",
          "status":"401",
          "code":"user_unauthenticated",
          "title":"Unauthorized",
          "detail":"an API key is needed, and the request has none"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_credential_that_opens_nothing_is_401_and_never_403() {
    let cloud = Cloud::new().await;
    let wrong_secret = {
        let mut key = cloud.key.clone();
        key.secret.push('x');
        basic(&key)
    };
    let swapped = {
        let mut key = cloud.key.clone();
        key.secret = cloud.test.key(KeyKind::Confluent).await.secret;
        basic(&key)
    };
    let atlas = basic(&cloud.test.key(KeyKind::Atlas).await);
    let expired_token = {
        let past = Timestamp::from_seconds(1_772_355_599);
        format!("Bearer {}", access_token(&cloud, past))
    };
    for authorization in [
        wrong_secret.as_str(),
        &swapped,
        &atlas,
        &expired_token,
        "Basic QUJDREVGR0hJSktMTU5PUDp0aGUtc2VjcmV0",
        "Basic Og==",
        "Basic !",
        "Bearer ",
        "Bearer x",
        "Digest username=\"x\"",
        "nonsense",
    ] {
        for (method, path, body) in OPERATIONS {
            let answer = cloud.call_as(authorization, method, path, body).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{authorization}");
            assert!(
                detail(&answer).starts_with("invalid API key: "),
                "{}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn a_native_key_and_an_access_token_open_their_keys_organization() {
    let cloud = Cloud::new().await;
    let native = cloud.test.owner_key.bearer();
    let end = Timestamp::from_seconds(1_772_356_000);
    let token = format!("bearer {}", access_token(&cloud, end));
    let made = cloud.invite("ann@example.org").await;
    for authorization in [native, token] {
        let path = format!("/invitations/{}", text(&made, "/id"));
        let read = cloud.call_as(&authorization, Method::GET, &path, "").await;
        assert_eq!(json(&read), made);
    }
}

#[tokio::test]
async fn an_expired_and_a_revoked_key_are_401() {
    let cloud = Cloud::new().await;
    let end = Timestamp::from_seconds(1_772_355_660);
    let new = keys::NewKey {
        kind: KeyKind::Confluent,
        name: "short".to_owned(),
        service_account_roles: None,
        expires_at: Some(end),
    };
    let ctx = cloud.test.owner_ctx();
    let made = cloud
        .test
        .run(ctx, move |tx, ctx| keys::create(tx, ctx, &new));
    let short = cloud.test.secret(made.await.expect("a key"));
    let get = |key: &Secret| {
        let authorization = basic(key);
        let cloud = &cloud;
        async move {
            cloud
                .call_as(&authorization, Method::GET, "/users", "")
                .await
        }
    };
    cloud.test.clock.advance_seconds(59);
    assert_eq!(get(&short).await.status, StatusCode::OK);
    cloud.test.clock.advance_seconds(1);
    let expired = get(&short).await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
    assert_eq!(detail(&expired), "invalid API key: it has expired");

    let doomed = cloud.test.key(KeyKind::Confluent).await;
    assert_eq!(get(&doomed).await.status, StatusCode::OK);
    let id = doomed.key.id;
    let ctx = cloud.test.owner_ctx();
    let revoked = cloud
        .test
        .run(ctx, move |tx, ctx| keys::revoke(tx, ctx, id));
    revoked.await.expect("revoked");
    cloud.test.app.forget_api_key(&doomed.key.public_id);
    assert_eq!(get(&doomed).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_key_of_somebody_who_was_removed_is_401_so_that_no_state_is_dropped() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let key = cloud
        .test
        .member_key("bob@acme.example", Role::Owner, KeyKind::Confluent)
        .await;
    let Principal::User(bob) = key.key.principal else {
        panic!("bob is a person")
    };
    let path = format!("/invitations/{}", text(&made, "/id"));
    let read = cloud.call_as(&basic(&key), Method::GET, &path, "").await;
    assert_eq!(read.status, StatusCode::OK);

    let ctx = cloud.test.owner_ctx();
    let removed = cloud
        .test
        .run(ctx, move |tx, ctx| members::remove(tx, ctx, bob));
    removed.await.expect("removed");
    for (method, path, body) in OPERATIONS {
        let answer = cloud.call_as(&basic(&key), method, path, body).await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "{path}: {}",
            answer.body
        );
    }
    let read = cloud.call_as(&basic(&key), Method::GET, &path, "").await;
    assert_eq!(read.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_may_not_invite_is_403() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let member = cloud
        .test
        .member_key("bob@acme.example", Role::Member, KeyKind::Confluent)
        .await;
    let body = r#"{"email":"carol@example.org"}"#;
    let post = cloud
        .call_as(&basic(&member), Method::POST, "/invitations", body)
        .await;
    insta::assert_snapshot!(shown(&post), @r#"
    403
    {
      "errors":[
        {
          "id":"request#1",
          "status":"403",
          "code":"user_unauthorized",
          "title":"Forbidden",
          "detail":"this needs the permission to invite people"
        }
      ]
    }
    "#);
    let path = format!("/invitations/{}", text(&made, "/id"));
    let delete = cloud
        .call_as(&basic(&member), Method::DELETE, &path, "")
        .await;
    assert_eq!(delete.status, StatusCode::FORBIDDEN);
    let read = cloud.call_as(&basic(&member), Method::GET, &path, "").await;
    assert_eq!(json(&read), made, "every member may look");
}

/// The vendor's provider takes a 403 without these words for "gone", and forgets its resource.
#[tokio::test]
async fn whoever_may_not_look_is_told_with_the_words_that_keep_terraforms_state() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let powerless = powerless_key(&cloud).await;
    let one = format!("/invitations/{}", text(&made, "/id"));
    for path in [
        one.as_str(),
        "/invitations",
        "/users",
        "/users/u-00000000000000000000",
    ] {
        let answer = cloud.call_as(&powerless, Method::GET, path, "").await;
        assert_eq!(
            answer.status,
            StatusCode::FORBIDDEN,
            "{path}: {}",
            answer.body
        );
        assert!(answer.body.contains("invalid API key"), "{}", answer.body);
    }
    let answer = cloud.call_as(&powerless, Method::GET, &one, "").await;
    insta::assert_snapshot!(shown(&answer), @r#"
    403
    {
      "errors":[
        {
          "id":"request#1",
          "status":"403",
          "code":"user_unauthorized",
          "title":"Forbidden",
          "detail":"permission denied (or invalid API key): this needs the permission to see the organization"
        }
      ]
    }
    "#);
}

/// The key of a service account without any role, which no use case makes.
pub(super) async fn powerless_key(cloud: &Cloud) -> String {
    let template = cloud.key.key.clone();
    let made = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        let account = ServiceAccount {
            id: ctx.new_id(),
            organization: ctx.organization,
            name: "powerless".to_owned(),
            roles: RoleSet::NONE,
            created_at: ctx.now,
        };
        tx.insert_service_account(&account)?;
        let key = ApiKey {
            id: ctx.new_id(),
            principal: Principal::ServiceAccount(account.id),
            public_id: "POWERLESSPOWERLE".to_owned(),
            nonce: ctx.new_nonce(),
            ..template.clone()
        };
        tx.insert_api_key(&key)?;
        Ok(key)
    });
    basic(&cloud.test.secret(made.await.expect("a key")))
}
