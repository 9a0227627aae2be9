//! Versioned media types, the plain ancestor of the API, and the flags that every endpoint has.

use super::*;

async fn get(cloud: &Cloud, path: &str, accept: Option<&str>) -> Answer {
    let mut request = Request::get(path.replace("ORG", &cloud.org))
        .header(header::AUTHORIZATION, cloud.test.owner_key.bearer());
    if let Some(accept) = accept {
        request = request.header(header::ACCEPT, accept);
    }
    let request = request.body(Body::empty()).expect("a request");
    cloud.test.send(request).await
}

#[tokio::test]
async fn credential_and_version_are_judged_before_the_body() {
    let cloud = Cloud::new().await;
    let path = format!("/api/atlas/v2/orgs/{}/invites", cloud.org);
    let bearer = cloud.test.owner_key.bearer();
    let mut codes = Vec::new();
    for (version, authorization) in [
        ("application/vnd.atlas.2022-12-31+json", ""),
        ("application/vnd.atlas.2022-12-31+json", bearer.as_str()),
        (OLD, bearer.as_str()),
    ] {
        let request = versioned(version, Method::POST, &path, authorization, "no json");
        let answer = cloud.test.send(request).await;
        codes.push(answer.header("x-error-code").to_owned());
    }
    assert_eq!(
        codes,
        ["UNEXPECTED_ERROR", "INVALID_VERSION_DATE", "MALFORMED_JSON"]
    );
}

#[tokio::test]
async fn the_answer_names_the_version_that_was_found() {
    let cloud = Cloud::new().await;
    let versioned = |date: &str| format!("application/vnd.atlas.{date}+json;charset=utf-8");
    for (path, accept, found) in [
        ("/invites", Some(OLD), "2023-01-01"),
        ("/invites", Some(NEW), "2023-01-01"),
        ("/invites", Some("*/*"), "2023-01-01"),
        ("/invites", None, "2023-01-01"),
        ("/users", Some(OLD), "2023-01-01"),
        ("/users", Some(NEW), "2025-02-19"),
        (
            "/users",
            Some("application/vnd.atlas.2026-01-01+json"),
            "2025-02-19",
        ),
        (
            "/users",
            Some("application/vnd.atlas.2024-08-05+json"),
            "2023-01-01",
        ),
        ("/users", None, "2025-02-19"),
    ] {
        let path = format!("/api/atlas/v2/orgs/ORG{path}");
        let answer = get(&cloud, &path, accept).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} {accept:?}");
        assert_eq!(
            answer.header("content-type"),
            versioned(found),
            "{path} {accept:?}"
        );
    }
    let plain = get(
        &cloud,
        "/api/atlas/v2/orgs/ORG/invites",
        Some("application/json"),
    )
    .await;
    assert_eq!(plain.header("content-type"), "application/json");
}

#[tokio::test]
async fn what_cannot_be_had_is_not_acceptable() {
    let cloud = Cloud::new().await;
    for (path, accept) in [
        ("/invites", "application/vnd.atlas.2022-01-01+json"),
        ("/invites", "text/html"),
        ("/users/5a0000000000000000000001", OLD),
    ] {
        let path = format!("/api/atlas/v2/orgs/ORG{path}");
        let answer = get(&cloud, &path, Some(accept)).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{path} {accept}");
    }
    let answer = get(&cloud, "/api/atlas/v2/orgs/ORG/invites", Some("image/png")).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    406 Not Acceptable
    {"detail":"Invalid accept header or version date.","error":406,"errorCode":"INVALID_VERSION_DATE","parameters":[],"reason":"Not Acceptable"}
    "#);
}

#[tokio::test]
async fn the_plain_ancestor_has_the_same_bodies() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let path = format!("/api/atlas/v1.0/orgs/ORG/invites/{}", text(&made, "/id"));
    let old = get(&cloud, &path, Some("application/json")).await;
    assert_eq!(json(&old), made);
    assert_eq!(old.header("content-type"), "application/json");
    let old = get(
        &cloud,
        "/api/atlas/v1.0/users/byName/owner@acme.example",
        None,
    )
    .await;
    assert_eq!(old.status, StatusCode::OK);
    assert_eq!(text(&json(&old), "/username"), "owner@acme.example");
    let users = get(&cloud, "/api/atlas/v1.0/orgs/ORG/users", None).await;
    assert_eq!(json(&users)["totalCount"], 1, "members only");
}

#[tokio::test]
async fn a_path_may_end_in_one_slash() {
    let cloud = Cloud::new().await;
    for path in [
        "/api/atlas/v1.0/",
        "/api/atlas/v1.0/orgs/?pageNum=1",
        "/api/atlas/v2/orgs/ORG/users/",
        "/api/atlas/v2/orgs/ORG/invites/",
    ] {
        let answer = get(&cloud, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    let answer = get(&cloud, "/api/atlas/v2/orgs//", None).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_envelope_and_pretty_json_can_be_asked_for() {
    let cloud = Cloud::new().await;
    let path = "/api/atlas/v2/orgs/ORG/invites?envelope=true&pretty=true";
    insta::assert_snapshot!(get(&cloud, path, None).await.shown(), @r#"
    200 OK
    {
      "content": [],
      "status": 200
    }
    "#);
    let path = "/api/atlas/v2/orgs/ORG/teams?envelope=true&pretty=false";
    insta::assert_snapshot!(cloud.shown(&get(&cloud, path, None).await), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/teams?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[],"status":200,"totalCount":0}
    "#);
}

#[tokio::test]
async fn the_plain_ancestor_has_what_there_was_in_2023_and_nothing_else() {
    let cloud = Cloud::new().await;
    let team = cloud.team("ops").await;
    for path in [
        "",
        "/orgs",
        "/orgs/ORG",
        "/orgs/ORG/settings",
        "/orgs/ORG/apiKeys",
        "/orgs/ORG/teams",
        "/orgs/ORG/teams/byName/ops",
        &format!("/orgs/ORG/teams/{team}"),
        &format!("/orgs/ORG/teams/{team}/users"),
        &format!("/users/{}", cloud.test.owner.to_hex()),
    ] {
        let path = format!("/api/atlas/v1.0{path}");
        let answer = get(&cloud, &path, Some(NEW)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
        assert!(!answer.body.contains("/api/atlas/v2"), "{path}");
    }
    let owner = cloud.test.owner.to_hex();
    for path in [
        "/orgs/ORG/serviceAccounts".to_owned(),
        format!("/orgs/ORG/users/{owner}"),
    ] {
        let answer = get(&cloud, &format!("/api/atlas/v1.0{path}"), None).await;
        assert_eq!(
            answer.header("x-error-code"),
            "RESOURCE_NOT_FOUND",
            "{path}"
        );
    }
}
