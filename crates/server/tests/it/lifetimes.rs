//! An organization's own word on how long its invitations live, in each API.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::TestApp;

const DAY: i64 = 86_400;

/// Sends a request as the first owner; Atlas needs its media type.
async fn send(test: &TestApp, method: Method, path: &str, body: &Value) -> Answer {
    let media = if path.starts_with("/api/atlas") {
        "application/vnd.atlas.2023-01-01+json"
    } else {
        "application/json"
    };
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::ACCEPT, media)
        .header(header::CONTENT_TYPE, media)
        .header(header::AUTHORIZATION, test.owner_key.bearer());
    test.send(request.body(body).expect("a request")).await
}

async fn made(test: &TestApp, path: &str, body: &Value) -> Value {
    let answer = send(test, Method::POST, path, body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// How an invitation stands at this path: its state, or that it is gone.
async fn state(test: &TestApp, path: &str) -> String {
    let answer = send(test, Method::GET, path, &Value::Null).await;
    if answer.status == StatusCode::NOT_FOUND {
        return "404".to_owned();
    }
    let shown: Value = serde_json::from_str(&answer.body).expect("JSON");
    let state = shown.get("status").or_else(|| shown.get("state"));
    let state = state.and_then(Value::as_str);
    state.unwrap_or("listed").to_owned()
}

#[tokio::test]
async fn an_organizations_lifetimes_hold_in_every_api_to_the_instant() {
    let test = TestApp::new().await;
    let native = format!("/v1/organizations/{}", test.organization);
    let lifetimes = json!({"native": 2 * DAY, "confluent": 3 * DAY, "atlas": 5 * DAY});
    let change = json!({ "invitation_lifetimes": lifetimes });
    let changed = send(&test, Method::PATCH, &native, &change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let project = made(
        &test,
        &format!("{native}/projects"),
        &json!({"name": "Apollo"}),
    )
    .await;
    let project = vestibule_core::Id::<vestibule_core::project::Project>::from_native(
        project["id"].as_str().expect("an id"),
    );
    let project = project.expect("an id").to_hex();
    let invitations = format!("{native}/invitations");
    let atlas = "/api/atlas/v2";
    let org = test.organization.to_hex();
    let mut ends = Vec::new();
    for (list, body, end, days, [open, over]) in [
        (
            invitations,
            json!({"email": "a@x.example"}),
            "expires_at",
            2,
            ["sent", "expired"],
        ),
        (
            "/iam/v2/invitations".to_owned(),
            json!({"email": "b@x.example"}),
            "expires_at",
            3,
            ["INVITE_STATUS_SENT", "INVITE_STATUS_EXPIRED"],
        ),
        (
            format!("{atlas}/orgs/{org}/invites"),
            json!({"username": "c@x.example", "roles": ["ORG_MEMBER"]}),
            "expiresAt",
            5,
            ["listed", "404"],
        ),
        (
            format!("{atlas}/groups/{project}/invites"),
            json!({"username": "d@x.example", "roles": ["GROUP_OWNER"]}),
            "expiresAt",
            5,
            ["listed", "404"],
        ),
    ] {
        let test = &test;
        let invitation = made(test, &list, &body).await;
        let path = format!("{list}/{}", invitation["id"].as_str().expect("an id"));
        ends.push(format!("{days} days: {}", invitation[end]));
        test.clock.advance_seconds(days * DAY - 1);
        assert_eq!(state(test, &path).await, open, "{path}");
        test.clock.advance_seconds(1);
        assert_eq!(state(test, &path).await, over, "{path}");
    }
    insta::assert_snapshot!(ends.join("\n"), @r#"
    2 days: "2026-03-03T09:00:00.000000Z"
    3 days: "2026-03-06T09:00:00.000000Z"
    5 days: "2026-03-11T09:00:00Z"
    5 days: "2026-03-16T09:00:00Z"
    "#);
}
