//! The Confluent dialect, through the router.

mod create;
mod credentials;
mod failures;
mod life;
mod lists;
mod people;
mod replay;
mod role_bindings;
mod service_accounts;
mod sessions;
mod settings;
mod sts;
mod sweep;
mod tenants;
mod users;

use std::collections::HashMap;

use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use vestibule_core::Id;
use vestibule_core::key::KeyKind;
use vestibule_server::Settings;
use vestibule_server::ops::organizations::{self, OrganizationEdit};
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::{Secret, TestApp};

/// The server, and the Cloud API key of the first owner.
struct Cloud {
    test: TestApp,
    key: Secret,
    authorization: String,
}

impl Cloud {
    async fn new() -> Self {
        Self::over(TestApp::new().await).await
    }

    async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        Self::over(TestApp::with_settings(change).await).await
    }

    async fn over(test: TestApp) -> Self {
        let key = test.key(KeyKind::Confluent).await;
        let authorization = basic(&key);
        Self {
            test,
            key,
            authorization,
        }
    }

    /// Sends a request as the first owner; `path` begins below the mount.
    async fn call(&self, method: Method, path: &str, json: &str) -> Answer {
        self.call_as(&self.authorization, method, path, json).await
    }

    async fn call_as(&self, authorization: &str, method: Method, path: &str, json: &str) -> Answer {
        let path = format!("/iam/v2{path}");
        self.test
            .send(request(method, &path, authorization, json))
            .await
    }

    async fn post(&self, json: &str) -> Answer {
        self.call(Method::POST, "/invitations", json).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, "").await
    }

    async fn delete(&self, id: &str) -> Answer {
        let path = format!("/invitations/{id}");
        self.call(Method::DELETE, &path, "").await
    }

    /// Invites, and gives the new invitation.
    async fn invite(&self, email: &str) -> Value {
        let body = serde_json::json!({ "email": email }).to_string();
        let answer = self.post(&body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        json(&answer)
    }

    async fn read(&self, id: &str) -> Value {
        let answer = self.get(&format!("/invitations/{id}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        json(&answer)
    }

    async fn enable_sso(&self) {
        let change = OrganizationEdit {
            sso_enabled: Some(true),
            ..OrganizationEdit::default()
        };
        let ctx = self.test.owner_ctx();
        let changed = self
            .test
            .run(ctx, move |tx, ctx| organizations::edit(tx, ctx, &change));
        changed.await.expect("the organization changes");
    }
}

/// Writes down that an invitation has expired, as a use case does that it is in the way of.
async fn write_down_the_end(cloud: &Cloud, shown: &Value) {
    let id = Id::from_confluent(text(shown, "/id")).expect("an id");
    let written = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        let found = tx.find_invitation(ctx.organization, id)?;
        let mut invitation = found.expect("it is there");
        let read_version = invitation.version;
        assert!(invitation.expire(ctx.now), "its time is over");
        Ok(tx.update_invitation(&invitation, read_version)?)
    });
    assert!(written.await.expect("it is written"));
}

/// The header of a Cloud API key.
fn basic(key: &Secret) -> String {
    let pair = format!("{}:{}", key.key.public_id, key.secret);
    format!("Basic {}", STANDARD.encode(pair))
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).expect("the body is JSON")
}

/// The text of a member.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer} is a text in {value}"))
}

/// `errors[0].detail`.
fn detail(answer: &Answer) -> String {
    text(&json(answer), "/errors/0/detail").to_owned()
}

/// Status and body for a snapshot, a member a line; ids are numbered as they come, because another
/// order of random numbers is no difference.
fn shown(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    format!("{status}\n{}", one_member_a_line(&numbered(&answer.body)))
}

/// Replaces each random id by its prefix and a number.
fn numbered(body: &str) -> String {
    let mut known: HashMap<&str, usize> = HashMap::new();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::new();
    let mut rest = body;
    while let Some(start) = rest.find(is_word) {
        let (before, from_word) = rest.split_at(start);
        let end = from_word.find(|c| !is_word(c)).unwrap_or(from_word.len());
        let (word, after) = from_word.split_at(end);
        out.push_str(before);
        rest = after;
        let Some(prefix) = id_prefix(word) else {
            out.push_str(word);
            continue;
        };
        let next = known.len() + 1;
        let number = known.entry(word).or_insert(next);
        out.push_str(&format!("{prefix}#{number}"));
    }
    out + rest
}

fn id_prefix(word: &str) -> Option<&'static str> {
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    if word.len() == 24 && is_hex(word) {
        return Some("request");
    }
    if word.len() == 36 && is_hex(&word.replace('-', "")) {
        return Some("uuid");
    }
    ["i-", "u-", "sa-"].into_iter().find(|prefix| {
        let symbols = word.strip_prefix(prefix);
        symbols.is_some_and(|symbols| symbols.len() == 20)
    })
}

fn one_member_a_line(body: &str) -> String {
    let mut out = String::new();
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_usize);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    let mut symbols = body.chars().peekable();
    while let Some(c) = symbols.next() {
        match c {
            '"' if !escaped => {
                quoted = !quoted;
                out.push(c);
            }
            '[' if !quoted && symbols.next_if_eq(&']').is_some() => out.push_str("[]"),
            '{' | '[' if !quoted => {
                depth += 1;
                out.push(c);
                line(&mut out, depth);
            }
            '}' | ']' if !quoted => {
                depth -= 1;
                line(&mut out, depth);
                out.push(c);
            }
            ',' if !quoted => {
                out.push(c);
                line(&mut out, depth);
            }
            _ => out.push(c),
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    out
}
