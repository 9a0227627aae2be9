//! The data sources `confluent_user` and `confluent_users`.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use tfplugin::harness::complete;
use tfplugin::{Context, DataSource, Diagnostics, Object, Private, Provider as _, Value};
use vestibule_provider::{Environment, Persona};

use crate::fake_confluent::FakeConfluent;
use crate::terraform::{configured, details, summaries};

fn user(n: usize) -> Json {
    json!({
        "api_version": "iam/v2", "kind": "User", "id": format!("u-{n:06}"), "metadata": {},
        "email": format!("Person{n}@example.org"), "full_name": format!("Person {n}"),
        "auth_type": "AUTH_TYPE_LOCAL",
    })
}

async fn fake(count: usize) -> FakeConfluent {
    let fake = FakeConfluent::start().await;
    fake.organization().users = (0..count).map(user).collect();
    fake
}

async fn source(fake: &FakeConfluent, type_name: &str) -> Arc<dyn DataSource> {
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "very-secret");
    let (provider, _) = configured(Persona::Confluent, Environment::new(|_| None), block).await;
    let mut sources = provider.data_sources().into_iter();
    sources.find(|one| one.type_name() == type_name).unwrap()
}

async fn read(source: &Arc<dyn DataSource>, config: Object) -> Result<Object, Diagnostics> {
    let config = complete(&source.schema(), config).unwrap();
    let mut problems = Diagnostics::new();
    source.validate(&config, &mut problems);
    assert!(!problems.has_errors(), "{problems:?}");
    let cx = Context::new(Object::new(), Private::new());
    source.read(&cx, config).await
}

fn by(key: &str, value: &str) -> Object {
    Object::new().with(key, value)
}

#[tokio::test]
async fn a_user_is_found_by_id_address_or_name() {
    let fake = fake(101).await;
    let source = source(&fake, "confluent_user").await;
    for (key, value) in [
        ("id", "u-000100"),
        ("email", "Person100@example.org"),
        ("full_name", "Person 100"),
    ] {
        let found = read(&source, by(key, value)).await.unwrap();
        assert_eq!(
            found,
            Object::new()
                .with("id", "u-000100")
                .with("email", "Person100@example.org")
                .with("full_name", "Person 100")
                .with("api_version", "iam/v2")
                .with("kind", "User"),
        );
    }
    // One request by id; all pages by what the vendor's API cannot filter.
    assert_eq!(
        fake.server.take_lines(),
        [
            "GET /iam/v2/users/u-000100",
            "GET /iam/v2/users",
            "GET /iam/v2/users",
            "GET /iam/v2/users",
            "GET /iam/v2/users",
        ]
    );
}

#[tokio::test]
async fn letter_case_counts_in_a_name_and_not_in_an_address() {
    let fake = fake(2).await;
    let source = source(&fake, "confluent_user").await;
    let found = read(&source, by("email", "person1@EXAMPLE.org"))
        .await
        .unwrap();
    // As configured: Terraform would take another spelling for a mistake of the provider's.
    assert_eq!(found.str("email"), Ok("person1@EXAMPLE.org"));
    assert_eq!(found.str("id"), Ok("u-000001"));
    let errors = read(&source, by("full_name", "person 1"))
        .await
        .unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: There is no such user at full_name"
    );
}

#[tokio::test]
async fn somebody_who_is_only_invited_has_an_empty_name() {
    let fake = fake(0).await;
    fake.organization().users = vec![json!({ "id": "u-1", "email": "ann@example.org" })];
    let source = source(&fake, "confluent_user").await;
    let found = read(&source, by("id", "u-1")).await.unwrap();
    assert_eq!(found.str("full_name"), Ok(""));
}

#[tokio::test]
async fn users_that_are_missing_or_ambiguous_are_errors() {
    let fake = fake(3).await;
    for user in fake.organization().users.iter_mut().take(2) {
        user["full_name"] = "Ann Lee".into();
    }
    let source = source(&fake, "confluent_user").await;
    let errors = read(&source, by("id", "u-9")).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: There is no such user at id");
    let errors = read(&source, by("full_name", "Ann Lee")).await.unwrap_err();
    insta::assert_snapshot!(details(&errors), @r#"These users have the full_name "Ann Lee": u-000000, u-000001. Look the right one up by its id."#);
}

#[tokio::test]
async fn exactly_one_key_is_taken() {
    let fake = fake(0).await;
    let source = source(&fake, "confluent_user").await;
    let problems = |config: Object| {
        let mut problems = Diagnostics::new();
        let config = complete(&source.schema(), config).unwrap();
        source.validate(&config, &mut problems);
        summaries(&problems)
    };
    let refused = "error: A user is looked up by one of its keys";
    assert_eq!(problems(Object::new()), refused);
    assert_eq!(problems(by("id", "")), refused);
    assert_eq!(
        problems(by("id", "u-1").with("email", "a@b.example")),
        refused
    );
    assert_eq!(problems(by("id", "u-1").with("email", "")), "");
    assert_eq!(problems(Object::new().with("id", Value::UNKNOWN)), "");
    assert_eq!(fake.server.take_lines(), [""; 0]);
}

#[tokio::test]
async fn all_users_are_listed_page_by_page() {
    for (count, requests) in [(0, 1), (1, 1), (100, 1), (101, 2), (250, 3)] {
        let fake = fake(count).await;
        let source = source(&fake, "confluent_users").await;
        let found = read(&source, Object::new()).await.unwrap();
        let ids = found.get("ids").as_slice().unwrap();
        assert_eq!(ids.len(), count);
        if let Some(last) = ids.last() {
            assert_eq!(last.as_str(), Some(format!("u-{:06}", count - 1).as_str()));
        }
        assert_eq!(fake.server.take_lines().len(), requests, "{count}");
        assert_eq!(found, read(&source, Object::new()).await.unwrap());
    }
}
