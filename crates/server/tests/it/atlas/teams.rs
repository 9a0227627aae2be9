//! Teams.

use super::*;

#[tokio::test]
async fn creating_a_team_answers_201_with_its_address() {
    let cloud = Cloud::new().await;
    let body = r#"{"name":"ops","usernames":["Owner@acme.example"]}"#;
    let made = cloud.post("/orgs/ORG/teams", body).await;
    insta::assert_snapshot!(cloud.shown(&made), @r#"
    201
    {"id":"id1","links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id2/teams/id1","rel":"self"}],"name":"ops","usernames":["Owner@acme.example"]}
    "#);
    let location = made.header("location");
    let path = location
        .strip_prefix("https://vestibule.example/api/atlas/v2")
        .expect("below the public address");
    assert_eq!(made.header("ratelimit-limit"), "1200");
    insta::assert_snapshot!(cloud.shown(&cloud.get(path).await), @r#"
    200
    {"id":"id1","links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id2/teams/id1","rel":"self"}],"name":"ops"}
    "#);
}

#[tokio::test]
async fn teams_are_listed_in_the_order_they_were_made() {
    let cloud = Cloud::new().await;
    for name in ["zoo", "ant"] {
        cloud.team(name).await;
        cloud.test.clock.advance_seconds(1);
    }
    insta::assert_snapshot!(cloud.shown(&cloud.get("/orgs/ORG/teams").await), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/teams?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"id":"id2","links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/teams/id2","rel":"self"}],"name":"zoo"},{"id":"id3","links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/teams/id3","rel":"self"}],"name":"ant"}],"totalCount":2}
    "#);
    let second = json(&cloud.get("/orgs/ORG/teams?itemsPerPage=1&pageNum=2").await);
    assert_eq!(text(&second, "/results/0/name"), "ant");
    assert_eq!(second["totalCount"], 2);
}

#[tokio::test]
async fn a_team_that_cannot_be_made_is_told_why() {
    let cloud = Cloud::new().await;
    cloud.team("ops").await;
    let post = |body| cloud.post("/orgs/ORG/teams", body);
    insta::assert_snapshot!(cloud.shown(&post(r#"{"name":"ops"}"#).await), @r#"
    409
    {"detail":"A team with this name exists already.","error":409,"errorCode":"TEAM_NAME_NOT_AVAILABLE","parameters":[],"reason":"Conflict"}
    "#);
    insta::assert_snapshot!(cloud.shown(&post(r#"{"name":""}"#).await), @r#"
    400
    {"badRequestDetail":{"fields":[{"description":"it is empty","field":"name"}]},"detail":"name: it is empty","error":400,"errorCode":"INVALID_ATTRIBUTE","parameters":["name"],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(
        cloud.shown(&post(r#"{"name":"dev","usernames":["nobody@example.org"]}"#).await),
        @r#"
    404
    {"detail":"No user with username nobody@example.org exists.","error":404,"errorCode":"USERNAME_NOT_FOUND","parameters":["nobody@example.org"],"reason":"Not Found"}
    "#
    );
    for (body, code) in [
        ("{}", "MISSING_ATTRIBUTE"),
        (r#"{"name":null}"#, "MISSING_ATTRIBUTE"),
        (r#"{"name":7}"#, "INVALID_JSON_ATTRIBUTE"),
        (
            r#"{"name":"see https://evil.example"}"#,
            "INVALID_ATTRIBUTE",
        ),
        (
            r#"{"name":"dev","usernames":["x"]}"#,
            "INVALID_EMAIL_ADDRESS",
        ),
    ] {
        assert_eq!(post(body).await.header("x-error-code"), code, "{body}");
    }
    let teams = json(&cloud.get("/orgs/ORG/teams").await);
    assert_eq!(teams["totalCount"], 1, "nothing was written");
}

#[tokio::test]
async fn a_team_that_is_not_there_is_not_found() {
    let cloud = Cloud::new().await;
    let answer = cloud.get("/orgs/ORG/teams/5d0000000000000000000001").await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    404
    {"detail":"No team with ID id1 exists.","error":404,"errorCode":"TEAM_NOT_FOUND","parameters":["id1"],"reason":"Not Found"}
    "#);
    let answer = cloud.get("/orgs/ORG/teams/ops").await;
    insta::assert_snapshot!(cloud.shown(&answer), @r#"
    404
    {"detail":"An invalid team ID ops was specified.","error":404,"errorCode":"INVALID_TEAM_ID","parameters":["ops"],"reason":"Not Found"}
    "#);
}
