//! One invitation, three APIs: the tables of `docs/dialects.md`, cell by cell.

mod members;
mod projects;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use vestibule_core::Id;
use vestibule_core::invitation::Invitation;
use vestibule_core::organization::Dialect;
use vestibule_core::time::Clock;
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::TestApp;

const DOCUMENT: &str = include_str!("../../../../../docs/dialects.md");
const OLD: &str = "application/vnd.atlas.2023-01-01+json";
const NEW: &str = "application/vnd.atlas.2025-02-19+json";
const EMAIL: &str = "Ann@Example.org";

/// The rows of the table below this heading, without its head.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = DOCUMENT
        .split_once(&format!("## {heading}\n"))
        .expect("a heading");
    let section = rest.split("\n## ").next().expect("a section");
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// An invitation as the four views show it; `None` for 404 or not listed.
struct Views {
    native: Value,
    confluent: Option<Value>,
    invite: Option<Value>,
    user: Option<Value>,
}

async fn views(test: &TestApp, id: Id<Invitation>) -> Views {
    let organization = test.organization;
    let native = format!(
        "/v1/organizations/{}/invitations/{}",
        organization.to_native(),
        id.to_native()
    );
    let native = test.call(Method::GET, &native, "").await;
    let confluent = format!("/iam/v2/invitations/{}", id.to_confluent());
    let confluent = test.call(Method::GET, &confluent, "").await;
    let base = format!("/api/atlas/v2/orgs/{}", organization.to_hex());
    let invite = atlas(test, OLD, &format!("{base}/invites/{}", id.to_hex())).await;
    Views {
        native: found(&native).expect("the native API forgets nothing"),
        confluent: found(&confluent),
        invite: found(&invite),
        user: atlas_user(test, &base).await,
    }
}

/// The invitee as a user of an organization or a project of Atlas', however they stand.
async fn atlas_user(test: &TestApp, base: &str) -> Option<Value> {
    let statuses = [
        "ACTIVE",
        "PENDING",
        "INVITATION_EXPIRED",
        "INVITATION_REJECTED",
    ]
    .map(|status| format!("&orgMembershipStatuses={status}"))
    .concat();
    let users = format!("{base}/users?username=Ann%40Example.org{statuses}");
    let users = found(&atlas(test, NEW, &users).await).expect("a page");
    users["results"]
        .as_array()
        .expect("a list")
        .first()
        .cloned()
}

async fn atlas(test: &TestApp, version: &str, path: &str) -> Answer {
    let request = Request::get(path)
        .header(header::ACCEPT, version)
        .header(header::AUTHORIZATION, test.owner_key.bearer());
    test.send(request.body(Body::empty()).expect("a request"))
        .await
}

fn found(answer: &Answer) -> Option<Value> {
    match answer.status {
        StatusCode::OK => Some(serde_json::from_str(&answer.body).expect("JSON")),
        StatusCode::NOT_FOUND => None,
        status => panic!("{status}: {}", answer.body),
    }
}

/// The cells of the table of states that these views are.
fn state_cells(views: &Views) -> [String; 4] {
    let state = views.native["state"].as_str().expect("a state");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let native = match views.native["reason"].as_str() {
        Some(reason) => format!("{state}, {reason}"),
        None => state.to_owned(),
    };
    let confluent = views.confluent.as_ref();
    let user = views.user.as_ref();
    [
        native,
        confluent.map_or_else(|| "404".to_owned(), |shown| text(&shown["status"])),
        views.invite.as_ref().map_or("404", |_| "listed").to_owned(),
        user.map_or_else(
            || "none".to_owned(),
            |shown| text(&shown["orgMembershipStatus"]),
        ),
    ]
}

/// Lets happen what the first column says.
async fn happen(test: &TestApp, what: &str, invitation: &Invitation) {
    let token = json!({"token": test.token(invitation)}).to_string();
    let organization = format!("/v1/organizations/{}", test.organization.to_native());
    let revoke = format!(
        "{organization}/invitations/{}/revoke",
        invitation.id.to_native()
    );
    let remove = format!("{organization}/members/{}", invitation.user.to_native());
    let accept = ("POST", "/v1/invitations/accept", token.as_str());
    let calls = match what {
        "invited" => vec![],
        "its time is over" => {
            let left = invitation.expires_at.as_micros() - test.clock.now().as_micros();
            test.clock.advance_seconds(left / 1_000_000);
            vec![]
        }
        "accepted" => vec![accept],
        "declined" => vec![("POST", "/v1/invitations/decline", token.as_str())],
        "withdrawn" => vec![("POST", revoke.as_str(), "")],
        "accepted, then left" => {
            vec![accept, ("POST", "/v1/invitations/leave", token.as_str())]
        }
        "accepted, then removed" => vec![accept, ("DELETE", remove.as_str(), "")],
        other => panic!("the table has a row that nobody tests: {other}"),
    };
    for (method, path, body) in calls {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        // The invitee has no key; the owner's is not looked at where a token counts.
        let answer = test.call(method, path, body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn each_state_is_shown_as_the_table_says_whichever_api_made_the_invitation() {
    let rows = table("States");
    assert_eq!(rows.len(), 7);
    for dialect in [Dialect::Native, Dialect::Confluent, Dialect::Atlas] {
        for row in &rows {
            let test = TestApp::new().await;
            let made = test.invite_with(&test.owner_key, dialect, EMAIL).await;
            happen(&test, row[0], &made).await;
            let views = views(&test, made.id).await;
            assert_eq!(state_cells(&views), row[1..], "{}, {dialect:?}", row[0]);
        }
    }
}

/// The pointer and the text of a cell that shows something.
fn parts(cell: &str) -> (&str, &str) {
    cell.trim_start_matches('`')
        .split_once("` ")
        .expect("a pointer and a text")
}

/// What a view has where the cell points.
fn value_of<'a>(cell: &str, shown: Option<&'a Value>) -> Option<&'a Value> {
    shown?.pointer(parts(cell).0)
}

/// Whether a view has this value anywhere.
fn has(shown: &Value, value: &Value) -> bool {
    shown == value
        || match shown {
            Value::Array(items) => items.iter().any(|one| has(one, value)),
            Value::Object(members) => members.values().any(|one| has(one, value)),
            _ => false,
        }
}

/// Whether a cell, `/pointer` and a text, is what is shown. An ellipsis stands for the rest of a
/// word.
fn is_shown(cell: &str, shown: Option<&Value>) -> bool {
    let (_, expected) = parts(cell);
    let Some(value) = value_of(cell, shown) else {
        return false;
    };
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    match expected.split_once('…') {
        None => text == expected,
        Some((before, after)) => text
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|id| {
                matches!(id.len(), 20 | 24) && id.bytes().all(|b| b.is_ascii_alphanumeric())
            }),
    }
}

/// Whether each cell of a row of fields is what its view shows, and a dash one that shows nothing
/// of what the other cells show.
fn assert_shown(row: &[&str], views: &[Option<&Value>]) {
    assert_eq!(row.len(), views.len() + 1, "{row:?}");
    let cells = || row[1..].iter().copied().zip(views.iter().copied());
    let (absent, present): (Vec<_>, Vec<_>) = cells().partition(|(cell, _)| *cell == "–");
    for (cell, shown) in &present {
        assert!(
            is_shown(cell, *shown),
            "{}: {cell} is not in {shown:?}",
            row[0]
        );
    }
    for shown in absent.iter().filter_map(|(_, shown)| *shown) {
        for value in present
            .iter()
            .filter_map(|(cell, shown)| value_of(cell, *shown))
        {
            assert!(!has(shown, value), "{}: {value} is in {shown}", row[0]);
        }
    }
}

/// Makes something of the first organization's through the native API.
async fn make(test: &TestApp, below: &str, body: &Value) -> Value {
    let path = format!("/v1/organizations/{}{below}", test.organization.to_native());
    let made = test.call(Method::POST, &path, &body.to_string()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    serde_json::from_str(&made.body).expect("JSON")
}

/// The invitation that an answer of the native API shows, from the database.
async fn stored(test: &TestApp, shown: &Value) -> Invitation {
    let id = Id::from_native(shown["id"].as_str().expect("a text")).expect("an id");
    let found = test.run(test.owner_ctx(), move |tx, ctx| {
        Ok(tx.find_invitation(ctx.organization, id)?)
    });
    found.await.expect("a read").expect("an invitation")
}

#[tokio::test]
async fn each_field_is_shown_where_the_table_says() {
    let test = TestApp::new().await;
    let team = make(&test, "/teams", &json!({"name": "Ops"})).await;
    let body = json!({"email": EMAIL, "roles": ["member"], "teams": [team["id"]]});
    let made = make(&test, "/invitations", &body).await;
    let id = Id::from_native(made["id"].as_str().expect("an id")).expect("an id");
    let views = views(&test, id).await;
    let columns = [
        Some(&views.native),
        views.confluent.as_ref(),
        views.invite.as_ref(),
        views.user.as_ref(),
    ];
    let rows = table("Fields");
    assert_eq!(rows.len(), 9);
    for row in rows {
        assert_shown(&row, &columns);
    }
    // The three spellings are of one id.
    let spelled = |shown: &Option<Value>| {
        shown
            .as_ref()
            .and_then(|s| s["id"].as_str().map(str::to_owned))
    };
    assert_eq!(spelled(&views.confluent), Some(id.to_confluent()));
    assert_eq!(spelled(&views.invite), Some(id.to_hex()));
}
