//! Requests that make no sense, each answered precisely and without a trace.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::routing::get;
use tower::ServiceExt;
use vestibule_server::http::front;

use super::*;

/// That nothing was written.
async fn assert_nothing_was_made(cloud: &Cloud) {
    let list = json(&cloud.get("/invitations").await);
    assert_eq!(list["data"], Value::Array(Vec::new()));
}

#[tokio::test]
async fn what_is_no_address_is_422_and_points_at_it() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(shown(&cloud.post(r#"{"email":"ann"}"#).await), @r#"
    422
    {
      "errors":[
        {
          "id":"request#1",
          "status":"422",
          "code":"invalid_configuration",
          "title":"Unprocessable Entity",
          "detail":"this is not an e-mail address: it has no @",
          "source":{
            "pointer":"/email"
          }
        }
      ]
    }
    "#);
    insta::assert_snapshot!(shown(&cloud.post("{}").await), @r#"
    422
    {
      "errors":[
        {
          "id":"request#1",
          "status":"422",
          "code":"invalid_configuration",
          "title":"Unprocessable Entity",
          "detail":"an e-mail address is needed",
          "source":{
            "pointer":"/email"
          }
        }
      ]
    }
    "#);
    insta::assert_snapshot!(shown(&cloud.post(r#"{"email":" ann@example.org"}"#).await), @r#"
    422
    {
      "errors":[
        {
          "id":"request#1",
          "status":"422",
          "code":"invalid_configuration",
          "title":"Unprocessable Entity",
          "detail":"this is not an e-mail address: it has spaces around it",
          "source":{
            "pointer":"/email"
          }
        }
      ]
    }
    "#);
    assert_nothing_was_made(&cloud).await;
}

#[tokio::test]
async fn sec_s23_hostile_addresses_are_refused_and_not_repeated() {
    let cloud = Cloud::new().await;
    let long = format!("{}@example.org", "a".repeat(250));
    for email in [
        "",
        " ",
        "@",
        "a@",
        "@b",
        "a b@example.org",
        "a@b@example.org",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\0",
        "\"<script>\"@example.org",
        "Ann <ann@example.org>",
        "a\u{202e}nn@example.org",
        "\u{212a}elvin@example.org",
        "ann@example..org",
        "ann@[127.0.0.1]",
        "ann@-example.org",
        "ann@ex ample.org",
        "ann@example.org,bob@example.org",
        "mailto:ann@example.org?subject=x",
        "../../etc/passwd",
        "' or 1=1 --",
        long.as_str(),
    ] {
        let body = serde_json::json!({ "email": email }).to_string();
        let answer = cloud.post(&body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{email:?}");
        assert_eq!(text(&json(&answer), "/errors/0/source/pointer"), "/email");
        assert!(email.len() < 3 || !answer.body.contains(email), "{email:?}");
    }
    assert_nothing_was_made(&cloud).await;
}

#[tokio::test]
async fn an_unknown_authentication_type_is_422() {
    let cloud = Cloud::new().await;
    let answer = cloud
        .post(r#"{"email":"ann@example.org","auth_type":"AUTH_TYPE_MAGIC"}"#)
        .await;
    insta::assert_snapshot!(shown(&answer), @r#"
    422
    {
      "errors":[
        {
          "id":"request#1",
          "status":"422",
          "code":"invalid_configuration",
          "title":"Unprocessable Entity",
          "detail":"the auth_type is neither AUTH_TYPE_LOCAL nor AUTH_TYPE_SSO",
          "source":{
            "pointer":"/auth_type"
          }
        }
      ]
    }
    "#);
    for auth_type in ["auth_type_local", "LOCAL", " AUTH_TYPE_LOCAL"] {
        let body = format!(r#"{{"email":"ann@example.org","auth_type":"{auth_type}"}}"#);
        let answer = cloud.post(&body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_nothing_was_made(&cloud).await;
}

#[tokio::test]
async fn a_member_of_a_wrong_type_is_422_and_points_at_it() {
    let cloud = Cloud::new().await;
    let number = cloud.post(r#"{"email":5}"#).await;
    insta::assert_snapshot!(shown(&number), @r#"
    422
    {
      "errors":[
        {
          "id":"request#1",
          "status":"422",
          "code":"invalid_configuration",
          "title":"Unprocessable Entity",
          "detail":"invalid type: integer `5`, expected a string",
          "source":{
            "pointer":"/email"
          }
        }
      ]
    }
    "#);
    for (body, pointer) in [
        (r#"{"email":["ann@example.org"]}"#, "/email"),
        (r#"{"email":{"a":1}}"#, "/email"),
        (r#"{"email":null}"#, "/email"),
        (r#"{"email":true}"#, "/email"),
        (r#"{"email":"ann@example.org","auth_type":1}"#, "/auth_type"),
        (
            r#"{"email":"ann@example.org","auth_type":[]}"#,
            "/auth_type",
        ),
    ] {
        let answer = cloud.post(body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(text(&json(&answer), "/errors/0/source/pointer"), pointer);
    }
    for body in [
        "5",
        "null",
        "true",
        "[]",
        "\"ann@example.org\"",
        r#"["AUTH_TYPE_LOCAL","ann@example.org"]"#,
        r#"{"email":"ann@example.org","email":"bob@example.org"}"#,
    ] {
        let answer = cloud.post(body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(
            text(&json(&answer), "/errors/0/code"),
            "invalid_configuration"
        );
    }
    assert_nothing_was_made(&cloud).await;
}

#[tokio::test]
async fn what_is_no_json_is_400() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(shown(&cloud.post("{\"email\":\"ann@exam").await), @r#"
    400
    {
      "errors":[
        {
          "id":"request#1",
          "status":"400",
          "code":"malformed_request",
          "title":"Bad Request",
          "detail":"the body is not JSON: see line 1, column 18"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(shown(&post_raw(&cloud, "application/json", "").await), @r#"
    400
    {
      "errors":[
        {
          "id":"request#1",
          "status":"400",
          "code":"malformed_request",
          "title":"Bad Request",
          "detail":"the body is missing"
        }
      ]
    }
    "#);
    let nested = format!("{{\"x\":{}", "[".repeat(100_000));
    for body in [
        "{",
        "email=ann@example.org",
        "{\"email\":\"ann@example.org\"} trailing",
        "{\"email\":\"ann@example.org\",}",
        "{'email':'ann@example.org'}",
        "\u{feff}{\"email\":\"ann@example.org\"}",
        "{\"email\":\"\\ud800@example.org\"}",
        nested.as_str(),
    ] {
        let answer = cloud.post(body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:.40}");
        assert_eq!(text(&json(&answer), "/errors/0/code"), "malformed_request");
    }
    let latin = Request::post("/iam/v2/invitations")
        .header(header::AUTHORIZATION, &cloud.authorization)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(b"{\"email\":\"j\xf6rg@example.org\"}".to_vec()));
    let latin = cloud.test.send(latin.expect("a request")).await;
    assert_eq!(latin.status, StatusCode::BAD_REQUEST, "{}", latin.body);
    assert_nothing_was_made(&cloud).await;
}

#[tokio::test]
async fn a_body_of_two_megabytes_is_413() {
    let cloud = Cloud::new().await;
    let body = format!(
        r#"{{"email":"ann@example.org","x":"{}"}}"#,
        "x".repeat(2 << 20)
    );
    insta::assert_snapshot!(shown(&cloud.post(&body).await), @r#"
    413
    {
      "errors":[
        {
          "id":"request#1",
          "status":"413",
          "code":"payload_too_large",
          "title":"Payload Too Large",
          "detail":"the body is larger than 1 MiB"
        }
      ]
    }
    "#);
    assert_nothing_was_made(&cloud).await;
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_415() {
    let cloud = Cloud::new().await;
    let body = r#"{"email":"ann@example.org"}"#;
    let form = post_raw(&cloud, "application/x-www-form-urlencoded", body).await;
    insta::assert_snapshot!(shown(&form), @r#"
    415
    {
      "errors":[
        {
          "id":"request#1",
          "status":"415",
          "code":"unsupported_media_type",
          "title":"Unsupported Media Type",
          "detail":"the body must be JSON, and Content-Type must say application/json"
        }
      ]
    }
    "#);
    for media_type in ["text/plain", "application/jsonp", "", "x"] {
        let answer = post_raw(&cloud, media_type, body).await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{media_type:?}"
        );
    }
    assert_nothing_was_made(&cloud).await;
    let admitted = post_raw(&cloud, "application/json; charset=utf-8", body).await;
    assert_eq!(admitted.status, StatusCode::CREATED);
}

async fn post_raw(cloud: &Cloud, media_type: &str, body: &str) -> Answer {
    let request = Request::post("/iam/v2/invitations")
        .header(header::AUTHORIZATION, &cloud.authorization)
        .header(header::CONTENT_TYPE, media_type)
        .body(Body::from(body.to_owned()));
    cloud.test.send(request.expect("a request")).await
}

#[tokio::test]
async fn an_open_invitation_is_a_conflict_that_says_where() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let answer = cloud
        .post(r#"{"email":"Ann@EXAMPLE.org","auth_type":"AUTH_TYPE_LOCAL"}"#)
        .await;
    assert_eq!(answer.header("location"), text(&made, "/metadata/self"));
    insta::assert_snapshot!(shown(&answer), @r#"
    409
    {
      "errors":[
        {
          "id":"request#1",
          "status":"409",
          "code":"resource_already_exists",
          "title":"Conflict",
          "detail":"this address has an open invitation already"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_full_organization_is_402() {
    let cloud = Cloud::with_settings(|settings| settings.pending_limit = Some(1)).await;
    cloud.invite("ann@example.org").await;
    let answer = cloud.post(r#"{"email":"bob@example.org"}"#).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    402
    {
      "errors":[
        {
          "id":"request#1",
          "status":"402",
          "code":"quota_exceeded",
          "title":"Payment Required",
          "detail":"the number of open invitations in this organization is currently limited to 1"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn an_unknown_id_is_404() {
    let cloud = Cloud::new().await;
    let unknown = "/invitations/i-00000000000000000000";
    insta::assert_snapshot!(shown(&cloud.get(unknown).await), @r#"
    404
    {
      "errors":[
        {
          "id":"request#1",
          "status":"404",
          "code":"resource_not_found",
          "title":"Not Found",
          "detail":"there is no invitation with the id i-#2"
        }
      ]
    }
    "#);
    assert_eq!(
        cloud.delete("i-00000000000000000000").await.status,
        StatusCode::NOT_FOUND
    );
    let made = cloud.invite("ann@example.org").await;
    let id = text(&made, "/id");
    for near in [
        id.to_uppercase(),
        id.replace("i-", "u-"),
        id.replace("i-", "inv_"),
        id.replace("i-", ""),
        format!("{id}0"),
        format!("%20{id}"),
        "i-gxxn1".to_owned(),
        "i-%ff%fe".to_owned(),
        "..%2f..%2fv1%2fme".to_owned(),
        "%00".to_owned(),
        "x".repeat(10_000),
    ] {
        let answer = cloud.get(&format!("/invitations/{near}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{near:.40}");
        assert_eq!(text(&json(&answer), "/errors/0/code"), "resource_not_found");
        assert_eq!(cloud.delete(&near).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(cloud.read(id).await, made);
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_answer_in_the_same_shape() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(shown(&cloud.get("/nothing").await), @r#"
    404
    {
      "errors":[
        {
          "id":"request#1",
          "status":"404",
          "code":"resource_not_found",
          "title":"Not Found",
          "detail":"there is nothing at this path"
        }
      ]
    }
    "#);
    for path in ["", "/invitations/", "/invitations/x/y", "/Invitations"] {
        let answer = cloud.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(text(&json(&answer), "/errors/0/status"), "404");
    }
    let put = cloud.call(Method::PUT, "/invitations/i-1", "{}").await;
    insta::assert_snapshot!(shown(&put), @r#"
    405
    {
      "errors":[
        {
          "id":"request#1",
          "status":"405",
          "code":"method_not_allowed",
          "title":"Method Not Allowed",
          "detail":"this method is not supported at this path"
        }
      ]
    }
    "#);
    assert_eq!(put.header("allow"), "GET,HEAD,DELETE");
    for (method, path) in [
        (Method::PATCH, "/invitations/i-1"),
        (Method::DELETE, "/invitations"),
        (Method::POST, "/users"),
        (Method::PUT, "/users/u-1"),
        (Method::OPTIONS, "/invitations"),
    ] {
        let answer = cloud.call(method.clone(), path, "").await;
        assert_eq!(
            answer.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
        assert_eq!(text(&json(&answer), "/errors/0/code"), "method_not_allowed");
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_503_and_says_when_to_come_back() {
    let cloud = Cloud::new().await;
    cloud.get("/users").await;
    cloud.test.fresh.store.close().await;
    let answer = cloud.get("/users").await;
    insta::assert_snapshot!(shown(&answer), @r#"
    503
    {
      "errors":[
        {
          "id":"request#1",
          "status":"503",
          "code":"service_unavailable",
          "title":"Service Unavailable",
          "detail":"the server cannot reach its database now"
        }
      ]
    }
    "#);
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_panic_is_500_in_the_same_shape() {
    let cloud = Cloud::new().await;
    let broken = Router::new().route(
        "/iam/v2/broken",
        get(async || -> String { panic!("a secret") }),
    );
    let service = front(cloud.test.app.clone(), broken);
    let answer = service
        .oneshot(request(
            Method::GET,
            "/iam/v2/broken",
            &cloud.authorization,
            "",
        ))
        .await
        .expect("an answer");
    let answer = Answer::read(answer).await;
    assert_eq!(answer.header("content-type"), "application/json");
    insta::assert_snapshot!(shown(&answer), @r#"
    500
    {
      "errors":[
        {
          "id":"request#1",
          "status":"500",
          "code":"internal_error",
          "title":"Internal Server Error",
          "detail":"the server failed; nothing is known to be wrong with the request"
        }
      ]
    }
    "#);
}
