//! The vendor's own provider, as recorded: what it sends must get the answers it was recorded with.

use std::collections::HashMap;

use serde::Deserialize;
use vestibule_core::role::Role;
use vestibule_testkit::store::Engine;

use super::*;

/// A line of a recording.
#[derive(Deserialize)]
struct Recorded {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: String,
}

const CREATE: &str = include_str!("fixtures/atlas-create.requests.jsonl");
const UPDATE: &str = include_str!("fixtures/atlas-update.requests.jsonl");
const IMPORT: &str = include_str!("fixtures/atlas-import.requests.jsonl");
const PLAN: &str = include_str!("fixtures/atlas-plan.requests.jsonl");
const ACCEPTED: &str = include_str!("fixtures/atlas-refresh-accepted.requests.jsonl");
const DESTROY: &str = include_str!("fixtures/atlas-destroy.requests.jsonl");

/// What stands in the recordings, and what stands for it here.
struct Names(Vec<(String, String)>);

impl Names {
    fn ours(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (theirs, ours) in &self.0 {
            text = text.replace(theirs, ours);
        }
        text
    }
}

/// Sends a recording with our names and credentials. Answers to requests without a credential are
/// challenges, and the next request answers the last one; the answers of the others are returned.
async fn replay(cloud: &Cloud, recording: &str, names: &mut Names) -> Vec<(String, Answer)> {
    let mut answers = Vec::new();
    let mut nonces = Vec::new();
    for line in recording.lines() {
        let recorded: Recorded = serde_json::from_str(line).expect("a recorded request");
        let method: Method = recorded.method.parse().expect("a method");
        let path = names.ours(&recorded.path);
        let mut request = Request::builder().method(&method).uri(&path);
        let is_signed = recorded.headers.contains_key("authorization");
        for (name, value) in &recorded.headers {
            if name != "authorization" && name != "content-length" {
                request = request.header(name, value);
            }
        }
        if is_signed {
            let nonce: String = nonces.pop().expect("a challenge before");
            let header = Signing::of(&cloud.key, &nonce).header(&method, &path);
            request = request.header("authorization", header);
        }
        let body = names.ours(&recorded.body);
        let request = request.header("content-length", body.len());
        let request = request.body(Body::from(body)).expect("a request");
        let answer = cloud.test.send(request).await;
        if !is_signed {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{line}");
            nonces.push(nonce_of(&answer));
            continue;
        }
        if method == Method::POST && answer.status == StatusCode::OK {
            let made = json(&answer);
            let theirs = match text(&made, "/username") {
                "Ann.Lee@Example.org" => "6a0000000000000000000004",
                _ => "6a0000000000000000000005",
            };
            names
                .0
                .push((theirs.to_owned(), text(&made, "/id").to_owned()));
        }
        answers.push((format!("{method} {}", recorded.path), answer));
    }
    answers
}

/// Method, path and status of each exchange, in the words of the recording.
fn story(answers: &[(String, Answer)]) -> String {
    let lines = answers.iter().map(|(request, answer)| {
        let request = request.replace("/api/atlas/v2", "");
        format!("{} {request}", answer.status.as_u16())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The server on this engine with what the recordings take for granted; none if the engine is
/// skipped.
async fn prepared(engine: Engine) -> Option<(Cloud, Names)> {
    let cloud = Cloud::over(TestApp::on(engine).await?).await;
    cloud.test.member("carol@example.org", Role::Member).await;
    let one = cloud.team("one").await;
    let two = cloud.team("two").await;
    let names = vec![
        ("5f0000000000000000000001".to_owned(), cloud.org.clone()),
        ("5d0000000000000000000001".to_owned(), one),
        ("5d0000000000000000000002".to_owned(), two),
    ];
    Some((cloud, Names(names)))
}

/// The stories that the same recordings tell on each engine; they are the same.
async fn on_each_engine<const N: usize>(
    run: impl AsyncFn(&Cloud, Names) -> [String; N],
) -> [String; N] {
    let mut told: Option<[String; N]> = None;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some((cloud, names)) = prepared(engine).await else {
            continue;
        };
        let stories = run(&cloud, names).await;
        if let Some(told) = &told {
            assert_eq!(told, &stories, "on {engine}");
        }
        told = Some(stories);
    }
    told.expect("SQLite is always there")
}

#[tokio::test]
async fn the_vendors_provider_creates_updates_imports_and_destroys() {
    let [created, updated, imported, planned, destroyed] =
        on_each_engine(async |cloud, mut names| {
            let created = replay(cloud, CREATE, &mut names).await;
            let updated = replay(cloud, UPDATE, &mut names).await;
            let imported = replay(cloud, IMPORT, &mut names).await;
            let planned = replay(cloud, PLAN, &mut names).await;
            for (request, answer) in &planned {
                let same = updated.iter().any(|(_, known)| known.body == answer.body);
                assert!(same, "an unchanged plan is empty: {request}");
            }
            let destroyed = replay(cloud, DESTROY, &mut names).await;
            [created, updated, imported, planned, destroyed].map(|answers| story(&answers))
        })
        .await;
    insta::assert_snapshot!(created, @r"
    404 GET /users/byName/Ann.Lee@Example.org
    200 POST /orgs/5f0000000000000000000001/invites
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000004
    200 GET /users/byName/carol@example.org
    404 GET /users/byName/bob@example.org
    200 POST /orgs/5f0000000000000000000001/invites
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    ");
    insta::assert_snapshot!(updated, @r"
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000004
    200 PATCH /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    200 PATCH /orgs/5f0000000000000000000001/invites/6a0000000000000000000004
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000004
    ");
    insta::assert_snapshot!(imported, @r"
    200 GET /orgs/5f0000000000000000000001/invites
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    ");
    insta::assert_snapshot!(planned, @r"
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000004
    ");
    insta::assert_snapshot!(destroyed, @r"
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    404 GET /users/byName/bob@example.org
    404 GET /orgs/5f0000000000000000000001/invites/5f0000000000000000000001
    200 GET /users/byName/carol@example.org
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    404 GET /users/byName/bob@example.org
    ");
}

#[tokio::test]
async fn the_vendors_provider_sees_that_an_invitation_was_accepted() {
    let [refreshed] = on_each_engine(async |cloud, mut names| {
        let created = replay(cloud, CREATE, &mut names).await;
        let ann = created
            .iter()
            .map(|(_, answer)| answer)
            .find(|answer| answer.status == StatusCode::OK && answer.body.contains("Ann.Lee"))
            .expect("she was invited");
        cloud.accept(&json(ann)).await;
        let refreshed = replay(cloud, ACCEPTED, &mut names).await;
        let (_, by_name) = refreshed.last().expect("the last exchange");
        let expected = serde_json::json!([{"orgId": cloud.org, "roleName": "ORG_OWNER"}]);
        assert_eq!(json(by_name)["roles"], expected);
        [story(&refreshed)]
    })
    .await;
    insta::assert_snapshot!(refreshed, @r"
    200 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000005
    404 GET /orgs/5f0000000000000000000001/invites/6a0000000000000000000004
    200 GET /users/byName/Ann.Lee@Example.org
    ");
}
