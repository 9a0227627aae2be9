//! Where nothing is mounted: whose words the answer has.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::routing::get;
use serde_json::Value;
use tower::ServiceExt;
use vestibule_server::http;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::TestApp;

const NATIVE: &str = "/code";
const CONFLUENT: &str = "/errors/0/detail";
const ATLAS: &str = "/errorCode";
const OAUTH: &str = "/error_description";

async fn anonymous(test: &TestApp, method: &Method, path: &str) -> Answer {
    test.send(request(method.clone(), path, "", "")).await
}

/// Whether the body is JSON with a text at this pointer.
fn has_text_at(answer: &Answer, pointer: &str) -> bool {
    let body: Result<Value, _> = serde_json::from_str(&answer.body);
    body.is_ok_and(|body| body.pointer(pointer).is_some_and(Value::is_string))
}

#[tokio::test]
async fn where_nothing_is_mounted_the_neighbour_answers_in_its_own_shape() {
    let test = TestApp::new().await;
    for (shape, status, paths) in [
        (
            CONFLUENT,
            StatusCode::NOT_FOUND,
            &[
                "/iam",
                "/iam/",
                "/iam/v2/",
                "/iam/v3/invitations",
                "/iam/v22",
                "/iam/%ff",
                "//iam//v9",
                "/api/iam",
                "/api/iam/v2/",
                "/api/iam/v3/users",
            ][..],
        ),
        // Who shows no credential does not learn what there is.
        (
            ATLAS,
            StatusCode::UNAUTHORIZED,
            &["/api/atlas", "/api/atlas/", "/api/atlas/v9/orgs"],
        ),
        (
            OAUTH,
            StatusCode::NOT_FOUND,
            &["/api/oauth", "/api/oauth/", "/api/oauth/token/"],
        ),
        (
            NATIVE,
            StatusCode::NOT_FOUND,
            &["/v1", "/v1/", "/v1/x", "/healthz/", "/openapi.json/x"],
        ),
    ] {
        for path in paths {
            for method in [Method::GET, Method::POST, Method::DELETE, Method::OPTIONS] {
                let answer = anonymous(&test, &method, path).await;
                assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
                assert!(
                    has_text_at(&answer, shape),
                    "{method} {path}: {}",
                    answer.body
                );
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_version_of_confluents_api_is_not_found_as_any_other_path() {
    let test = TestApp::new().await;
    let mut request = request(Method::GET, "/iam/v3/invitations", "", "");
    let headers = request.headers_mut();
    headers.insert("x-request-id", "REQUEST".parse().expect("a header value"));
    let answer = test.send(request).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    404 Not Found
    {"errors":[{"id":"REQUEST","status":"404","code":"resource_not_found","title":"Not Found","detail":"there is nothing at this path"}]}
    "#);
    assert_eq!(answer.header("content-type"), "application/json");
}

#[tokio::test]
async fn a_wrong_method_outside_of_the_mounts_is_told_the_right_ones() {
    let test = TestApp::new().await;
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        let answer = anonymous(&test, &Method::POST, path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header("allow"), "GET,HEAD", "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let page = anonymous(&test, &Method::POST, "/docs").await;
    assert_eq!(
        page.shown(),
        "405 Method Not Allowed\nPOST is not possible here\n"
    );
}

#[tokio::test]
async fn a_panic_behind_the_token_endpoint_has_the_shape_of_oauth() {
    let test = TestApp::new().await;
    let routes = Router::new().route("/api/oauth/boom", get(boom));
    let front = http::front(test.app.clone(), routes);
    let request = Request::get("/api/oauth/boom").body(Body::empty());
    let Ok(response) = front.oneshot(request.expect("a request")).await;
    insta::assert_snapshot!(Answer::read(response).await.shown(), @r#"
    500 Internal Server Error
    {"error":"server_error","error_description":"unexpected error"}
    "#);
}

async fn boom() -> &'static str {
    panic!("inside")
}
