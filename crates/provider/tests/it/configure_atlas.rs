//! Provider block and environment variables of persona `mongodbatlas`.

use serde_json::json;
use tfplugin::harness::complete;
use tfplugin::{Diagnostics, Object, Provider as _, Value};
use vestibule_provider::{Environment, Persona, Provider};

use crate::atlas;
use crate::configure::outcome;
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
async fn the_cloud_for_governments_goes_before_a_base_url() {
    let persona = Persona::MongodbAtlas;
    let block = || {
        Object::new()
            .with("access_token", "x")
            .with("base_url", "https://cloud.example.org")
    };
    let unused = "warning: The base URL is not used";
    let chosen = block().with("is_mongodbgov_cloud", true);
    assert_eq!(outcome(persona, &[], chosen).await, unused);
    for (value, said) in [
        ("true", unused),
        ("1", unused),
        ("false", ""),
        ("", ""),
        (
            "perhaps",
            "error: The cloud for governments is neither chosen nor not",
        ),
    ] {
        let variables = [("MONGODB_ATLAS_IS_MONGODBGOV_CLOUD", value)];
        assert_eq!(outcome(persona, &variables, block()).await, said, "{value}");
        // What the block says goes before it.
        let refused = block().with("is_mongodbgov_cloud", false);
        assert_eq!(outcome(persona, &variables, refused).await, "");
    }
}

#[test]
fn atlas_takes_one_assume_role_at_most() {
    let provider = Provider::new(Persona::MongodbAtlas, Environment::new(|_| None));
    let problems = |count: usize| {
        let block = complete(&provider.schema(), Object::new()).unwrap();
        let role = Value::Object(Object::new().with("role_arn", "x"));
        let mut diagnostics = Diagnostics::new();
        let block = block.with("assume_role", Value::List(vec![role; count]));
        provider.validate(&block, &mut diagnostics);
        summaries(&diagnostics)
    };
    assert_eq!(problems(1), "");
    assert_eq!(
        problems(2),
        "error: There is more than one assume_role at assume_role"
    );
}

#[tokio::test]
async fn every_environment_variable_of_the_vendor_counts_and_the_first_one_wins() {
    let server = Server::start(|_| (404, json!({ "error": 404, "errorCode": "X" }))).await;
    let block = || Object::new().with("base_url", &server.url);
    for (public, private) in [
        (
            "MONGODB_ATLAS_PUBLIC_API_KEY",
            "MONGODB_ATLAS_PRIVATE_API_KEY",
        ),
        ("MONGODB_ATLAS_PUBLIC_KEY", "MONGODB_ATLAS_PRIVATE_KEY"),
        ("MCLI_PUBLIC_API_KEY", "MCLI_PRIVATE_API_KEY"),
    ] {
        let variables = [(public, "abcdefgh"), (private, "very-secret")];
        assert_eq!(
            outcome(Persona::MongodbAtlas, &variables, block()).await,
            "",
            "{public}"
        );
    }
    for (base, other) in [
        ("MONGODB_ATLAS_BASE_URL", "MCLI_OPS_MANAGER_URL"),
        ("MCLI_OPS_MANAGER_URL", "UNUSED"),
    ] {
        let (provider, _) = configured(
            Persona::MongodbAtlas,
            Environment::of([
                ("MONGODB_ATLAS_ACCESS_TOKEN", "from-environment"),
                (base, server.url.as_str()),
                (other, "http://127.0.0.1:1"),
            ]),
            Object::new(),
        )
        .await;
        let mut terraform = Terraform::new(&provider, "mongodbatlas_team");
        server.take_lines();
        terraform.import(&format!("{ORG}-x")).await.unwrap_err();
        assert_eq!(server.take_lines().len(), 1, "{base}");
    }
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

#[tokio::test]
async fn a_token_goes_before_a_service_account_and_that_before_a_key() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/api/oauth/token" => (200, json!({ "access_token": "bought", "expires_in": 3600 })),
        _ => (404, json!({ "error": 404, "errorCode": "X" })),
    })
    .await;
    let key = Object::new()
        .with("base_url", &server.url)
        .with("public_key", "abcdefgh")
        .with("private_key", "very-secret");
    let account = key
        .clone()
        .with("client_id", "mdb_sa_id_1")
        .with("client_secret", "very-secret");
    let token = account.clone().with("access_token", "given");
    for (block, authorization) in [
        (token, Some("Bearer given")),
        (account, Some("Bearer bought")),
        // Nothing before the challenge, which never comes.
        (key, None),
    ] {
        let persona = Persona::MongodbAtlas;
        let (provider, _) = configured(persona, Environment::new(|_| None), block).await;
        let mut terraform = Terraform::new(&provider, "mongodbatlas_team");
        terraform.import(&format!("{ORG}-x")).await.unwrap_err();
        let last = server.seen().pop().unwrap();
        assert_eq!(last.authorization.as_deref(), authorization);
    }
}
