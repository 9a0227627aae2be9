//! Every route of the dialect in two tables, and what holds for all of them. A route that is in
//! neither fails a test.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;

use super::credentials::powerless_key;
use super::*;

/// The routes below a mount, each with a request.
pub(super) const OPERATIONS: [(Method, &str, &str); 14] = [
    (Method::POST, "/invitations", r#"{"email":"x@example.org"}"#),
    (Method::GET, "/invitations", ""),
    (Method::GET, "/invitations/i-00000000000000000000", ""),
    (Method::DELETE, "/invitations/i-00000000000000000000", ""),
    (Method::GET, "/users", ""),
    (Method::GET, "/users/u-00000000000000000000", ""),
    (Method::PATCH, "/users/u-00000000000000000000", "{}"),
    (Method::DELETE, "/users/u-00000000000000000000", ""),
    (Method::GET, "/service-accounts", ""),
    (Method::GET, "/service-accounts/sa-00000000000000000000", ""),
    (Method::GET, "/role-bindings?crn_pattern=crn", ""),
    (Method::POST, "/role-bindings", "{}"),
    (Method::GET, "/role-bindings/rb-000000000000000000000", ""),
    (
        Method::DELETE,
        "/role-bindings/rb-000000000000000000000",
        "",
    ),
];

/// The routes outside of the mounts, and what each says to a request with neither credential nor
/// body, with a credential that opens nothing, and with a body that is none of its own.
const OUTSIDE: [(Method, &str, [u16; 3]); 7] = [
    (Method::GET, "/api/login/realm", [200, 200, 200]),
    (Method::POST, "/api/sessions", [400, 400, 400]),
    (Method::DELETE, "/api/sessions", [400, 400, 400]),
    (Method::GET, "/api/me", [401, 401, 401]),
    (
        Method::GET,
        "/api/growth/v1/free-trial-info",
        [200, 200, 200],
    ),
    (Method::POST, "/api/cli/v1/usages", [204, 204, 204]),
    // Without an issuer there is nothing to exchange; `sts` has the rest.
    (Method::POST, "/sts/v1/oauth2/token", [404, 404, 404]),
];

/// Methods and paths of the routes that a part of the source declares.
fn declared(source: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for route in source.split(".route(").skip(1) {
        let path = route.split('"').nth(1).expect("a path");
        for method in ["get", "post", "patch", "put", "delete"] {
            if route.contains(&format!("{method}(")) {
                found.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_route_is_swept() {
    let routes = include_str!("../../../src/http/confluent/routes.rs");
    let (mounted, outside) = routes.split_once(".fallback(").expect("a fallback");
    let swept = OPERATIONS.iter().map(|(method, path, _)| {
        let path = path.split('?').next().unwrap_or_default();
        match path.rsplit_once('/') {
            Some((list, id)) if id.contains("-0000") => format!("{method} {list}/{{id}}"),
            _ => format!("{method} {path}"),
        }
    });
    let mut swept: Vec<String> = swept.collect();
    swept.sort();
    assert_eq!(swept, declared(mounted));
    let swept = OUTSIDE
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"));
    let mut swept: Vec<String> = swept.collect();
    swept.sort();
    assert_eq!(swept, declared(outside));
}

#[tokio::test]
async fn outside_of_the_mounts_a_request_without_sense_is_refused_in_the_clients_shape() {
    let cloud = Cloud::new().await;
    for (method, path, expected) in OUTSIDE {
        for ((credential, body), expected) in [("", ""), ("Bearer a.b.c", ""), ("", "{\"token\":")]
            .iter()
            .zip(expected)
        {
            let answer = request(method.clone(), path, credential, body);
            let answer = cloud.test.send(answer).await;
            let case = format!("{method} {path} {credential} {body}");
            assert_eq!(answer.status, expected, "{case}: {}", answer.body);
            if answer.status.is_success() {
                continue;
            }
            assert_eq!(answer.header("content-type"), "application/json", "{case}");
            let status = text(&json(&answer), "/errors/0/status").to_owned();
            assert_eq!(status, expected.to_string(), "{case}");
            assert!(!detail(&answer).is_empty(), "{case}");
        }
    }
}

#[tokio::test]
async fn below_both_mounts_a_body_that_is_no_json_is_400_and_an_unknown_method_405() {
    let cloud = Cloud::new().await;
    for mount in ["/iam/v2", "/api/iam/v2"] {
        for (method, path, body) in OPERATIONS {
            let path = format!("{mount}{path}");
            let call = async |method: Method, body: &str| {
                let request = Request::builder()
                    .method(method)
                    .uri(&path)
                    .header(header::AUTHORIZATION, &cloud.authorization)
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(Body::from(body.to_owned()));
                cloud.test.send(request.expect("a request")).await
            };
            if !body.is_empty() {
                for malformed in ["", "{", "\u{0}", "[1]", "null", "\"x\""] {
                    let answer = call(method.clone(), malformed).await;
                    let status = answer.status.as_u16();
                    assert!(
                        matches!(status, 400 | 422),
                        "{method} {path} {malformed}: {}",
                        answer.body
                    );
                    assert_eq!(answer.header("content-type"), "application/json");
                }
            }
            let answer = call(Method::PUT, "{}").await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
}

/// What somebody gets to whom it is forbidden, whatever the body says; a read says so in the words
/// that keep Terraform's state.
#[tokio::test]
async fn whoever_has_no_role_for_it_is_403_before_anything_else_is_judged() {
    let cloud = Cloud::new().await;
    let member = cloud
        .test
        .member_key("bob@acme.example", Role::Member, KeyKind::Confluent)
        .await;
    let powerless = powerless_key(&cloud).await;
    for (method, path, body) in OPERATIONS {
        let answer = cloud.call_as(&powerless, method.clone(), path, body).await;
        assert_eq!(answer.status, 403, "{method} {path}: {}", answer.body);
        if method == Method::GET {
            assert!(answer.body.contains("invalid API key"), "{}", answer.body);
        }
    }
    for (path, body) in [
        ("/invitations", "{}"),
        ("/invitations", r#"{"email":"no address"}"#),
        ("/role-bindings", "{}"),
        ("/role-bindings", r#"{"principal":"User:u-1"}"#),
    ] {
        let answer = cloud
            .call_as(&basic(&member), Method::POST, path, body)
            .await;
        assert_eq!(answer.status, 403, "{path} {body}: {}", answer.body);
        let owners = cloud.call(Method::POST, path, body).await;
        assert_eq!(owners.status, 422, "{path} {body}: {}", owners.body);
    }
}
