//! Every route, in one table, and what holds for all of them. A route that is not in the table
//! fails a test.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::Value;
use vestibule_server::http;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::TestApp;

use super::{Api, code};

/// A route and a body that it takes.
pub(super) struct Route {
    method: &'static str,
    path: &'static str,
    body: &'static str,
}

const fn route(method: &'static str, path: &'static str, body: &'static str) -> Route {
    Route { method, path, body }
}

pub(super) const ROUTES: [Route; 35] = [
    route("POST", "/v1/organizations", r#"{"name":"New"}"#),
    route("GET", "/v1/organizations", ""),
    route("GET", "/v1/organizations/{organization}", ""),
    route(
        "PATCH",
        "/v1/organizations/{organization}",
        r#"{"name":"New"}"#,
    ),
    route(
        "POST",
        "/v1/organizations/{organization}/keys",
        r#"{"kind":"native","name":"x"}"#,
    ),
    route("GET", "/v1/organizations/{organization}/keys", ""),
    route("DELETE", "/v1/organizations/{organization}/keys/{key}", ""),
    route("GET", "/v1/organizations/{organization}/members", ""),
    route(
        "PATCH",
        "/v1/organizations/{organization}/members/{user}",
        r#"{"roles":["owner"]}"#,
    ),
    route(
        "DELETE",
        "/v1/organizations/{organization}/members/{user}",
        "",
    ),
    route("POST", "/v1/organizations/{organization}/members:leave", ""),
    route("GET", "/v1/organizations/{organization}/users", ""),
    route("GET", "/v1/organizations/{organization}/users/{user}", ""),
    route(
        "POST",
        "/v1/organizations/{organization}/teams",
        r#"{"name":"New"}"#,
    ),
    route("GET", "/v1/organizations/{organization}/teams", ""),
    route("GET", "/v1/organizations/{organization}/teams/{team}", ""),
    route(
        "PATCH",
        "/v1/organizations/{organization}/teams/{team}",
        r#"{"name":"Newer"}"#,
    ),
    route(
        "DELETE",
        "/v1/organizations/{organization}/teams/{team}",
        "",
    ),
    route(
        "POST",
        "/v1/organizations/{organization}/projects",
        r#"{"name":"New"}"#,
    ),
    route("GET", "/v1/organizations/{organization}/projects", ""),
    route(
        "GET",
        "/v1/organizations/{organization}/projects/{project}",
        "",
    ),
    route(
        "PATCH",
        "/v1/organizations/{organization}/projects/{project}",
        r#"{"name":"Newer"}"#,
    ),
    route(
        "DELETE",
        "/v1/organizations/{organization}/projects/{project}",
        "",
    ),
    route(
        "POST",
        "/v1/organizations/{organization}/invitations",
        r#"{"email":"new@x.example"}"#,
    ),
    route("GET", "/v1/organizations/{organization}/invitations", ""),
    route(
        "GET",
        "/v1/organizations/{organization}/invitations/{invitation}",
        "",
    ),
    route(
        "PATCH",
        "/v1/organizations/{organization}/invitations/{invitation}",
        r#"{"message":"x"}"#,
    ),
    route(
        "POST",
        "/v1/organizations/{organization}/invitations/{invitation}/resend",
        "",
    ),
    route(
        "POST",
        "/v1/organizations/{organization}/invitations/{invitation}/link",
        "",
    ),
    route(
        "POST",
        "/v1/organizations/{organization}/invitations/{invitation}/revoke",
        "",
    ),
    route("POST", "/v1/invitations/preview", r#"{"token":"TOKEN"}"#),
    route("POST", "/v1/invitations/accept", r#"{"token":"TOKEN"}"#),
    route("POST", "/v1/invitations/decline", r#"{"token":"TOKEN"}"#),
    route("POST", "/v1/invitations/leave", r#"{"token":"TOKEN"}"#),
    route("GET", "/v1/me", ""),
];

/// Things of the first organization, for the paths.
pub(super) struct Things {
    pub(super) organization: String,
    key: String,
    user: String,
    team: String,
    project: String,
    invitation: String,
}

impl Things {
    pub(super) async fn of(test: &TestApp) -> Self {
        let invitation = test.invite("things@x.example").await;
        test.clock.advance_seconds(60);
        let made = test.run(test.owner_ctx(), |tx, ctx| {
            vestibule_server::ops::teams::create(tx, ctx, "Things", &[])
        });
        let project = test.run(test.owner_ctx(), |tx, ctx| {
            vestibule_server::ops::projects::create(tx, ctx, "Things")
        });
        Self {
            project: project.await.expect("a project").id.to_native(),
            organization: test.organization.to_native(),
            key: test.owner_key.key.id.to_native(),
            user: test.owner.to_native(),
            team: made.await.expect("a team").id.to_native(),
            invitation: invitation.id.to_native(),
        }
    }

    /// The same things under another organization's path.
    pub(super) fn under(self, organization: String) -> Self {
        Self {
            organization,
            ..self
        }
    }

    /// Hostile text in place of every id but the organization's.
    fn hostile(test: &TestApp, text: &str) -> Self {
        let text = text.to_owned();
        Self {
            organization: test.organization.to_native(),
            key: text.clone(),
            user: text.clone(),
            team: text.clone(),
            project: text.clone(),
            invitation: text,
        }
    }
}

impl Route {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The name as one word, fit for an address.
    pub(super) fn operation(&self) -> String {
        let name = self.name().to_lowercase();
        let words = name.split(|c: char| !c.is_ascii_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join("-")
    }

    pub(super) fn needs_credential(&self) -> bool {
        !self.path.starts_with("/v1/invitations/")
    }

    pub(super) fn is_below_an_organization(&self) -> bool {
        self.path.contains("{organization}")
    }

    pub(super) fn names_a_thing(&self) -> bool {
        self.path.matches('{').count() > 1
    }

    fn method(&self) -> Method {
        self.method.parse().expect("a method")
    }

    fn filled(&self, things: &Things) -> String {
        self.path
            .replace("{organization}", &things.organization)
            .replace("{key}", &things.key)
            .replace("{user}", &things.user)
            .replace("{team}", &things.team)
            .replace("{project}", &things.project)
            .replace("{invitation}", &things.invitation)
    }

    pub(super) async fn call(&self, test: &TestApp, authorization: &str, of: &Things) -> Answer {
        self.call_with(test, authorization, of, self.body).await
    }

    async fn call_with(&self, test: &TestApp, auth: &str, of: &Things, body: &str) -> Answer {
        test.send(request(self.method(), &self.filled(of), auth, body))
            .await
    }
}

#[test]
fn the_table_has_every_route() {
    let api: Value = serde_json::from_str(&http::openapi_document()).expect("JSON");
    let mut described = BTreeSet::new();
    for (path, item) in api["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("a path").keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let swept: BTreeSet<String> = ROUTES.iter().map(Route::name).collect();
    assert_eq!(swept, described);
}

#[tokio::test]
async fn no_route_opens_without_a_credential_or_with_a_dead_one() {
    let api = Api::new().await;
    let things = Things::of(&api.test).await;
    let made = api
        .post("/keys", r#"{"kind":"native","name":"x","expires_in":60}"#)
        .await;
    let expired = format!("Bearer {}", super::text(&made, "/secret"));
    super::advance(&api, 60);
    let made = api.post("/keys", r#"{"kind":"native","name":"x"}"#).await;
    let revoked = format!("Bearer {}", super::text(&made, "/secret"));
    let key = super::text(&made, "/key/id");
    api.delete(&format!("/keys/{key}")).await;
    for route in ROUTES.iter().filter(|route| route.needs_credential()) {
        for (authorization, expected) in [
            ("", "401 credential_missing"),
            ("Bearer nonsense", "401 credential_invalid"),
            (&expired, "401 credential_expired"),
            (&revoked, "401 credential_invalid"),
        ] {
            let answer = route.call(&api.test, authorization, &things).await;
            assert_eq!(code(&answer), expected, "{}", route.name());
            assert!(answer.header("www-authenticate").starts_with("Bearer "));
        }
    }
}

#[tokio::test]
async fn every_body_is_checked_the_same_way() {
    let api = Api::new().await;
    let things = Things::of(&api.test).await;
    let bearer = api.test.owner_key.bearer();
    for route in ROUTES.iter().filter(|route| !route.body.is_empty()) {
        for (body, expected) in [
            ("", "400 body_missing"),
            ("{", "400 malformed_json"),
            (&route.body[..route.body.len() - 1], "400 malformed_json"),
            ("[]", "422 invalid_body"),
            ("7", "422 invalid_body"),
            ("null", "422 invalid_body"),
            (r#"{"surprise":1}"#, "422 invalid_body"),
            (&" ".repeat(2 << 20), "413 body_too_large"),
        ] {
            let answer = route.call_with(&api.test, &bearer, &things, body).await;
            let shown = &body[..body.len().min(40)];
            assert_eq!(code(&answer), expected, "{} {shown:?}", route.name());
        }
    }
}

#[tokio::test]
async fn every_path_refuses_the_methods_it_does_not_have() {
    let api = Api::new().await;
    let things = Things::of(&api.test).await;
    let bearer = api.test.owner_key.bearer();
    for route in &ROUTES {
        let path = route.filled(&things);
        for method in [Method::PUT, Method::OPTIONS, Method::TRACE] {
            let answer = api.test.send(request(method, &path, &bearer, "")).await;
            assert_eq!(code(&answer), "405 method_not_allowed", "{path}");
            assert!(answer.header("allow").contains(route.method), "{path}");
        }
    }
}

#[tokio::test]
async fn hostile_texts_in_paths_and_queries_are_no_defect_of_ours() {
    let api = Api::new().await;
    let bearer = api.test.owner_key.bearer();
    for text in [
        "%00",
        "%ff%fe",
        "%2e%2e%2f",
        "inv_%F0%9F%98%80",
        "'%20or%20'1'='1",
        "%25s%25n",
        "usr_0000000000000000000",
        &"a".repeat(5000),
    ] {
        let things = Things::hostile(&api.test, text);
        for route in ROUTES.iter().filter(|route| route.names_a_thing()) {
            let answer = route.call(&api.test, &bearer, &things).await;
            assert_eq!(code(&answer), "404 not_found", "{} {text}", route.name());
        }
        for list in [
            "invitations",
            "members",
            "users",
            "teams",
            "projects",
            "keys",
        ] {
            for name in ["cursor", "limit", "email", "state", text] {
                let path = format!("/{list}?{name}={text}");
                let answer = api.get(&path).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
            }
        }
    }
}
