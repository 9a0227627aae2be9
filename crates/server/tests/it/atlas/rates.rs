//! How many requests a client may make within a minute, where the operator limits them.

use super::oauth::{GRANT, basic, client, post};
use super::*;

fn remaining(answer: &Answer) -> String {
    format!(
        "{} {} of {}",
        answer.status.as_u16(),
        answer.header("ratelimit-remaining"),
        answer.header("ratelimit-limit")
    )
}

#[tokio::test]
async fn all_of_the_vendors_limit_remains_where_none_is_set() {
    let cloud = Cloud::new().await;
    for _ in 0..3 {
        assert_eq!(remaining(&cloud.get("/orgs").await), "200 500 of 500");
    }
    assert_eq!(remaining(&cloud.get("/groups").await), "200 1200 of 1200");
    assert_eq!(remaining(&cloud.get("").await), "200 2500 of 2500");
}

#[tokio::test]
async fn a_client_asks_as_often_a_minute_as_the_operator_allows() {
    let cloud = Cloud::with_settings(|settings| settings.atlas_requests_per_minute = Some(3)).await;
    // Each has a challenge before it, which counts for nobody.
    for left in ["200 2 of 3", "200 1 of 3", "200 0 of 3"] {
        assert_eq!(remaining(&cloud.get("/orgs/ORG/users").await), left);
        cloud.test.clock.advance_seconds(5);
    }
    let refused = cloud.get("/orgs/ORG/users").await;
    insta::assert_snapshot!(cloud.shown(&refused), @r#"
    429
    {"detail":"Resource /api/atlas/v2/orgs/id1/users is limited to 3 requests every 1 minutes.","error":429,"errorCode":"RATE_LIMITED","parameters":["/api/atlas/v2/orgs/id1/users",3,1],"reason":"Too Many Requests"}
    "#);
    assert_eq!(refused.header("retry-after"), "45");
    assert_eq!(remaining(&refused), "429 0 of 3");
    // What is asked for does not matter within a group of endpoints, nor whether it is done.
    let invite = r#"{"roles":["ORG_MEMBER"],"username":"ann@x.example"}"#;
    let other = cloud.post("/orgs/ORG/invites", invite).await;
    assert_eq!(other.header("x-error-code"), "RATE_LIMITED");
    assert_eq!(
        remaining(&cloud.get("/orgs/ORG/teams").await),
        "200 2 of 3",
        "another group"
    );
    let someone = cloud.member_key("mia@x.example").await;
    let theirs = cloud.call_as(&someone, Method::GET, "/orgs", "").await;
    assert_eq!(remaining(&theirs), "200 2 of 3", "another client");
    cloud.test.clock.advance_seconds(45);
    assert_eq!(remaining(&cloud.get("/orgs/ORG/users").await), "200 2 of 3");
    assert_eq!(
        json(&cloud.get("/orgs/ORG/invites").await),
        Value::Array(vec![])
    );
}

#[tokio::test]
async fn a_service_account_gets_as_many_tokens_a_minute_as_the_operator_allows() {
    let cloud = Cloud::with_settings(|settings| settings.atlas_tokens_per_minute = Some(2)).await;
    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let other = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let ask = async |account: &Secret| post(&cloud, "/token", &client(account), GRANT).await;
    // Who does not show the right secret takes nothing from who does.
    for _ in 0..5 {
        let wrong = basic(&account.key.public_id, "wrong");
        let refused = post(&cloud, "/token", &wrong, GRANT).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }
    let first = ask(&account).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(ask(&account).await.status, StatusCode::OK);
    cloud.test.clock.advance_seconds(59);
    let refused = ask(&account).await;
    insta::assert_snapshot!(refused.shown(), @r#"
    429 Too Many Requests
    {"detail":"Resource /api/oauth/token is limited to 2 requests every 1 minutes.","error":429,"errorCode":"RATE_LIMITED","parameters":["/api/oauth/token",2,1],"reason":"Too Many Requests"}
    "#);
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("content-type"), "application/json");
    assert_eq!(ask(&other).await.status, StatusCode::OK, "another client");
    let token = format!("token={}", text(&json(&first), "/access_token"));
    let revoked = post(&cloud, "/revoke", &client(&account), &token).await;
    assert_eq!(
        revoked.status,
        StatusCode::OK,
        "giving back is always possible"
    );
    cloud.test.clock.advance_seconds(1);
    assert_eq!(ask(&account).await.status, StatusCode::OK);
}
