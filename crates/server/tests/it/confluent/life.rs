//! What becomes of an invitation, as this dialect shows it.

use axum::http::StatusCode;
use vestibule_core::invitation::Invitation;
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;
use vestibule_core::{Id, Timestamp};
use vestibule_server::ops::{acceptance, invitations, members};

use super::*;

/// The invitation as the core knows it.
async fn stored(cloud: &Cloud, shown: &Value) -> Invitation {
    let id = Id::from_confluent(text(shown, "/id")).expect("an id");
    let found = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        invitations::load(tx, ctx, id)
    });
    found.await.expect("it is there")
}

#[tokio::test]
async fn an_accepted_invitation_says_when_and_cannot_be_deleted() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    cloud.test.clock.advance_seconds(3600);
    cloud.test.accept(&stored(&cloud, &made).await).await;
    let id = text(&made, "/id");
    let accepted = cloud.read(id).await;
    assert_eq!(text(&accepted, "/status"), "INVITE_STATUS_ACCEPTED");
    assert_eq!(
        text(&accepted, "/accepted_at"),
        "2026-03-01T10:00:00.000000Z"
    );
    assert_eq!(accepted["user"], made["user"]);
    insta::assert_snapshot!(shown(&cloud.delete(id).await), @r#"
    400
    {
      "errors":[
        {
          "id":"request#1",
          "status":"400",
          "code":"bad_request",
          "title":"Bad Request",
          "detail":"Bad Request. The invitation was already accepted"
        }
      ]
    }
    "#);
    let again = cloud.post(r#"{"email":"Ann@Example.org"}"#).await;
    insta::assert_snapshot!(shown(&again), @r#"
    409
    {
      "errors":[
        {
          "id":"request#1",
          "status":"409",
          "code":"resource_already_exists",
          "title":"Conflict",
          "detail":"this person is a member of the organization already"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_deleted_invitation_is_gone_and_its_link_with_it() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let id = text(&made, "/id").to_owned();
    let link = cloud.test.token(&stored(&cloud, &made).await);

    let deleted = cloud.delete(&id).await;
    assert_eq!(
        (deleted.status, deleted.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(deleted.header("content-type"), "");
    assert_eq!(deleted.header("x-ratelimit-reset"), "1");

    let read = cloud.get(&format!("/invitations/{id}")).await;
    insta::assert_snapshot!(shown(&read), @r#"
    404
    {
      "errors":[
        {
          "id":"request#1",
          "status":"404",
          "code":"resource_not_found",
          "title":"Not Found",
          "detail":"there is no invitation with the id i-#2"
        }
      ]
    }
    "#);
    assert_eq!(cloud.delete(&id).await.status, StatusCode::NOT_FOUND);
    let list = json(&cloud.get("/invitations").await);
    assert_eq!(list["data"], Value::Array(Vec::new()));

    let token = vestibule_core::secret::AcceptToken::parse(&link).expect("a token");
    let opened = cloud
        .test
        .run(cloud.test.owner_ctx(), move |tx, ctx| {
            acceptance::preview(tx, ctx, &token)
        })
        .await;
    opened.expect_err("the link is dead");

    let anew = cloud.invite("ann@example.org").await;
    assert_ne!(text(&anew, "/id"), id);
    assert_eq!(anew["user"], made["user"], "role bindings survive");
}

#[tokio::test]
async fn a_server_may_show_deleted_invitations_as_deactivated() {
    let cloud = Cloud::with_settings(|settings| settings.confluent.show_revoked = true).await;
    let made = cloud.invite("ann@example.org").await;
    let id = text(&made, "/id");
    cloud.test.clock.advance_seconds(60);
    assert_eq!(cloud.delete(id).await.status, StatusCode::NO_CONTENT);
    let deleted = cloud.read(id).await;
    assert_eq!(text(&deleted, "/status"), "INVITE_STATUS_DEACTIVATED");
    assert_eq!(
        text(&deleted, "/metadata/deleted_at"),
        "2026-03-01T09:01:00.000000Z"
    );
    let list = json(&cloud.get("/invitations").await);
    assert_eq!(list["data"], Value::Array(vec![deleted]));
    assert_eq!(cloud.delete(id).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn it_is_sent_until_the_last_instant_of_day_seven_and_expired_from_then_on() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    assert_eq!(text(&made, "/expires_at"), "2026-03-08T09:00:00.000000Z");
    let end = Timestamp::parse(text(&made, "/expires_at")).expect("an instant");
    let id = text(&made, "/id");

    cloud
        .test
        .clock
        .set(Timestamp::from_micros(end.as_micros() - 1));
    assert_eq!(text(&cloud.read(id).await, "/status"), "INVITE_STATUS_SENT");
    let early = cloud.post(r#"{"email":"ann@example.org"}"#).await;
    assert_eq!(early.status, StatusCode::CONFLICT);

    cloud.test.clock.set(end);
    let expired = cloud.read(id).await;
    assert_eq!(text(&expired, "/status"), "INVITE_STATUS_EXPIRED");
    let mut otherwise_the_same = expired.clone();
    otherwise_the_same["status"] = made["status"].clone();
    assert_eq!(otherwise_the_same, made);

    let anew = cloud.invite("ann@example.org").await;
    assert_ne!(text(&anew, "/id"), id);
    assert_eq!(anew["user"], made["user"]);
    assert_eq!(text(&anew, "/expires_at"), "2026-03-15T09:00:00.000000Z");
    let old = cloud.read(id).await;
    assert_eq!(text(&old, "/status"), "INVITE_STATUS_EXPIRED");
    assert_eq!(cloud.delete(id).await.status, StatusCode::NO_CONTENT);
    let new = cloud.read(text(&anew, "/id")).await;
    assert_eq!(
        text(&new, "/status"),
        "INVITE_STATUS_SENT",
        "only the old one went"
    );
}

#[tokio::test]
async fn a_declined_invitation_is_deactivated_and_can_be_destroyed() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let link = cloud.test.token(&stored(&cloud, &made).await);
    let token = vestibule_core::secret::AcceptToken::parse(&link).expect("a token");
    let declined = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        acceptance::decline(tx, ctx, &token)
    });
    declined.await.expect("declined");
    let id = text(&made, "/id");
    let shown = cloud.read(id).await;
    assert_eq!(text(&shown, "/status"), "INVITE_STATUS_DEACTIVATED");
    assert_eq!(shown["accepted_at"], Value::Null);
    assert_eq!(cloud.delete(id).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_invitation_of_a_removed_member_is_deactivated_and_remembers_the_acceptance() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let accepted = cloud.test.accept(&stored(&cloud, &made).await).await;
    let removed = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        members::remove(tx, ctx, accepted.user)
    });
    removed.await.expect("removed");
    let shown = cloud.read(text(&made, "/id")).await;
    assert_eq!(text(&shown, "/status"), "INVITE_STATUS_DEACTIVATED");
    assert_eq!(text(&shown, "/accepted_at"), "2026-03-01T09:00:00.000000Z");
    let deleted = cloud.delete(text(&made, "/id")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_creator_is_the_person_behind_a_key_or_the_service_account() {
    let cloud = Cloud::new().await;
    let owner = cloud.test.owner.to_confluent();

    let person = cloud.test.owner_key.bearer();
    let body = r#"{"email":"a@example.org"}"#;
    let made = cloud
        .call_as(&person, Method::POST, "/invitations", body)
        .await;
    assert_eq!(text(&json(&made), "/creator/id"), owner);

    let by_key = cloud.invite("b@example.org").await;
    assert_eq!(
        by_key["creator"].to_string(),
        format!(
            r#"{{"api_version":"iam/v2","id":"{owner}","kind":"User","related":"https://vestibule.example/iam/v2/users/{owner}","resource_name":"crn://confluent.cloud/user={owner}"}}"#
        )
    );

    let robot = cloud
        .test
        .service_account_key(KeyKind::Confluent, Role::UserAdmin)
        .await;
    let body = r#"{"email":"c@example.org"}"#;
    let made = cloud
        .call_as(&basic(&robot), Method::POST, "/invitations", body)
        .await;
    let made = json(&made);
    let account = text(&made, "/creator/id");
    let organization = cloud.test.organization.to_uuid();
    assert!(account.starts_with("sa-"));
    assert_eq!(
        made["creator"].to_string(),
        format!(
            r#"{{"api_version":"iam/v2","id":"{account}","kind":"ServiceAccount","related":"https://vestibule.example/iam/v2/service-accounts/{account}","resource_name":"crn://confluent.cloud/organization={organization}/service-account={account}"}}"#
        )
    );
}
