//! Other organizations, and what they may not see.

use vestibule_core::key::Principal;

use super::*;

/// The first organization with somebody invited, and a programmatic key of another one.
async fn two() -> (Cloud, Value, Secret, String) {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let other = cloud.test.other_organization("Globex").await;
    let org = other.key.organization.to_hex();
    (cloud, made, other, org)
}

#[tokio::test]
async fn sec_s25_atlas_another_organization_is_not_there() {
    let (cloud, made, stranger, _) = two().await;
    let bearer = stranger.bearer();
    let team = cloud.team("ops").await;
    let user = json(&cloud.get("/orgs/ORG/users?username=ann@example.org").await);
    let user = text(&user, "/results/0/id").to_owned();
    let invitation = text(&made, "/id");
    let body = r#"{"username":"b@example.org","roles":["ORG_MEMBER"]}"#;
    let none = cloud
        .send(
            Method::GET,
            "/api/atlas/v2/orgs/5f0000000000000000000001/invites",
            &bearer,
            "",
        )
        .await;
    for (method, path, body) in [
        (Method::GET, "/invites".to_owned(), ""),
        (Method::GET, "/invites?username=x".to_owned(), ""),
        (Method::POST, "/invites".to_owned(), body),
        (Method::PATCH, "/invites".to_owned(), body),
        (Method::GET, format!("/invites/{invitation}"), ""),
        (Method::PATCH, format!("/invites/{invitation}"), "{}"),
        (Method::DELETE, format!("/invites/{invitation}"), ""),
        (Method::GET, "/users".to_owned(), ""),
        (Method::GET, "/users?username=x".to_owned(), ""),
        (
            Method::GET,
            "/users?username=ann@example.org".to_owned(),
            "",
        ),
        (Method::GET, format!("/users/{user}"), ""),
        (Method::GET, "/teams".to_owned(), ""),
        (Method::POST, "/teams".to_owned(), r#"{"name":"x"}"#),
        (Method::GET, format!("/teams/{team}"), ""),
    ] {
        let full = format!("/api/atlas/v2/orgs/{}{path}", cloud.org);
        let answer = cloud.send(method.clone(), &full, &bearer, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        let expected = none.body.replace("5f0000000000000000000001", &cloud.org);
        assert_eq!(answer.body, expected, "{method} {path}");
    }
    assert_eq!(
        json(&cloud.get("/orgs/ORG/invites").await),
        serde_json::json!([made])
    );
}

#[tokio::test]
async fn sec_s25_atlas_ids_of_another_organization_are_not_there() {
    let (cloud, made, stranger, org) = two().await;
    let bearer = stranger.bearer();
    let team = cloud.team("ops").await;
    let user = json(&cloud.get("/orgs/ORG/users?username=ann@example.org").await);
    let user = text(&user, "/results/0/id").to_owned();
    let invitation = text(&made, "/id");
    for (method, path, body, code) in [
        (
            Method::GET,
            format!("/invites/{invitation}"),
            "",
            "INVALID_INVITATION_ID",
        ),
        (
            Method::PATCH,
            format!("/invites/{invitation}"),
            "{}",
            "INVALID_INVITATION_ID",
        ),
        (
            Method::DELETE,
            format!("/invites/{invitation}"),
            "",
            "INVALID_INVITATION_ID",
        ),
        (Method::GET, format!("/users/{user}"), "", "USER_NOT_IN_ORG"),
        (Method::GET, format!("/teams/{team}"), "", "TEAM_NOT_FOUND"),
    ] {
        let full = format!("/api/atlas/v2/orgs/{org}{path}");
        let answer = cloud.send(method.clone(), &full, &bearer, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(answer.header("x-error-code"), code, "{method} {path}");
    }
    let body =
        format!(r#"{{"username":"b@example.org","roles":["ORG_MEMBER"],"teamIds":["{team}"]}}"#);
    let path = format!("/api/atlas/v2/orgs/{org}/invites");
    let answer = cloud.send(Method::POST, &path, &bearer, &body).await;
    assert_eq!(answer.header("x-error-code"), "TEAM_NOT_FOUND");
    for path in [
        format!("/api/atlas/v2/orgs/{org}/users?username=ann@example.org"),
        format!("/api/atlas/v2/orgs/{org}/invites?username=ann@example.org"),
    ] {
        let answer = cloud.send(Method::GET, &path, &bearer, "").await;
        assert!(!answer.body.contains("ann@"), "{}", answer.body);
    }
    let path = "/api/atlas/v2/users/byName/owner@acme.example";
    let answer = cloud.send(Method::GET, path, &bearer, "").await;
    assert_eq!(answer.header("x-error-code"), "USERNAME_NOT_FOUND");
}

#[tokio::test]
async fn sec_s25_atlas_a_programs_key_opens_one_organization_only() {
    let (cloud, ..) = two().await;
    // The same person owns a second organization; the key was made in the first.
    let Principal::User(owner) = cloud.key.key.principal else {
        panic!("a person's key");
    };
    assert_eq!(owner, cloud.test.owner);
    let made = cloud
        .test
        .run(cloud.test.owner_ctx(), |tx, ctx| {
            let new = vestibule_server::ops::organizations::NewOrganization {
                name: "Initech".to_owned(),
                sso_enabled: false,
                lifetimes: vestibule_core::organization::Lifetimes::default(),
            };
            vestibule_server::ops::organizations::create(tx, ctx, &new)
        })
        .await
        .expect("an organization");
    let path = format!("/orgs/{}/invites", made.id.to_hex());
    let answer = cloud.get(&path).await;
    assert_eq!(answer.header("x-error-code"), "ORG_NOT_FOUND");
    let bearer = cloud.test.owner_key.bearer();
    let path = format!("/api/atlas/v2{path}");
    let answer = cloud.send(Method::GET, &path, &bearer, "").await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "a person's own key opens both"
    );

    let by_name = "/users/byName/owner@acme.example";
    let one = json(&cloud.get(by_name).await);
    assert_eq!(one["roles"].as_array().map(Vec::len), Some(1));
    let path = format!("/api/atlas/v2{by_name}");
    let both = json(&cloud.send(Method::GET, &path, &bearer, "").await);
    assert_eq!(both["roles"].as_array().map(Vec::len), Some(2));
}
