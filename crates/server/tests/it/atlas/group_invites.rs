//! The legacy invitations to projects: `/groups/{groupId}/invites`.

use axum::http::{Method, StatusCode};
use serde_json::Value;
use vestibule_testkit::answer::Answer;

use super::groups::code;
use super::{Cloud, json, text};

impl Cloud {
    /// Invites somebody to a project; the answer.
    async fn invite_to(&self, group: &str, email: &str) -> Answer {
        let body = format!(r#"{{"roles":["GROUP_OWNER"],"username":"{email}"}}"#);
        self.post(&format!("{group}/invites"), &body).await
    }
}

fn path_of(group: &str, invitation: &Value) -> String {
    format!("{group}/invites/{}", text(invitation, "/id"))
}

#[tokio::test]
async fn the_six_operations_of_an_invitation_to_a_project() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let made = cloud.invite_to(&group, "Ann@example.org").await;
    insta::assert_snapshot!(cloud.shown(&made), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupId":"id1","groupName":"Payments","id":"id2","inviterUsername":"PUBLIC_KEY","roles":["GROUP_OWNER"],"username":"Ann@example.org"}
    "#);
    for (name, value) in [
        ("deprecation", "Wed, 4 Oct 2023 00:00:00 GMT"),
        ("sunset", "Thu, 1 Jul 2027 00:00:00 GMT"),
        ("ratelimit-limit", "1200"),
        (
            "content-type",
            "application/vnd.atlas.2023-01-01+json;charset=utf-8",
        ),
    ] {
        assert_eq!(made.header(name), value, "{name}");
    }
    let made_json = json(&made);
    let path = path_of(&group, &made_json);
    assert_eq!(cloud.get(&path).await.body, made.body);
    for query in ["", "?username=", "?username=ann@example.org"] {
        let listed = cloud.get(&format!("{group}/invites{query}")).await;
        assert_eq!(json(&listed)[0], made_json, "{query}");
    }
    for query in ["?username=bob@example.org", "?username=x"] {
        let listed = cloud.get(&format!("{group}/invites{query}")).await;
        assert_eq!(listed.body, "[]", "{query}");
    }
    let changed = cloud.patch(&path, r#"{"roles":["GROUP_READ_ONLY"]}"#).await;
    assert_eq!(
        json(&changed)["roles"].to_string(),
        r#"["GROUP_READ_ONLY"]"#
    );
    assert_eq!(json(&changed)["expiresAt"], made_json["expiresAt"]);
    assert_eq!(cloud.patch(&path, "{}").await.body, changed.body);
    let by_name = r#"{"roles":["GROUP_OWNER"],"username":"ann@EXAMPLE.org"}"#;
    let changed = cloud.patch(&format!("{group}/invites"), by_name).await;
    assert_eq!(json(&changed), made_json);

    let deleted = cloud.delete(&path).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    for method in [Method::GET, Method::DELETE] {
        let gone = cloud.call(method, &path, "").await;
        assert_eq!(code(&gone), "404 INVALID_INVITATION_ID");
    }
    let none = cloud.patch(&format!("{group}/invites"), by_name).await;
    assert_eq!(code(&none), "404 USERNAME_NOT_FOUND");
}

#[tokio::test]
async fn whoever_is_invited_to_a_project_is_in_no_list_of_users_until_they_accept() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let made = json(&cloud.invite_to(&group, "ann@example.org").await);
    let lists = [
        "/orgs/ORG/users?username=ann@example.org".to_owned(),
        "/orgs/ORG/users?orgMembershipStatuses=PENDING".to_owned(),
        format!("{group}/users?orgMembershipStatuses=PENDING"),
        format!("{group}/users?username=ann@example.org"),
    ];
    for list in &lists {
        assert_eq!(json(&cloud.get(list).await)["totalCount"], 0, "{list}");
    }
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
    let by_name = cloud.get("/users/byName/ann@example.org").await;
    assert_eq!(code(&by_name), "404 USERNAME_NOT_FOUND");

    cloud.accept(&made).await;
    insta::assert_snapshot!(cloud.people("/orgs/ORG/users?username=ann@example.org").await, @r#"
    1 of 1
    ann@example.org ACTIVE ["ORG_MEMBER"] in 0
    "#);
    let users = json(
        &cloud
            .get(&format!("{group}/users?username=ann@example.org"))
            .await,
    );
    assert_eq!(
        users["results"][0]["roles"].to_string(),
        r#"["GROUP_OWNER"]"#
    );
    let gone = cloud.get(&path_of(&group, &made)).await;
    assert_eq!(code(&gone), "404 INVALID_INVITATION_ID");
}

#[tokio::test]
async fn an_invitation_is_deleted_where_it_belongs() {
    let cloud = Cloud::new().await;
    let (payments, search) = (cloud.group("Payments").await, cloud.group("Search").await);
    let to_project = json(&cloud.invite_to(&payments, "ann@example.org").await);
    let to_organization = cloud.invite("ann@example.org").await;
    let id = |invitation: &Value| text(invitation, "/id").to_owned();

    let wrong = cloud
        .delete(&format!("/orgs/ORG/invites/{}", id(&to_project)))
        .await;
    insta::assert_snapshot!(cloud.shown(&wrong), @r#"
    400
    {"detail":"This is an invitation to a project; delete it there.","error":400,"errorCode":"CANNOT_DELETE_GROUP_INVITATION","parameters":["id1"],"reason":"Bad Request"}
    "#);
    let wrong = cloud.delete(&path_of(&payments, &to_organization)).await;
    insta::assert_snapshot!(cloud.shown(&wrong), @r#"
    400
    {"detail":"This is an invitation to an organization; delete it there.","error":400,"errorCode":"CANNOT_DELETE_ORG_INVITATION","parameters":["id1"],"reason":"Bad Request"}
    "#);
    let elsewhere = cloud.delete(&path_of(&search, &to_project)).await;
    assert_eq!(code(&elsewhere), "404 INVALID_INVITATION_ID");
    for (path, body) in [
        (
            format!("/orgs/ORG/invites/{}", id(&to_project)),
            r#"{"roles":["ORG_OWNER"]}"#,
        ),
        (
            path_of(&payments, &to_organization),
            r#"{"roles":["GROUP_OWNER"]}"#,
        ),
    ] {
        assert_eq!(code(&cloud.get(&path).await), "404 INVALID_INVITATION_ID");
        let changed = cloud.patch(&path, body).await;
        assert_eq!(code(&changed), "404 INVALID_INVITATION_ID");
    }
    // Both are as they were.
    assert_eq!(
        cloud.get(&path_of(&payments, &to_project)).await.status,
        200
    );
    let path = format!("/orgs/ORG/invites/{}", id(&to_organization));
    assert_eq!(cloud.delete(&path).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_second_invitation_and_one_of_somebody_who_is_in_are_refused() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    cloud.invite_to(&group, "ann@example.org").await;
    let again = cloud.invite_to(&group, "ANN@example.org").await;
    assert_eq!(code(&again), "400 USER_ALREADY_INVITED");
    let owner = cloud.invite_to(&group, "owner@acme.example").await;
    insta::assert_snapshot!(cloud.shown(&owner), @r#"
    400
    {"detail":"This person has roles in the project already.","error":400,"errorCode":"USER_ALREADY_IN_GROUP","parameters":[],"reason":"Bad Request"}
    "#);

    let cloud = Cloud::with_settings(|settings| settings.atlas_duplicate_conflict = true).await;
    let group = cloud.group("Payments").await;
    cloud.invite_to(&group, "ann@example.org").await;
    let again = cloud.invite_to(&group, "ann@example.org").await;
    assert_eq!(code(&again), "409 USER_ALREADY_INVITED");
    let owner = cloud.invite_to(&group, "owner@acme.example").await;
    assert_eq!(code(&owner), "409 USER_ALREADY_IN_GROUP");
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_to_a_project_is_said() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let made = json(&cloud.invite_to(&group, "ann@example.org").await);
    for (body, expected) in [
        (r#"{"roles":["GROUP_OWNER"]}"#, "400 MISSING_ATTRIBUTE"),
        (r#"{"username":"a@example.org"}"#, "400 MISSING_ATTRIBUTE"),
        (
            r#"{"username":"a@example.org","roles":[]}"#,
            "400 INVALID_ATTRIBUTE",
        ),
        (
            r#"{"username":"a","roles":["GROUP_OWNER"]}"#,
            "400 INVALID_EMAIL_ADDRESS",
        ),
        (
            r#"{"username":"a@example.org","roles":["ORG_MEMBER"]}"#,
            "400 INVALID_ROLE_FOR_GROUP",
        ),
        (
            r#"{"username":"a@example.org","roles":["KING"]}"#,
            "400 INVALID_ENUM_VALUE",
        ),
        (r#"{"username":7}"#, "400 INVALID_JSON_ATTRIBUTE"),
        ("[]", "400 INVALID_JSON"),
        ("{", "400 MALFORMED_JSON"),
        ("", "400 INVALID_JSON"),
    ] {
        let answer = cloud.post(&format!("{group}/invites"), body).await;
        assert_eq!(code(&answer), expected, "{body}");
    }
    let path = path_of(&group, &made);
    for (body, expected) in [
        (r#"{"roles":[]}"#, "400 INVALID_ATTRIBUTE"),
        (r#"{"roles":["ORG_OWNER"]}"#, "400 INVALID_ROLE_FOR_GROUP"),
        (r#"{"roles":{}}"#, "400 INVALID_JSON_ATTRIBUTE"),
    ] {
        assert_eq!(code(&cloud.patch(&path, body).await), expected, "{body}");
    }
    for id in ["nope", "5f0000000000000000000002"] {
        let path = format!("{group}/invites/{id}");
        assert_eq!(code(&cloud.get(&path).await), "404 INVALID_INVITATION_ID");
    }
    assert_eq!(json(&cloud.get(&path).await), made, "nothing was written");
}

#[tokio::test]
async fn after_thirty_days_and_after_its_project_an_invitation_is_gone() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let made = json(&cloud.invite_to(&group, "ann@example.org").await);
    cloud.test.clock.advance_seconds(30 * 86_400);
    assert_eq!(cloud.get(&format!("{group}/invites")).await.body, "[]");
    let gone = cloud.get(&path_of(&group, &made)).await;
    assert_eq!(code(&gone), "404 INVALID_INVITATION_ID");
    let anew = json(&cloud.invite_to(&group, "ann@example.org").await);
    assert_ne!(anew["id"], made["id"]);

    let stored = cloud.stored(&anew).await;
    cloud.delete(&group).await;
    let gone = cloud.get(&path_of(&group, &anew)).await;
    assert_eq!(code(&gone), "404 GROUP_NOT_FOUND");
    let token = cloud.test.token(&stored);
    let body = format!(r#"{{"token":"{token}"}}"#);
    let dead = cloud
        .send(Method::POST, "/v1/invitations/accept", "", &body)
        .await;
    assert_eq!(dead.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_legacy_invitations_to_projects_end_with_the_others() {
    let cloud = Cloud::with_settings(|settings| settings.atlas_sunset = true).await;
    let group = cloud.group("Payments").await;
    cloud.test.clock.advance_seconds(2 * 365 * 86_400);
    let gone = cloud.get(&format!("{group}/invites")).await;
    assert_eq!(code(&gone), "410 VERSION_GONE");
}

#[tokio::test]
async fn an_organizations_invitation_promises_roles_in_projects_one_element_for_each() {
    let cloud = Cloud::new().await;
    let (payments, search) = (cloud.group("Payments").await, cloud.group("Search").await);
    let body = format!(
        r#"{{"username":"ann@example.org","roles":["ORG_MEMBER"],"groupRoleAssignments":[{{"groupId":"{}","roles":["GROUP_OWNER","GROUP_READ_ONLY"]}},{{"groupId":"{}","roles":["GROUP_BACKUP_MANAGER"]}}]}}"#,
        &payments[8..],
        &search[8..]
    );
    let made = cloud.post("/orgs/ORG/invites", &body).await;
    insta::assert_snapshot!(cloud.shown(&made), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupRoleAssignments":[{"groupId":"id1","groupRole":"GROUP_OWNER"},{"groupId":"id1","groupRole":"GROUP_READ_ONLY"},{"groupId":"id2","groupRole":"GROUP_BACKUP_MANAGER"}],"id":"id3","inviterUsername":"PUBLIC_KEY","orgId":"id4","orgName":"Acme","roles":["ORG_MEMBER"],"teamIds":[],"username":"ann@example.org"}
    "#);
    let made = json(&made);
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    let kept = cloud.patch(&path, r#"{"roles":["ORG_READ_ONLY"]}"#).await;
    assert_eq!(
        json(&kept)["groupRoleAssignments"],
        made["groupRoleAssignments"]
    );
    let edit = format!(
        r#"{{"groupRoleAssignments":[{{"groupId":"{}","roles":["GROUP_OWNER"]}}]}}"#,
        &search[8..]
    );
    let changed = json(&cloud.patch(&path, &edit).await);
    assert_eq!(
        changed["groupRoleAssignments"].as_array().map(Vec::len),
        Some(1)
    );
    let pending = json(&cloud.get("/orgs/ORG/users?username=ann@example.org").await);
    insta::assert_snapshot!(pending["results"][0]["roles"].to_string().replace(&search[8..], "SEARCH"), @r#"{"groupRoleAssignments":[{"groupId":"SEARCH","groupRoles":["GROUP_OWNER"]}],"orgRoles":["ORG_READ_ONLY"]}"#);
    cloud.accept(&made).await;
    let active = json(&cloud.get("/orgs/ORG/users?username=ann@example.org").await);
    assert_eq!(
        active["results"][0]["roles"],
        pending["results"][0]["roles"]
    );
    let cleared = cloud
        .get(&format!("{payments}/users?username=ann@example.org"))
        .await;
    assert_eq!(json(&cleared)["totalCount"], 0);
}
