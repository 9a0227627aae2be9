//! The data sources.

use std::sync::Arc;

use axum::http::Method;
use serde_json::json;
use tfplugin::harness::complete;
use tfplugin::{Context, DataSource, Diagnostics, Object, Private, Provider as _};
use vestibule_provider::{Environment, Persona, Provider};

use crate::fake_atlas::{FakeAtlas, ORG};
use crate::fake_confluent::FakeConfluent;
use crate::terraform::{configured, summaries};

fn only_source(provider: &Provider) -> Arc<dyn DataSource> {
    provider.data_sources().into_iter().next().unwrap()
}

async fn read(
    source: &Arc<dyn DataSource>,
    config: Object,
) -> (Result<Object, Diagnostics>, Diagnostics) {
    let cx = Context::new(Object::new(), Private::new());
    let result = source
        .read(&cx, complete(&source.schema(), config).unwrap())
        .await;
    (result, cx.diagnostics())
}

async fn confluent(fake: &FakeConfluent) -> Arc<dyn DataSource> {
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret");
    let (provider, _) = configured(Persona::Confluent, Environment::new(|_| None), block).await;
    only_source(&provider)
}

async fn atlas(fake: &FakeAtlas) -> Arc<dyn DataSource> {
    let block = Object::new()
        .with("base_url", &fake.server.url)
        .with("access_token", "very-secret");
    let (provider, _) = configured(Persona::MongodbAtlas, Environment::new(|_| None), block).await;
    only_source(&provider)
}

#[tokio::test]
async fn a_confluent_invitation_is_read_by_its_id() {
    let fake = FakeConfluent::start().await;
    fake.organization()
        .create(&json!({ "email": "Ann.Lee@Example.org" }));
    let source = confluent(&fake).await;
    let (result, _) = read(&source, Object::new().with("id", "i-000001")).await;
    let found = result.unwrap();
    assert_eq!(found.str("email"), Ok("Ann.Lee@Example.org"));
    assert_eq!(found.str("expires_at"), Ok("2026-11-29 05:59:55 +0000 UTC"));
    assert!(found.get("accepted_at").is_null());
}

#[tokio::test]
async fn a_confluent_invitation_that_is_missing_or_hidden_is_an_error() {
    let fake = FakeConfluent::start().await;
    let source = confluent(&fake).await;
    let (result, _) = read(&source, Object::new().with("id", "i-000001")).await;
    assert_eq!(
        summaries(&result.unwrap_err()),
        "error: There is no such invitation at id"
    );
    fake.refuse(Method::GET, 403, "not allowed");
    let (result, _) = read(&source, Object::new().with("id", "i-000001")).await;
    assert_eq!(
        summaries(&result.unwrap_err()),
        "error: Cannot read the invitation"
    );
}

fn asked(username: &str) -> Object {
    Object::new()
        .with("org_id", ORG)
        .with("username", username)
        .with("invitation_id", "6a0000000000000000000001")
}

#[tokio::test]
async fn an_atlas_invitation_is_read_by_its_id() {
    let fake = FakeAtlas::start().await;
    let body = json!({ "username": "Ann@Example.org", "roles": ["ORG_OWNER"], "teamIds": ["5d1"] });
    fake.organization().invite(&body);
    let source = atlas(&fake).await;
    let (result, warnings) = read(&source, asked("ann@example.org")).await;
    let found = result.unwrap();
    assert_eq!(summaries(&warnings), "");
    assert_eq!(found.str("username"), Ok("ann@example.org"));
    assert_eq!(found.str("created_at"), Ok("2026-11-22T05:59:56Z"));
    assert!(
        found
            .str("id")
            .unwrap()
            .starts_with("aW52aXRhdGlvbl9pZA==:")
    );

    let (result, warnings) = read(&source, asked("bob@example.org")).await;
    assert_eq!(result.unwrap().str("username"), Ok("Ann@Example.org"));
    assert_eq!(
        summaries(&warnings),
        "warning: The invitation is for another address at username"
    );
}

#[tokio::test]
async fn an_atlas_invitation_that_is_no_longer_open_is_an_error() {
    let fake = FakeAtlas::start().await;
    let source = atlas(&fake).await;
    let (result, _) = read(&source, asked("ann@example.org")).await;
    assert_eq!(
        summaries(&result.unwrap_err()),
        "error: There is no such invitation at invitation_id"
    );
}
