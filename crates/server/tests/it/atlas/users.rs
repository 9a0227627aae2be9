//! People, by name and by organization.

use vestibule_core::role::Role;

use super::*;

#[tokio::test]
async fn a_member_is_found_by_name_with_their_roles() {
    let cloud = Cloud::new().await;
    let found = cloud.get("/users/byName/Owner@ACME.example").await;
    insta::assert_snapshot!(cloud.shown(&found), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","emailAddress":"owner@acme.example","firstName":"","id":"id1","lastName":"","links":[],"roles":[{"orgId":"id2","roleName":"ORG_OWNER"}],"teamIds":[],"username":"owner@acme.example"}
    "#);
    assert_eq!(found.header("ratelimit-limit"), "2500");
    assert_eq!(found.header("deprecation"), "Wed, 19 Feb 2025 00:00:00 GMT");
}

#[tokio::test]
async fn who_is_no_member_is_not_found_by_name() {
    let cloud = Cloud::new().await;
    cloud.invite("invited@example.org").await;
    let unknown = cloud.get("/users/byName/unknown@example.org").await;
    insta::assert_snapshot!(cloud.shown(&unknown), @r#"
    404
    {"detail":"No user with username unknown@example.org exists.","error":404,"errorCode":"USERNAME_NOT_FOUND","parameters":["unknown@example.org"],"reason":"Not Found"}
    "#);
    for name in [
        "invited@example.org",
        "no-address",
        "%00",
        "%ff%fe",
        "a%2Fb@example.org",
        "5a0000000000000000000001",
    ] {
        let answer = cloud.get(&format!("/users/byName/{name}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(
            answer.header("x-error-code"),
            "USERNAME_NOT_FOUND",
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_plus_in_a_path_is_a_plus() {
    let cloud = Cloud::new().await;
    cloud
        .test
        .member("ann+work@example.org", Role::Member)
        .await;
    cloud.test.member("ann@example.org", Role::Member).await;
    for name in ["ann+work@example.org", "ann%2Bwork%40example.org"] {
        let found = cloud.get(&format!("/users/byName/{name}")).await;
        assert_eq!(text(&json(&found), "/username"), "ann+work@example.org");
    }
    for (query, username) in [
        ("ann%2Bwork%40example.org", Some("ann+work@example.org")),
        ("ann%40example.org", Some("ann@example.org")),
        ("ann+work@example.org", None),
        ("nn@example.org", None),
    ] {
        let page = json(
            &cloud
                .get(&format!("/orgs/ORG/users?username={query}"))
                .await,
        );
        let found = page.pointer("/results/0/username").and_then(Value::as_str);
        assert_eq!(found, username, "{query}");
    }
}

#[tokio::test]
async fn a_legacy_invitation_is_a_pending_user_with_the_same_promise() {
    let cloud = Cloud::new().await;
    let team = cloud.team("ops").await;
    let body = format!(
        r#"{{"roles":["ORG_OWNER","ORG_READ_ONLY"],"teamIds":["{team}"],"username":"Ann.Lee@Example.org"}}"#
    );
    let made = json(&cloud.post("/orgs/ORG/invites", &body).await);
    let page = cloud
        .get("/orgs/ORG/users?username=ann.lee%40example.org&includeCount=true&itemsPerPage=100&pageNum=1")
        .await;
    insta::assert_snapshot!(cloud.shown(&page), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/users?username=ann.lee%40example.org&includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"id":"id2","invitationCreatedAt":"2026-03-01T09:00:00Z","invitationExpiresAt":"2026-03-31T09:00:00Z","inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"PENDING","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_OWNER","ORG_READ_ONLY"]},"teamIds":["id3"],"username":"Ann.Lee@Example.org"}],"totalCount":1}
    "#);
    let user = json(&page)["results"][0].clone();
    assert_eq!(user["roles"]["orgRoles"], made["roles"]);
    assert_eq!(user["teamIds"], made["teamIds"]);
    assert_eq!(user["username"], made["username"]);
    assert_ne!(user["id"], made["id"]);
    let one = cloud
        .get(&format!("/orgs/ORG/users/{}", text(&user, "/id")))
        .await;
    assert_eq!(json(&one), user);
    assert_eq!(
        one.header("content-type"),
        "application/vnd.atlas.2025-02-19+json;charset=utf-8"
    );
}

#[tokio::test]
async fn an_active_user_has_a_profile_and_no_invitation() {
    let cloud = Cloud::new().await;
    let page = cloud.get("/orgs/ORG/users").await;
    insta::assert_snapshot!(cloud.shown(&page), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/users?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"createdAt":"2026-03-01T09:00:00Z","firstName":"","id":"id2","lastName":"","mobileNumber":null,"orgMembershipStatus":"ACTIVE","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_OWNER"]},"teamIds":[],"username":"owner@acme.example"}],"totalCount":1}
    "#);
}

#[tokio::test]
async fn the_old_version_of_the_list_shows_members_only() {
    let cloud = Cloud::new().await;
    cloud.invite("ann@example.org").await;
    let request = Request::get(format!("/api/atlas/v2/orgs/{}/users", cloud.org))
        .header(header::AUTHORIZATION, cloud.test.owner_key.bearer())
        .header(header::ACCEPT, OLD)
        .body(Body::empty())
        .expect("a request");
    insta::assert_snapshot!(cloud.shown(&cloud.test.send(request).await), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/users?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"createdAt":"2026-03-01T09:00:00Z","emailAddress":"owner@acme.example","firstName":"","id":"id2","lastName":"","links":[],"roles":[{"orgId":"id1","roleName":"ORG_OWNER"}],"teamIds":[],"username":"owner@acme.example"}],"totalCount":1}
    "#);
}

#[tokio::test]
async fn people_are_listed_page_by_page() {
    let cloud = Cloud::new().await;
    for n in 0..4 {
        cloud.invite(&format!("u{n}@example.org")).await;
        cloud.test.clock.advance_seconds(1);
    }
    let mut names = Vec::new();
    for number in 1..=4 {
        let page = json(
            &cloud
                .get(&format!("/orgs/ORG/users?pageNum={number}&itemsPerPage=2"))
                .await,
        );
        assert_eq!(page["totalCount"], 5);
        let results = page["results"].as_array().expect("results").clone();
        names.extend(
            results
                .iter()
                .map(|user| text(user, "/username").to_owned()),
        );
    }
    names.sort();
    assert_eq!(names.len(), 5);
    names.dedup();
    assert_eq!(names.len(), 5);
    let second = cloud
        .get("/orgs/ORG/users?orgMembershipStatuses=PENDING&orgMembershipStatuses=ACTIVE&pageNum=2&itemsPerPage=2&includeCount=false")
        .await;
    let second = json(&second);
    assert!(second.get("totalCount").is_none());
    let links = serde_json::to_string_pretty(&second["links"]).expect("text");
    insta::assert_snapshot!(numbered(&links), @r#"
    [
      {
        "href": "https://vestibule.example/api/atlas/v2/orgs/id1/users?orgMembershipStatuses=PENDING&orgMembershipStatuses=ACTIVE&includeCount=false&pageNum=2&itemsPerPage=2",
        "rel": "self"
      },
      {
        "href": "https://vestibule.example/api/atlas/v2/orgs/id1/users?orgMembershipStatuses=PENDING&orgMembershipStatuses=ACTIVE&includeCount=false&pageNum=1&itemsPerPage=2",
        "rel": "previous"
      },
      {
        "href": "https://vestibule.example/api/atlas/v2/orgs/id1/users?orgMembershipStatuses=PENDING&orgMembershipStatuses=ACTIVE&includeCount=false&pageNum=3&itemsPerPage=2",
        "rel": "next"
      }
    ]
    "#);
}

#[tokio::test]
async fn a_page_that_is_none_is_refused() {
    let cloud = Cloud::new().await;
    for query in [
        "pageNum=0",
        "pageNum=-1",
        "pageNum=x",
        "pageNum=99999999999999999999999",
        "itemsPerPage=0",
        "itemsPerPage=501",
        "includeCount=maybe",
    ] {
        for list in ["users", "teams"] {
            let answer = cloud.get(&format!("/orgs/ORG/{list}?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
            assert_eq!(answer.header("x-error-code"), "VALIDATION_ERROR");
        }
    }
    let answer = cloud.get("/orgs/ORG/users?itemsPerPage=501").await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"it is a number from 1 to 500","field":"itemsPerPage"}]},"detail":"itemsPerPage: it is a number from 1 to 500","error":400,"errorCode":"VALIDATION_ERROR","parameters":["itemsPerPage"],"reason":"Bad Request"}
    "#);
    let beyond = cloud
        .get("/orgs/ORG/users?pageNum=18446744073709551615")
        .await;
    assert_eq!(json(&beyond)["results"], serde_json::json!([]));
}

#[tokio::test]
async fn a_status_that_is_none_is_refused() {
    let cloud = Cloud::new().await;
    let answer = cloud
        .get("/orgs/ORG/users?orgMembershipStatuses=GONE")
        .await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    400
    {"detail":"An invalid enumeration value GONE was specified.","error":400,"errorCode":"INVALID_ENUM_VALUE","parameters":["GONE"],"reason":"Bad Request"}
    "#);
    for (query, found) in [
        ("orgMembershipStatus=PENDING", 0),
        ("orgMembershipStatus=ACTIVE", 1),
        ("orgMembershipStatuses=ACTIVE,PENDING", 1),
        ("orgMembershipStatuses=", 1),
    ] {
        let page = json(&cloud.get(&format!("/orgs/ORG/users?{query}")).await);
        assert_eq!(page["totalCount"], found, "{query}");
    }
}

#[tokio::test]
async fn a_user_that_is_not_there_is_not_in_the_organization() {
    let cloud = Cloud::new().await;
    let answer = cloud.get("/orgs/ORG/users/5a0000000000000000000001").await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    404
    {"detail":"The user with ID id1 is not in the organization.","error":404,"errorCode":"USER_NOT_IN_ORG","parameters":["id1"],"reason":"Not Found"}
    "#);
    let answer = cloud.get("/orgs/ORG/users/ann@example.org").await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    404
    {"detail":"An invalid user ID ann@example.org was specified.","error":404,"errorCode":"INVALID_USER_ID","parameters":["ann@example.org"],"reason":"Not Found"}
    "#);
}
