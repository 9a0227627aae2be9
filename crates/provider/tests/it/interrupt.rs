//! Interrupts and secrets: what must not get lost, and what must not get out.

use axum::http::Method;
use tfplugin::harness::{complete, plan};
use tfplugin::{Context, Object, Private, Provider as _};
use vestibule_provider::{Environment, Persona};

use crate::fake_atlas::FakeAtlas;
use crate::fake_confluent::FakeConfluent;
use crate::terraform::{Terraform, configured, details, summaries};
use crate::vestibule::Home;
use crate::{atlas, confluent};

#[tokio::test]
async fn an_interrupt_while_the_request_is_under_way_loses_nothing() {
    let fake = FakeConfluent::start().await;
    let terraform = confluent::terraform(&fake).await;
    let planned = plan(&*terraform.resource, None, &confluent::ann())
        .unwrap()
        .state;
    let cx = Context::new(Object::new(), Private::new());
    fake.organization().interrupt = Some(cx.cancellation().clone());
    let state = terraform.resource.create(&cx, planned).await.unwrap();
    assert!(cx.is_cancelled());
    assert_eq!(state.str("id"), Ok("i-000001"));
    assert_eq!(cx.last_checkpoint(), Some(state));
}

#[tokio::test]
async fn an_interrupt_before_the_request_creates_nothing() {
    let (confluent_fake, atlas_fake) = (FakeConfluent::start().await, FakeAtlas::start().await);
    for (terraform, config) in [
        (
            confluent::terraform(&confluent_fake).await,
            confluent::ann(),
        ),
        (atlas::terraform(&atlas_fake).await, atlas::ann()),
    ] {
        let planned = plan(&*terraform.resource, None, &config).unwrap().state;
        let cx = Context::new(Object::new(), Private::new());
        cx.cancellation().cancel();
        let errors = terraform.resource.create(&cx, planned).await.unwrap_err();
        assert_eq!(summaries(&errors), "error: Interrupted");
        assert_eq!(cx.last_checkpoint(), None);
    }
    assert!(confluent_fake.organization().invitations.is_empty());
    assert!(atlas_fake.invitation_ids().is_empty());
}

#[tokio::test]
async fn an_interrupt_is_worded_for_whatever_was_to_be_made() {
    let home = Home::new().await;
    let team = home.resource("vestibule_team");
    let planned = team.plan(&Object::new().with("name", "Blue")).state;
    let cx = Context::new(Object::new(), Private::new());
    cx.cancellation().cancel();
    let errors = team.resource.create(&cx, planned).await.unwrap_err();
    insta::assert_snapshot!(details(&errors), @"Terraform was interrupted before the request was sent. Nothing has changed.");
}

#[tokio::test]
async fn no_key_is_made_for_a_run_that_was_interrupted() {
    let home = Home::new().await;
    let mut all = home.provider.ephemeral_resources().into_iter();
    let key = all.find(|one| one.type_name() == "vestibule_api_key");
    let key = key.unwrap();
    let config = Object::new().with("name", "run");
    let config = complete(&key.schema(), config).unwrap();
    let cx = Context::new(Object::new(), Private::new());
    cx.cancellation().cancel();
    let errors = key.open(&cx, config).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Interrupted");
}

#[tokio::test]
async fn an_interrupt_between_two_attempts_says_that_the_first_may_have_worked() {
    let fake = FakeConfluent::start().await;
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret");
    let (provider, _) = configured(Persona::Confluent, Environment::new(|_| None), block).await;
    let terraform = Terraform::new(&provider, "confluent_invitation");
    let planned = plan(&*terraform.resource, None, &confluent::ann())
        .unwrap()
        .state;
    let cx = Context::new(Object::new(), Private::new());
    let interrupt = cx.cancellation().clone();
    fake.refuse(Method::POST, 503, "overloaded");
    fake.organization().interrupt = Some(interrupt);
    let errors = terraform.resource.create(&cx, planned).await.unwrap_err();
    assert!(
        details(&errors).contains("may have been carried out"),
        "{}",
        details(&errors)
    );
}

#[tokio::test]
async fn secrets_are_in_no_diagnostic_and_no_debug_output() {
    let fake = FakeConfluent::start().await;
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret")
        .with("max_retries", 0);
    let (provider, _) = configured(Persona::Confluent, Environment::new(|_| None), block).await;
    assert!(!format!("{provider:?}").contains("very-secret"));
    let mut terraform = Terraform::new(&provider, "confluent_invitation");
    fake.refuse(Method::POST, 401, "unauthorized");
    let errors = terraform.apply(&confluent::ann()).await.unwrap_err();
    assert!(!format!("{errors:?}").contains("very-secret"));
    let with_newline = Object::new()
        .with("cloud_api_key", "KEY:")
        .with("cloud_api_secret", "very-secret\n");
    let (_, diagnostics) =
        configured(Persona::Confluent, Environment::new(|_| None), with_newline).await;
    assert!(diagnostics.has_errors());
    assert!(!format!("{diagnostics:?}").contains("very-secret"));
}
