//! Projects: `/groups`, `/orgs/{orgId}/groups`, and who may do what to them.

use axum::http::{Method, StatusCode};
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::Secret;

use super::{Cloud, json, text};

impl Cloud {
    /// A new project; its path.
    pub(super) async fn group(&self, name: &str) -> String {
        let body = format!(r#"{{"name":"{name}","orgId":"{}"}}"#, self.org);
        let made = self.post("/groups", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        format!("/groups/{}", text(&json(&made), "/id"))
    }

    /// The programmatic key of a new plain member.
    pub(super) async fn member_key(&self, email: &str) -> Secret {
        self.test
            .member_key(email, Role::Member, KeyKind::Atlas)
            .await
    }

    /// Puts somebody into a project, as its owner; the answer.
    pub(super) async fn add(&self, group: &str, email: &str, role: &str) -> Answer {
        let body = format!(r#"{{"roles":["{role}"],"username":"{email}"}}"#);
        self.post(&format!("{group}/users"), &body).await
    }
}

pub(super) fn code(answer: &Answer) -> String {
    format!(
        "{} {}",
        answer.status.as_u16(),
        answer.header("x-error-code")
    )
    .trim_end()
    .to_owned()
}

#[tokio::test]
async fn a_project_is_made_read_renamed_and_deleted() {
    let cloud = Cloud::new().await;
    let body = format!(r#"{{"name":"Payments","orgId":"{}"}}"#, cloud.org);
    let made = cloud.post("/groups", &body).await;
    insta::assert_snapshot!(cloud.shown(&made), @r#"
    201
    {"clusterCount":0,"created":"2026-03-01T09:00:00Z","id":"id1","links":[{"href":"https://vestibule.example/api/atlas/v2/groups/id1","rel":"self"}],"name":"Payments","orgId":"id2"}
    "#);
    assert_eq!(made.header("ratelimit-limit"), "1200");
    let path = format!("/groups/{}", text(&json(&made), "/id"));
    assert!(made.header("location").ends_with(&path));
    assert_eq!(cloud.get(&path).await.body, made.body);
    insta::assert_snapshot!(code(&cloud.post("/groups", &body).await), @"409 GROUP_ALREADY_EXISTS");

    let renamed = cloud.patch(&path, r#"{"name":"Billing"}"#).await;
    assert_eq!(text(&json(&renamed), "/name"), "Billing");
    assert_eq!(cloud.patch(&path, "{}").await.body, renamed.body);
    for list in [
        "/groups",
        "/orgs/ORG/groups",
        "/orgs/ORG/groups?name=Billing",
    ] {
        let page = json(&cloud.get(list).await);
        assert_eq!(page["results"][0]["name"], "Billing", "{list}");
        assert_eq!(page["totalCount"], 1, "{list}");
    }
    let none = cloud.get("/orgs/ORG/groups?name=Payments").await;
    assert_eq!(json(&none)["totalCount"], 0);

    let deleted = cloud.delete(&path).await;
    insta::assert_snapshot!(cloud.shown(&deleted), @r"
    202
    {}
    ");
    insta::assert_snapshot!(cloud.shown(&cloud.get(&path).await), @r#"
    404
    {"detail":"No group with ID id1 exists.","error":404,"errorCode":"GROUP_NOT_FOUND","parameters":["id1"],"reason":"Not Found"}
    "#);
    assert_eq!(cloud.post("/groups", &body).await.status, 201);
}

#[tokio::test]
async fn lists_of_projects_have_pages() {
    let cloud = Cloud::new().await;
    for name in ["A", "B", "C"] {
        cloud.group(name).await;
    }
    let page = json(&cloud.get("/groups?itemsPerPage=2&pageNum=2").await);
    assert_eq!(page["totalCount"], 3);
    assert_eq!(page["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        code(&cloud.get("/groups?pageNum=0").await),
        "400 VALIDATION_ERROR"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_project_is_said() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let long = "x".repeat(65);
    for (body, expected) in [
        (
            format!(r#"{{"orgId":"{}"}}"#, cloud.org),
            "400 MISSING_ATTRIBUTE",
        ),
        (r#"{"name":"A"}"#.to_owned(), "400 MISSING_ATTRIBUTE"),
        (
            r#"{"name":"A","orgId":"x"}"#.to_owned(),
            "404 INVALID_ORG_ID",
        ),
        (
            r#"{"name":"A","orgId":"5f0000000000000000000001"}"#.to_owned(),
            "404 ORG_NOT_FOUND",
        ),
        (
            format!(r#"{{"name":"a/b","orgId":"{}"}}"#, cloud.org),
            "400 INVALID_ATTRIBUTE",
        ),
        (
            format!(r#"{{"name":"{long}","orgId":"{}"}}"#, cloud.org),
            "400 INVALID_ATTRIBUTE",
        ),
        (r#"{"name":7}"#.to_owned(), "400 INVALID_JSON_ATTRIBUTE"),
        ("{".to_owned(), "400 MALFORMED_JSON"),
        (String::new(), "400 INVALID_JSON"),
    ] {
        assert_eq!(
            code(&cloud.post("/groups", &body).await),
            expected,
            "{body}"
        );
    }
    cloud.group("Search").await;
    for (body, expected) in [
        (r#"{"name":"Search"}"#, "409 GROUP_ALREADY_EXISTS"),
        (r#"{"name":""}"#, "400 INVALID_ATTRIBUTE"),
        ("[]", "400 INVALID_JSON"),
    ] {
        assert_eq!(code(&cloud.patch(&group, body).await), expected, "{body}");
    }
}

#[tokio::test]
async fn an_id_of_no_project_is_not_found_wherever_it_stands() {
    let cloud = Cloud::new().await;
    let stranger = cloud.test.other_organization("Globex").await;
    let body = format!(
        r#"{{"name":"Theirs","orgId":"{}"}}"#,
        stranger.key.organization.to_hex()
    );
    let request = |path: &str| (format!("/api/atlas/v2{path}"), stranger.bearer());
    let (path, bearer) = request("/groups");
    let theirs = cloud.send(Method::POST, &path, &bearer, &body).await;
    let theirs = text(&json(&theirs), "/id").to_owned();
    let user = cloud.test.owner.to_hex();
    let invite = r#"{"roles":["GROUP_OWNER"],"username":"a@example.org"}"#;
    for (id, expected) in [
        (theirs.as_str(), "404 GROUP_NOT_FOUND"),
        ("5f0000000000000000000001", "404 GROUP_NOT_FOUND"),
        ("payments", "404 INVALID_GROUP_ID"),
    ] {
        for (method, below, body) in [
            (Method::GET, "", ""),
            (Method::PATCH, "", r#"{"name":"x"}"#),
            (Method::DELETE, "", ""),
            (Method::GET, "/users", ""),
            (Method::POST, "/users", invite),
            (Method::GET, &format!("/users/{user}"), ""),
            (Method::DELETE, &format!("/users/{user}"), ""),
            (
                Method::POST,
                &format!("/users/{user}:addRole"),
                r#"{"groupRole":"GROUP_OWNER"}"#,
            ),
            (Method::GET, "/invites", ""),
            (Method::POST, "/invites", invite),
            (Method::PATCH, "/invites", invite),
            (Method::GET, "/invites/5f0000000000000000000002", ""),
            (Method::PATCH, "/invites/5f0000000000000000000002", "{}"),
            (Method::DELETE, "/invites/5f0000000000000000000002", ""),
        ] {
            let path = format!("/groups/{id}{below}");
            let answer = cloud.call(method.clone(), &path, body).await;
            assert_eq!(code(&answer), expected, "{method} {path}");
            assert!(!answer.body.contains("Theirs"));
        }
    }
    insta::assert_snapshot!(cloud.get("/groups/5f0000000000000000000001").await.body, @r#"{"detail":"No group with ID 5f0000000000000000000001 exists.","error":404,"errorCode":"GROUP_NOT_FOUND","parameters":["5f0000000000000000000001"],"reason":"Not Found"}"#);
}

#[tokio::test]
async fn no_project_opens_without_a_credential_or_with_a_wrong_one() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    for path in ["", "/users", "/invites", "/users/5f0000000000000000000002"] {
        for credential in ["", "Bearer nonsense"] {
            let path = format!("/api/atlas/v2{group}{path}");
            let answer = cloud.send(Method::GET, &path, credential, "").await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    for (method, path) in [(Method::GET, "/groups"), (Method::POST, "/groups")] {
        let path = format!("/api/atlas/v2{path}");
        let answer = cloud.send(method, &path, "", "{}").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn who_owns_neither_project_nor_organization_changes_nothing() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Payments").await;
    let member = cloud.member_key("bob@acme.example").await;
    let bob = cloud.user_id("bob@acme.example").await;
    cloud
        .add(&group, "bob@acme.example", "GROUP_DATA_ACCESS_ADMIN")
        .await;
    let invite = r#"{"roles":["GROUP_READ_ONLY"],"username":"a@example.org"}"#;
    let owner = cloud.test.owner.to_hex();
    for (method, below, body) in [
        (Method::PATCH, "", r#"{"name":"x"}"#),
        (Method::DELETE, "", ""),
        (Method::POST, "/users", invite),
        (Method::POST, "/invites", invite),
        (Method::DELETE, &format!("/users/{owner}"), ""),
        (
            Method::POST,
            &format!("/users/{bob}:addRole"),
            r#"{"groupRole":"GROUP_OWNER"}"#,
        ),
        (
            Method::POST,
            &format!("/users/{owner}:removeRole"),
            r#"{"groupRole":"GROUP_OWNER"}"#,
        ),
    ] {
        let path = format!("{group}{below}");
        let answer = cloud.call_as(&member, method.clone(), &path, body).await;
        assert_eq!(code(&answer), "401 NOT_GROUP_USER_ADMIN", "{method} {path}");
    }
    let body = format!(r#"{{"name":"Mine","orgId":"{}"}}"#, cloud.org);
    let answer = cloud.call_as(&member, Method::POST, "/groups", &body).await;
    assert_eq!(code(&answer), "401 NOT_ORG_OWNER");
    // Everybody may go.
    let path = format!("{group}/users/{bob}");
    let left = cloud.call_as(&member, Method::DELETE, &path, "").await;
    assert_eq!(left.status, StatusCode::NO_CONTENT, "{}", left.body);
}

#[tokio::test]
async fn a_project_is_found_by_its_name() {
    let cloud = Cloud::new().await;
    let group = cloud.group("Größe 7").await;
    let found = cloud.get("/groups/byName/Gr%C3%B6%C3%9Fe%207").await;
    assert_eq!(found.body, cloud.get(&group).await.body);
    insta::assert_snapshot!(cloud.shown(&cloud.get("/groups/byName/none").await), @r#"
    404
    {"detail":"No group with name \"none\" exists.","error":404,"errorCode":"GROUP_NAME_NOT_FOUND","parameters":["none"],"reason":"Not Found"}
    "#);
    cloud.delete(&group).await;
    let deleted = cloud.get("/groups/byName/Gr%C3%B6%C3%9Fe%207").await;
    assert_eq!(code(&deleted), "404 GROUP_NAME_NOT_FOUND");
}

/// The key of a service account, and the path of a project that it has made.
async fn robots(cloud: &Cloud) -> (Secret, String) {
    let robot = cloud
        .test
        .service_account_key(KeyKind::Atlas, Role::ProjectCreator)
        .await;
    let body = format!(r#"{{"name":"Robots","orgId":"{}"}}"#, cloud.org);
    let made = cloud.call_as(&robot, Method::POST, "/groups", &body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let group = format!("/groups/{}", text(&json(&made), "/id"));
    (robot, group)
}

#[tokio::test]
async fn a_service_account_owns_the_projects_it_makes_and_no_others() {
    let cloud = Cloud::new().await;
    let (robot, theirs) = robots(&cloud).await;
    let other = cloud.group("People").await;

    let invite = r#"{"roles":["GROUP_OWNER"],"username":"ann@x.example"}"#;
    let mut codes = Vec::new();
    for group in [&theirs, &other] {
        for (method, path, body) in [
            (Method::PATCH, group.clone(), r#"{"name":"Renamed"}"#),
            (Method::POST, format!("{group}/invites"), invite),
            (Method::POST, format!("{group}/users"), invite),
            (Method::DELETE, group.clone(), ""),
        ] {
            let answer = cloud.call_as(&robot, method, &path, body).await;
            codes.push(code(&answer));
        }
    }
    insta::assert_snapshot!(codes.join("\n"), @r"
    200
    200
    201
    202
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    401 NOT_GROUP_USER_ADMIN
    ");
}

#[tokio::test]
async fn what_a_service_account_promises_in_its_project_is_kept() {
    let cloud = Cloud::new().await;
    let (robot, group) = robots(&cloud).await;
    let invite = r#"{"roles":["GROUP_OWNER"],"username":"ann@x.example"}"#;
    let invites = format!("{group}/invites");
    let invited = cloud.call_as(&robot, Method::POST, &invites, invite).await;
    cloud.accept(&json(&invited)).await;
    let people = json(&cloud.get(&format!("{group}/users")).await);
    assert_eq!(people["totalCount"], 1, "the robot is no person");
    assert_eq!(people["results"][0]["username"], "ann@x.example");
    assert_eq!(people["results"][0]["roles"][0], "GROUP_OWNER");
}
