//! `confluent_invitation`: create, read, change, import.

use axum::http::Method;
use serde_json::json;
use tfplugin::{Object, Value};
use vestibule_provider::{Environment, Persona};

use crate::fake_confluent::FakeConfluent;
use crate::terraform::{Terraform, configured, details, summaries};

pub(crate) async fn terraform(fake: &FakeConfluent) -> Terraform {
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret")
        .with("max_retries", 0);
    let (provider, diagnostics) =
        configured(Persona::Confluent, Environment::new(|_| None), block).await;
    assert_eq!(summaries(&diagnostics), "");
    Terraform::new(&provider, "confluent_invitation")
}

pub(crate) fn ann() -> Object {
    Object::new().with("email", "Ann.Lee@Example.org")
}

#[tokio::test]
async fn creating_takes_one_request_and_leaves_no_difference() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(
        fake.server.last_body(&Method::POST),
        json!({ "email": "Ann.Lee@Example.org" })
    );
    assert_eq!(fake.server.take_lines(), ["POST /iam/v2/invitations"]);
    insta::assert_snapshot!(state(&terraform), @r#"
    accepted_at: Null
    allow_deletion: Bool(false)
    auth_type: String("AUTH_TYPE_LOCAL")
    creator: List([Object(Object({"id": String("u-000000")}))])
    email: String("Ann.Lee@Example.org")
    expires_at: String("2026-11-29 05:59:55 +0000 UTC")
    id: String("i-000001")
    status: String("INVITE_STATUS_SENT")
    user: List([Object(Object({"id": String("u-000001")}))])
    "#);
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(
        fake.server.take_lines(),
        ["GET /iam/v2/invitations/i-000001"]
    );
}

fn state(terraform: &Terraform) -> String {
    let lines = terraform
        .state()
        .iter()
        .map(|(name, value)| format!("{name}: {value:?}"));
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_configured_auth_type_is_sent_and_an_empty_one_is_not() {
    let fake = FakeConfluent::start().await;
    let mut sso = terraform(&fake).await;
    let config = ann().with("auth_type", "AUTH_TYPE_SSO");
    sso.apply(&config).await.unwrap();
    let sent = json!({ "auth_type": "AUTH_TYPE_SSO", "email": "Ann.Lee@Example.org" });
    assert_eq!(fake.server.last_body(&Method::POST), sent);
    assert!(sso.is_up_to_date(&config).await);

    let mut unset = terraform(&fake).await;
    let config = Object::new()
        .with("email", "bob@example.org")
        .with("auth_type", "");
    unset.apply(&config).await.unwrap();
    assert_eq!(
        fake.server.last_body(&Method::POST),
        json!({ "email": "bob@example.org" })
    );
    assert!(unset.is_up_to_date(&config).await);
    assert_eq!(unset.text("auth_type"), "AUTH_TYPE_LOCAL");
}

#[tokio::test]
async fn known_bad_values_are_refused_before_anything_is_sent() {
    let fake = FakeConfluent::start().await;
    let terraform = terraform(&fake).await;
    let problems = |config: Object| summaries(&terraform.validate(&config));
    assert_eq!(
        problems(Object::new().with("email", "")),
        "error: Invalid value for email at email"
    );
    assert_eq!(
        problems(Object::new().with("email", "ann")),
        "error: Invalid value for email at email"
    );
    assert_eq!(
        problems(ann().with("auth_type", "AUTH_TYPE_NONE")),
        "error: Invalid value for auth_type at auth_type"
    );
    assert_eq!(
        problems(ann().with("id", "i-1")),
        "error: The id cannot be configured at id"
    );
    assert_eq!(problems(Object::new().with("email", Value::UNKNOWN)), "");
    assert_eq!(problems(ann().with("auth_type", "")), "");
    assert_eq!(fake.server.take_lines(), [""; 0]);
}

#[tokio::test]
async fn another_spelling_of_the_address_changes_nothing() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.set("i-000001", "email", "ann.lee@example.org");
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(terraform.text("email"), "Ann.Lee@Example.org");
    let lower = Object::new().with("email", "ann.lee@example.org");
    assert!(terraform.is_up_to_date(&lower).await);
}

#[tokio::test]
async fn another_address_replaces_the_invitation() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let bob = Object::new().with("email", "bob@example.org");
    let plan = terraform.plan(&bob);
    assert_eq!(plan.replaces, ["email".into()]);
    terraform.apply(&bob).await.unwrap();
    assert_eq!(
        fake.server.take_lines(),
        [
            "POST /iam/v2/invitations",
            "DELETE /iam/v2/invitations/i-000001",
            "POST /iam/v2/invitations",
        ]
    );
    assert_eq!(terraform.text("id"), "i-000002");
}

#[tokio::test]
async fn a_change_of_auth_type_is_planned_as_a_replacement() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let sso = ann().with("auth_type", "AUTH_TYPE_SSO");
    assert_eq!(terraform.plan(&sso).replaces, ["auth_type".into()]);
    terraform.apply(&sso).await.unwrap();
    assert_eq!(terraform.text("auth_type"), "AUTH_TYPE_SSO");
    // Leaving it out again leaves it as it is.
    assert!(terraform.is_up_to_date(&ann()).await);
}

#[tokio::test]
async fn a_change_of_auth_type_after_acceptance_is_a_planning_error() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.accept("i-000001");
    assert!(terraform.is_up_to_date(&ann()).await);
    let plan = terraform.plan(&ann().with("auth_type", "AUTH_TYPE_SSO"));
    assert_eq!(
        summaries(&plan.diagnostics),
        "error: The auth_type of an accepted invitation cannot change at auth_type"
    );
}

#[tokio::test]
async fn another_auth_type_than_asked_for_is_an_error_that_keeps_the_invitation() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    let sso = ann().with("auth_type", "AUTH_TYPE_SSO");
    let (_, invitation) = fake
        .organization()
        .create(&json!({ "email": "Ann.Lee@Example.org" }));
    fake.organization()
        .refusals
        .push_back((Method::POST, (201, invitation)));
    let errors = terraform.apply(&sso).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: The invitation has another auth_type than configured at auth_type"
    );
    assert_eq!(terraform.text("id"), "i-000001");
}

#[tokio::test]
async fn allow_deletion_changes_without_a_request() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.server.take_lines();
    let config = ann().with("allow_deletion", true);
    let plan = terraform.plan(&config);
    assert_eq!(plan.replaces, []);
    // Accepted between plan and apply: the state must still be what was planned.
    fake.accept("i-000001");
    terraform.apply(&config).await.unwrap();
    assert_eq!(fake.server.take_lines(), [""; 0]);
    assert_eq!(terraform.text("status"), "INVITE_STATUS_SENT");
    assert!(terraform.is_up_to_date(&config).await);
    assert_eq!(terraform.text("status"), "INVITE_STATUS_ACCEPTED");
    assert_eq!(
        terraform.text("accepted_at"),
        "2026-03-02 10:00:00.123456 +0000 UTC"
    );
}

#[tokio::test]
async fn only_not_found_means_gone() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    for (status, detail) in [
        (403, "not allowed"),
        (403, "invalid API key"),
        (401, "unauthorized"),
        (400, "error 404 in a text"),
        (500, "internal"),
        (501, "not implemented"),
    ] {
        fake.refuse(Method::GET, status, detail);
        let errors = terraform.refresh().await.unwrap_err();
        assert_eq!(
            summaries(&errors),
            "error: Cannot read the invitation",
            "{status}"
        );
        assert!(details(&errors).contains(detail), "{}", details(&errors));
        assert!(terraform.state.is_some(), "{status}");
    }
    fake.organization().invitations.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn expired_and_unheard_of_statuses_stay_without_a_difference() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    for status in [
        "INVITE_STATUS_STAGED",
        "INVITE_STATUS_ACCEPTED",
        "INVITE_STATUS_EXPIRED",
        "INVITE_STATUS_DEACTIVATED",
        "INVITE_STATUS_NEW",
    ] {
        fake.set("i-000001", "status", status);
        assert!(terraform.is_up_to_date(&ann()).await);
        assert_eq!(terraform.text("status"), status);
    }
}

#[tokio::test]
async fn an_imported_invitation_fits_its_configuration() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    fake.organization()
        .create(&json!({ "email": "Ann.Lee@Example.org" }));
    terraform.import(" i-000001 ").await.unwrap();
    let lower = Object::new().with("email", "ann.lee@example.org");
    assert!(terraform.is_up_to_date(&lower).await);
    assert_eq!(terraform.state().get("allow_deletion"), &Value::Bool(false));

    let errors = terraform.import("").await.unwrap_err();
    assert_eq!(summaries(&errors), "error: The import id is empty");
    terraform.import("i-999999").await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn an_invitation_in_the_way_is_named_with_the_command_to_import_it() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    fake.organization()
        .create(&json!({ "email": "Ann.Lee@Example.org" }));
    let errors = terraform.apply(&ann()).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot create the invitation at email"
    );
    insta::assert_snapshot!(details(&errors), @r#"
    POST /iam/v2/invitations: 409 Conflict: an invitation for this address exists.

    The invitation i-000001 for this address is still open. To manage it here, import it:

        terraform import confluent_invitation.NAME i-000001
    "#);
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn an_instant_that_is_not_set_becomes_null_once_and_stays_so() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    for zero in [json!(null), json!("0001-01-01T00:00:00Z")] {
        fake.set("i-000001", "accepted_at", zero);
        assert!(terraform.is_up_to_date(&ann()).await);
        assert_eq!(terraform.text("accepted_at"), "null");
    }
}

#[tokio::test]
async fn an_unknown_address_is_planned_and_invited_once_it_is_known() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    let plan = terraform.plan(&Object::new().with("email", Value::UNKNOWN));
    assert_eq!(summaries(&plan.diagnostics), "");
    assert!(plan.state.get("email").is_unknown() && plan.state.get("auth_type").is_unknown());
    terraform.apply(&ann()).await.unwrap();
    let plan = terraform.plan(&Object::new().with("email", Value::UNKNOWN));
    assert_eq!(plan.replaces, ["email".into()]);
    let plan = terraform.plan(&ann().with("auth_type", Value::UNKNOWN));
    assert_eq!(plan.replaces, ["auth_type".into()]);
}
