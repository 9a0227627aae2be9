//! Provider block and environment variables of persona `vestibule`.

use tfplugin::Object;
use vestibule_provider::{Environment, Persona, Provider};

use crate::configure::outcome;
use crate::fake_atlas::FakeAtlas;
use crate::fake_confluent::FakeConfluent;
use crate::terraform::{Terraform, configure, configured, summaries};
use crate::{atlas, confluent};

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
    // Said by the plan already, so that no apply begins.
    let errors = Terraform::new(&provider, "confluent_invitation")
        .plan(&confluent::ann())
        .diagnostics;
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

#[tokio::test]
async fn a_block_that_reaches_nothing_is_refused() {
    let persona = Persona::Vestibule;
    assert_eq!(
        outcome(persona, &[], Object::new()).await,
        "error: There are no credentials at endpoint"
    );
    let block = Object::new().with("endpoint", "http://127.0.0.1:1");
    assert_eq!(
        outcome(persona, &[("CONFLUENT_CLOUD_API_KEY", "K")], block).await,
        "error: There are no credentials at token"
    );
}

#[tokio::test]
async fn stray_variables_of_an_api_that_is_not_used_do_no_harm() {
    let variables = [
        ("CONFLUENT_CLOUD_API_KEY", "K"),
        ("MONGODB_ATLAS_CLIENT_ID", "C"),
    ];
    let section = Object::new().with("access_token", "T");
    let block = Object::new().with("atlas", section);
    assert_eq!(outcome(Persona::Vestibule, &variables, block).await, "");
}

#[tokio::test]
async fn an_unusable_address_is_refused_where_it_is() {
    let block = Object::new().with("endpoint", "nowhere").with("token", "T");
    assert_eq!(
        outcome(Persona::Vestibule, &[], block).await,
        "error: The provider block cannot be used at endpoint"
    );
    let section = Object::new()
        .with("base_url", "nowhere")
        .with("access_token", "T");
    assert_eq!(
        outcome(
            Persona::Vestibule,
            &[],
            Object::new().with("atlas", section)
        )
        .await,
        "error: The provider block cannot be used at atlas.base_url"
    );
}
