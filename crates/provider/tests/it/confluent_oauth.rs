//! The `oauth` block of persona `confluent`.

use std::sync::{Arc, Mutex};

use axum::http::Method;
use serde_json::json;
use tfplugin::{Object, Value};
use vestibule_provider::{Environment, Persona};

use crate::configure::{blocks, outcome};
use crate::confluent::ann;
use crate::fake_confluent::{Organization, failure};
use crate::server::Server;
use crate::terraform::{Terraform, configured, details, summaries};

/// The vendor's API and an identity provider in one, which insist on each other's tokens.
async fn both() -> Server {
    let organization = Arc::new(Mutex::new(Organization::default()));
    Server::start(move |seen| match seen.path.as_str() {
        "/idp/token" => (
            200,
            json!({ "access_token": "external", "expires_in": "3600" }),
        ),
        "/sts/v1/oauth2/token" => (
            200,
            json!({ "access_token": "exchanged", "expires_in": 900 }),
        ),
        _ if seen.authorization.as_deref() != Some("Bearer exchanged") => {
            (401, failure(401, "no such token"))
        }
        "/iam/v2/invitations" if seen.method == Method::POST => {
            organization.lock().unwrap().create(&seen.body)
        }
        _ => (404, failure(404, "no such path")),
    })
    .await
}

fn oauth() -> Object {
    Object::new().with("oauth_identity_pool_id", "pool-1")
}

fn by_url(url: &str) -> Object {
    oauth()
        .with("oauth_external_token_url", format!("{url}/idp/token"))
        .with("oauth_external_client_id", "client")
        .with("oauth_external_client_secret", "very-secret")
}

fn block(oauth: Object) -> Object {
    Object::new().with("oauth", blocks(oauth))
}

async fn refused(oauth: Object) -> String {
    outcome(Persona::Confluent, &[], block(oauth)).await
}

#[tokio::test]
async fn tokens_are_fetched_when_the_first_request_needs_them() {
    let server = both().await;
    let block = block(by_url(&server.url)).with("endpoint", &server.url);
    let (provider, diagnostics) =
        configured(Persona::Confluent, Environment::new(|_| None), block).await;
    assert_eq!(summaries(&diagnostics), "");
    assert_eq!(server.take_lines(), [""; 0]);
    for email in ["ann@example.org", "bob@example.org"] {
        Terraform::new(&provider, "confluent_invitation")
            .apply(&Object::new().with("email", email))
            .await
            .unwrap();
    }
    assert_eq!(
        server.take_lines(),
        [
            "POST /idp/token",
            "POST /sts/v1/oauth2/token",
            "POST /iam/v2/invitations",
            "POST /iam/v2/invitations",
        ]
    );
}

#[tokio::test]
async fn a_ready_made_token_is_exchanged_as_it_is() {
    let server = both().await;
    let oauth = oauth()
        .with("oauth_external_access_token", "external")
        .with("oauth_sts_token_expired_in_seconds", "600");
    let block = block(oauth).with("endpoint", &server.url);
    let (provider, _) = configured(Persona::Confluent, Environment::new(|_| None), block).await;
    Terraform::new(&provider, "confluent_invitation")
        .apply(&ann())
        .await
        .unwrap();
    assert_eq!(
        server.take_lines(),
        ["POST /sts/v1/oauth2/token", "POST /iam/v2/invitations"]
    );
}

#[tokio::test]
async fn a_refused_token_is_explained_without_quoting_a_secret() {
    let server = Server::start(|_| {
        let body = json!({ "error": "invalid_client", "error_description": "wrong secret" });
        (401, body)
    })
    .await;
    let block = block(by_url(&server.url)).with("endpoint", &server.url);
    let (provider, _) = configured(Persona::Confluent, Environment::new(|_| None), block).await;
    let errors = Terraform::new(&provider, "confluent_invitation")
        .apply(&ann())
        .await
        .unwrap_err();
    insta::assert_snapshot!(details(&errors), @r"
    POST /idp/token: 401 Unauthorized: the identity provider at oauth_external_token_url gave no token: wrong secret.

    Check the credentials in the provider block or the environment, and that they belong to the service at the configured address.
    ");
}

#[tokio::test]
async fn arguments_that_are_missing_or_exclude_each_other_are_refused_where_they_are() {
    let url = || by_url("http://127.0.0.1:1");
    insta::assert_snapshot!(
        [
            refused(oauth()).await,
            refused(url().with("oauth_external_access_token", "T")).await,
            refused(url().with("oauth_external_client_id", Value::Null)).await,
            refused(url().with("oauth_external_client_secret", "")).await,
            refused(url().with("oauth_sts_token_expired_in_seconds", "soon")).await,
            refused(url().with("oauth_external_token_url", "no address")).await,
        ]
        .join("\n"),
        @r"
    error: The oauth block is incomplete at oauth[0].oauth_external_token_url
    error: The oauth block is ambiguous at oauth[0].oauth_external_access_token
    error: The oauth block is incomplete at oauth[0].oauth_external_client_id
    error: The oauth block is incomplete at oauth[0].oauth_external_client_secret
    error: The life of a token is no number of seconds at oauth[0].oauth_sts_token_expired_in_seconds
    error: The provider block cannot be used at oauth[0].oauth_external_token_url
    "
    );
    // What is known only after apply is no mistake.
    for name in [
        "oauth_external_token_url",
        "oauth_external_client_secret",
        "oauth_external_token_scope",
        "oauth_identity_pool_id",
        "oauth_sts_token_expired_in_seconds",
    ] {
        assert_eq!(refused(url().with(name, Value::UNKNOWN)).await, "");
    }
}

#[tokio::test]
async fn a_key_in_the_block_contradicts_oauth_and_one_in_the_environment_is_left_aside() {
    let url = || block(by_url("http://127.0.0.1:1"));
    assert_eq!(
        outcome(
            Persona::Confluent,
            &[],
            url()
                .with("cloud_api_key", "KEY")
                .with("cloud_api_secret", "S")
        )
        .await,
        "error: There are two ways to sign in at cloud_api_key"
    );
    let variables = [("CONFLUENT_CLOUD_API_KEY", "KEY")];
    assert_eq!(
        outcome(Persona::Confluent, &variables, url()).await,
        "warning: The Cloud API key in the environment is not used"
    );
}

#[tokio::test]
async fn the_section_of_our_own_provider_block_signs_in_so_too() {
    let server = both().await;
    let section = Object::new()
        .with("endpoint", &server.url)
        .with("oauth", by_url(&server.url));
    let block = Object::new().with("confluent", section.clone());
    let (provider, diagnostics) =
        configured(Persona::Vestibule, Environment::new(|_| None), block).await;
    assert_eq!(summaries(&diagnostics), "");
    let mut terraform = Terraform::new(&provider, "confluent_invitation");
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(
        server.take_lines(),
        [
            "POST /idp/token",
            "POST /sts/v1/oauth2/token",
            "POST /iam/v2/invitations"
        ]
    );

    let refused = async |section: Object| {
        let block = Object::new().with("confluent", section);
        outcome(Persona::Vestibule, &[], block).await
    };
    assert_eq!(
        refused(section.with("cloud_api_key", "K")).await,
        "error: There are two ways to sign in at confluent.cloud_api_key"
    );
    assert_eq!(
        refused(Object::new().with("oauth", oauth())).await,
        "error: The oauth block is incomplete at confluent.oauth.oauth_external_token_url"
    );
}
