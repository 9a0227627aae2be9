//! Bodies that nobody wanted: read, so that whoever sends them gets to read the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use vestibule_testkit::answer::request;
use vestibule_testkit::app::TestApp;

const PIECE: usize = 64 * 1024;
const PATHS: [&str; 4] = [
    "/iam/v2/invitations",
    "/v1/organizations",
    "/api/atlas/v2/orgs/6b0298a05babdf78eb7d1de4/invites",
    "/api/oauth/token",
];

/// A body that counts its pieces as they are taken.
fn counted(pieces: impl Stream<Item = Bytes> + Send + 'static) -> (Body, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let pieces = pieces.map(move |piece| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok::<_, std::io::Error>(piece)
    });
    (Body::from_stream(pieces), taken)
}

fn piece() -> Bytes {
    Bytes::from_static(&[b'x'; PIECE])
}

fn post(path: &str, body: Body) -> Request<Body> {
    let mut request = request(Method::POST, path, "", "{}");
    *request.body_mut() = body;
    request
}

#[tokio::test]
async fn the_body_of_a_request_without_a_credential_is_read_to_its_end() {
    let test = TestApp::new().await;
    for path in PATHS {
        let (body, taken) = counted(stream::iter(vec![piece(); 10]));
        let answer = test.send(post(path, body)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(taken.load(Ordering::SeqCst), 10, "{path}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_not_read_for_ever() {
    let test = TestApp::new().await;
    let (body, taken) = counted(stream::repeat_with(piece));
    let answer = test.send(post("/nothing", body)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(taken.load(Ordering::SeqCst), (1 << 20) / PIECE + 1);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let test = TestApp::new().await;
    tokio::time::pause();
    let (body, taken) = counted(stream::iter([piece()]).chain(stream::pending()));
    let answer = test.send(post("/iam/v2/invitations", body)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(taken.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nobody_is_told_to_send_a_body_that_will_not_be_used() {
    let test = TestApp::new().await;
    let (body, taken) = counted(stream::iter([piece()]));
    let mut request = post("/iam/v2/invitations", body);
    let expect = "100-continue".parse().expect("a header value");
    request.headers_mut().insert("expect", expect);
    let answer = test.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(taken.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_that_does_not_come_to_an_end_is_no_fault_of_the_servers() {
    let test = TestApp::new().await;
    tokio::time::pause();
    let (body, _) = counted(stream::iter([piece()]).chain(stream::pending()));
    let answer = test.send(post("/v1/invitations/accept", body)).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body did not come to its end","code":"body_interrupted"}
    "#);
}
