//! Envelopes and pretty JSON, around whatever the answer is.

use super::*;

async fn get(cloud: &Cloud, path: &str) -> Answer {
    cloud.old(Method::GET, path, "").await
}

#[tokio::test]
async fn an_envelope_is_put_around_every_form_of_answer() {
    let cloud = Cloud::new().await;
    for (path, expected) in [
        ("/orgs/ORG/invites", r#"{"content":[],"status":200}"#),
        (
            "/orgs/ORG/invites/x",
            r#"{"content":{"detail":"An invalid invitation ID x was specified.","error":404,"errorCode":"INVALID_INVITATION_ID","parameters":["x"],"reason":"Not Found"},"status":404}"#,
        ),
        (
            "/nothing",
            r#"{"content":{"detail":"Cannot find resource /api/atlas/v2/nothing.","error":404,"errorCode":"RESOURCE_NOT_FOUND","parameters":["/api/atlas/v2/nothing"],"reason":"Not Found"},"status":404}"#,
        ),
    ] {
        let answer = get(&cloud, &format!("{path}?envelope=true")).await;
        assert_eq!(answer.body, expected, "{path}");
    }
    let list = json(&get(&cloud, "/orgs/ORG/teams?envelope=true").await);
    assert_eq!(list["status"], 200);
    assert_eq!(list["results"], serde_json::json!([]));
    let one = json(&get(&cloud, "/orgs/ORG?envelope=true").await);
    assert_eq!(one["status"], 200);
    assert_eq!(text(&one, "/content/name"), "Acme");
    let body = r#"{"name":"ops"}"#;
    let made = cloud
        .old(Method::POST, "/orgs/ORG/teams?envelope=true", body)
        .await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!(json(&made)["status"], 201);
    let path = format!(
        "/orgs/ORG/teams/{}?envelope=true",
        text(&json(&made), "/content/id")
    );
    let gone = cloud.old(Method::DELETE, &path, "").await;
    assert_eq!(
        (gone.status, gone.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
}

#[tokio::test]
async fn a_challenge_keeps_its_status_and_header_in_an_envelope() {
    let cloud = Cloud::new().await;
    let path = format!("/api/atlas/v2/orgs/{}/invites?envelope=true", cloud.org);
    let answer = cloud.send(Method::GET, &path, "", "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.header("www-authenticate").starts_with("Digest "));
    assert_eq!(json(&answer)["status"], 401);
    let signed = Signing::of(&cloud.key, &nonce_of(&answer)).header(&Method::GET, &path);
    let answer = cloud.send(Method::GET, &path, &signed, "").await;
    assert_eq!(answer.body, r#"{"content":[],"status":200}"#);
}

#[tokio::test]
async fn pretty_json_says_the_same_over_several_lines() {
    let cloud = Cloud::new().await;
    for path in ["/orgs/ORG", "/orgs/ORG/teams", "/nothing", "/orgs/x", ""] {
        let plain = get(&cloud, path).await;
        let pretty = get(&cloud, &format!("{path}?pretty=true")).await;
        assert_eq!(pretty.status, plain.status, "{path}");
        assert_eq!(pretty.header("content-type"), plain.header("content-type"));
        assert!(pretty.body.lines().count() > 3, "{path}");
        assert_eq!(json(&pretty), json(&plain), "{path}");
        assert_eq!(plain.body.lines().count(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_flag_that_is_none_is_refused() {
    let cloud = Cloud::new().await;
    for query in ["envelope=1", "pretty=yes", "envelope=TRUE"] {
        let answer = get(&cloud, &format!("/orgs/ORG?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.header("x-error-code"), "VALIDATION_ERROR", "{query}");
    }
    for query in ["envelope=", "pretty=false&envelope=false"] {
        let answer = get(&cloud, &format!("/orgs/ORG?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}");
    }
}
