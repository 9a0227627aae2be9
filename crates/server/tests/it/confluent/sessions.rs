//! What the vendor's command line does below `/api` before it works.

use axum::http::StatusCode;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json as object;
use vestibule_core::key::KeyKind;
use vestibule_core::organization::Dialect;
use vestibule_core::role::Role;
use vestibule_server::ops::members;
use vestibule_testkit::app::OWNER;

use super::*;

async fn send(cloud: &Cloud, method: Method, path: &str, token: &str, body: &str) -> Answer {
    cloud.test.send(request(method, path, token, body)).await
}

async fn sign_in(cloud: &Cloud, body: &Value) -> Answer {
    send(cloud, Method::POST, "/api/sessions", "", &body.to_string()).await
}

/// Signs the first owner in.
async fn signed_in(cloud: &Cloud) -> Value {
    let body = object!({
        "email": OWNER,
        "password": cloud.test.owner_key.secret,
        "orgResourceId": "",
    });
    let answer = sign_in(cloud, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    json(&answer)
}

fn bearer(session: &Value) -> String {
    format!("Bearer {}", text(session, "/token"))
}

/// The claims of a token, as the client reads them: without a check.
fn claims(session: &Value) -> Value {
    let claims = text(session, "/token").split('.').nth(1).expect("a part");
    let bytes = URL_SAFE_NO_PAD.decode(claims).expect("base64");
    serde_json::from_slice(&bytes).expect("JSON")
}

#[tokio::test]
async fn signing_in_gives_tokens_that_the_client_can_keep() {
    let cloud = Cloud::new().await;
    let mut session = signed_in(&cloud).await;
    let header = text(&session, "/token").split('.').next().expect("a part");
    let header = URL_SAFE_NO_PAD.decode(header).expect("base64");
    assert_eq!(header, br#"{"alg":"HS256","typ":"JWT"}"#);
    let start = 1_772_355_600;
    assert_eq!(claims(&session)["exp"], start + 12 * 3600);
    assert!(text(&session, "/refresh_token").starts_with("v1."));
    session["token"] = "…".into();
    session["refresh_token"] = "v1.…".into();
    let shown = one_member_a_line(&numbered(&session.to_string()));
    insta::assert_snapshot!(shown, @r#"
    {
      "organization":{
        "id":1,
        "name":"Acme",
        "resource_id":"uuid#1"
      },
      "refresh_token":"v1.…",
      "token":"…",
      "user":{
        "auth_type":"AUTH_TYPE_LOCAL",
        "email":"owner@acme.example",
        "first_name":"",
        "id":1,
        "resource_id":"u-#2"
      }
    }
    "#);
}

#[tokio::test]
async fn the_whole_of_a_login_a_list_and_a_logout() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let question = format!("/api/login/realm?client_id=x&email={OWNER}");
    let realm = send(&cloud, Method::GET, &question, "", "").await;
    assert_eq!(
        realm.body,
        r#"{"is_sso":false,"mfa_required":false,"realm":""}"#
    );
    let session = signed_in(&cloud).await;
    let token = bearer(&session);
    let me = send(&cloud, Method::GET, "/api/me", &token, "").await;
    insta::assert_snapshot!(shown(&me), @r#"
    200
    {
      "user":{
        "id":1,
        "email":"owner@acme.example",
        "first_name":"",
        "resource_id":"u-#1",
        "auth_type":"AUTH_TYPE_LOCAL"
      },
      "organization":{
        "id":1,
        "resource_id":"uuid#2",
        "name":"Acme"
      },
      "accounts":[
        {
          "id":"env-d6j0042k5qnbz23jkjt0",
          "name":"default"
        }
      ]
    }
    "#);
    let trial = "/api/growth/v1/free-trial-info";
    let trial = send(&cloud, Method::GET, trial, &token, "{}").await;
    assert_eq!((trial.status, trial.body.as_str()), (StatusCode::OK, "{}"));

    let list = "/api/iam/v2/invitations?page_size=99";
    let list = send(&cloud, Method::GET, list, &token, "").await;
    assert_eq!(json(&list)["data"], Value::Array(vec![made.clone()]));
    let invitee = format!("/api/iam/v2/users/{}", text(&made, "/user/id"));
    let invitee = send(&cloud, Method::GET, &invitee, &token, "").await;
    assert_eq!(invitee.status, StatusCode::OK);
    let create = "/api/iam/v2/invitations";
    let body = r#"{"email":"bob@example.org"}"#;
    let created = send(&cloud, Method::POST, create, &token, body).await;
    assert_eq!(
        text(&json(&created), "/creator/id"),
        cloud.test.owner.to_confluent()
    );
    let usage = send(&cloud, Method::POST, "/api/cli/v1/usages", &token, "{}").await;
    assert_eq!(
        (usage.status, usage.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );

    let end = object!({"idToken": text(&session, "/token")}).to_string();
    let out = send(&cloud, Method::DELETE, "/api/sessions", &token, &end).await;
    assert_eq!((out.status, out.body.as_str()), (StatusCode::OK, "{}"));
    let after = send(&cloud, Method::GET, "/api/me", &token, "").await;
    assert_eq!(after.status, StatusCode::UNAUTHORIZED);
    let renewed = object!({"refreshToken": text(&session, "/refresh_token")});
    let renewed = sign_in(&cloud, &renewed).await;
    assert_eq!(
        renewed.status,
        StatusCode::UNAUTHORIZED,
        "the session is over"
    );
    assert_eq!(
        signed_in(&cloud).await["user"],
        session["user"],
        "not the key"
    );
}

#[tokio::test]
async fn a_session_that_was_ended_stays_so_after_a_restart_and_on_other_nodes() {
    let mut cloud = Cloud::new().await;
    let [ended, other] = [signed_in(&cloud).await, signed_in(&cloud).await];
    let end = object!({"idToken": text(&ended, "/token")}).to_string();
    let out = send(&cloud, Method::DELETE, "/api/sessions", "", &end).await;
    assert_eq!(out.status, StatusCode::OK);
    cloud.test = cloud.test.elsewhere();
    for (session, status) in [(&ended, 401), (&other, 200)] {
        let me = send(&cloud, Method::GET, "/api/me", &bearer(session), "").await;
        assert_eq!(me.status, status);
        let renew = object!({"refreshToken": text(session, "/refresh_token")});
        assert_eq!(sign_in(&cloud, &renew).await.status, status);
    }
    let again = send(&cloud, Method::DELETE, "/api/sessions", "", &end).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_is_renewed_until_its_week_is_over() {
    let cloud = Cloud::new().await;
    let session = signed_in(&cloud).await;
    let body = object!({"refreshToken": text(&session, "/refresh_token"), "orgResourceId": ""});
    cloud.test.clock.advance_seconds(12 * 3600);
    let token = bearer(&session);
    let over = send(&cloud, Method::GET, "/api/me", &token, "").await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        text(&json(&over), "/error/message"),
        "invalid API key: it has expired"
    );
    let renewed = json(&sign_in(&cloud, &body).await);
    let me = send(&cloud, Method::GET, "/api/me", &bearer(&renewed), "").await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!(
        renewed["refresh_token"], session["refresh_token"],
        "the week goes on"
    );
    cloud.test.clock.advance_seconds(7 * 86_400 - 12 * 3600 - 1);
    assert_eq!(sign_in(&cloud, &body).await.status, StatusCode::OK);
    cloud.test.clock.advance_seconds(1);
    assert_eq!(
        sign_in(&cloud, &body).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_person_of_several_organizations_chooses_one() {
    let cloud = Cloud::new().await;
    let globex = cloud.test.other_organization("Globex").await;
    let ours = cloud.test.organization.to_uuid();
    let theirs = globex.key.organization.to_uuid();
    let invited = cloud
        .test
        .invite_with(
            &cloud.test.owner_key,
            Dialect::Native,
            "owner@globex.example",
        )
        .await;
    cloud.test.accept(&invited).await;
    let body = |organization: &str| {
        object!({
            "email": "OWNER@globex.example",
            "password": globex.secret,
            "orgResourceId": organization,
        })
    };
    for (wanted, expected) in [("", &theirs), (theirs.as_str(), &theirs), (&ours, &ours)] {
        let session = json(&sign_in(&cloud, &body(wanted)).await);
        assert_eq!(text(&session, "/organization/resource_id"), expected);
        let me = send(&cloud, Method::GET, "/api/me", &bearer(&session), "").await;
        assert_eq!(text(&json(&me), "/organization/resource_id"), expected);
        let users = send(
            &cloud,
            Method::GET,
            "/api/iam/v2/users",
            &bearer(&session),
            "",
        )
        .await;
        let count = json(&users)["data"].as_array().map(Vec::len);
        assert_eq!(count, Some(if expected == &ours { 2 } else { 1 }));
        let switched = object!({
            "refresh_token": text(&session, "/refresh_token"),
            "org_resource_id": ours,
        });
        let switched = json(&sign_in(&cloud, &switched).await);
        assert_eq!(text(&switched, "/organization/resource_id"), ours);
        let kept = object!({"refreshToken": text(&switched, "/refresh_token")});
        let kept = json(&sign_in(&cloud, &kept).await);
        assert_eq!(text(&kept, "/organization/resource_id"), ours);
    }
    let stranger = object!({
        "email": OWNER,
        "password": cloud.test.owner_key.secret,
        "orgResourceId": theirs,
    });
    let unknown = sign_in(&cloud, &body("00000000-0000-8000-8000-000000000000")).await;
    let theirs = sign_in(&cloud, &stranger).await;
    assert_eq!(theirs.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        detail(&theirs),
        detail(&unknown),
        "nothing tells them apart"
    );
}

#[tokio::test]
async fn what_is_no_password_signs_nobody_in() {
    let cloud = Cloud::new().await;
    let bob = cloud
        .test
        .member_key("bob@acme.example", Role::Member, KeyKind::Native)
        .await;
    let robot = cloud
        .test
        .service_account_key(KeyKind::Native, Role::Member)
        .await;
    let owners = cloud.test.owner_key.secret.clone();
    let end = vestibule_core::Timestamp::from_seconds(1_772_356_000);
    let app = &cloud.test.app;
    let access = app.keys().access_token(&cloud.key.key, end, app.random());
    for (email, password) in [
        (OWNER, ""),
        (OWNER, "hunter2"),
        (OWNER, bob.secret.as_str()),
        (OWNER, cloud.key.secret.as_str()),
        (OWNER, access.as_deref().expect("a token")),
        (OWNER, owners[..owners.len() - 1].as_ref()),
        ("bob@acme.example", owners.as_str()),
        ("nobody@acme.example", owners.as_str()),
        ("no address", owners.as_str()),
        ("", owners.as_str()),
    ] {
        let answer = sign_in(&cloud, &object!({"email": email, "password": password})).await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "{email}: {}",
            answer.body
        );
        assert!(!answer.body.contains("token"), "{}", answer.body);
    }
    let answer = sign_in(&cloud, &object!({"email": OWNER, "password": "x"})).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    401
    {
      "error":{
        "code":401,
        "message":"invalid API key: it is mistyped, revoked or of another server"
      },
      "errors":[
        {
          "id":"request#1",
          "status":"401",
          "code":"user_unauthenticated",
          "title":"Unauthorized",
          "detail":"invalid API key: it is mistyped, revoked or of another server"
        }
      ]
    }
    "#);
    let machine = object!({"email": OWNER, "password": robot.secret});
    assert_eq!(
        sign_in(&cloud, &machine).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_body_that_makes_no_sense_is_named() {
    let cloud = Cloud::new().await;
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 422),
        ("{}", 422),
        (r#"{"email":"a@b.example"}"#, 422),
        (r#"{"password":"x"}"#, 422),
        (r#"{"email":1,"password":"x"}"#, 422),
        (r#"{"refreshToken":"v1.x"}"#, 401),
        (r#"{"refreshToken":{}}"#, 422),
    ] {
        let answer = send(&cloud, Method::POST, "/api/sessions", "", body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert_eq!(json(&answer)["error"]["code"], status);
    }
    for (body, status) in [("", 400), ("{}", 422), (r#"{"idToken":"a.b.c"}"#, 401)] {
        let answer = send(&cloud, Method::DELETE, "/api/sessions", "", body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
    }
    for (method, path) in [
        (Method::GET, "/api/sessions"),
        (Method::POST, "/api/me"),
        (Method::GET, "/api/cli/v1/usages"),
    ] {
        let answer = send(&cloud, method, path, "", "").await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(json(&answer)["error"]["code"], 405);
    }
    for path in [
        "/api/sessions/x",
        "/api/login",
        "/api/cli/v2/usages",
        "/api/me/x",
    ] {
        let answer = send(&cloud, Method::GET, path, "", "").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(text(&json(&answer), "/errors/0/code"), "resource_not_found");
    }
}

#[tokio::test]
async fn sec_a_token_with_any_symbol_changed_opens_nothing() {
    let cloud = Cloud::new().await;
    let session = signed_in(&cloud).await;
    for pointer in ["/token", "/refresh_token"] {
        let token = text(&session, pointer).to_owned();
        // The last symbol of a base64 text has bits that mean nothing.
        for position in (0..token.len() - 1).step_by(7) {
            let mut bytes = token.clone().into_bytes();
            bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
            let forged = String::from_utf8(bytes).expect("text");
            let answer = if pointer == "/token" {
                let bearer = format!("Bearer {forged}");
                send(&cloud, Method::GET, "/api/me", &bearer, "").await
            } else {
                sign_in(&cloud, &object!({"refreshToken": forged, "email": null})).await
            };
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{pointer} {position}"
            );
        }
    }
    let claimed = {
        let mut claims = claims(&session);
        claims["exp"] = 4_000_000_000_i64.into();
        URL_SAFE_NO_PAD.encode(claims.to_string())
    };
    let parts: Vec<_> = text(&session, "/token").split('.').collect();
    let longer = format!("Bearer {}.{claimed}.{}", parts[0], parts[2]);
    let answer = send(&cloud, Method::GET, "/api/me", &longer, "").await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "nobody prolongs a token"
    );
}

#[tokio::test]
async fn a_session_dies_with_the_key_and_with_the_membership() {
    let cloud = Cloud::new().await;
    let bob = cloud
        .test
        .member_key("bob@acme.example", Role::Member, KeyKind::Native)
        .await;
    let body = object!({"email": "bob@acme.example", "password": bob.secret});
    let session = json(&sign_in(&cloud, &body).await);
    let denied = send(
        &cloud,
        Method::POST,
        "/api/iam/v2/invitations",
        &bearer(&session),
        r#"{"email":"x@example.org"}"#,
    )
    .await;
    assert_eq!(
        denied.status,
        StatusCode::FORBIDDEN,
        "a member's session is a member's"
    );
    let vestibule_core::key::Principal::User(user) = bob.key.principal else {
        panic!("bob is a person")
    };
    let removed = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        members::remove(tx, ctx, user)
    });
    removed.await.expect("removed");
    let me = send(&cloud, Method::GET, "/api/me", &bearer(&session), "").await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
    let refresh = object!({"refreshToken": text(&session, "/refresh_token")});
    assert_eq!(
        sign_in(&cloud, &refresh).await.status,
        StatusCode::UNAUTHORIZED
    );

    let owners = signed_in(&cloud).await;
    let key = cloud.test.owner_key.key.id;
    let revoked = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        Ok(tx.revoke_api_key(ctx.organization, key, ctx.now)?)
    });
    assert!(revoked.await.expect("the store"));
    let me = send(&cloud, Method::GET, "/api/me", &bearer(&owners), "").await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
    let refresh = object!({"refreshToken": text(&owners, "/refresh_token")});
    assert_eq!(
        sign_in(&cloud, &refresh).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn me_needs_a_person() {
    let cloud = Cloud::new().await;
    let robot = cloud
        .test
        .service_account_key(KeyKind::Confluent, Role::Owner)
        .await;
    let machine = send(&cloud, Method::GET, "/api/me", &basic(&robot), "").await;
    assert_eq!(machine.status, StatusCode::FORBIDDEN);
    let nobody = send(&cloud, Method::GET, "/api/me", "", "").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let person = send(&cloud, Method::GET, "/api/me", &cloud.authorization, "").await;
    assert_eq!(person.status, StatusCode::OK);
}

#[tokio::test]
async fn an_endpoint_may_have_a_path_of_its_own() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    for endpoint in ["/cpdev.cloud", "/a/b/", "/x/api", "//"] {
        let path = format!("{endpoint}/iam/v2/invitations/{}", text(&made, "/id"));
        let read = send(&cloud, Method::GET, &path, &cloud.authorization, "").await;
        assert_eq!(json(&read), made, "{path}");
    }
    let missing = send(&cloud, Method::GET, "/x/iam/v2/nothing", "", "").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(
        text(&json(&missing), "/errors/0/code"),
        "resource_not_found"
    );
}
