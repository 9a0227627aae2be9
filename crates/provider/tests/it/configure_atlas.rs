//! Provider block and environment variables of persona `mongodbatlas`.

use serde_json::json;
use tfplugin::Object;
use vestibule_provider::{Environment, Persona};

use crate::atlas;
use crate::configure::{blocks, outcome};
use crate::fake_atlas::{FakeAtlas, ORG};
use crate::server::Server;
use crate::terraform::{Terraform, configured, details, summaries};

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
        .import(&format!("{}-ann.lee@example.org", ORG))
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
    let server = Server::start(|_| {
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
