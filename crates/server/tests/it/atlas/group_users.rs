//! Who is in a project: `/groups/{groupId}/users`.

use axum::http::{Method, StatusCode};
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;

use super::groups::code;
use super::{Cloud, json, text};

impl Cloud {
    /// Who is in a project, one a line.
    async fn in_group(&self, path: &str) -> String {
        let page = json(&self.get(path).await);
        let lines = page["results"].as_array().expect("a page").iter();
        let lines = lines.map(|user| {
            let name = text(user, "/username");
            let status = text(user, "/orgMembershipStatus");
            format!("{name} {status} {}", user["roles"])
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[tokio::test]
async fn a_member_is_in_a_project_at_once_and_a_stranger_is_invited() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    cloud.member_key("bob@acme.example").await;
    let bob = cloud.add(&group, "bob@acme.example", "GROUP_OWNER").await;
    insta::assert_snapshot!(cloud.shown(&bob), @r#"
    201
    {"createdAt":"2026-03-01T09:00:00Z","firstName":"","id":"id1","lastName":"","mobileNumber":null,"orgMembershipStatus":"ACTIVE","roles":["GROUP_OWNER"],"username":"bob@acme.example"}
    "#);
    let ann = cloud
        .add(&group, "Ann@example.org", "GROUP_DATA_ACCESS_READ_ONLY")
        .await;
    insta::assert_snapshot!(cloud.shown(&ann), @r#"
    201
    {"id":"id1","invitationCreatedAt":"2026-03-01T09:00:00Z","invitationExpiresAt":"2026-03-31T09:00:00Z","inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"PENDING","roles":["GROUP_DATA_ACCESS_READ_ONLY"],"username":"Ann@example.org"}
    "#);
    insta::assert_snapshot!(cloud.in_group(&format!("{group}/users")).await, @r#"
    owner@acme.example ACTIVE ["GROUP_OWNER"]
    bob@acme.example ACTIVE ["GROUP_OWNER"]
    Ann@example.org PENDING ["GROUP_DATA_ACCESS_READ_ONLY"]
    "#);
    // The invitation is one to the organization, with the lowest role.
    let invites = cloud.get("/orgs/ORG/invites").await;
    insta::assert_snapshot!(cloud.shown(&invites), @r#"
    200
    [{"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupRoleAssignments":[{"groupId":"id1","groupRole":"GROUP_DATA_ACCESS_READ_ONLY"}],"id":"id2","inviterUsername":"PUBLIC_KEY","orgId":"id3","orgName":"Acme","roles":["ORG_MEMBER"],"teamIds":[],"username":"Ann@example.org"}]
    "#);
    assert_eq!(cloud.get(&format!("{group}/invites")).await.body, "[]");

    for email in ["bob@acme.example", "ann@EXAMPLE.org"] {
        let again = cloud.add(&group, email, "GROUP_READ_ONLY").await;
        assert_eq!(code(&again), "409 USER_ALREADY_IN_GROUP", "{email}");
    }
    cloud.accept(&json(&invites)[0]).await;
    insta::assert_snapshot!(cloud.in_group(&format!("{group}/users?username=ann@example.org")).await, @r#"Ann@example.org ACTIVE ["GROUP_DATA_ACCESS_READ_ONLY"]"#);
    let by_name = cloud.get("/users/byName/ann@example.org").await;
    insta::assert_snapshot!(json(&by_name)["roles"].to_string().replace(&cloud.org, "ORG").replace(&group[8..], "GROUP"), @r#"[{"orgId":"ORG","roleName":"ORG_MEMBER"},{"groupId":"GROUP","roleName":"GROUP_DATA_ACCESS_READ_ONLY"}]"#);
    assert_eq!(text(&json(&by_name), "/id"), text(&json(&ann), "/id"));
}

#[tokio::test]
async fn an_open_invitation_to_the_organization_takes_the_project_in() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let invited = cloud.invite("ann@example.org").await;
    let added = cloud.add(&group, "ann@example.org", "GROUP_OWNER").await;
    assert_eq!(added.status, 201, "{}", added.body);
    let path = format!("/orgs/ORG/invites/{}", text(&invited, "/id"));
    let shown = json(&cloud.get(&path).await);
    assert_eq!(shown["groupRoleAssignments"][0]["groupRole"], "GROUP_OWNER");
    let user = text(&json(&added), "/id").to_owned();
    let user = format!("{group}/users/{user}");

    let more = cloud
        .post(
            &format!("{user}:addRole"),
            r#"{"groupRole":"GROUP_READ_ONLY"}"#,
        )
        .await;
    assert_eq!(
        json(&more)["roles"].to_string(),
        r#"["GROUP_OWNER","GROUP_READ_ONLY"]"#
    );
    // The old version knows members only.
    assert_eq!(
        code(&cloud.old(Method::DELETE, &user, "").await),
        "404 USER_NOT_IN_GROUP"
    );
    assert_eq!(cloud.delete(&user).await.status, StatusCode::NO_CONTENT);
    assert_eq!(code(&cloud.get(&user).await), "404 USER_NOT_IN_GROUP");
    let shown = json(&cloud.get(&path).await);
    assert_eq!(shown["groupRoleAssignments"].to_string(), "[]");
    cloud.accept(&invited).await;
    assert_eq!(
        cloud
            .in_group(&format!("{group}/users?username=ann@example.org"))
            .await,
        ""
    );
}

#[tokio::test]
async fn roles_are_given_and_taken_one_by_one() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    cloud.member_key("bob@acme.example").await;
    let bob = cloud.add(&group, "bob@acme.example", "GROUP_OWNER").await;
    let bob = format!("{group}/users/{}", text(&json(&bob), "/id"));
    let act = async |action: &str, body: &str| cloud.post(&format!("{bob}:{action}"), body).await;
    let role = |role: &str| format!(r#"{{"groupRole":"{role}"}}"#);
    let more = act("addRole", &role("GROUP_READ_ONLY")).await;
    insta::assert_snapshot!(cloud.shown(&more), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","firstName":"","id":"id1","lastName":"","mobileNumber":null,"orgMembershipStatus":"ACTIVE","roles":["GROUP_OWNER","GROUP_READ_ONLY"],"username":"bob@acme.example"}
    "#);
    let less = act("removeRole", &role("GROUP_OWNER")).await;
    assert_eq!(json(&less)["roles"].to_string(), r#"["GROUP_READ_ONLY"]"#);
    for (action, body, expected) in [
        (
            "addRole",
            role("GROUP_READ_ONLY"),
            "409 ROLE_ALREADY_GRANTED",
        ),
        ("removeRole", role("GROUP_OWNER"), "409 ROLE_NOT_GRANTED"),
        (
            "removeRole",
            role("GROUP_READ_ONLY"),
            "400 INVALID_ATTRIBUTE",
        ),
        ("addRole", role("ORG_OWNER"), "400 INVALID_ROLE_FOR_GROUP"),
        ("addRole", role("KING"), "400 INVALID_ENUM_VALUE"),
        ("addRole", "{}".to_owned(), "400 MISSING_ATTRIBUTE"),
        ("addRole", "{".to_owned(), "400 MALFORMED_JSON"),
        ("crown", role("GROUP_OWNER"), "404 RESOURCE_NOT_FOUND"),
    ] {
        assert_eq!(code(&act(action, &body).await), expected, "{action} {body}");
    }
    assert_eq!(
        code(&cloud.post(&bob, "{}").await),
        "405 METHOD_NOT_ALLOWED"
    );
    let nobody = format!("{group}/users/5f0000000000000000000002:addRole");
    let answer = cloud.post(&nobody, &role("GROUP_OWNER")).await;
    assert_eq!(code(&answer), "404 USER_NOT_IN_GROUP");
    let none = format!("{group}/users/bob:addRole");
    let answer = cloud.post(&none, &role("GROUP_OWNER")).await;
    assert_eq!(code(&answer), "404 INVALID_USER_ID");
}

#[tokio::test]
async fn the_old_version_lists_members_in_its_own_shape() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    cloud.add(&group, "ann@example.org", "GROUP_OWNER").await;
    let page = cloud.old(Method::GET, &format!("{group}/users"), "").await;
    let page = json(&page);
    assert_eq!(page["totalCount"], 1, "{page}");
    insta::assert_snapshot!(page["results"][0]["roles"].to_string().replace(&cloud.org, "ORG").replace(&group[8..], "GROUP"), @r#"[{"orgId":"ORG","roleName":"ORG_OWNER"},{"groupId":"GROUP","roleName":"GROUP_OWNER"}]"#);
    let owner = format!("{group}/users/{}", cloud.test.owner.to_hex());
    let removed = cloud.old(Method::DELETE, &owner, "").await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        cloud
            .in_group(&format!("{group}/users?orgMembershipStatuses=ACTIVE"))
            .await,
        ""
    );
}

#[tokio::test]
async fn what_is_wrong_with_somebody_to_add_is_said() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
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
            r#"{"username":"a@example.org","roles":["GROUP_KING"]}"#,
            "400 INVALID_ROLE_FOR_GROUP",
        ),
        (
            r#"{"username":"a@example.org","roles":"GROUP_OWNER"}"#,
            "400 INVALID_JSON_ATTRIBUTE",
        ),
        ("null", "400 INVALID_JSON"),
    ] {
        let answer = cloud.post(&format!("{group}/users"), body).await;
        assert_eq!(code(&answer), expected, "{body}");
    }
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
}

#[tokio::test]
async fn sec_s10_a_projects_owner_lets_people_in_and_they_can_accept() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let owner = cloud.member_key("bob@acme.example").await;
    cloud.add(&group, "bob@acme.example", "GROUP_OWNER").await;
    let body = r#"{"roles":["GROUP_READ_ONLY"],"username":"ann@example.org"}"#;
    let made = cloud
        .call_as(&owner, Method::POST, &format!("{group}/users"), body)
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let invited = json(&cloud.get("/orgs/ORG/invites").await)[0].clone();
    cloud.accept(&invited).await;
    insta::assert_snapshot!(cloud.in_group(&format!("{group}/users?username=ann@example.org")).await, @r#"ann@example.org ACTIVE ["GROUP_READ_ONLY"]"#);
    // To the organization itself such an owner invites nobody.
    let body = r#"{"roles":["ORG_MEMBER"],"username":"eve@example.org"}"#;
    let answer = cloud
        .call_as(&owner, Method::POST, "/orgs/ORG/invites", body)
        .await;
    assert_eq!(code(&answer), "401 NOT_ORG_OWNER");
}

#[tokio::test]
async fn an_expired_promise_is_shown_when_asked_for_and_replaced() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let first = cloud.add(&group, "ann@example.org", "GROUP_OWNER").await;
    cloud.test.clock.advance_seconds(31 * 86_400);
    let users = format!("{group}/users?orgMembershipStatuses=");
    assert_eq!(cloud.in_group(&format!("{users}PENDING")).await, "");
    insta::assert_snapshot!(cloud.in_group(&format!("{users}INVITATION_EXPIRED")).await, @r#"ann@example.org INVITATION_EXPIRED ["GROUP_OWNER"]"#);
    let path = format!("{group}/users/{}", text(&json(&first), "/id"));
    assert_eq!(code(&cloud.get(&path).await), "404 USER_NOT_IN_GROUP");
    assert_eq!(code(&cloud.delete(&path).await), "404 USER_NOT_IN_GROUP");
    let second = cloud
        .add(&group, "ann@example.org", "GROUP_READ_ONLY")
        .await;
    assert_eq!(second.status, 201, "{}", second.body);
}

#[tokio::test]
async fn users_of_the_organization_are_made_and_changed_with_roles_in_projects() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let id = &group[8..];
    let body = format!(
        r#"{{"username":"ann@example.org","roles":{{"orgRoles":["ORG_MEMBER"],"groupRoleAssignments":[{{"groupId":"{id}","groupRoles":["GROUP_OWNER"]}}]}}}}"#
    );
    let made = json(&cloud.post("/orgs/ORG/users", &body).await);
    assert_eq!(
        made["roles"]["groupRoleAssignments"][0]["groupRoles"][0],
        "GROUP_OWNER"
    );
    let user = format!("/orgs/ORG/users/{}", text(&made, "/id"));
    let invited = json(&cloud.get("/orgs/ORG/invites").await)[0].clone();
    let edit = |roles: &str| {
        format!(
            r#"{{"roles":{{"groupRoleAssignments":[{{"groupId":"{id}","groupRoles":["{roles}"]}}]}}}}"#
        )
    };
    for round in ["pending", "active"] {
        let changed = json(&cloud.patch(&user, &edit("GROUP_READ_ONLY")).await);
        let assignments = changed["roles"]["groupRoleAssignments"].to_string();
        assert_eq!(
            assignments.replace(id, "GROUP"),
            r#"[{"groupId":"GROUP","groupRoles":["GROUP_READ_ONLY"]}]"#,
            "{round}"
        );
        let kept = json(&cloud.patch(&user, r#"{"teamIds":[]}"#).await);
        assert_eq!(kept["roles"], changed["roles"], "{round}");
        let none = json(
            &cloud
                .patch(&user, r#"{"roles":{"groupRoleAssignments":[]}}"#)
                .await,
        );
        assert_eq!(none["roles"]["groupRoleAssignments"].to_string(), "[]");
        cloud.patch(&user, &edit("GROUP_OWNER")).await;
        if round == "pending" {
            cloud.accept(&invited).await;
        }
    }
    for (roles, expected) in [
        (edit("ORG_OWNER"), "400 INVALID_ROLE_FOR_GROUP"),
        (edit("GROUP_OWNER").replace(id, "x"), "404 INVALID_GROUP_ID"),
        (
            edit("GROUP_OWNER").replace(id, "5f0000000000000000000001"),
            "404 GROUP_NOT_FOUND",
        ),
    ] {
        assert_eq!(code(&cloud.patch(&user, &roles).await), expected, "{roles}");
    }
}

#[tokio::test]
async fn what_a_projects_owner_promised_only_owners_of_it_take_back() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let admin = cloud
        .test
        .member_key("adm@acme.example", Role::UserAdmin, KeyKind::Atlas);
    let admin = admin.await;
    cloud.add(&group, "ann@example.org", "GROUP_OWNER").await;
    let invited = json(&cloud.get("/orgs/ORG/invites").await)[0].clone();
    let invite = format!("/orgs/ORG/invites/{}", text(&invited, "/id"));
    let user = format!("/orgs/ORG/users/{}", cloud.user_id("ann@example.org").await);
    let by_name =
        r#"{"username":"ann@example.org","roles":["ORG_MEMBER"],"groupRoleAssignments":[]}"#;
    for (path, body) in [
        (invite.as_str(), r#"{"groupRoleAssignments":[]}"#),
        ("/orgs/ORG/invites", by_name),
        (&user, r#"{"roles":{"groupRoleAssignments":[]}}"#),
    ] {
        let refused = cloud.call_as(&admin, Method::PATCH, path, body).await;
        assert_eq!(code(&refused), "401 NOT_GROUP_USER_ADMIN", "{path}");
        let detail = text(&json(&refused), "/detail").replace(&group[8..], "GROUP");
        assert_eq!(
            detail,
            "What somebody has in the project GROUP is changed by an owner of it or of the organization."
        );
    }
    assert_eq!(json(&cloud.get("/orgs/ORG/invites").await)[0], invited);
    // Roles in the organization are whoever invites people's to change.
    let body = r#"{"roles":["ORG_READ_ONLY"]}"#;
    let changed = cloud.call_as(&admin, Method::PATCH, &invite, body).await;
    let assignments = &json(&changed)["groupRoleAssignments"];
    assert_eq!(
        *assignments, invited["groupRoleAssignments"],
        "{}",
        changed.body
    );
    let emptied = cloud.patch(&invite, r#"{"groupRoleAssignments":[]}"#).await;
    assert_eq!(json(&emptied)["groupRoleAssignments"].to_string(), "[]");
}
