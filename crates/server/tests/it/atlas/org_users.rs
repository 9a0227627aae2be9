//! The people of an organization: invited, changed and removed.

use vestibule_core::role::Role;

use super::*;

const ANN: &str =
    r#"{"roles":{"orgRoles":["ORG_READ_ONLY","ORG_MEMBER"]},"username":"Ann.Lee@Example.org"}"#;

#[tokio::test]
async fn inviting_a_user_answers_201_with_a_pending_one() {
    let cloud = Cloud::new().await;
    let made = cloud.post("/orgs/ORG/users", ANN).await;
    insta::assert_snapshot!(cloud.shown(&made), @r#"
    201
    {"id":"id1","invitationCreatedAt":"2026-03-01T09:00:00Z","invitationExpiresAt":"2026-03-31T09:00:00Z","inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"PENDING","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_READ_ONLY","ORG_MEMBER"]},"teamIds":[],"username":"Ann.Lee@Example.org"}
    "#);
    assert_eq!(
        made.header("content-type"),
        "application/vnd.atlas.2025-02-19+json;charset=utf-8"
    );
    let id = text(&json(&made), "/id").to_owned();
    let same = cloud.get(&format!("/orgs/ORG/users/{id}")).await;
    assert_eq!(json(&same), json(&made));
    let invites = json(&cloud.get("/orgs/ORG/invites").await);
    assert_eq!(text(&invites, "/0/username"), "Ann.Lee@Example.org");
    assert_ne!(text(&invites, "/0/id"), id);
}

#[tokio::test]
async fn a_pending_users_id_survives_acceptance() {
    let cloud = Cloud::new().await;
    let team = cloud.team("ops").await;
    let body = format!(
        r#"{{"roles":{{"orgRoles":["ORG_GROUP_CREATOR"],"groupRoleAssignments":[]}},"teamIds":["{team}"],"username":"ann@example.org"}}"#
    );
    let made = json(&cloud.post("/orgs/ORG/users", &body).await);
    let invites = json(&cloud.get("/orgs/ORG/invites").await);
    cloud.accept(&invites[0]).await;
    let path = format!("/orgs/ORG/users/{}", text(&made, "/id"));
    insta::assert_snapshot!(cloud.shown(&cloud.get(&path).await), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","firstName":"","id":"id1","lastName":"","mobileNumber":null,"orgMembershipStatus":"ACTIVE","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_GROUP_CREATOR"]},"teamIds":["id2"],"username":"ann@example.org"}
    "#);
    let active = json(&cloud.get(&path).await);
    for member in ["id", "roles", "teamIds", "username"] {
        assert_eq!(active[member], made[member], "{member}");
    }
}

#[tokio::test]
async fn who_is_a_member_or_invited_is_a_conflict() {
    let cloud = Cloud::new().await;
    cloud.post("/orgs/ORG/users", ANN).await;
    let again = r#"{"roles":{"orgRoles":["ORG_MEMBER"]},"username":"ann.LEE@example.org"}"#;
    let again = cloud.post("/orgs/ORG/users", again).await;
    insta::assert_snapshot!(cloud.shown(&again), @r#"
    409
    {"detail":"This address has an open invitation already.","error":409,"errorCode":"USER_ALREADY_IN_ORG","parameters":[],"reason":"Conflict"}
    "#);
    let member = r#"{"roles":{"orgRoles":["ORG_MEMBER"]},"username":"owner@acme.example"}"#;
    let member = cloud.post("/orgs/ORG/users", member).await;
    insta::assert_snapshot!(cloud.shown(&member), @r#"
    409
    {"detail":"This person is a member of the organization already.","error":409,"errorCode":"USER_ALREADY_IN_ORG","parameters":[],"reason":"Conflict"}
    "#);
    // The same person, invited through the old API.
    cloud.invite("bob@example.org").await;
    let bob = r#"{"roles":{"orgRoles":["ORG_MEMBER"]},"username":"bob@example.org"}"#;
    let bob = cloud.post("/orgs/ORG/users", bob).await;
    assert_eq!(bob.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_invitation_that_came_to_nothing_is_replaced_and_shown_only_when_asked_for() {
    let cloud = Cloud::new().await;
    for (name, declines) in [("ann", false), ("bob", true)] {
        let body =
            format!(r#"{{"roles":{{"orgRoles":["ORG_MEMBER"]}},"username":"{name}@example.org"}}"#);
        let made = json(&cloud.post("/orgs/ORG/users", &body).await);
        if declines {
            let invites = json(
                &cloud
                    .get("/orgs/ORG/invites?username=bob@example.org")
                    .await,
            );
            cloud.decline(&invites[0]).await;
        } else {
            cloud.test.clock.advance_seconds(30 * 86_400);
        }
        let path = format!("/orgs/ORG/users/{}", text(&made, "/id"));
        let gone = cloud.get(&path).await;
        assert_eq!(gone.header("x-error-code"), "USER_NOT_IN_ORG", "{name}");
        let asked = format!(
            "{path}?orgMembershipStatuses=INVITATION_EXPIRED&orgMembershipStatuses=INVITATION_REJECTED"
        );
        let shown = cloud.get(&asked).await;
        if declines {
            insta::assert_snapshot!(cloud.shown(&shown), @r#"
    200
    {"id":"id1","invitationCreatedAt":"2026-03-31T09:00:00Z","invitationExpiresAt":null,"inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"INVITATION_REJECTED","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_MEMBER"]},"teamIds":[],"username":"bob@example.org"}
    "#);
        } else {
            insta::assert_snapshot!(cloud.shown(&shown), @r#"
    200
    {"id":"id1","invitationCreatedAt":"2026-03-01T09:00:00Z","invitationExpiresAt":"2026-03-31T09:00:00Z","inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"INVITATION_EXPIRED","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_MEMBER"]},"teamIds":[],"username":"ann@example.org"}
    "#);
        }
        for (method, path, body) in [
            (Method::PATCH, path.clone(), r#"{"teamIds":[]}"#),
            (Method::DELETE, path.clone(), ""),
            (
                Method::POST,
                format!("{path}:addRole"),
                r#"{"orgRole":"ORG_MEMBER"}"#,
            ),
        ] {
            let answer = cloud.call(method.clone(), &path, body).await;
            assert_eq!(
                answer.header("x-error-code"),
                "USER_NOT_IN_ORG",
                "{method} {name}"
            );
        }
    }
    insta::assert_snapshot!(cloud.people("/orgs/ORG/users").await, @r#"
    1 of 1
    owner@acme.example ACTIVE ["ORG_OWNER"] in 0
    "#);
    insta::assert_snapshot!(
        cloud.people("/orgs/ORG/users?orgMembershipStatuses=INVITATION_EXPIRED&orgMembershipStatuses=INVITATION_REJECTED&orgMembershipStatuses=ACTIVE&orgMembershipStatuses=PENDING").await,
        @r#"
    3 of 3
    owner@acme.example ACTIVE ["ORG_OWNER"] in 0
    ann@example.org INVITATION_EXPIRED ["ORG_MEMBER"] in 0
    bob@example.org INVITATION_REJECTED ["ORG_MEMBER"] in 0
    "#
    );
    for name in ["ann", "bob"] {
        let id = cloud.ended_id(&format!("{name}@example.org")).await;
        let body = format!(
            r#"{{"roles":{{"orgRoles":["ORG_READ_ONLY"]}},"username":"{name}@example.org"}}"#
        );
        let again = cloud.post("/orgs/ORG/users", &body).await;
        assert_eq!(again.status, StatusCode::CREATED, "{name}");
        assert_eq!(text(&json(&again), "/id"), id, "{name}");
    }
    insta::assert_snapshot!(
        cloud.people("/orgs/ORG/users?orgMembershipStatuses=INVITATION_EXPIRED,INVITATION_REJECTED,PENDING").await,
        @r#"
    2 of 2
    ann@example.org PENDING ["ORG_READ_ONLY"] in 0
    bob@example.org PENDING ["ORG_READ_ONLY"] in 0
    "#
    );
}

#[tokio::test]
async fn a_patch_keeps_what_is_absent_and_resets_what_is_empty() {
    let cloud = Cloud::new().await;
    let team = cloud.team("ops").await;
    cloud.test.member("mia@example.org", Role::Member).await;
    cloud.invite("ann@example.org").await;
    for name in ["mia@example.org", "ann@example.org"] {
        let path = format!("/orgs/ORG/users/{}", cloud.user_id(name).await);
        let before = json(&cloud.get(&path).await);
        assert_eq!(json(&cloud.patch(&path, "{}").await), before, "{name}");
        let body = format!(r#"{{"teamIds":["{team}","{team}"]}}"#);
        let joined = json(&cloud.patch(&path, &body).await);
        assert_eq!(joined["teamIds"], serde_json::json!([team]), "{name}");
        assert_eq!(joined["roles"], before["roles"], "{name}");
        let body = r#"{"roles":{"orgRoles":["ORG_READ_ONLY","ORG_OWNER"]}}"#;
        let raised = json(&cloud.patch(&path, body).await);
        assert_eq!(raised["teamIds"], joined["teamIds"], "{name}");
        assert_eq!(
            raised["roles"]["orgRoles"],
            serde_json::json!(["ORG_OWNER", "ORG_READ_ONLY"]),
            "{name}"
        );
        let body = r#"{"roles":{"groupRoleAssignments":[]},"teamIds":[]}"#;
        let reset = json(&cloud.patch(&path, body).await);
        assert_eq!(reset["teamIds"], serde_json::json!([]), "{name}");
        assert_eq!(reset["roles"], raised["roles"], "{name}");
        assert_eq!(json(&cloud.get(&path).await), reset, "{name}");
        for (body, code) in [
            (r#"{"roles":{"orgRoles":[]}}"#, "INVALID_ATTRIBUTE"),
            (r#"{"roles":{"orgRoles":["KING"]}}"#, "INVALID_ENUM_VALUE"),
            (r#"{"roles":["ORG_MEMBER"]}"#, "INVALID_JSON_ATTRIBUTE"),
            (
                r#"{"roles":{"orgRoles":["GROUP_OWNER"]}}"#,
                "CANNOT_ADD_GROUP_ROLE",
            ),
            (r#"{"teamIds":["x"]}"#, "INVALID_TEAM_ID"),
            (
                r#"{"teamIds":["5d0000000000000000000001"]}"#,
                "TEAM_NOT_FOUND",
            ),
            (r#"{"teamIds":7}"#, "INVALID_JSON_ATTRIBUTE"),
            ("[]", "INVALID_JSON"),
            ("{", "MALFORMED_JSON"),
            ("", "INVALID_JSON"),
        ] {
            let answer = cloud.patch(&path, body).await;
            assert_eq!(answer.header("x-error-code"), code, "{name} {body}");
        }
        assert_eq!(
            json(&cloud.get(&path).await),
            reset,
            "{name}: nothing was written"
        );
    }
}

#[tokio::test]
async fn a_role_is_added_and_removed() {
    let cloud = Cloud::new().await;
    cloud.test.member("mia@example.org", Role::Member).await;
    cloud.invite("ann@example.org").await;
    for name in ["mia@example.org", "ann@example.org"] {
        let path = format!("/orgs/ORG/users/{}", cloud.user_id(name).await);
        let body = r#"{"orgRole":"ORG_BILLING_ADMIN"}"#;
        let added = cloud.post(&format!("{path}:addRole"), body).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        assert_eq!(
            json(&added)["roles"]["orgRoles"],
            serde_json::json!(["ORG_BILLING_ADMIN", "ORG_MEMBER"])
        );
        assert_eq!(json(&cloud.get(&path).await), json(&added));
        let twice = cloud.post(&format!("{path}:addRole"), body).await;
        assert_eq!(twice.shown().lines().next(), Some("409 Conflict"), "{name}");
        assert_eq!(twice.header("x-error-code"), "ROLE_ALREADY_GRANTED");
        let removed = cloud.post(&format!("{path}%3AremoveRole"), body).await;
        assert_eq!(
            json(&removed)["roles"]["orgRoles"],
            serde_json::json!(["ORG_MEMBER"])
        );
        let twice = cloud.post(&format!("{path}:removeRole"), body).await;
        assert_eq!(twice.status, StatusCode::CONFLICT, "{name}");
        assert_eq!(twice.header("x-error-code"), "ROLE_NOT_GRANTED");
        let last = r#"{"orgRole":"ORG_MEMBER"}"#;
        let last = cloud.post(&format!("{path}:removeRole"), last).await;
        assert_eq!(last.status, StatusCode::BAD_REQUEST, "{name}");
        for (action, body, code) in [
            (":addRole", "{}", "MISSING_ATTRIBUTE"),
            (":addRole", r#"{"orgRole":null}"#, "MISSING_ATTRIBUTE"),
            (":addRole", r#"{"orgRole":7}"#, "INVALID_JSON_ATTRIBUTE"),
            (
                ":addRole",
                r#"{"orgRole":"GROUP_OWNER"}"#,
                "CANNOT_ADD_GROUP_ROLE",
            ),
            (
                ":removeRole",
                r#"{"orgRole":"ORG_KING"}"#,
                "INVALID_ROLE_FOR_ORG",
            ),
            (":addRole", "{", "MALFORMED_JSON"),
            (":promote", "{}", "RESOURCE_NOT_FOUND"),
            ("", "{}", "METHOD_NOT_ALLOWED"),
        ] {
            let answer = cloud.post(&format!("{path}{action}"), body).await;
            assert_eq!(answer.header("x-error-code"), code, "{action} {body}");
        }
    }
    let none = cloud
        .post("/orgs/ORG/users/x:addRole", r#"{"orgRole":"ORG_MEMBER"}"#)
        .await;
    assert_eq!(none.header("x-error-code"), "INVALID_USER_ID");
}

#[tokio::test]
async fn removing_takes_a_member_out_and_withdraws_an_invitation() {
    let cloud = Cloud::new().await;
    cloud.test.member("mia@example.org", Role::Member).await;
    cloud.invite("ann@example.org").await;
    for name in ["mia@example.org", "ann@example.org"] {
        let path = format!("/orgs/ORG/users/{}", cloud.user_id(name).await);
        let removed = cloud.delete(&path).await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT, "{name}");
        assert_eq!(removed.body, "");
        assert_eq!(
            removed.header("content-type"),
            "application/vnd.atlas.2025-02-19+json;charset=utf-8"
        );
        let again = cloud.delete(&path).await;
        assert_eq!(again.header("x-error-code"), "USER_NOT_IN_ORG", "{name}");
    }
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
    let by_name = cloud.get("/users/byName/mia@example.org").await;
    assert_eq!(by_name.header("x-error-code"), "USERNAME_NOT_FOUND");
    insta::assert_snapshot!(
        cloud.people("/orgs/ORG/users?orgMembershipStatuses=ACTIVE,PENDING,INVITATION_EXPIRED,INVITATION_REJECTED").await,
        @r#"
    1 of 1
    owner@acme.example ACTIVE ["ORG_OWNER"] in 0
    "#
    );
}

#[tokio::test]
async fn the_old_version_of_removal_knows_members_only() {
    let cloud = Cloud::new().await;
    cloud.test.member("mia@example.org", Role::Member).await;
    cloud.invite("ann@example.org").await;
    let ann = format!("/orgs/ORG/users/{}", cloud.user_id("ann@example.org").await);
    let kept = cloud.old(Method::DELETE, &ann, "").await;
    assert_eq!(kept.header("x-error-code"), "USER_NOT_IN_ORG");
    let mia = format!("/orgs/ORG/users/{}", cloud.user_id("mia@example.org").await);
    let removed = cloud.old(Method::DELETE, &mia, "").await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        removed.header("content-type"),
        "application/vnd.atlas.2023-01-01+json;charset=utf-8"
    );
    assert_eq!(cloud.get(&ann).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let cloud = Cloud::new().await;
    let owner = format!("/orgs/ORG/users/{}", cloud.test.owner.to_hex());
    let demoted = cloud
        .patch(&owner, r#"{"roles":{"orgRoles":["ORG_MEMBER"]}}"#)
        .await;
    insta::assert_snapshot!(cloud.shown(&demoted), @r#"
    403
    {"detail":"The organization would have no owner left.","error":403,"errorCode":"CANNOT_DEMOTE_LAST_ORG_OWNER","parameters":[],"reason":"Forbidden"}
    "#);
    let raised = cloud
        .post(&format!("{owner}:addRole"), r#"{"orgRole":"ORG_MEMBER"}"#)
        .await;
    assert_eq!(raised.status, StatusCode::OK);
    let body = r#"{"orgRole":"ORG_OWNER"}"#;
    let demoted = cloud.post(&format!("{owner}:removeRole"), body).await;
    assert_eq!(
        demoted.header("x-error-code"),
        "CANNOT_DEMOTE_LAST_ORG_OWNER"
    );
    let removed = cloud.delete(&owner).await;
    insta::assert_snapshot!(cloud.shown(&removed), @r#"
    403
    {"detail":"The organization would have no owner left.","error":403,"errorCode":"CANNOT_DELETE_LAST_ADMIN","parameters":[],"reason":"Forbidden"}
    "#);
    cloud.test.member("second@example.org", Role::Owner).await;
    let demoted = cloud.post(&format!("{owner}:removeRole"), body).await;
    assert_eq!(demoted.status, StatusCode::OK, "there is another one");
}

#[tokio::test]
async fn a_body_that_cannot_be_a_user_is_told_why() {
    let cloud = Cloud::new().await;
    for (body, code) in [
        ("{}", "MISSING_ATTRIBUTE"),
        (r#"{"username":"a@example.org"}"#, "MISSING_ATTRIBUTE"),
        (
            r#"{"username":"a@example.org","roles":{}}"#,
            "MISSING_ATTRIBUTE",
        ),
        (
            r#"{"username":"a@example.org","roles":{"orgRoles":[]}}"#,
            "INVALID_ATTRIBUTE",
        ),
        (
            r#"{"username":"a@example.org","roles":["ORG_MEMBER"]}"#,
            "INVALID_JSON_ATTRIBUTE",
        ),
        (
            r#"{"username":"a","roles":{"orgRoles":["ORG_MEMBER"]}}"#,
            "INVALID_EMAIL_ADDRESS",
        ),
        (
            r#"{"username":"a@example.org","roles":{"orgRoles":["ORG_X"]}}"#,
            "INVALID_ROLE_FOR_ORG",
        ),
        (
            r#"{"username":"a@example.org","roles":{"orgRoles":["ORG_MEMBER"]},"teamIds":["x"]}"#,
            "INVALID_TEAM_ID",
        ),
        ("null", "INVALID_JSON"),
        ("{", "MALFORMED_JSON"),
    ] {
        let answer = cloud.post("/orgs/ORG/users", body).await;
        assert_eq!(
            answer.header("x-error-code"),
            code,
            "{body}: {}",
            answer.body
        );
    }
    insta::assert_snapshot!(cloud.people("/orgs/ORG/users").await, @r#"
    1 of 1
    owner@acme.example ACTIVE ["ORG_OWNER"] in 0
    "#);
}

#[tokio::test]
async fn who_lacks_a_role_changes_nobody() {
    let cloud = Cloud::new().await;
    let reader = cloud
        .test
        .member_key("reader@example.org", Role::ReadOnly, KeyKind::Atlas)
        .await;
    let admin = cloud
        .test
        .member_key("admin@example.org", Role::UserAdmin, KeyKind::Atlas)
        .await;
    let owner = format!("/orgs/ORG/users/{}", cloud.test.owner.to_hex());
    let add = format!("{owner}:addRole");
    for (key, method, path, body) in [
        (&reader, Method::POST, "/orgs/ORG/users", ANN),
        (&reader, Method::PATCH, &owner, r#"{"teamIds":[]}"#),
        (&reader, Method::DELETE, &owner, ""),
        (&reader, Method::POST, &add, r#"{"orgRole":"ORG_MEMBER"}"#),
        (&reader, Method::POST, &add, r#"{"orgRole":"ORG_OWNER"}"#),
        // Nobody touches a role that they could not give.
        (&admin, Method::PATCH, &owner, r#"{"teamIds":[]}"#),
        (&admin, Method::DELETE, &owner, ""),
        (&admin, Method::POST, &add, r#"{"orgRole":"ORG_MEMBER"}"#),
    ] {
        let answer = cloud.call_as(key, method.clone(), path, body).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        assert_eq!(answer.header("x-error-code"), "NOT_ORG_OWNER");
    }
    let me = format!(
        "/orgs/ORG/users/{}",
        cloud.user_id("admin@example.org").await
    );
    let raise = r#"{"roles":{"orgRoles":["ORG_OWNER"]}}"#;
    let raised = cloud.call_as(&admin, Method::PATCH, &me, raise).await;
    assert_eq!(raised.header("x-error-code"), "NOT_ORG_OWNER");
    let seen = cloud.call_as(&reader, Method::GET, &owner, "").await;
    assert_eq!(seen.status, StatusCode::OK);
}

#[tokio::test]
async fn pages_run_through_members_invitees_and_what_came_to_nothing() {
    let cloud = Cloud::new().await;
    for n in 0..3 {
        cloud
            .test
            .member(&format!("m{n}@example.org"), Role::Member)
            .await;
        cloud.test.clock.advance_seconds(1);
    }
    for n in 0..2 {
        cloud.invite(&format!("old{n}@example.org")).await;
        cloud.test.clock.advance_seconds(1);
    }
    cloud.test.clock.advance_seconds(30 * 86_400);
    for n in 0..3 {
        cloud.invite(&format!("p{n}@example.org")).await;
        cloud.test.clock.advance_seconds(1);
    }
    let all = "orgMembershipStatuses=ACTIVE,PENDING,INVITATION_EXPIRED";
    let whole = cloud.people(&format!("/orgs/ORG/users?{all}")).await;
    insta::assert_snapshot!(whole, @r#"
    9 of 9
    owner@acme.example ACTIVE ["ORG_OWNER"] in 0
    m0@example.org ACTIVE ["ORG_MEMBER"] in 0
    m1@example.org ACTIVE ["ORG_MEMBER"] in 0
    m2@example.org ACTIVE ["ORG_MEMBER"] in 0
    p0@example.org PENDING ["ORG_MEMBER"] in 0
    p1@example.org PENDING ["ORG_MEMBER"] in 0
    p2@example.org PENDING ["ORG_MEMBER"] in 0
    old0@example.org INVITATION_EXPIRED ["ORG_MEMBER"] in 0
    old1@example.org INVITATION_EXPIRED ["ORG_MEMBER"] in 0
    "#);
    for size in 1..=10 {
        let mut lines = Vec::new();
        for number in 1..=(9_usize.div_ceil(size) + 1) {
            let path = format!("/orgs/ORG/users?{all}&itemsPerPage={size}&pageNum={number}");
            let page = cloud.people(&path).await;
            let mut page = page.lines().map(str::to_owned);
            let head = page.next().expect("a head");
            assert!(head.ends_with(" of 9"), "{head}");
            lines.extend(page);
        }
        let expected: Vec<&str> = whole.lines().skip(1).collect();
        assert_eq!(lines, expected, "{size} a page");
    }
}
