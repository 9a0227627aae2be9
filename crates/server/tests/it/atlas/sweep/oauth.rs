//! The same for the OAuth endpoints, whose credentials, bodies and errors are of another kind.

use std::collections::BTreeSet;

use super::super::oauth::{GRANT, basic, client, post};
use super::super::*;
use super::routes::declared_in;

const ROUTES: [&str; 2] = ["/token", "/revoke"];

/// A form that the endpoint takes.
fn form(path: &str, token: &str) -> String {
    match path {
        "/token" => GRANT.to_owned(),
        _ => format!("token={token}&token_type_hint=access_token"),
    }
}

struct Clients {
    cloud: Cloud,
    account: Secret,
    token: String,
}

impl Clients {
    async fn new() -> Self {
        let cloud = Cloud::new().await;
        let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
        let answer = post(&cloud, "/token", &client(&account), GRANT).await;
        let token = text(&json(&answer), "/access_token").to_owned();
        Self {
            cloud,
            account,
            token,
        }
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/oauth{path}"))
            .header(header::AUTHORIZATION, client(&self.account))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body.to_owned()))
            .expect("a request");
        self.cloud.test.send(request).await
    }

    async fn opens(&self) -> bool {
        let bearer = format!("Bearer {}", self.token);
        let path = "/api/atlas/v2/orgs";
        let answer = self.cloud.send(Method::GET, path, &bearer, "").await;
        answer.status == StatusCode::OK
    }
}

#[test]
fn the_table_has_every_route_of_oauth() {
    let source = include_str!("../../../../src/http/atlas/oauth.rs");
    let swept: BTreeSet<String> = ROUTES.iter().map(|path| format!("POST {path}")).collect();
    assert_eq!(swept, declared_in(source));
}

#[tokio::test]
async fn every_route_of_oauth_answers_its_client() {
    for path in ROUTES {
        let clients = Clients::new().await;
        let body = form(path, &clients.token);
        let answer = post(&clients.cloud, path, &client(&clients.account), &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert_eq!(clients.opens().await, path == "/token", "{path}");
    }
}

#[tokio::test]
async fn no_route_of_oauth_opens_without_a_credential_or_with_a_wrong_one() {
    let clients = Clients::new().await;
    let (cloud, account) = (&clients.cloud, &clients.account);
    for path in ROUTES {
        let body = form(path, &clients.token);
        for authorization in [
            String::new(),
            "Basic".to_owned(),
            "Basic !".to_owned(),
            format!("Bearer {}", clients.token),
            basic(&account.key.public_id, "wrong"),
            basic("mdb_sa_id_5d0000000000000000000001", &account.secret),
            // A programmatic key is no client.
            basic(&cloud.key.key.public_id, &cloud.key.secret),
            cloud.test.owner_key.bearer(),
        ] {
            let answer = post(cloud, path, &authorization, &body).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{authorization}");
            assert_eq!(text(&json(&answer), "/error"), "invalid_client");
            assert!(answer.header("www-authenticate").starts_with("Basic "));
        }
    }
    assert!(clients.opens().await, "nothing was revoked");
}

#[tokio::test]
async fn every_body_of_oauth_is_checked_the_same_way() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let clients = Clients::new().await;
    let large = format!("a={}", "x".repeat(2 << 20));
    for path in ROUTES {
        let good = form(path, &clients.token);
        for (kind, body) in [
            (FORM, ""),
            (FORM, "a=b"),
            (FORM, "grant_type"),
            (FORM, large.as_str()),
            ("application/json", good.as_str()),
            ("text/plain", good.as_str()),
            ("", good.as_str()),
        ] {
            let answer = clients.send(Method::POST, path, kind, body).await;
            let shown = &body[..body.len().min(20)];
            assert_eq!(
                answer.status,
                StatusCode::BAD_REQUEST,
                "{path} {kind} {shown}"
            );
            let code = json(&answer)["error"].clone();
            let is_known = code == "invalid_request" || code == "unsupported_grant_type";
            assert!(is_known, "{path} {kind} {shown}: {}", answer.body);
        }
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
            let answer = clients.send(method, path, FORM, &good).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            assert_eq!(answer.header("allow"), "POST", "{path}");
        }
    }
    assert!(clients.opens().await, "nothing was revoked");
}

#[tokio::test]
async fn sec_s25_a_client_of_another_organization_revokes_nothing_here() {
    let clients = Clients::new().await;
    let stranger = clients.cloud.test.other_organization("Globex").await;
    let theirs = clients
        .cloud
        .test
        .key_beside(&stranger, KeyKind::AtlasServiceAccount)
        .await;
    let body = form("/revoke", &clients.token);
    let answer = post(&clients.cloud, "/revoke", &client(&theirs), &body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(clients.opens().await);
}
