//! The native API, through the router.

mod answers;
mod changes;
mod credentials;
mod failures;
mod invitations;
mod keys;
mod layers;
mod limits;
mod links;
mod lists;
mod once;
mod openapi;
mod organizations;
mod people;
mod projects;
mod promises;
mod races;
mod roles;
mod secrets;
mod security;
mod sweep;
mod tenants;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use vestibule_core::Timestamp;
use vestibule_core::key::ApiKey;
use vestibule_core::role::Role;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::{Secret, TestApp};

/// The server, as the first owner sees it.
struct Api {
    test: TestApp,
}

impl Api {
    async fn new() -> Self {
        Self {
            test: TestApp::new().await,
        }
    }

    /// The path of the first organization, or of something below it.
    fn path(&self, below: &str) -> String {
        format!("/v1/organizations/{}{below}", self.test.organization)
    }

    /// A request of the first owner, to a path below the first organization.
    async fn send(&self, method: Method, below: &str, json: &str) -> Answer {
        self.test.call(method, &self.path(below), json).await
    }

    async fn get(&self, below: &str) -> Answer {
        self.send(Method::GET, below, "").await
    }

    async fn post(&self, below: &str, json: &str) -> Answer {
        self.send(Method::POST, below, json).await
    }

    async fn patch(&self, below: &str, json: &str) -> Answer {
        self.send(Method::PATCH, below, json).await
    }

    async fn delete(&self, below: &str) -> Answer {
        self.send(Method::DELETE, below, "").await
    }

    /// A request of a key's holder, to a path below the first organization.
    async fn send_as(&self, secret: &Secret, method: Method, below: &str, json: &str) -> Answer {
        let path = self.path(below);
        self.test
            .send(request(method, &path, &secret.bearer(), json))
            .await
    }

    /// A request without any credential.
    async fn anonymous(&self, method: Method, path: &str, json: &str) -> Answer {
        self.test.send(request(method, path, "", json)).await
    }

    /// The native key of a new member with this role.
    async fn member_key(&self, email: &str, role: Role) -> Secret {
        let kind = vestibule_core::key::KeyKind::Native;
        self.test.member_key(email, role, kind).await
    }
}

/// The JSON of an answer.
fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).expect("a JSON body")
}

/// A text member of an answer's JSON.
fn text(answer: &Answer, pointer: &str) -> String {
    let json = json(answer);
    let found = json.pointer(pointer).and_then(Value::as_str);
    found
        .unwrap_or_else(|| panic!("{pointer} is not in {}", answer.body))
        .to_owned()
}

/// The code of a problem, after its status: `404 not_found`.
fn code(answer: &Answer) -> String {
    let type_ = answer.header("content-type");
    assert_eq!(type_, "application/problem+json", "{}", answer.shown());
    let status = answer.status.as_u16();
    assert_eq!(json(answer)["status"], status, "{}", answer.body);
    format!("{status} {}", text(answer, "/code"))
}

/// Status, the headers that matter and the whole body, with ids and secrets numbered in the order
/// they appear: which ones were drawn is not the test's business.
fn shown(answer: &Answer) -> String {
    let mut out = answer.status.to_string();
    for name in [
        "location",
        "etag",
        "retry-after",
        "www-authenticate",
        "allow",
    ] {
        if answer.headers.contains_key(name) {
            out.push_str(&format!("\n{name}: {}", answer.header(name)));
        }
    }
    out.push('\n');
    out.push_str(&answer.body);
    masked(&out)
}

const PREFIXES: [&str; 13] = [
    "prj_",
    "inv_",
    "org_",
    "usr_",
    "team_",
    "key_",
    "sva_",
    "mem_",
    "vsti_",
    "vstk_",
    "vsts_",
    "vsta_",
    "mdb_sa_id_",
];

fn masked(text: &str) -> String {
    let mut seen: Vec<String> = Vec::new();
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let prefix = PREFIXES.into_iter().find(|prefix| {
            rest.starts_with(prefix) && rest[prefix.len()..].len() >= 20 && {
                let body = &rest[prefix.len()..][..20];
                body.bytes()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
            }
        });
        let Some(prefix) = prefix else {
            let mut chars = rest.chars();
            out.extend(chars.next());
            rest = chars.as_str();
            continue;
        };
        let body = &rest[prefix.len()..];
        let end = body
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(body.len());
        let whole = &rest[..prefix.len() + end];
        if !seen.iter().any(|known| known == whole) {
            seen.push(whole.to_owned());
        }
        let of_kind = seen.iter().filter(|known| known.starts_with(prefix));
        let number = of_kind.take_while(|known| *known != whole).count() + 1;
        out.push_str(&format!("{prefix}{number}"));
        rest = &rest[whole.len()..];
    }
    out
}

/// How many rows a table has.
async fn count(test: &TestApp, what: Table) -> usize {
    let counted = test.run(test.owner_ctx(), move |tx, ctx| {
        let organization = ctx.organization;
        Ok(match what {
            Table::Invitations => {
                let all = vestibule_store::InvitationFilter::default();
                let listed = tx.list_invitations(organization, &all, None, u32::MAX, ctx.now)?;
                listed.len()
            }
            Table::Members => tx.list_members(organization, None, u32::MAX)?.len(),
            Table::Teams => usize::try_from(tx.count_teams(organization)?).unwrap_or_default(),
            Table::Keys => tx.list_api_keys(organization, None, None, u32::MAX)?.len(),
        })
    });
    counted.await.expect("the rows are counted")
}

#[derive(Clone, Copy, Debug)]
enum Table {
    Invitations,
    Members,
    Teams,
    Keys,
}

/// Moves the clock.
fn advance(api: &Api, seconds: i64) {
    api.test.clock.advance_seconds(seconds);
}

/// An access token for a key that is good until `end`.
fn access_token(api: &Api, key: &ApiKey, end: Timestamp) -> String {
    let app = &api.test.app;
    let token = app.keys().access_token(key, end, app.random());
    token.expect("the ring knows the key")
}

/// The header of a key with two halves.
fn basic(key: &Secret) -> String {
    let pair = format!("{}:{}", key.key.public_id, key.secret);
    format!("Basic {}", STANDARD.encode(pair))
}
