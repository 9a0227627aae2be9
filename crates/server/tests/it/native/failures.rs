//! What every operation answers to bodies, paths and methods that are not its own.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use vestibule_testkit::answer::Answer;

use super::{Api, Table, code, count, shown};

async fn raw(api: &Api, media_type: Option<&str>, body: impl Into<Body>) -> Answer {
    let mut request = Request::post(api.path("/invitations"))
        .header(header::AUTHORIZATION, api.test.owner_key.bearer());
    if let Some(media_type) = media_type {
        request = request.header(header::CONTENT_TYPE, media_type);
    }
    let request = request.body(body.into()).expect("a request");
    api.test.send(request).await
}

const JSON: Option<&str> = Some("application/json");

#[tokio::test]
async fn malformed_bodies_are_told_where_reading_stopped() {
    let api = Api::new().await;
    insta::assert_snapshot!(shown(&raw(&api, JSON, "{\"email\":\n oops}").await), @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body is not JSON: reading stopped at line 2, column 2","code":"malformed_json"}
    "#);
    insta::assert_snapshot!(shown(&raw(&api, JSON, "{\"email\":\"a@x.exam").await), @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body is not JSON: reading stopped at line 1, column 18","code":"malformed_json"}
    "#);
    insta::assert_snapshot!(shown(&raw(&api, JSON, "{} {}").await), @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"the body is not JSON: reading stopped at line 1, column 4","code":"malformed_json"}
    "#);
    insta::assert_snapshot!(shown(&raw(&api, JSON, "").await), @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"this operation takes a JSON body, and the request has none","code":"body_missing"}
    "#);
    let deep = format!("{{\"email\":{}", "[".repeat(100_000));
    assert_eq!(code(&raw(&api, JSON, deep).await), "400 malformed_json");
    let brackets = "[".repeat(100_000);
    assert_eq!(code(&raw(&api, JSON, brackets).await), "400 malformed_json");
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(code(&raw(&api, JSON, closed).await), "422 invalid_body");
    let not_text = [b"{\"email\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat();
    assert_eq!(code(&raw(&api, JSON, not_text).await), "400 malformed_json");
    assert_eq!(count(&api.test, Table::Invitations).await, 0);
}

#[tokio::test]
async fn a_body_must_be_declared_as_json() {
    let api = Api::new().await;
    let body = r#"{"email":"a@x.example"}"#;
    insta::assert_snapshot!(shown(&raw(&api, Some("text/plain"), body).await), @r#"
    415 Unsupported Media Type
    {"type":"about:blank","title":"Unsupported Media Type","status":415,"detail":"the body is not declared as JSON","code":"not_json","hint":"send Content-Type: application/json"}
    "#);
    assert_eq!(code(&raw(&api, None, body).await), "415 not_json");
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(code(&raw(&api, form, body).await), "415 not_json");
    let said = raw(&api, Some("application/json; charset=utf-8"), body).await;
    assert_eq!(said.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_body_of_two_megabytes_is_too_large() {
    let api = Api::new().await;
    let large = format!(r#"{{"email":"{}"}}"#, "a".repeat(2 << 20));
    insta::assert_snapshot!(shown(&raw(&api, JSON, large).await), @r#"
    413 Payload Too Large
    {"type":"about:blank","title":"Payload Too Large","status":413,"detail":"the body is larger than 1048576 bytes","code":"body_too_large"}
    "#);
    let endless = format!(r#"{{"email":"{}"}}"#, "a".repeat(20 << 20));
    assert_eq!(code(&raw(&api, JSON, endless).await), "413 body_too_large");
    let fits = format!(r#"{{"email":"a@x.example"}}{}"#, " ".repeat((1 << 20) - 23));
    assert_eq!(fits.len(), 1 << 20);
    assert_eq!(raw(&api, JSON, fits).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn there_is_nothing_under_an_unknown_path() {
    let api = Api::new().await;
    let get = async |path: &str| shown(&api.test.call(Method::GET, path, "").await);
    insta::assert_snapshot!(get("/v1/nothing").await, @r#"
    404 Not Found
    {"type":"about:blank","title":"Not Found","status":404,"detail":"there is nothing under this path","code":"no_such_path","hint":"the API is described at /docs and /openapi.json"}
    "#);
    for path in ["/v1", "/v1/", "/v1//me", "/v1/me/", "/v1/organizations/x/y"] {
        let answer = api.test.call(Method::GET, path, "").await;
        assert_eq!(code(&answer), "404 no_such_path", "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let api = Api::new().await;
    insta::assert_snapshot!(shown(&api.send(Method::PUT, "/invitations", "").await), @r#"
    405 Method Not Allowed
    allow: POST,GET,HEAD
    {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this path does not take this method","code":"method_not_allowed"}
    "#);
    insta::assert_snapshot!(shown(&api.delete("/invitations/inv_1").await), @r#"
    405 Method Not Allowed
    allow: GET,HEAD,PATCH
    {"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this path does not take this method","code":"method_not_allowed"}
    "#);
}

#[tokio::test]
async fn what_is_no_id_names_nothing() {
    let api = Api::new().await;
    insta::assert_snapshot!(shown(&api.get("/invitations/i-123").await), @r#"
    404 Not Found
    {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no invitation with the id i-123","code":"not_found"}
    "#);
    let other = api
        .test
        .call(Method::GET, "/v1/organizations/acme", "")
        .await;
    insta::assert_snapshot!(shown(&other), @r#"
    404 Not Found
    {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no organization with the id acme","code":"not_found"}
    "#);
}
