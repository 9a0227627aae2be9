//! `mongodbatlas_org_invitation`: create, change, import, destroy.

use axum::http::Method;
use serde_json::json;
use tfplugin::{Object, Value};
use vestibule_provider::{Environment, Persona};

use crate::fake_atlas::{FakeAtlas, ORG};
use crate::terraform::{Terraform, configured, details, summaries};

pub(crate) async fn terraform(fake: &FakeAtlas) -> Terraform {
    let block = Object::new()
        .with("base_url", &fake.server.url)
        .with("access_token", "very-secret");
    let (provider, diagnostics) =
        configured(Persona::MongodbAtlas, Environment::new(|_| None), block).await;
    assert_eq!(summaries(&diagnostics), "");
    Terraform::new(&provider, "mongodbatlas_org_invitation")
}

pub(crate) fn invite(username: &str, roles: &[&str]) -> Object {
    Object::new()
        .with("org_id", ORG)
        .with("username", username)
        .with("roles", Value::set(roles.iter().copied()))
}

pub(crate) fn ann() -> Object {
    invite("Ann.Lee@Example.org", &["ORG_MEMBER"])
}

const INVITES: &str = "/api/atlas/v2/orgs/5f0000000000000000000001/invites";

#[tokio::test]
async fn creating_asks_for_a_member_first_and_leaves_no_difference() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(
        fake.server.last_body(&Method::POST),
        json!({ "roles": ["ORG_MEMBER"], "teamIds": [], "username": "Ann.Lee@Example.org" })
    );
    assert_eq!(
        fake.server.take_lines(),
        [
            "GET /api/atlas/v2/users/byName/Ann.Lee@Example.org".to_owned(),
            format!("POST {INVITES}")
        ]
    );
    let lines = terraform
        .state()
        .iter()
        .map(|(name, value)| format!("{name}: {value:?}"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    created_at: String("2026-11-22T05:59:56Z")
    expires_at: String("2026-12-22T05:59:56Z")
    id: String("aW52aXRhdGlvbl9pZA==:NmEwMDAwMDAwMDAwMDAwMDAwMDAwMDAx-b3JnX2lk:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDAx-dXNlcm5hbWU=:QW5uLkxlZUBFeGFtcGxlLm9yZw==")
    invitation_id: String("6a0000000000000000000001")
    inviter_username: String("abcdefgh")
    org_id: String("5f0000000000000000000001")
    roles: Set([String("ORG_MEMBER")])
    teams_ids: Set([])
    username: String("Ann.Lee@Example.org")
    "#);
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(
        fake.server.take_lines(),
        [format!("GET {INVITES}/6a0000000000000000000001")]
    );
}

#[tokio::test]
async fn roles_and_teams_change_in_place() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    let teams = |teams: &[&str]| Value::set(teams.iter().copied());
    let config = ann().with("teams_ids", teams(&["5d2", "5d1"]));
    terraform.apply(&config).await.unwrap();
    assert!(terraform.is_up_to_date(&config).await);

    let config = invite("Ann.Lee@Example.org", &["ORG_OWNER", "ORG_MEMBER"])
        .with("teams_ids", teams(&["5d1"]));
    assert_eq!(terraform.plan(&config).replaces, []);
    terraform.apply(&config).await.unwrap();
    assert_eq!(
        fake.server.last_body(&Method::PATCH),
        json!({ "roles": ["ORG_MEMBER", "ORG_OWNER"], "teamIds": ["5d1"] })
    );
    assert!(terraform.is_up_to_date(&config).await);

    let none = config.clone().with("teams_ids", teams(&[]));
    terraform.apply(&none).await.unwrap();
    assert!(terraform.is_up_to_date(&none).await);
    assert_eq!(terraform.state().get("teams_ids"), &teams(&[]));
}

#[tokio::test]
async fn teams_that_are_not_configured_stay_as_the_service_has_them() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let id = fake.invitation_ids()[0].clone();
    fake.organization().invitations.get_mut(&id).unwrap()["teamIds"] = json!(["5d9"]);
    assert!(terraform.is_up_to_date(&ann()).await);
    terraform
        .apply(&invite("Ann.Lee@Example.org", &["ORG_OWNER"]))
        .await
        .unwrap();
    assert_eq!(
        fake.server.last_body(&Method::PATCH),
        json!({ "roles": ["ORG_OWNER"] })
    );
    assert_eq!(terraform.state().get("teams_ids"), &Value::set(["5d9"]));
}

#[tokio::test]
async fn known_bad_values_are_refused_before_anything_is_sent() {
    let fake = FakeAtlas::start().await;
    let terraform = terraform(&fake).await;
    let problems = |config: Object| summaries(&terraform.validate(&config));
    assert_eq!(problems(ann()), "");
    assert_eq!(
        problems(invite("test0-acc-username", &["ORG_NEW_ROLE"])),
        ""
    );
    assert_eq!(
        problems(invite("", &["ORG_MEMBER"])),
        "error: Invalid value for username at username"
    );
    assert_eq!(
        problems(invite("a@b.c", &[])),
        "error: Invalid value for roles at roles"
    );
    assert_eq!(
        problems(ann().with("org_id", "<ORG-ID>")),
        "error: Invalid value for org_id at org_id"
    );
    assert_eq!(
        problems(ann().with("id", "x")),
        "error: The id cannot be configured at id"
    );
    assert_eq!(
        problems(
            Object::new()
                .with("org_id", Value::UNKNOWN)
                .with("username", Value::UNKNOWN)
                .with("roles", Value::UNKNOWN)
        ),
        ""
    );
    assert_eq!(fake.server.take_lines(), [""; 0]);
}

#[tokio::test]
async fn another_spelling_of_the_address_changes_nothing() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let id = fake.invitation_ids()[0].clone();
    fake.organization().invitations.get_mut(&id).unwrap()["username"] =
        json!("ann.lee@example.org");
    let stored = terraform.text("id");
    assert!(terraform.is_up_to_date(&ann()).await);
    assert!(
        terraform
            .is_up_to_date(&invite("ann.lee@example.org", &["ORG_MEMBER"]))
            .await
    );
    assert_eq!(terraform.text("username"), "Ann.Lee@Example.org");
    assert_eq!(terraform.text("id"), stored);
}

#[tokio::test]
async fn another_address_replaces_the_invitation() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let bob = invite("bob@example.org", &["ORG_MEMBER"]);
    assert_eq!(terraform.plan(&bob).replaces, ["username".into()]);
    let elsewhere = ann().with("org_id", "5f0000000000000000000002");
    assert_eq!(terraform.plan(&elsewhere).replaces, ["org_id".into()]);
    terraform.apply(&bob).await.unwrap();
    assert_eq!(fake.invitation_ids(), ["6a0000000000000000000002"]);
}

#[tokio::test]
async fn a_failing_membership_check_invites_nobody() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    fake.refuse("GET /api/atlas/v2/users/byName", 403, "FORBIDDEN");
    let errors = terraform.apply(&ann()).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot tell whether the user is a member"
    );
    assert!(fake.invitation_ids().is_empty());
}

#[tokio::test]
async fn a_membership_check_that_is_no_longer_offered_is_made_the_new_way() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    fake.refuse("GET /api/atlas/v2/users/byName", 410, "VERSION_GONE");
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(fake.invitation_ids().len(), 1);
}

#[tokio::test]
async fn an_invitation_in_the_way_comes_with_the_command_to_import_it() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    fake.organization()
        .invite(&json!({ "username": "ann.lee@example.org", "roles": [], "teamIds": [] }));
    let errors = terraform.apply(&ann()).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot create the invitation at username"
    );
    insta::assert_snapshot!(details(&errors), @r#"
    POST /api/atlas/v2/orgs/5f0000000000000000000001/invites: 400 Bad Request: The user is invited already.

    If there is an open invitation for this address, import it:

        terraform import mongodbatlas_org_invitation.NAME '5f0000000000000000000001-Ann.Lee@Example.org'
    "#);
}

#[tokio::test]
async fn importing_ignores_letter_case() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    fake.organization().invite(
        &json!({ "username": "Ann.Lee@Example.org", "roles": ["ORG_MEMBER"], "teamIds": [] }),
    );
    terraform
        .import(&format!("{ORG}-ann.lee@example.org"))
        .await
        .unwrap();
    assert_eq!(
        fake.server.take_lines(),
        [
            format!("GET {INVITES}"),
            format!("GET {INVITES}/6a0000000000000000000001")
        ]
    );
    assert!(terraform.is_up_to_date(&ann()).await);
    assert!(
        terraform
            .is_up_to_date(&invite("ann.lee@example.org", &["ORG_MEMBER"]))
            .await
    );
}

#[tokio::test]
async fn what_cannot_be_imported_says_why() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    let errors = terraform.import("ann@example.org").await.unwrap_err();
    assert_eq!(summaries(&errors), "error: The import id is malformed");
    let errors = terraform
        .import(&format!("{ORG}-ann@example.org"))
        .await
        .unwrap_err();
    assert_eq!(summaries(&errors), "error: There is no such invitation");
    let errors = terraform.import(&format!("{ORG}-")).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: There is no such invitation");
}

#[tokio::test]
async fn destroying_takes_one_request_and_not_found_is_done() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let state = terraform.state.clone();
    fake.server.take_lines();
    terraform.destroy().await.unwrap();
    assert_eq!(
        fake.server.take_lines(),
        [format!("DELETE {INVITES}/6a0000000000000000000001")]
    );
    terraform.state = state;
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn a_refused_destruction_keeps_the_state() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.refuse("DELETE", 401, "NOT_ORG_OWNER");
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot delete the invitation");
    assert!(terraform.state.is_some());
}

#[tokio::test]
async fn an_update_that_comes_too_late_says_so() {
    let fake = FakeAtlas::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.accept_all();
    let errors = terraform
        .apply(&invite("Ann.Lee@Example.org", &["ORG_OWNER"]))
        .await
        .unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot change the invitation");
    assert!(details(&errors).contains("no longer open"));
    assert_eq!(terraform.state().get("roles"), &Value::set(["ORG_MEMBER"]));
}
