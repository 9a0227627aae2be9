//! Provider blocks and environment variables: what all personas have in common, and `confluent`.

use tfplugin::harness::complete;
use tfplugin::{Context, Object, Private, Provider as _, Value};
use vestibule_provider::{Environment, Persona};

use crate::confluent;
use crate::fake_confluent::FakeConfluent;
use crate::terraform::{Terraform, configured, summaries};

/// The diagnostics of configuring.
pub(crate) async fn outcome(persona: Persona, variables: &[(&str, &str)], block: Object) -> String {
    let environment = Environment::of(variables.iter().copied());
    summaries(&configured(persona, environment, block).await.1)
}

pub(crate) fn blocks(block: Object) -> Value {
    Value::List(vec![Value::Object(block)])
}

#[tokio::test]
async fn confluent_credentials_come_from_block_or_environment_or_half_and_half() {
    let key = ("CONFLUENT_CLOUD_API_KEY", "KEY");
    let secret = ("CONFLUENT_CLOUD_API_SECRET", "SECRET");
    let block = || Object::new().with("cloud_api_key", "KEY");
    let persona = Persona::Confluent;
    assert_eq!(
        outcome(persona, &[], block().with("cloud_api_secret", "SECRET")).await,
        ""
    );
    assert_eq!(outcome(persona, &[key, secret], Object::new()).await, "");
    assert_eq!(outcome(persona, &[secret], block()).await, "");
    assert_eq!(
        outcome(persona, &[], block()).await,
        "error: Credentials are incomplete at cloud_api_secret"
    );
    assert_eq!(
        outcome(persona, &[secret], Object::new()).await,
        "error: Credentials are incomplete at cloud_api_key"
    );
    assert_eq!(
        outcome(persona, &[], Object::new()).await,
        "error: There are no credentials at cloud_api_key"
    );
    // An empty string is as good as none.
    assert_eq!(
        outcome(
            persona,
            &[key, secret],
            Object::new().with("cloud_api_key", "")
        )
        .await,
        ""
    );
}

#[tokio::test]
async fn confluent_ignores_incomplete_groups_that_it_does_not_use() {
    let block = Object::new()
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "SECRET")
        .with("kafka_api_key", "K")
        .with("flink_principal_id", "u-1");
    let variables = [("TABLEFLOW_API_KEY", "T"), ("SCHEMA_REGISTRY_ID", "S")];
    assert_eq!(outcome(Persona::Confluent, &variables, block).await, "");
}

#[tokio::test]
async fn unusable_arguments_are_refused_where_they_are() {
    let block = || {
        Object::new()
            .with("cloud_api_key", "KEY")
            .with("cloud_api_secret", "SECRET")
    };
    assert_eq!(
        outcome(
            Persona::Confluent,
            &[],
            block().with("endpoint", "not an address")
        )
        .await,
        "error: The provider block cannot be used at endpoint"
    );
    assert_eq!(
        outcome(
            Persona::Confluent,
            &[("TF_PROVIDER_CONFLUENT_MAX_RETRIES", "x")],
            block()
        )
        .await,
        "error: The number of retries is no such number at max_retries"
    );
    let block = Object::new()
        .with("access_token", "T")
        .with("base_url", "ftp://x");
    assert_eq!(
        outcome(Persona::MongodbAtlas, &[], block).await,
        "error: The provider block cannot be used at base_url"
    );
}

#[tokio::test]
async fn the_user_agent_names_persona_and_suffix() {
    let fake = FakeConfluent::start().await;
    let block = Object::new()
        .with("endpoint", &fake.server.url)
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "SECRET")
        .with("user_agent_suffix", "team-a");
    let environment = Environment::of([("TF_APPEND_USER_AGENT", "ci/7")]);
    let (provider, _) = configured(Persona::Confluent, environment, block).await;
    Terraform::new(&provider, "confluent_invitation")
        .apply(&confluent::ann())
        .await
        .unwrap();
    let seen = fake.server.seen();
    let agent = seen[0].user_agent.as_deref().unwrap();
    assert!(
        agent.starts_with("terraform-provider-confluent/"),
        "{agent}"
    );
    assert!(agent.ends_with(" ci/7 team-a"), "{agent}");
    // base64("KEY:SECRET")
    assert_eq!(
        seen[0].authorization.as_deref(),
        Some("Basic S0VZOlNFQ1JFVA==")
    );
}

#[tokio::test]
async fn while_arguments_are_unknown_configuring_works_and_reading_says_why_not() {
    let unknown = || Value::UNKNOWN;
    for (persona, block) in [
        (
            Persona::Confluent,
            Object::new().with("cloud_api_key", unknown()),
        ),
        (
            Persona::Confluent,
            Object::new()
                .with("cloud_api_key", "K")
                .with("cloud_api_secret", "S")
                .with("endpoint", unknown()),
        ),
        (
            Persona::MongodbAtlas,
            Object::new().with("private_key", unknown()),
        ),
        (
            Persona::MongodbAtlas,
            Object::new()
                .with("access_token", "T")
                .with("base_url", unknown()),
        ),
        (
            Persona::Vestibule,
            Object::new().with("endpoint", unknown()).with("token", "T"),
        ),
        (
            Persona::Vestibule,
            Object::new()
                .with("confluent", unknown())
                .with("atlas", unknown()),
        ),
    ] {
        let (provider, diagnostics) = configured(persona, Environment::new(|_| None), block).await;
        assert_eq!(summaries(&diagnostics), "");
        let resource = provider.resources().remove(0);
        let cx = Context::new(Object::new(), Private::new());
        let state = complete(&resource.schema(), Object::new().with("id", "i-1")).unwrap();
        let errors = resource.read(&cx, state).await.unwrap_err();
        assert_eq!(
            summaries(&errors),
            "error: The provider is not configured yet"
        );
    }
}
