//! Provider blocks and environment variables, in all personas.

use serde_json::json;
use tfplugin::harness::complete;
use tfplugin::{Context, Object, Private, Provider as _, Value};
use vestibule_provider::{Environment, Persona, Provider};

use crate::fake_atlas::FakeAtlas;
use crate::fake_confluent::FakeConfluent;
use crate::terraform::{Terraform, configure, configured, details, summaries};
use crate::{atlas, confluent};

async fn outcome(persona: Persona, variables: &[(&str, &str)], block: Object) -> String {
    let environment = Environment::of(variables.iter().copied());
    summaries(&configured(persona, environment, block).await.1)
}

fn blocks(block: Object) -> Value {
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
async fn the_oauth_block_is_accepted_and_its_lack_of_effect_is_said() {
    let oauth = blocks(Object::new().with("oauth_identity_pool_id", "pool-1"));
    let block = Object::new().with("oauth", oauth);
    assert_eq!(
        outcome(Persona::Confluent, &[], block.clone()).await,
        "error: Signing in with the oauth block is not supported at oauth"
    );
    let block = block
        .with("cloud_api_key", "KEY")
        .with("cloud_api_secret", "SECRET");
    assert_eq!(
        outcome(Persona::Confluent, &[], block).await,
        "warning: The oauth block is not used"
    );
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

#[tokio::test]
async fn atlas_takes_address_and_credentials_from_different_sources() {
    let fake = FakeAtlas::start().await;
    let (provider, diagnostics) = configured(
        Persona::MongodbAtlas,
        Environment::of([("MONGODB_ATLAS_ACCESS_TOKEN", "from-environment")]),
        Object::new().with("base_url", &fake.server.url),
    )
    .await;
    assert_eq!(summaries(&diagnostics), "");
    Terraform::new(&provider, "mongodbatlas_org_invitation")
        .apply(&atlas::ann())
        .await
        .unwrap();
    assert_eq!(
        fake.server.seen()[0].authorization.as_deref(),
        Some("Bearer from-environment")
    );

    let (provider, _) = configured(
        Persona::MongodbAtlas,
        Environment::of([
            ("MONGODB_ATLAS_ACCESS_TOKEN", "from-environment"),
            ("MCLI_OPS_MANAGER_URL", fake.server.url.as_str()),
        ]),
        Object::new().with("access_token", "from-block"),
    )
    .await;
    fake.server.take_lines();
    let mut terraform = Terraform::new(&provider, "mongodbatlas_org_invitation");
    terraform
        .import(&format!("{}-ann.lee@example.org", crate::fake_atlas::ORG))
        .await
        .unwrap();
    assert_eq!(
        fake.server.seen()[0].authorization.as_deref(),
        Some("Bearer from-block")
    );
}

#[tokio::test]
async fn atlas_credentials_are_completed_ordered_and_checked() {
    let persona = Persona::MongodbAtlas;
    let text = |name: &str| Object::new().with(name, "x");
    let private = ("MONGODB_ATLAS_PRIVATE_KEY", "P");
    assert_eq!(outcome(persona, &[private], text("public_key")).await, "");
    assert_eq!(
        outcome(persona, &[], text("public_key")).await,
        "error: Credentials are incomplete at private_key"
    );
    assert_eq!(
        outcome(persona, &[], text("client_secret")).await,
        "error: Credentials are incomplete at client_id"
    );
    assert_eq!(
        outcome(persona, &[private], Object::new()).await,
        "error: Credentials are incomplete at public_key"
    );
    // Half of another pair is lying about in the environment.
    let key = [
        private,
        ("MCLI_PUBLIC_API_KEY", "K"),
        ("MONGODB_ATLAS_CLIENT_ID", "C"),
    ];
    assert_eq!(
        outcome(persona, &key, Object::new()).await,
        "warning: Several kinds of credentials are set"
    );
    assert_eq!(outcome(persona, &key, text("access_token")).await, "");
    assert_eq!(
        outcome(persona, &[], Object::new()).await,
        "warning: There are no credentials"
    );
    let account = Object::new()
        .with("public_key", "mdb_sa_id_1")
        .with("private_key", "x");
    assert_eq!(
        outcome(persona, &[], account).await,
        "error: The public key is a service account's id at public_key"
    );
}

#[tokio::test]
async fn atlas_says_what_it_does_with_roles_and_government_clouds() {
    let role = blocks(Object::new().with("role_arn", "arn:aws:iam::1:role/x"));
    let persona = Persona::MongodbAtlas;
    assert_eq!(
        outcome(persona, &[], Object::new().with("assume_role", role)).await,
        "error: AWS Secrets Manager is not supported at assume_role"
    );
    let block = Object::new()
        .with("access_token", "x")
        .with("is_mongodbgov_cloud", true)
        .with("base_url", "https://cloud.example.org");
    assert_eq!(
        outcome(persona, &[], block).await,
        "warning: The base URL is not used"
    );
}

#[tokio::test]
async fn a_refused_service_account_is_reported_once_when_configuring() {
    let server = crate::server::Server::start(|_| {
        (
            401,
            json!({ "error": "invalid_client", "error_description": "no such client" }),
        )
    })
    .await;
    let block = Object::new()
        .with("base_url", &server.url)
        .with("client_id", "mdb_sa_id_1")
        .with("client_secret", "very-secret");
    let (_, diagnostics) =
        configured(Persona::MongodbAtlas, Environment::new(|_| None), block).await;
    assert_eq!(
        summaries(&diagnostics),
        "error: Cannot sign in with the service account"
    );
    assert!(details(&diagnostics).contains("no such client"));
    assert!(!details(&diagnostics).contains("very-secret"));
}

async fn vestibule(variables: &[(&str, &str)], block: Object) -> Provider {
    let environment = Environment::of(variables.iter().copied());
    let (provider, diagnostics) = configured(Persona::Vestibule, environment, block).await;
    assert_eq!(summaries(&diagnostics), "");
    provider
}

#[tokio::test]
async fn one_endpoint_and_one_token_serve_all_types() {
    let (confluent_fake, atlas_fake) = (FakeConfluent::start().await, FakeAtlas::start().await);
    let variables = [
        ("VESTIBULE_ENDPOINT", confluent_fake.server.url.as_str()),
        ("VESTIBULE_TOKEN", "tok"),
        // For the vendor's cloud, not for this server.
        ("CONFLUENT_CLOUD_API_KEY", "KEY"),
        ("CONFLUENT_CLOUD_API_SECRET", "SECRET"),
    ];
    let section = Object::new()
        .with("base_url", &atlas_fake.server.url)
        .with("access_token", "own");
    let provider = vestibule(&variables, Object::new().with("atlas", section)).await;
    let mut terraform = Terraform::new(&provider, "confluent_invitation");
    terraform.apply(&confluent::ann()).await.unwrap();
    let authorization = confluent_fake.server.seen()[0].authorization.clone();
    assert_eq!(authorization.as_deref(), Some("Bearer tok"));

    let mut terraform = Terraform::new(&provider, "mongodbatlas_org_invitation");
    terraform.apply(&atlas::ann()).await.unwrap();
    let authorization = atlas_fake.server.seen()[0].authorization.clone();
    assert_eq!(authorization.as_deref(), Some("Bearer own"));
}

#[tokio::test]
async fn the_token_goes_to_no_other_address() {
    let fake = FakeConfluent::start().await;
    let block = Object::new()
        .with("endpoint", "http://127.0.0.1:1")
        .with("token", "tok")
        .with(
            "confluent",
            Object::new().with("endpoint", &fake.server.url),
        );
    let provider = vestibule(&[], block).await;
    let errors = Terraform::new(&provider, "confluent_invitation")
        .apply(&confluent::ann())
        .await
        .unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: The provider is not set up for this type"
    );
    assert_eq!(fake.server.take_lines(), [""; 0]);
}

#[tokio::test]
async fn half_of_a_section_is_refused_where_it_is() {
    let section = Object::new().with("cloud_api_secret", "S");
    assert_eq!(
        outcome(
            Persona::Vestibule,
            &[],
            Object::new().with("confluent", section)
        )
        .await,
        "error: Credentials are incomplete at confluent.cloud_api_key"
    );
    let section = Object::new().with("public_key", "K");
    assert_eq!(
        outcome(
            Persona::Vestibule,
            &[],
            Object::new().with("atlas", section)
        )
        .await,
        "error: Credentials are incomplete at atlas.private_key"
    );
}

#[tokio::test]
async fn configuring_again_takes_effect() {
    let (first, second) = (FakeConfluent::start().await, FakeConfluent::start().await);
    let block = |url: &str| Object::new().with("endpoint", url).with("token", "tok");
    let provider = vestibule(&[], block(&first.server.url)).await;
    configure(&provider, block(&second.server.url)).await;
    Terraform::new(&provider, "confluent_invitation")
        .apply(&confluent::ann())
        .await
        .unwrap();
    assert_eq!(first.server.take_lines(), [""; 0]);
    assert_eq!(second.server.take_lines().len(), 1);
}
