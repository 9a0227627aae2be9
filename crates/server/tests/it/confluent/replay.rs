//! The vendor's own provider, as recorded: what it sends must succeed.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde::Deserialize;

use super::*;

/// A line of a recording.
#[derive(Deserialize)]
struct Recorded {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: String,
}

/// Sends a recording with our credentials, and with our ids in place of the recorded ones, which
/// count what was created from 1.
async fn replay(
    cloud: &Cloud,
    recording: &str,
    ids: &mut Vec<String>,
    prefix: &str,
) -> Vec<Answer> {
    let mut answers = Vec::new();
    for line in recording.lines() {
        let recorded: Recorded = serde_json::from_str(line).expect("a recorded request");
        let mut path = recorded.path;
        for (n, id) in ids.iter().enumerate() {
            path = path.replace(&format!("i-{:06}", n + 1), id);
        }
        let mut request = Request::builder()
            .method(recorded.method.as_str())
            .uri(format!("{prefix}{path}"));
        for (name, value) in &recorded.headers {
            let ours = name == header::AUTHORIZATION.as_str();
            request = request.header(name, if ours { &cloud.authorization } else { value });
        }
        let request = request.body(Body::from(recorded.body)).expect("a request");
        let answer = cloud.test.send(request).await;
        assert!(
            answer.status.is_success(),
            "{line}: {} {}",
            answer.status,
            answer.body
        );
        if answer.status == StatusCode::CREATED {
            ids.push(text(&json(&answer), "/id").to_owned());
        }
        answers.push(answer);
    }
    answers
}

#[tokio::test]
async fn the_vendors_provider_creates_plans_imports_and_destroys() {
    // The second prefix is an endpoint that ends in a slash.
    for prefix in ["", "/"] {
        let cloud = Cloud::new().await;
        let mut ids = Vec::new();
        let created = replay(
            &cloud,
            include_str!("fixtures/confluent-create.requests.jsonl"),
            &mut ids,
            prefix,
        )
        .await;
        assert_eq!(ids.len(), 3);
        for pair in created.chunks(2) {
            assert_eq!(pair[0].body, pair[1].body, "it reads what it created");
            assert_eq!(text(&json(&pair[0]), "/status"), "INVITE_STATUS_SENT");
        }
        for recording in [
            include_str!("fixtures/confluent-plan.requests.jsonl"),
            include_str!("fixtures/confluent-import.requests.jsonl"),
        ] {
            for answer in replay(&cloud, recording, &mut ids, prefix).await {
                let same = created.iter().any(|known| known.body == answer.body);
                assert!(same, "an unchanged plan is empty");
            }
        }
        let recording = include_str!("fixtures/confluent-destroy.requests.jsonl");
        let destroyed = replay(&cloud, recording, &mut ids, prefix).await;
        let gone = destroyed
            .iter()
            .filter(|answer| answer.status == StatusCode::NO_CONTENT && answer.body.is_empty());
        assert_eq!(gone.count(), 3);
        let list = json(&cloud.get("/invitations").await);
        assert_eq!(list["data"], Value::Array(Vec::new()));
    }
}
