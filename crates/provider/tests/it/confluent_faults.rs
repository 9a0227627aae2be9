//! What the vendor's provider does wrong, and ours does not: one test for each.
//!
//! Vendor facts are those of its provider in August 2026, read in its source.

use axum::http::Method;
use serde_json::json;
use tfplugin::Object;
use vestibule_provider::{Environment, Persona};

use crate::confluent::{ann, terraform};
use crate::fake_confluent::FakeConfluent;
use crate::terraform::{Terraform, configured, details, summaries};

const ZERO: &str = "0001-01-01 00:00:00 +0000 UTC";

async fn with_variables(fake: &FakeConfluent, variables: &[(&str, &str)]) -> Terraform {
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret")
        .with("max_retries", 0);
    let environment = Environment::of(variables.iter().copied());
    let (provider, diagnostics) = configured(Persona::Confluent, environment, block).await;
    assert_eq!(summaries(&diagnostics), "");
    Terraform::new(&provider, "confluent_invitation")
}

#[tokio::test]
async fn year_0001_times_become_null_without_a_diff_loop() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    // As the vendor's provider left it; Terraform has every stored state upgraded first.
    let stored = terraform.state().clone().with("accepted_at", ZERO);
    let upgraded = terraform.resource.upgrade(0, stored).unwrap();
    terraform.state = Some(upgraded.clone());
    assert_eq!(terraform.text("accepted_at"), "null");
    for _ in 0..2 {
        assert!(terraform.is_up_to_date(&ann()).await);
        assert_eq!(terraform.state(), &upgraded);
    }
}

#[tokio::test]
async fn go_formatted_times_are_read_and_written() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(
        terraform.text("expires_at"),
        "2026-11-29 05:59:55 +0000 UTC"
    );
    // The zone's name depends on the machine that wrote it.
    let other = "2026-11-29 06:59:55 +0100 CET";
    terraform.state = Some(terraform.state().clone().with("expires_at", other));
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(terraform.text("expires_at"), other);
}

#[tokio::test]
async fn an_auth_type_change_does_not_fail_at_apply_and_corrupt_the_state() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    let sso = ann().with("auth_type", "AUTH_TYPE_SSO");
    assert_eq!(terraform.plan(&sso).replaces, ["auth_type".into()]);
    fake.accept("i-000001");
    terraform.refresh().await.unwrap();
    assert_eq!(
        summaries(&terraform.plan(&sso).diagnostics),
        "error: The auth_type of an accepted invitation cannot change at auth_type"
    );
    assert_eq!(terraform.text("auth_type"), "AUTH_TYPE_LOCAL");
}

#[tokio::test]
async fn an_expired_or_deactivated_invitation_does_not_stay_unnoticed() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    for (status, warning) in [
        (
            "INVITE_STATUS_EXPIRED",
            "warning: The invitation has expired",
        ),
        (
            "INVITE_STATUS_DEACTIVATED",
            "warning: The invitation is deactivated",
        ),
        ("INVITE_STATUS_SENT", ""),
    ] {
        fake.set("i-000001", "status", status);
        let said = terraform.refresh().await.unwrap();
        assert_eq!(summaries(&said), warning);
        assert_eq!(terraform.plan(&ann()).replaces, []);
    }
}

#[tokio::test]
async fn an_expired_or_deactivated_invitation_is_sent_again_by_the_chosen_rule() {
    for (rule, status, replaced) in [
        ("expired", "INVITE_STATUS_EXPIRED", true),
        ("expired", "INVITE_STATUS_DEACTIVATED", false),
        ("deactivated", "INVITE_STATUS_DEACTIVATED", true),
        ("expired,deactivated", "INVITE_STATUS_EXPIRED", true),
        ("expired,deactivated", "INVITE_STATUS_ACCEPTED", false),
    ] {
        let fake = FakeConfluent::start().await;
        let rules = [("VESTIBULE_CONFLUENT_REINVITE", rule)];
        let mut terraform = with_variables(&fake, &rules).await;
        terraform.apply(&ann()).await.unwrap();
        fake.set("i-000001", "status", status);
        let said = terraform.refresh().await.unwrap();
        if !replaced {
            assert_eq!(terraform.plan(&ann()).replaces, [], "{rule} {status}");
            continue;
        }
        assert_eq!(summaries(&said), "");
        assert_eq!(terraform.plan(&ann()).replaces, ["status".into()]);
        // A deactivated one stands in nobody's way; the fake knows one invitation per address.
        fake.set("i-000001", "email", "somebody@else.example");
        terraform.apply(&ann()).await.unwrap();
        assert_eq!(terraform.text("id"), "i-000002");
        assert!(terraform.is_up_to_date(&ann()).await);
    }
}

#[tokio::test]
async fn sending_again_where_somebody_else_invited_comes_with_the_command_to_import() {
    let fake = FakeConfluent::start().await;
    let rules = [("VESTIBULE_CONFLUENT_REINVITE", "expired")];
    let mut terraform = with_variables(&fake, &rules).await;
    terraform.apply(&ann()).await.unwrap();
    fake.set("i-000001", "status", "INVITE_STATUS_EXPIRED");
    terraform.refresh().await.unwrap();
    let address = terraform.text("email");
    fake.organization().create(&json!({ "email": address }));
    let errors = terraform.apply(&ann()).await.unwrap_err();
    let command = "terraform import confluent_invitation.NAME i-000002";
    assert!(details(&errors).ends_with(command), "{}", details(&errors));
    assert_eq!(terraform.state, None);
    terraform.import("i-000002").await.unwrap();
    assert!(terraform.is_up_to_date(&ann()).await);
}

#[tokio::test]
async fn an_expired_invitation_that_the_service_will_not_delete_can_be_destroyed() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.set("i-000001", "status", "INVITE_STATUS_EXPIRED");
    fake.refuse(Method::DELETE, 400, "it has expired");
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn an_invitation_deleted_in_the_console_is_created_again() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.organization().invitations.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(terraform.text("id"), "i-000002");
}

#[tokio::test]
async fn a_403_never_drops_the_state() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.refuse(Method::GET, 403, "not allowed");
    let errors = terraform.refresh().await.unwrap_err();
    assert!(
        details(&errors)
            .ends_with("The resource stays in the state: a refusal does not mean that it is gone."),
        "{}",
        details(&errors)
    );
    assert!(terraform.state.is_some());
}

#[tokio::test]
async fn a_403_means_gone_to_those_who_chose_the_vendors_rule() {
    let fake = FakeConfluent::start().await;
    let rules = [("VESTIBULE_CONFLUENT_FORBIDDEN", "gone")];
    let mut terraform = with_variables(&fake, &rules).await;
    terraform.apply(&ann()).await.unwrap();
    fake.refuse(Method::GET, 403, "invalid API key");
    terraform.refresh().await.unwrap_err();
    fake.refuse(Method::GET, 403, "not found");
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_rule_that_means_nothing_is_refused_when_configuring() {
    let block = Object::new()
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret");
    let environment = Environment::of([("VESTIBULE_CONFLUENT_REINVITE", "always")]);
    let (_, diagnostics) = configured(Persona::Confluent, environment, block).await;
    insta::assert_snapshot!(details(&diagnostics), @r#"VESTIBULE_CONFLUENT_REINVITE must be a list of "expired" and "deactivated", but it has "always"."#);
}

#[tokio::test]
async fn a_destroy_ends_well_when_the_invitation_is_gone_already() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    terraform.apply(&ann()).await.unwrap();
    fake.organization().invitations.clear();
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn a_create_that_lost_its_answer_does_not_invite_twice() {
    let fake = FakeConfluent::start().await;
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret")
        .with("max_retries", 1);
    let environment = Environment::new(|_| None);
    let (provider, _) = configured(Persona::Confluent, environment, block).await;
    let mut terraform = Terraform::new(&provider, "confluent_invitation");
    // The service invites and then fails to say so.
    fake.organization()
        .create(&json!({ "email": "Ann.Lee@Example.org" }));
    let created = json!({ "created_at": "2999-01-01T00:00:00Z" });
    fake.set("i-000001", "metadata", created);
    fake.refuse(Method::POST, 503, "try again");
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(terraform.text("id"), "i-000001");
    assert_eq!(fake.organization().invitations.len(), 1);
}

#[tokio::test]
async fn the_body_of_a_failure_is_kept_through_all_retries() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    fake.refuse(Method::POST, 503, "the mail system is being repaired");
    let errors = terraform.apply(&ann()).await.unwrap_err();
    assert!(
        details(&errors).contains("the mail system is being repaired"),
        "{}",
        details(&errors)
    );
}

#[tokio::test]
async fn what_was_created_is_in_the_state_even_if_it_is_not_what_was_asked_for() {
    let fake = FakeConfluent::start().await;
    let mut terraform = terraform(&fake).await;
    let (_, invitation) = fake
        .organization()
        .create(&json!({ "email": "Ann.Lee@Example.org" }));
    fake.organization()
        .refusals
        .push_back((Method::POST, (201, invitation)));
    let sso = ann().with("auth_type", "AUTH_TYPE_SSO");
    terraform.apply(&sso).await.unwrap_err();
    assert_eq!(terraform.text("id"), "i-000001");
}
