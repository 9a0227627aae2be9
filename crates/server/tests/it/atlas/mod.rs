//! The Atlas dialect, through the router.

mod clients;
mod credentials;
mod failures;
mod group_invites;
mod group_users;
mod groups;
mod invites;
mod life;
mod oauth;
mod org_users;
mod orgs;
mod pages;
mod project_teams;
mod races;
mod rates;
mod replay;
mod settings;
mod shape;
mod sweep;
mod team_users;
mod teams;
mod tenants;
mod users;
mod versions;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use md5::{Digest, Md5};
use serde_json::Value;
use vestibule_core::invitation::Invitation;
use vestibule_core::key::KeyKind;
use vestibule_core::secret::AcceptToken;
use vestibule_core::text::to_hex;
use vestibule_core::{Clock, Id};
use vestibule_server::ops::{acceptance, invitations};
use vestibule_server::{Actor, Ctx, Settings};
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::{Secret, TestApp};

const OLD: &str = "application/vnd.atlas.2023-01-01+json";
const NEW: &str = "application/vnd.atlas.2025-02-19+json";

/// The server, and the programmatic key of the first owner.
struct Cloud {
    test: TestApp,
    key: Secret,
    org: String,
}

impl Cloud {
    async fn new() -> Self {
        Self::over(TestApp::new().await).await
    }

    async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        Self::over(TestApp::with_settings(change).await).await
    }

    async fn over(test: TestApp) -> Self {
        let key = test.key(KeyKind::Atlas).await;
        let org = test.organization.to_hex();
        Self { test, key, org }
    }

    /// Sends a request as the first owner, as the vendor's client does: without a credential, then
    /// with the answer to the challenge. `path` begins below `/api/atlas/v2`, with `ORG` for the
    /// organization.
    async fn call(&self, method: Method, path: &str, json: &str) -> Answer {
        self.call_as(&self.key, method, path, json).await
    }

    async fn call_as(&self, key: &Secret, method: Method, path: &str, json: &str) -> Answer {
        let path = format!("/api/atlas/v2{}", path.replace("ORG", &self.org));
        let first = self.send(method.clone(), &path, "", json).await;
        assert_eq!(first.status, StatusCode::UNAUTHORIZED, "{}", first.body);
        let nonce = nonce_of(&first);
        let credential = Signing::of(key, &nonce).header(&method, &path);
        self.send(method, &path, &credential, json).await
    }

    /// Sends one request with this `Authorization`; empty for none.
    async fn send(&self, method: Method, path: &str, authorization: &str, json: &str) -> Answer {
        self.test
            .send(request(method, path, authorization, json))
            .await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, "").await
    }

    async fn post(&self, path: &str, json: &str) -> Answer {
        self.call(Method::POST, path, json).await
    }

    async fn patch(&self, path: &str, json: &str) -> Answer {
        self.call(Method::PATCH, path, json).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, "").await
    }

    /// Sends a request in version 2023-01-01, with the owner's native key.
    async fn old(&self, method: Method, path: &str, json: &str) -> Answer {
        let path = format!("/api/atlas/v2{}", path.replace("ORG", &self.org));
        let bearer = self.test.owner_key.bearer();
        let request = versioned(OLD, method, &path, &bearer, json);
        self.test.send(request).await
    }

    /// The id of the person with this address, who is a member or invited.
    async fn user_id(&self, email: &str) -> String {
        let email = email.replace('+', "%2B");
        let page = self.get(&format!("/orgs/ORG/users?username={email}")).await;
        text(&json(&page), "/results/0/id").to_owned()
    }

    /// The id of the person with this address whose invitation came to nothing.
    async fn ended_id(&self, email: &str) -> String {
        let ended = "orgMembershipStatuses=INVITATION_EXPIRED,INVITATION_REJECTED";
        let path = format!("/orgs/ORG/users?username={email}&{ended}");
        text(&json(&self.get(&path).await), "/results/0/id").to_owned()
    }

    /// The people of a list, one a line: address, standing, teams.
    async fn people(&self, path: &str) -> String {
        let page = json(&self.get(path).await);
        let results = page["results"].as_array().expect("a page").clone();
        let line = |user: &Value| {
            let teams = user["teamIds"].as_array().map_or(0, Vec::len);
            let roles = user["roles"]["orgRoles"].to_string();
            let (name, status) = (text(user, "/username"), text(user, "/orgMembershipStatus"));
            format!("{name} {status} {roles} in {teams}")
        };
        let lines: Vec<String> = results.iter().map(line).collect();
        format!(
            "{} of {}\n{}",
            lines.len(),
            page["totalCount"],
            lines.join("\n")
        )
    }

    /// Invites this address with the role `ORG_MEMBER`, and gives the answer.
    async fn invite(&self, email: &str) -> Value {
        let body = format!(r#"{{"roles":["ORG_MEMBER"],"teamIds":[],"username":"{email}"}}"#);
        let made = self.post("/orgs/ORG/invites", &body).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        json(&made)
    }

    /// Makes a team, and gives its id.
    async fn team(&self, name: &str) -> String {
        let body = format!(r#"{{"name":"{name}","usernames":null}}"#);
        let made = self.post("/orgs/ORG/teams", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        text(&json(&made), "/id").to_owned()
    }

    /// The invitation as the core knows it.
    async fn stored(&self, shown: &Value) -> Invitation {
        let id = Id::from_hex(text(shown, "/id")).expect("an id");
        let found = self.test.run(self.test.owner_ctx(), move |tx, ctx| {
            invitations::load(tx, ctx, id)
        });
        found.await.expect("it is there")
    }

    async fn accept(&self, shown: &Value) {
        let invitation = self.stored(shown).await;
        self.test.accept(&invitation).await;
    }

    /// The invitee declines.
    async fn decline(&self, shown: &Value) {
        let token = self.test.token(&self.stored(shown).await);
        let token = AcceptToken::parse(&token).expect("a token");
        let ctx = Ctx {
            actor: Actor::Invitee,
            ..self.test.owner_ctx()
        };
        let declined = self
            .test
            .run(ctx, move |tx, ctx| acceptance::decline(tx, ctx, &token));
        declined.await.expect("it is declined");
    }

    /// Status and body with ids numbered in order of appearance.
    fn shown(&self, answer: &Answer) -> String {
        let body = answer.body.replace(&self.key.key.public_id, "PUBLIC_KEY");
        format!("{}\n{}", answer.status.as_u16(), numbered(&body))
    }
}

/// What a client needs to answer a challenge.
#[derive(Clone)]
struct Signing {
    username: String,
    secret: String,
    realm: String,
    nonce: String,
    count: String,
    client_nonce: String,
}

impl Signing {
    fn of(key: &Secret, nonce: &str) -> Self {
        Self {
            username: key.key.public_id.clone(),
            secret: key.secret.clone(),
            realm: "MMS Public API".to_owned(),
            nonce: nonce.to_owned(),
            count: "00000001".to_owned(),
            client_nonce: "3aa45bb7d366dcc6".to_owned(),
        }
    }

    /// The header in the form of the vendor's client.
    fn header(&self, method: &Method, target: &str) -> String {
        let md5 = |text: String| to_hex(&Md5::digest(text.as_bytes()));
        let Self {
            username,
            secret,
            realm,
            nonce,
            count,
            client_nonce,
        } = self;
        let first = md5(format!("{username}:{realm}:{secret}"));
        let second = md5(format!("{method}:{target}"));
        let response = md5(format!(
            "{first}:{nonce}:{count}:{client_nonce}:auth:{second}"
        ));
        format!(
            "Digest username=\"{username}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{target}\", response=\"{response}\", algorithm=\"MD5\", qop=auth, nc={count}, cnonce=\"{client_nonce}\""
        )
    }
}

/// The nonce of a challenge.
fn nonce_of(answer: &Answer) -> String {
    let challenge = answer.header("www-authenticate");
    let (_, rest) = challenge.split_once("nonce=\"").expect("a challenge");
    rest.split_once('"').expect("a nonce").0.to_owned()
}

/// A request in the version that the vendor's clients ask for.
fn request(method: Method, path: &str, authorization: &str, json: &str) -> Request<Body> {
    let is_cloud_user = path.contains("/users") && !path.contains("/byName/");
    let media = if is_cloud_user || path.contains(':') {
        NEW
    } else {
        OLD
    };
    versioned(media, method, path, authorization, json)
}

/// A request in this version.
fn versioned(
    media: &str,
    method: Method,
    path: &str,
    authorization: &str,
    json: &str,
) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::ACCEPT, media);
    if !authorization.is_empty() {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    if !json.is_empty() {
        request = request
            .header(header::CONTENT_TYPE, media)
            .header(header::CONTENT_LENGTH, json.len());
    }
    request
        .body(Body::from(json.to_owned()))
        .expect("a request")
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).expect("a JSON body")
}

/// The text at a JSON pointer.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no text at {pointer} in {value}"))
}

/// Replaces each id by `id` and a number.
fn numbered(body: &str) -> String {
    let mut known: Vec<&str> = Vec::new();
    let mut out = String::new();
    let mut rest = body;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if word.len() != 24 || !word.bytes().all(|b| b.is_ascii_hexdigit()) {
            out.push_str(word);
            continue;
        }
        assert!(!word.contains("404"), "{word}");
        let number = known.iter().position(|id| *id == word);
        let number = number.unwrap_or_else(|| {
            known.push(word);
            known.len() - 1
        });
        out.push_str(&format!("id{}", number + 1));
    }
    out.push_str(rest);
    out
}
