//! The layers around all dialects: ids of requests, headers, panics, health.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::routing::get;
use tower::ServiceExt;
use vestibule_server::http;
use vestibule_testkit::answer::{Answer, request};

use super::{Api, json, shown};
use crate::log::Log;

#[tokio::test]
async fn every_answer_names_its_request() {
    let api = Api::new().await;
    let made = api.test.call(Method::GET, "/v1/me", "").await;
    assert_eq!(made.header("x-request-id").len(), 24);
    let mut request = request(Method::GET, "/v1/nothing", "", "");
    let headers = request.headers_mut();
    headers.insert("x-request-id", "build-7".parse().expect("a header value"));
    let said = api.test.send(request).await;
    assert_eq!(said.header("x-request-id"), "build-7");
}

#[tokio::test]
async fn sec_s18_no_answer_is_kept_sniffed_or_told_to_the_next_page() {
    let api = Api::new().await;
    for path in [
        "/v1/me",
        "/v1/nothing",
        "/iam/v2/users",
        "/api/atlas/v2",
        "/healthz",
    ] {
        let answer = api.test.call(Method::GET, path, "").await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-vestibule"), "1", "{path}");
    }
}

#[tokio::test]
async fn sec_s18_no_log_line_holds_a_secret_or_an_address() {
    let log = Log::begin();
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let token = api.test.token(&invitation);
    let body = format!(r#"{{"token":"{token}"}}"#);
    for verb in ["preview", "accept", "decline"] {
        let path = format!("/v1/invitations/{verb}");
        api.anonymous(Method::POST, &path, &body).await;
        api.anonymous(Method::POST, &path, &body[..40]).await;
    }
    api.get("/invitations?email=ann%40x.example").await;
    api.get("/ann%40x.example").await;
    panicking(&api, "/v1/boom").await;
    let lines = log.end();
    assert!(lines.contains("answered"), "the log is on: {lines}");
    assert!(lines.contains("/v1/invitations/accept"), "routes are named");
    assert!(lines.contains("a request panicked"), "panics are logged");
    for secret in [&token, &api.test.owner_key.secret, "x.example"] {
        assert!(!lines.contains(secret), "{lines}");
    }
}

#[tokio::test]
async fn slashes_too_many_change_nothing_about_whose_answer_it_is() {
    let api = Api::new().await;
    for path in [
        "//iam///v2//users",
        "/iam/v2/",
        "/api/iam/v2/",
        "/api/atlas/",
        "/api/oauth/",
    ] {
        let answer = api.anonymous(Method::GET, path, "").await;
        assert!(answer.status.is_client_error(), "{path}");
        assert!(json(&answer).is_object(), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_process_is_alive_and_ready() {
    let api = Api::new().await;
    let at = async |path| shown(&api.anonymous(Method::GET, path, "").await);
    assert_eq!(at("/healthz").await, "200 OK\nok\n");
    assert_eq!(at("/readyz").await, "200 OK\nready\n");
    api.test.fresh.store.close().await;
    assert_eq!(at("/healthz").await, "200 OK\nok\n");
    let ready = api.anonymous(Method::GET, "/readyz", "").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(json(&ready)["code"], "unavailable");
}

#[tokio::test]
async fn a_lost_database_is_no_secret_and_no_500() {
    let api = Api::new().await;
    api.test.fresh.store.close().await;
    let mut answer = api.test.call(Method::GET, "/v1/organizations", "").await;
    answer.body = answer
        .body
        .replace(answer.header("x-request-id"), "REQUEST");
    insta::assert_snapshot!(shown(&answer), @r#"
    503 Service Unavailable
    retry-after: 1
    {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"the database is not available at the moment","code":"unavailable","instance":"urn:vestibule:request:REQUEST"}
    "#);
}

#[tokio::test]
async fn whoever_sends_two_megabytes_over_a_wire_gets_to_read_the_answer() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let api = Api::new().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = axum::serve(listener, http::router(api.test.app.clone()));
    let server = http::tasks::spawn("test server", async move {
        serving.await.expect("it serves");
    });
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("open");
    let head = format!(
        "POST /v1/invitations/accept HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        2 << 20
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream
        .write_all(&vec![b' '; 2 << 20])
        .await
        .expect("sent whole");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .expect("read whole");
    server.abort();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("body_too_large"), "{answer}");
}

/// The common layers around routes that panic, one for each dialect.
async fn panicking(api: &Api, path: &'static str) -> Answer {
    let routes = Router::new().route(path, get(panic_with_a_secret));
    let front = http::front(api.test.app.clone(), routes);
    let mut request = Request::get(path).body(Body::empty()).expect("a request");
    let headers = request.headers_mut();
    headers.insert("x-request-id", "REQUEST".parse().expect("a header value"));
    let Ok(response) = front.oneshot(request).await;
    Answer::read(response).await
}

async fn panic_with_a_secret() -> &'static str {
    panic!("secret of the inside")
}

#[tokio::test]
async fn a_panic_has_the_shape_of_its_dialect() {
    let api = Api::new().await;
    let native = panicking(&api, "/v1/boom").await;
    insta::assert_snapshot!(shown(&native), @r#"
    500 Internal Server Error
    {"type":"about:blank","title":"Internal Server Error","status":500,"detail":"something went wrong on our side","code":"internal","instance":"urn:vestibule:request:REQUEST"}
    "#);
    assert_eq!(native.header("content-type"), "application/problem+json");
    for path in ["/iam/v2/boom", "/api/iam/v2/boom", "/api/atlas/v2/boom"] {
        let answer = panicking(&api, path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(json(&answer).is_object(), "{path}");
        assert!(!answer.body.contains("secret"), "{path}");
        assert_eq!(answer.header("x-request-id"), "REQUEST", "{path}");
    }
    let page = panicking(&api, "/boom").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered() {
    let api = Api::new().await;
    tokio::time::pause();
    let routes = Router::new().route("/v1/slow", get(std::future::pending::<&'static str>));
    let front = http::front(api.test.app.clone(), routes);
    let request = Request::get("/v1/slow")
        .header("x-request-id", "REQUEST")
        .body(Body::empty())
        .expect("a request");
    let Ok(response) = front.oneshot(request).await;
    insta::assert_snapshot!(shown(&Answer::read(response).await), @r#"
    503 Service Unavailable
    {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"this took too long; whether it was done is not known","code":"timed_out","instance":"urn:vestibule:request:REQUEST"}
    "#);
}
