//! `Idempotency-Key`: a request that comes twice makes one thing.

use std::sync::Arc;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use tokio::task::JoinSet;
use vestibule_core::key::KeyKind;
use vestibule_testkit::store::Engine;

use super::*;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// Sends a POST with these keys.
async fn post(test: &TestApp, bearer: &str, path: &str, body: &str, keys: &[&str]) -> Answer {
    let mut request = request(Method::POST, path, bearer, body);
    for key in keys {
        let value = HeaderValue::from_str(key).expect("a header value");
        request.headers_mut().append(HEADER, value);
    }
    test.send(request).await
}

/// The creations of the API: path below the organization, body, and another body.
const CREATIONS: [[&str; 3]; 5] = [
    [
        "/invitations",
        r#"{"email":"ann@x.example"}"#,
        r#"{"email":"bob@x.example"}"#,
    ],
    ["/teams", r#"{"name":"Ops"}"#, r#"{"name":"Dev"}"#],
    ["/projects", r#"{"name":"Ops"}"#, r#"{"name":"Dev"}"#],
    [
        "/keys",
        r#"{"kind":"native","name":"x"}"#,
        r#"{"kind":"native","name":"y"}"#,
    ],
    ["", r#"{"name":"Ops"}"#, r#"{"name":"Dev"}"#],
];

fn path(api: &Api, below: &str) -> String {
    match below {
        "" => "/v1/organizations".to_owned(),
        below => api.path(below),
    }
}

#[tokio::test]
async fn the_same_request_with_the_same_key_gets_the_same_answer_and_makes_one_thing() {
    for [below, body, other] in CREATIONS {
        let api = Api::new().await;
        let (path, bearer) = (path(&api, below), api.test.owner_key.bearer());
        let send =
            async |body: &str, key: &str| post(&api.test, &bearer, &path, body, &[key]).await;
        let first = send(body, "k-1").await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        api.test.clock.advance_seconds(60);
        // Its members in another order, or with white space, are the same request.
        let again = send(&format!(" {body}\n"), "k-1").await;
        assert_eq!(shown(&again), shown(&first));
        assert_eq!(again.body, first.body, "a key's secret, too");
        let count = async || {
            let list = api.test.call(Method::GET, &path, "").await;
            json(&list)["data"]
                .as_array()
                .map(Vec::len)
                .expect("a list")
        };
        let one = count().await;

        let mismatch = send(other, "k-1").await;
        assert_eq!(code(&mismatch), "422 idempotency_mismatch", "{below}");
        assert_eq!(count().await, one, "{below}");
        let second = send(other, "k-2").await;
        assert_eq!(second.status, StatusCode::CREATED, "{below}");
        assert_eq!(count().await, one + 1, "{below}");
    }
}

#[tokio::test]
async fn the_answer_shows_what_was_made_as_it_is_now() {
    let api = Api::new().await;
    let (path, bearer) = (api.path("/invitations"), api.test.owner_key.bearer());
    let body = r#"{"email":"ann@x.example"}"#;
    post(&api.test, &bearer, &path, body, &["k"]).await;
    let invitation = api.test.open_invitation("ann@x.example").await;
    api.test.accept(&invitation).await;
    let again = post(&api.test, &bearer, &path, body, &["k"]).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(text(&again, "/state"), "accepted");
    assert_eq!(text(&again, "/id"), invitation.id.to_native());
}

#[tokio::test]
async fn a_key_is_its_callers_its_organizations_and_its_operations_and_lives_for_a_day() {
    let api = Api::new().await;
    let bearer = api.test.owner_key.bearer();
    let body = r#"{"name":"Ops"}"#;
    let teams = api.path("/teams");
    let send = async |bearer: &str, path: &str, body: &str| {
        let answer = post(&api.test, bearer, path, body, &["k"]).await;
        answer.status.as_u16()
    };
    assert_eq!(send(&bearer, &teams, body).await, 201);
    let another_operation = send(&bearer, &api.path("/projects"), body).await;
    assert_eq!(another_operation, 422);
    let admin = api.member_key("bob@acme.example", Role::UserAdmin).await;
    let of_another = send(&admin.bearer(), &teams, r#"{"name":"Dev"}"#).await;
    assert_eq!(of_another, 201);
    let stranger = api.test.other_organization("Globex").await;
    let theirs = format!("/v1/organizations/{}/teams", stranger.key.organization);
    assert_eq!(send(&stranger.bearer(), &theirs, body).await, 201);
    assert_eq!(send(&stranger.bearer(), &teams, body).await, 404);

    api.test.clock.advance_seconds(86_399);
    assert_eq!(send(&bearer, &teams, body).await, 201);
    api.test.clock.advance_seconds(1);
    assert_eq!(send(&bearer, &teams, body).await, 409, "the name is taken");
}

#[tokio::test]
async fn what_was_refused_is_judged_anew() {
    let api = Api::new().await;
    let (path, bearer) = (api.path("/teams"), api.test.owner_key.bearer());
    let body = r#"{"name":"Ops"}"#;
    let first = post(&api.test, &bearer, &path, body, &[]).await;
    let refused = post(&api.test, &bearer, &path, body, &["k"]).await;
    assert_eq!(code(&refused), "409 team_name_taken");
    api.delete(&format!("/teams/{}", text(&first, "/id"))).await;
    let made = post(&api.test, &bearer, &path, body, &["k"]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    // What was made and is gone is not made anew.
    api.delete(&format!("/teams/{}", text(&made, "/id"))).await;
    let gone = post(&api.test, &bearer, &path, body, &["k"]).await;
    assert_eq!(code(&gone), "404 not_found");
}

#[tokio::test]
async fn a_key_that_is_none_is_named() {
    let api = Api::new().await;
    let bearer = api.test.owner_key.bearer();
    let long = "x".repeat(256);
    for keys in [[""].as_slice(), &[" "], &[&long], &["a", "b"], &["\u{fc}"]] {
        let teams = api.path("/teams");
        let answer = post(&api.test, &bearer, &teams, r#"{"name":"Ops"}"#, keys).await;
        assert_eq!(code(&answer), "400 invalid_parameter", "{keys:?}");
        assert_eq!(text(&answer, "/errors/0/pointer"), "idempotency-key");
    }
    assert_eq!(
        json(&api.get("/teams").await)["data"],
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_of_the_same_at_once_make_one_key() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestApp::on(engine).await else {
            continue;
        };
        let test = Arc::new(test);
        let path = format!("/v1/organizations/{}/keys", test.organization);
        let mut racers = JoinSet::new();
        for _ in 0..32 {
            let (test, path) = (Arc::clone(&test), path.clone());
            let bearer = test.owner_key.bearer();
            let body = r#"{"kind":"confluent","name":"x"}"#;
            racers.spawn(async move { post(&test, &bearer, &path, body, &["k"]).await });
        }
        let answers = racers.join_all().await;
        let first = &answers[0];
        assert_eq!(
            first.status,
            StatusCode::CREATED,
            "{engine}: {}",
            first.body
        );
        assert!(
            answers.iter().all(|answer| answer.body == first.body),
            "{engine}"
        );
        let keys = test.call(Method::GET, &path, "").await;
        let kinds = json(&keys)["data"].as_array().expect("keys").len();
        assert_eq!(
            kinds,
            2,
            "{engine}: {} and the owner's",
            KeyKind::Confluent.name()
        );
    }
}
