//! What the operator may choose because nobody knows what the vendor's cloud does.

use axum::http::StatusCode;
use vestibule_core::key::KeyKind;
use vestibule_core::project::ProjectRole;
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::{EmailAddress, Id};
use vestibule_server::ops::invitations::NewInvitation;
use vestibule_server::ops::{invitations, members, projects};
use vestibule_server::settings::{ConfluentSettings, UnknownValue};

use super::*;

async fn cloud_with(change: impl FnOnce(&mut ConfluentSettings)) -> Cloud {
    Cloud::with_settings(|settings| change(&mut settings.confluent)).await
}

/// The addresses of a page of invitations, in its order.
async fn listed(cloud: &Cloud, query: &str) -> Vec<String> {
    let answer = cloud.get(&format!("/invitations?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
    let page = json(&answer);
    let data = page["data"].as_array().expect("a list");
    data.iter()
        .map(|item| text(item, "/email").to_owned())
        .collect()
}

/// Accepts, and removes the new member; gives the invitation's id.
async fn removed_member(cloud: &Cloud, email: &str) -> String {
    let made = cloud.invite(email).await;
    let id = Id::from_confluent(text(&made, "/id")).expect("an id");
    let stored = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        invitations::load(tx, ctx, id)
    });
    let accepted = cloud.test.accept(&stored.await.expect("it is there")).await;
    let removed = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        members::remove(tx, ctx, accepted.user)
    });
    removed.await.expect("removed");
    text(&made, "/id").to_owned()
}

#[tokio::test]
async fn deleting_an_expired_invitation_may_be_400() {
    for (fails, expected) in [
        (false, StatusCode::NO_CONTENT),
        (true, StatusCode::BAD_REQUEST),
    ] {
        let cloud = cloud_with(|settings| settings.delete_expired_fails = fails).await;
        let made = cloud.invite("ann@example.org").await;
        cloud.test.clock.advance_seconds(7 * 86_400);
        let deleted = cloud.delete(text(&made, "/id")).await;
        assert_eq!(deleted.status, expected);
        if fails {
            insta::assert_snapshot!(shown(&deleted), @r#"
    400
    {
      "errors":[
        {
          "id":"request#1",
          "status":"400",
          "code":"bad_request",
          "title":"Bad Request",
          "detail":"the invitation is expired, so it cannot be deleted"
        }
      ]
    }
    "#);
            let anew = cloud.invite("bob@example.org").await;
            let open = cloud.delete(text(&anew, "/id")).await;
            assert_eq!(open.status, StatusCode::NO_CONTENT, "open ones as ever");
        }
    }
}

#[tokio::test]
async fn a_filter_that_nothing_can_match_is_refused_ignored_or_empty() {
    let unknown = ["status=SENT", "email=nobody", "user=usr_1", "creator=x"];
    for (choice, expected) in [
        (UnknownValue::Ignore, vec!["ann@example.org"]),
        (UnknownValue::Empty, vec![]),
    ] {
        let cloud = cloud_with(|settings| settings.unknown_filter_value = choice).await;
        cloud.invite("ann@example.org").await;
        for query in unknown {
            assert_eq!(listed(&cloud, query).await, expected, "{query}");
        }
        let known = "status=INVITE_STATUS_SENT";
        assert_eq!(listed(&cloud, known).await, ["ann@example.org"]);
        let member = cloud
            .test
            .member_key("m@acme.example", Role::Member, KeyKind::Confluent)
            .await;
        let seen = cloud
            .call_as(&basic(&member), Method::GET, "/invitations?status=SENT", "")
            .await;
        assert_eq!(seen.status, StatusCode::OK);
        let none = cloud
            .call_as("", Method::GET, "/invitations?status=SENT", "")
            .await;
        assert_eq!(
            none.status,
            StatusCode::UNAUTHORIZED,
            "an empty list is no way around"
        );
    }
}

#[tokio::test]
async fn an_unknown_query_parameter_may_be_ignored() {
    let cloud = cloud_with(|settings| settings.ignore_unknown_parameters = true).await;
    cloud.invite("ann@example.org").await;
    assert_eq!(
        listed(&cloud, "colour=red&colour=blue").await,
        ["ann@example.org"]
    );
    let users = cloud.get("/users?email=ann%40example.org").await;
    assert_eq!(json(&users)["data"].as_array().map(Vec::len), Some(2));
    let repeated = cloud.get("/invitations?page_size=1&page_size=2").await;
    assert_eq!(repeated.status, StatusCode::BAD_REQUEST);
}

/// Invites somebody to a new project, and to nothing else.
async fn invite_to_project(cloud: &Cloud, email: &str) {
    let email = EmailAddress::parse(email).expect("an address");
    let made = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        let name = email.key().replace('@', " at ");
        let project = projects::create(tx, ctx, &name)?.id;
        let roles = RoleSet::of(&[ProjectRole::ReadOnly]);
        let new = NewInvitation::to_project(email.clone(), project, roles);
        invitations::create(tx, ctx, &new)
    });
    made.await.expect("the invitation is made");
}

#[tokio::test]
async fn lists_may_begin_with_what_was_made_last() {
    let cloud = cloud_with(|settings| settings.newest_first = true).await;
    for n in 0..3 {
        cloud.test.clock.advance_seconds(1);
        cloud.invite(&format!("p{n}@example.org")).await;
        // Nobody to this API.
        invite_to_project(&cloud, &format!("hidden{n}@example.org")).await;
    }
    let expected = ["p2@example.org", "p1@example.org", "p0@example.org"];
    assert_eq!(listed(&cloud, "").await, expected);
    let owner = cloud.test.owner.to_confluent();
    assert_eq!(listed(&cloud, &format!("creator={owner}")).await, expected);
    for path in ["/invitations", "/users"] {
        let mut emails = Vec::new();
        let mut next = format!("{path}?page_size=2");
        loop {
            let page = json(&cloud.get(&next).await);
            let data = page["data"].as_array().expect("a list");
            emails.extend(data.iter().map(|item| text(item, "/email").to_owned()));
            let Some(link) = page["metadata"].get("next") else {
                break;
            };
            let link = link.as_str().expect("a link");
            let below = link.strip_prefix("https://vestibule.example/iam/v2");
            next = below.expect("our own address").to_owned();
        }
        assert_eq!(emails[..3], expected, "{path}");
        assert_eq!(emails.len(), 3 + usize::from(path == "/users"));
    }
    let anns = json(&cloud.get("/invitations?email=p1%40example.org").await);
    let token = {
        let second = json(&cloud.get("/invitations?page_size=2").await);
        let (_, token) = text(&second, "/metadata/next")
            .rsplit_once('=')
            .expect("a token");
        token.to_owned()
    };
    let user = text(&anns, "/data/0/user/id");
    assert!(
        listed(&cloud, &format!("user={user}&page_token={token}"))
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn the_invitation_of_a_removed_member_may_stay_accepted() {
    for (stays, status) in [
        (false, "INVITE_STATUS_DEACTIVATED"),
        (true, "INVITE_STATUS_ACCEPTED"),
    ] {
        let cloud = cloud_with(|settings| settings.ended_shows_accepted = stays).await;
        let id = removed_member(&cloud, "ann@example.org").await;
        let shown = cloud.read(&id).await;
        assert_eq!(text(&shown, "/status"), status);
        let user = text(&shown, "/user/id");
        for query in [
            format!("status={status}"),
            format!("status={status}&user={user}"),
        ] {
            assert_eq!(listed(&cloud, &query).await, ["ann@example.org"], "{query}");
        }
        let other = if stays {
            "INVITE_STATUS_DEACTIVATED"
        } else {
            "INVITE_STATUS_ACCEPTED"
        };
        assert!(listed(&cloud, &format!("status={other}")).await.is_empty());
        assert!(
            listed(&cloud, &format!("status={other}&user={user}"))
                .await
                .is_empty()
        );
        let deleted = cloud.delete(&id).await.status;
        let expected = if stays {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::NO_CONTENT
        };
        assert_eq!(
            deleted, expected,
            "what is shown accepted cannot be deleted"
        );
    }
}

#[tokio::test]
async fn an_authentication_type_that_does_not_suit_may_be_replaced() {
    let sso = r#"{"email":"ann@example.org","auth_type":"AUTH_TYPE_SSO"}"#;
    let local = r#"{"email":"bob@example.org","auth_type":"AUTH_TYPE_LOCAL"}"#;
    let cloud = cloud_with(|settings| settings.coerce_auth_type = true).await;
    let made = json(&cloud.post(sso).await);
    assert_eq!(text(&made, "/auth_type"), "AUTH_TYPE_LOCAL");
    cloud.enable_sso().await;
    let admin = cloud
        .test
        .member_key("a@acme.example", Role::UserAdmin, KeyKind::Confluent);
    let admin = basic(&admin.await);
    let made = cloud
        .call_as(&admin, Method::POST, "/invitations", local)
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(text(&json(&made), "/auth_type"), "AUTH_TYPE_SSO");

    let strict = Cloud::new().await;
    let made = json(&strict.post(sso).await);
    assert_eq!(
        text(&made, "/auth_type"),
        "AUTH_TYPE_SSO",
        "never by itself"
    );
}

#[tokio::test]
async fn without_mail_open_invitations_may_be_shown_as_staged() {
    let cloud = cloud_with(|settings| settings.staged_without_mail = true).await;
    let made = cloud.invite("ann@example.org").await;
    assert_eq!(text(&made, "/status"), "INVITE_STATUS_STAGED");
    assert_eq!(
        listed(&cloud, "status=INVITE_STATUS_STAGED").await,
        ["ann@example.org"]
    );
    assert!(listed(&cloud, "status=INVITE_STATUS_SENT").await.is_empty());
    cloud.test.clock.advance_seconds(7 * 86_400);
    let expired = cloud.read(text(&made, "/id")).await;
    assert_eq!(text(&expired, "/status"), "INVITE_STATUS_EXPIRED");
    assert_eq!(
        listed(&cloud, "status=INVITE_STATUS_EXPIRED").await,
        ["ann@example.org"]
    );
}

#[tokio::test]
async fn an_organization_may_be_full_of_people() {
    let cloud = Cloud::with_settings(|settings| settings.user_limit = Some(2)).await;
    cloud.invite("ann@example.org").await;
    let answer = cloud.post(r#"{"email":"bob@example.org"}"#).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    402
    {
      "errors":[
        {
          "id":"request#1",
          "status":"402",
          "code":"quota_exceeded",
          "title":"Payment Required",
          "detail":"the number of people in this organization is currently limited to 2"
        }
      ]
    }
    "#);
    let repeated = cloud.post(r#"{"email":"ann@example.org"}"#).await;
    assert_eq!(
        repeated.status,
        StatusCode::CREATED,
        "a repetition takes no room"
    );
}
