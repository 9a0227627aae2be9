//! What becomes of an invitation, as this dialect shows it.

use vestibule_core::Timestamp;
use vestibule_server::ops::members;

use super::*;

/// The user as the newer API shows them, whatever their status.
async fn user(cloud: &Cloud, email: &str) -> Option<Value> {
    let all = "orgMembershipStatuses=ACTIVE&orgMembershipStatuses=PENDING&orgMembershipStatuses=INVITATION_EXPIRED&orgMembershipStatuses=INVITATION_REJECTED";
    let page = cloud
        .get(&format!("/orgs/ORG/users?username={email}&{all}"))
        .await;
    json(&page)["results"].get(0).cloned()
}

async fn remove(cloud: &Cloud, user: &Value) {
    let id = Id::from_hex(text(user, "/id")).expect("an id");
    let ctx = cloud.test.owner_ctx();
    let removed = cloud
        .test
        .run(ctx, move |tx, ctx| members::remove(tx, ctx, id));
    removed.await.expect("they are removed");
}

/// That no operation sees the invitation.
async fn is_gone(cloud: &Cloud, shown: &Value) {
    let path = format!("/orgs/ORG/invites/{}", text(shown, "/id"));
    for (method, body) in [
        (Method::GET, ""),
        (Method::PATCH, r#"{"roles":["ORG_MEMBER"]}"#),
        (Method::DELETE, ""),
    ] {
        let answer = cloud.call(method.clone(), &path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method}");
        assert_eq!(answer.header("x-error-code"), "INVALID_INVITATION_ID");
    }
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
    let body = format!(
        r#"{{"username":"{}","roles":["ORG_MEMBER"]}}"#,
        text(shown, "/username")
    );
    let by_name = cloud.patch("/orgs/ORG/invites", &body).await;
    assert_eq!(by_name.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn accepting_makes_a_member_of_the_same_id() {
    let cloud = Cloud::new().await;
    let team = cloud.team("ops").await;
    let body = format!(
        r#"{{"roles":["ORG_READ_ONLY","ORG_BILLING_ADMIN"],"teamIds":["{team}"],"username":"Ann@Example.org"}}"#
    );
    let made = json(&cloud.post("/orgs/ORG/invites", &body).await);
    let pending = user(&cloud, "ann@example.org").await.expect("she is there");
    cloud.test.clock.advance_seconds(3600);
    cloud.accept(&made).await;

    is_gone(&cloud, &made).await;
    let found = cloud.get("/users/byName/ann@example.org").await;
    insta::assert_snapshot!(cloud.shown(&found), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","emailAddress":"Ann@Example.org","firstName":"","id":"id1","lastName":"","links":[],"roles":[{"orgId":"id2","roleName":"ORG_BILLING_ADMIN"},{"orgId":"id2","roleName":"ORG_READ_ONLY"}],"teamIds":["id3"],"username":"Ann@Example.org"}
    "#);
    let path = format!("/orgs/ORG/users/{}", text(&pending, "/id"));
    let active = cloud.get(&path).await;
    insta::assert_snapshot!(cloud.shown(&active), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","firstName":"","id":"id1","lastName":"","mobileNumber":null,"orgMembershipStatus":"ACTIVE","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_BILLING_ADMIN","ORG_READ_ONLY"]},"teamIds":["id2"],"username":"Ann@Example.org"}
    "#);
    let active = json(&active);
    for same in ["id", "username", "roles", "teamIds"] {
        assert_eq!(active[same], pending[same], "{same}");
    }
}

#[tokio::test]
async fn who_was_removed_is_no_member_and_can_be_invited_again() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    cloud.accept(&made).await;
    let member = user(&cloud, "ann@example.org").await.expect("she is there");
    remove(&cloud, &member).await;

    let found = cloud.get("/users/byName/ann@example.org").await;
    assert_eq!(found.header("x-error-code"), "USERNAME_NOT_FOUND");
    let path = format!("/orgs/ORG/users/{}", text(&member, "/id"));
    assert_eq!(
        cloud.get(&path).await.header("x-error-code"),
        "USER_NOT_IN_ORG"
    );
    assert_eq!(user(&cloud, "ann@example.org").await, None);

    cloud.test.clock.advance_seconds(1);
    let again = cloud.invite("ann@example.org").await;
    assert_ne!(again["id"], made["id"]);
    let pending = user(&cloud, "ann@example.org").await.expect("she is there");
    assert_eq!(pending["id"], member["id"], "a person is one user");
    assert_eq!(pending["orgMembershipStatus"], "PENDING");
}

#[tokio::test]
async fn an_invitation_is_pending_until_its_last_instant() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    let end = Timestamp::parse(text(&made, "/expiresAt")).expect("an instant");
    let start = cloud.test.clock.now();
    assert_eq!(end.seconds_since(start), 30 * 86_400);

    cloud
        .test
        .clock
        .set(Timestamp::from_micros(end.as_micros() - 1));
    assert_eq!(cloud.get(&path).await.status, StatusCode::OK);
    let pending = user(&cloud, "ann@example.org").await.expect("she is there");
    assert_eq!(pending["orgMembershipStatus"], "PENDING");

    cloud.test.clock.set(end);
    is_gone(&cloud, &made).await;
    let default = json(&cloud.get("/orgs/ORG/users?username=ann@example.org").await);
    assert_eq!(default["results"], serde_json::json!([]));
    let by_id = format!("/orgs/ORG/users/{}", text(&pending, "/id"));
    assert_eq!(cloud.get(&by_id).await.status, StatusCode::NOT_FOUND);
    let asked = format!("{by_id}?orgMembershipStatuses=INVITATION_EXPIRED");
    insta::assert_snapshot!(cloud.shown(&cloud.get(&asked).await), @r#"
    200
    {"id":"id1","invitationCreatedAt":"2026-03-01T09:00:00Z","invitationExpiresAt":"2026-03-31T09:00:00Z","inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"INVITATION_EXPIRED","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_MEMBER"]},"teamIds":[],"username":"ann@example.org"}
    "#);

    let again = cloud.invite("ann@example.org").await;
    assert_ne!(again["id"], made["id"]);
    assert_eq!(text(&again, "/createdAt"), text(&made, "/expiresAt"));
    let pending = user(&cloud, "ann@example.org").await.expect("she is there");
    assert_eq!(pending["orgMembershipStatus"], "PENDING");
    assert_eq!(pending["invitationCreatedAt"], again["createdAt"]);
}

#[tokio::test]
async fn expired_invitations_are_shown_if_the_operator_wants_it() {
    let cloud = Cloud::with_settings(|settings| settings.atlas_show_expired = true).await;
    let made = cloud.invite("ann@example.org").await;
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    cloud.test.clock.advance_seconds(30 * 86_400);
    assert_eq!(json(&cloud.get(&path).await), made);
    assert_eq!(json(&cloud.get("/orgs/ORG/invites").await)[0], made);
    let changed = cloud.patch(&path, r#"{"roles":["ORG_OWNER"]}"#).await;
    assert_eq!(changed.header("x-error-code"), "INVALID_INVITATION_ID");
    assert_eq!(cloud.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(cloud.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_declined_invitation_is_gone_and_shown_as_rejected_when_asked_for() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    cloud.decline(&made).await;
    is_gone(&cloud, &made).await;
    let page = cloud
        .get("/orgs/ORG/users?orgMembershipStatuses=INVITATION_REJECTED")
        .await;
    insta::assert_snapshot!(cloud.shown(&page), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/users?orgMembershipStatuses=INVITATION_REJECTED&includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"id":"id2","invitationCreatedAt":"2026-03-01T09:00:00Z","invitationExpiresAt":null,"inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"INVITATION_REJECTED","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_MEMBER"]},"teamIds":[],"username":"ann@example.org"}],"totalCount":1}
    "#);
    let default = json(&cloud.get("/orgs/ORG/users").await);
    assert_eq!(default["totalCount"], 1, "the owner");
    cloud.invite("ann@example.org").await;
}

#[tokio::test]
async fn an_invitation_of_another_dialect_is_shown_too() {
    let cloud = Cloud::new().await;
    cloud.test.invite("ann@example.org").await;
    let list = json(&cloud.get("/orgs/ORG/invites").await);
    assert_eq!(text(&list, "/0/username"), "ann@example.org");
    assert_eq!(text(&list, "/0/inviterUsername"), "owner@acme.example");
}

#[tokio::test]
async fn who_is_invited_again_within_the_second_is_pending_in_the_list_too() {
    let cloud = Cloud::new().await;
    // Ids made within a second are in no order: some newer one sorts before the one it follows.
    for _ in 0..8 {
        let made = cloud.invite("ann@x.example").await;
        let listed = cloud.get("/orgs/ORG/users").await;
        let people = json(&listed);
        let shown = people["results"].as_array().expect("a list");
        let pending: Vec<_> = shown
            .iter()
            .filter(|person| person["orgMembershipStatus"] == "PENDING")
            .map(|person| text(person, "/username"))
            .collect();
        assert_eq!(pending, ["ann@x.example"], "{}", listed.body);
        let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
        let deleted = cloud.delete(&path).await;
        assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    }
}
