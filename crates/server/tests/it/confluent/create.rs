//! `POST /iam/v2/invitations`.

use std::collections::HashSet;

use axum::http::{Method, StatusCode};
use futures::future::join_all;
use vestibule_core::key::KeyKind;
use vestibule_core::organization::Dialect;
use vestibule_core::role::{Role, Vocabulary};
use vestibule_server::ops::mail;
use vestibule_testkit::app::TestApp;
use vestibule_testkit::store::Engine;

use super::*;

#[tokio::test]
async fn inviting_answers_with_the_whole_invitation_and_where_it_is() {
    let cloud = Cloud::new().await;
    let answer = cloud
        .post("{\"auth_type\":\"AUTH_TYPE_LOCAL\",\"email\":\"Ann.Lee@Example.org\"}\n")
        .await;
    insta::assert_snapshot!(shown(&answer), @r#"
    201
    {
      "api_version":"iam/v2",
      "kind":"Invitation",
      "id":"i-#1",
      "metadata":{
        "self":"https://vestibule.example/iam/v2/invitations/i-#1",
        "resource_name":"crn://confluent.cloud/organization=uuid#2/invitation=i-#1",
        "created_at":"2026-03-01T09:00:00.000000Z",
        "updated_at":"2026-03-01T09:00:00.000000Z"
      },
      "email":"Ann.Lee@Example.org",
      "auth_type":"AUTH_TYPE_LOCAL",
      "status":"INVITE_STATUS_SENT",
      "accepted_at":null,
      "expires_at":"2026-03-08T09:00:00.000000Z",
      "user":{
        "api_version":"iam/v2",
        "kind":"User",
        "id":"u-#3",
        "related":"https://vestibule.example/iam/v2/users/u-#3",
        "resource_name":"crn://confluent.cloud/user=u-#3"
      },
      "creator":{
        "api_version":"iam/v2",
        "kind":"User",
        "id":"u-#4",
        "related":"https://vestibule.example/iam/v2/users/u-#4",
        "resource_name":"crn://confluent.cloud/user=u-#4"
      }
    }
    "#);
    let made = json(&answer);
    assert_eq!(answer.header("location"), text(&made, "/metadata/self"));
    let id = text(&made, "/id");
    assert!(
        id.len() == 22 && id.starts_with("i-") && id.to_ascii_lowercase() == id,
        "{id}"
    );
    assert!(text(&made, "/user/id").starts_with("u-"));
    assert_eq!(
        text(&made, "/metadata/resource_name"),
        format!(
            "crn://confluent.cloud/organization={}/invitation={id}",
            cloud.test.organization.to_uuid()
        )
    );
}

#[tokio::test]
async fn every_answer_carries_the_documented_headers() {
    let cloud = Cloud::new().await;
    let answer = cloud.post(r#"{"email":"ann@example.org"}"#).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-request-id").len(), 24);
    assert_eq!(answer.header("x-ratelimit-limit"), "1000");
    assert_eq!(answer.header("x-ratelimit-remaining"), "1000");
    assert_eq!(answer.header("x-ratelimit-reset"), "1");

    let failed = cloud.get("/invitations/i-none").await;
    assert_eq!(failed.header("content-type"), "application/json");
    assert_eq!(failed.header("x-ratelimit-limit"), "");
    assert_eq!(
        failed.header("x-request-id"),
        text(&json(&failed), "/errors/0/id")
    );
}

#[tokio::test]
async fn what_was_created_can_be_read_at_once_on_both_mounts() {
    let cloud = Cloud::new().await;
    let created = cloud.post(r#"{"email":"ann@example.org"}"#).await;
    let id = text(&json(&created), "/id").to_owned();
    for mount in ["/iam/v2", "/api/iam/v2", "//iam//v2"] {
        let path = format!("{mount}/invitations/{id}");
        let read = request(Method::GET, &path, &cloud.authorization, "");
        let read = cloud.test.send(read).await;
        assert_eq!(
            (read.status, read.body),
            (StatusCode::OK, created.body.clone())
        );
    }
}

#[tokio::test]
async fn the_invitee_becomes_a_plain_member_and_gets_a_mail() {
    let cloud = Cloud::new().await;
    cloud.invite("ann@example.org").await;
    let prepared = cloud.test.run(cloud.test.owner_ctx(), |tx, ctx| {
        let claimed = mail::claim(tx, ctx, 10)?;
        assert_eq!(claimed.len(), 1);
        mail::prepare(tx, ctx, &claimed[0])
    });
    let invited = prepared.await.expect("the store").expect("it is open");
    assert_eq!(invited.invitation.roles.to_names(), Role::Member.name());
    let accepted = cloud.test.accept(&invited.invitation).await;
    assert_eq!(accepted.roles.to_names(), Role::Member.name());
}

#[tokio::test]
async fn an_address_comes_back_as_it_was_posted() {
    let cloud = Cloud::new().await;
    for email in [
        "Ann.LEE@Example.ORG",
        "o'brien+test/1@example.org",
        "root@localhost",
        "j\u{f6}rg@b\u{fc}cher.example",
        "a&b@example.org",
    ] {
        assert_eq!(text(&cloud.invite(email).await, "/email"), email);
    }
    let escaped = cloud.post(r#"{"email":"x\u0026y@example.org"}"#).await;
    assert_eq!(text(&json(&escaped), "/email"), "x&y@example.org");
}

#[tokio::test]
async fn the_default_authentication_type_follows_single_sign_on() {
    let cloud = Cloud::new().await;
    let local = cloud.invite("a@example.org").await;
    assert_eq!(text(&local, "/auth_type"), "AUTH_TYPE_LOCAL");
    cloud.enable_sso().await;
    let sso = cloud.invite("b@example.org").await;
    assert_eq!(text(&sso, "/auth_type"), "AUTH_TYPE_SSO");
    let before = cloud.read(text(&local, "/id")).await;
    assert_eq!(text(&before, "/auth_type"), "AUTH_TYPE_LOCAL", "it stays");
}

#[tokio::test]
async fn an_empty_or_null_authentication_type_is_none() {
    let cloud = Cloud::new().await;
    cloud.enable_sso().await;
    for (n, auth_type) in ["null", "\"\""].into_iter().enumerate() {
        let body = format!(r#"{{"email":"p{n}@example.org","auth_type":{auth_type}}}"#);
        let answer = cloud.post(&body).await;
        assert_eq!(text(&json(&answer), "/auth_type"), "AUTH_TYPE_SSO");
    }
}

#[tokio::test]
async fn only_an_owner_invites_people_with_local_accounts_to_an_organization_with_sso() {
    let cloud = Cloud::new().await;
    cloud.enable_sso().await;
    let local = r#"{"email":"ann@example.org","auth_type":"AUTH_TYPE_LOCAL"}"#;
    let admin = cloud
        .test
        .member_key("admin@acme.example", Role::UserAdmin, KeyKind::Confluent)
        .await;
    let refused = cloud
        .call_as(&basic(&admin), Method::POST, "/invitations", local)
        .await;
    insta::assert_snapshot!(shown(&refused), @r#"
    403
    {
      "errors":[
        {
          "id":"request#1",
          "status":"403",
          "code":"user_unauthorized",
          "title":"Forbidden",
          "detail":"the organization has single sign-on: only an owner may invite people with a local account",
          "source":{
            "pointer":"/auth_type"
          }
        }
      ]
    }
    "#);
    let sso = r#"{"email":"bob@example.org","auth_type":"AUTH_TYPE_SSO"}"#;
    let admitted = cloud
        .call_as(&basic(&admin), Method::POST, "/invitations", sso)
        .await;
    assert_eq!(admitted.status, StatusCode::CREATED);
    let owner = cloud.post(local).await;
    assert_eq!(text(&json(&owner), "/auth_type"), "AUTH_TYPE_LOCAL");
}

#[tokio::test]
async fn members_that_the_server_sets_and_unknown_ones_are_ignored() {
    let cloud = Cloud::new().await;
    let answer = cloud
        .post(
            r#"{"id":"i-1","status":"INVITE_STATUS_ACCEPTED","accepted_at":5,"kind":null,
                "user":{"id":"u-1"},"roles":["owner"],"email":"ann@example.org"}"#,
        )
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let made = json(&answer);
    assert_eq!(text(&made, "/status"), "INVITE_STATUS_SENT");
    assert_ne!(text(&made, "/id"), "i-1");
}

#[tokio::test]
async fn repeating_a_create_whose_answer_was_lost_answers_with_the_same_invitation() {
    let cloud = Cloud::new().await;
    let body = r#"{"email":"ann@example.org"}"#;
    let first = cloud.post(body).await;
    cloud.test.clock.advance_seconds(119);
    let again = cloud.post(body).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.body, first.body);
    let claimed = cloud
        .test
        .run(cloud.test.owner_ctx(), |tx, ctx| mail::claim(tx, ctx, 10));
    assert_eq!(claimed.await.expect("claimed").len(), 1, "one mail");

    cloud.test.clock.advance_seconds(1);
    let late = cloud.post(body).await;
    assert_eq!(late.header("location"), first.header("location"));
    insta::assert_snapshot!(shown(&late), @r#"
    409
    {
      "errors":[
        {
          "id":"request#1",
          "status":"409",
          "code":"resource_already_exists",
          "title":"Conflict",
          "detail":"this address has an open invitation already"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn asking_for_something_else_is_no_repetition() {
    let cloud = Cloud::new().await;
    cloud.invite("ann@example.org").await;
    let other_type = cloud
        .post(r#"{"email":"ann@example.org","auth_type":"AUTH_TYPE_SSO"}"#)
        .await;
    assert_eq!(other_type.status, StatusCode::CONFLICT);
    let other_spelling = cloud.post(r#"{"email":"ANN@example.org"}"#).await;
    assert_eq!(other_spelling.status, StatusCode::CONFLICT);
    let other_key = cloud
        .test
        .service_account_key(KeyKind::Confluent, Role::Owner)
        .await;
    let body = r#"{"email":"ann@example.org"}"#;
    let other = cloud
        .call_as(&basic(&other_key), Method::POST, "/invitations", body)
        .await;
    assert_eq!(other.status, StatusCode::CONFLICT);

    cloud
        .test
        .invite_with(&cloud.test.owner_key, Dialect::Native, "bob@example.org")
        .await;
    let native = cloud.post(r#"{"email":"bob@example.org"}"#).await;
    assert_eq!(native.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_identical_creates_at_once_make_one_invitation() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestApp::on(engine).await else {
            continue;
        };
        let cloud = Cloud::over(test).await;
        let racers = (0..64).map(|_| cloud.post(r#"{"email":"ann@example.org"}"#));
        let answers = join_all(racers).await;
        let mut locations = HashSet::new();
        for answer in &answers {
            assert_eq!(
                answer.status,
                StatusCode::CREATED,
                "{engine}: {}",
                answer.body
            );
            locations.insert(answer.header("location"));
        }
        assert_eq!(locations.len(), 1, "{engine}");
        let claimed = cloud
            .test
            .run(cloud.test.owner_ctx(), |tx, ctx| mail::claim(tx, ctx, 100));
        assert_eq!(
            claimed.await.expect("claimed").len(),
            1,
            "{engine}: one mail"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_inviters_at_once_one_invites() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestApp::on(engine).await else {
            continue;
        };
        let cloud = Cloud::over(test).await;
        let other = cloud
            .test
            .service_account_key(KeyKind::Confluent, Role::Owner)
            .await;
        let keys = [cloud.authorization.clone(), basic(&other)];
        let body = r#"{"email":"ann@example.org"}"#;
        let racers =
            (0..32).map(|n| cloud.call_as(&keys[n % 2], Method::POST, "/invitations", body));
        let answers = join_all(racers).await;
        let mut made = [0, 0];
        for (n, answer) in answers.iter().enumerate() {
            match answer.status {
                StatusCode::CREATED => made[n % 2] += 1,
                StatusCode::CONFLICT => {}
                status => panic!("{engine}: {status} {}", answer.body),
            }
            assert_eq!(answer.header("location"), answers[0].header("location"));
        }
        made.sort_unstable();
        assert_eq!(made, [0, 16], "{engine}");
    }
}

#[tokio::test]
async fn inviting_anew_sends_again_where_the_operator_says_so() {
    let cloud = Cloud::with_settings(|settings| settings.confluent.reinvite_resends = true).await;
    let first = cloud.invite("ann@example.org").await;
    cloud.test.clock.advance_seconds(3 * 86_400);
    let again = cloud.invite("ann@example.org").await;
    assert_eq!(again["id"], first["id"]);
    assert_eq!(again["expires_at"], "2026-03-11T09:00:00.000000Z");
    let claimed = cloud
        .test
        .run(cloud.test.owner_ctx(), |tx, ctx| mail::claim(tx, ctx, 10));
    assert_eq!(
        claimed.await.expect("claimed").len(),
        2,
        "each has its mail"
    );

    cloud.test.clock.advance_seconds(1);
    let colleague = cloud
        .test
        .member_key("bob@acme.example", Role::Owner, KeyKind::Confluent)
        .await;
    let body = r#"{"email":"ann@example.org"}"#;
    let soon = cloud
        .call_as(&basic(&colleague), Method::POST, "/invitations", body)
        .await;
    assert_eq!(soon.status, StatusCode::TOO_MANY_REQUESTS, "{}", soon.body);
    assert_eq!(soon.header("retry-after"), "59");
    assert_eq!(soon.header("x-ratelimit-limit"), "1000");
}
