//! Credentials out of AWS Secrets Manager: which settings count, what a secret may hold, what is said.

use tfplugin::harness::complete;
use tfplugin::{Context, Diagnostics, Object, Private, Provider as _, Value};
use vestibule_provider::{Environment, Persona, Provider};
use vestibule_testkit::aws::{
    FakeAws, KEY_ID, REGION, ROLE, SECRET_KEY, SECRETS, SESSION_KEY_ID, SESSION_SECRET_KEY, TOKEN,
};

use crate::atlas;
use crate::configure::blocks;
use crate::fake_atlas::FakeAtlas;
use crate::terraform::{Terraform, configured, details, summaries};

const NAME: &str = "atlas/ci";
const ATLAS_TOKEN: &str = "very-secret-access-token";

const READ: [&str; 2] = [
    "sts us-east-1 AssumeRole",
    "secretsmanager eu-west-1 GetSecretValue",
];

/// All settings, in the block.
fn block(fake: &FakeAws) -> Object {
    settings(fake).with("assume_role", blocks(Object::new().with("role_arn", ROLE)))
}

/// Those beside the role.
fn settings(fake: &FakeAws) -> Object {
    Object::new()
        .with("secret_name", NAME)
        .with("region", REGION)
        .with("aws_access_key_id", KEY_ID)
        .with("aws_secret_access_key", SECRET_KEY)
        .with("sts_endpoint", &fake.url)
}

/// The one variable that is needed to ask a fake instead of AWS.
fn at(fake: &FakeAws) -> (String, String) {
    let variable = "AWS_ENDPOINT_URL_SECRETS_MANAGER";
    (variable.to_owned(), fake.url.clone())
}

fn without(mut block: Object, name: &str) -> Object {
    block.remove(name);
    block
}

async fn mongodbatlas(variables: &[(String, String)], block: Object) -> (Provider, Diagnostics) {
    let environment = Environment::of(variables.iter().cloned());
    let (provider, diagnostics) = configured(Persona::MongodbAtlas, environment, block).await;
    assert_nothing_secret(&diagnostics);
    (provider, diagnostics)
}

fn assert_nothing_secret(diagnostics: &Diagnostics) {
    let said = format!("{diagnostics:?}");
    for secret in SECRETS.into_iter().chain([ATLAS_TOKEN]) {
        assert!(!said.contains(secret), "a secret is told");
    }
}

/// What configuring with a block says.
async fn said(fake: &FakeAws, block: Object) -> String {
    summaries(&mongodbatlas(&[at(fake)], block).await.1)
}

/// What configuring says about a secret with this text.
async fn said_of(text: &str) -> (String, String) {
    let fake = FakeAws::start().with_secret(NAME, text);
    let (_, diagnostics) = mongodbatlas(&[at(&fake)], block(&fake)).await;
    (summaries(&diagnostics), details(&diagnostics))
}

/// The `Authorization` of the first request to the Atlas API.
async fn authorization(provider: &Provider, atlas: &FakeAtlas) -> Option<String> {
    Terraform::new(provider, "mongodbatlas_org_invitation")
        .apply(&atlas::ann())
        .await
        .unwrap();
    atlas.server.seen()[0].authorization.clone()
}

fn token_at(base_url: &str) -> String {
    format!(r#"{{"access_token":"{ATLAS_TOKEN}","base_url":"{base_url}"}}"#)
}

#[tokio::test]
async fn credentials_come_out_of_a_secret_that_a_role_may_read() {
    let atlas = FakeAtlas::start().await;
    let fake = FakeAws::start().with_secret(NAME, &token_at(&atlas.server.url));
    let (provider, diagnostics) = mongodbatlas(&[at(&fake)], block(&fake)).await;
    assert_eq!(summaries(&diagnostics), "");
    assert_eq!(fake.calls(), READ);
    assert_eq!(
        authorization(&provider, &atlas).await,
        Some(format!("Bearer {ATLAS_TOKEN}"))
    );
    // Once for each time that Terraform configures, however much is done.
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn every_setting_may_be_a_variable_and_the_block_goes_before_it() {
    let fake = FakeAws::start().with_secret(NAME, &token_at("http://127.0.0.1:1"));
    let all = [
        ("ASSUME_ROLE_ARN", ROLE),
        ("SECRET_NAME", NAME),
        ("AWS_REGION", "EU_WEST_1"),
        ("AWS_ACCESS_KEY_ID", SESSION_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SESSION_SECRET_KEY),
        ("AWS_SESSION_TOKEN", TOKEN),
        ("STS_ENDPOINT", fake.url.as_str()),
    ];
    for prefix in ["", "TF_VAR_"] {
        let variables = |all: &[(&str, &str)]| {
            let named = all
                .iter()
                .map(|(name, value)| (format!("{prefix}{name}"), (*value).to_owned()));
            named.chain([at(&fake)]).collect::<Vec<_>>()
        };
        let (_, diagnostics) = mongodbatlas(&variables(&all), Object::new()).await;
        assert_eq!(summaries(&diagnostics), "", "{prefix}");
        // The block's key is a lasting one: the session token belongs to the other.
        let (_, diagnostics) = mongodbatlas(&variables(&all), block(&fake)).await;
        assert_eq!(summaries(&diagnostics), "", "{prefix}");
        let wrong = all.map(|(name, value)| match name {
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN" => (name, value),
            _ => (name, "http://127.0.0.1:1/wrong"),
        });
        let (_, diagnostics) = mongodbatlas(&variables(&wrong), block(&fake)).await;
        assert_eq!(summaries(&diagnostics), "", "{prefix}");
    }
    assert_eq!(fake.calls(), READ.repeat(6));
}

#[tokio::test]
async fn endpoints_of_aws_own_variables_are_asked() {
    let fake = FakeAws::start().with_secret(NAME, &token_at("http://127.0.0.1:1"));
    let url = || fake.url.clone();
    let block = || without(block(&fake), "sts_endpoint");
    for variables in [
        vec![("AWS_ENDPOINT_URL".to_owned(), url())],
        vec![("AWS_ENDPOINT_URL_STS".to_owned(), url()), at(&fake)],
    ] {
        let (_, diagnostics) = mongodbatlas(&variables, block()).await;
        assert_eq!(summaries(&diagnostics), "");
    }
    assert_eq!(fake.calls(), READ.repeat(2));
}

#[tokio::test]
async fn a_secret_goes_before_all_other_credentials() {
    let atlas = FakeAtlas::start().await;
    let fake = FakeAws::start().with_secret(NAME, &token_at(&atlas.server.url));
    let key = ("MONGODB_ATLAS_ACCESS_TOKEN".to_owned(), "other".to_owned());
    let (provider, diagnostics) = mongodbatlas(&[at(&fake), key], block(&fake)).await;
    assert_eq!(summaries(&diagnostics), "");
    let bearer = format!("Bearer {ATLAS_TOKEN}");
    assert_eq!(authorization(&provider, &atlas).await, Some(bearer));
    assert_eq!(
        said(&fake, block(&fake).with("client_id", "other")).await,
        "warning: The credentials in the provider block are not used"
    );
}

#[tokio::test]
async fn a_base_url_is_never_lost_silently() {
    let (first, second) = (FakeAtlas::start().await, FakeAtlas::start().await);
    let token = format!(r#"{{"access_token":"{ATLAS_TOKEN}"}}"#);
    let unused = "warning: The base URL is not used";
    let own = token_at(&first.server.url);
    for (text, in_block, variable, said, asked) in [
        // The block's, or the environment's, where the secret has none.
        (&token, Some(&first), None, "", &first),
        (&token, None, Some(&first), "", &first),
        (&token, Some(&first), Some(&second), "", &first),
        // The secret's, with a word about the other.
        (&own, None, None, "", &first),
        (&own, Some(&first), None, "", &first),
        (&own, Some(&second), None, unused, &first),
        (&own, None, Some(&second), unused, &first),
    ] {
        first.server.take_lines();
        second.server.take_lines();
        let fake = FakeAws::start().with_secret(NAME, text);
        let mut variables = vec![at(&fake)];
        let named = |atlas: &FakeAtlas| {
            let url = atlas.server.url.clone();
            ("MONGODB_ATLAS_BASE_URL".to_owned(), url)
        };
        variables.extend(variable.map(named));
        let mut block = block(&fake);
        if let Some(atlas) = in_block {
            block.set("base_url", &atlas.server.url);
        }
        let (provider, diagnostics) = mongodbatlas(&variables, block).await;
        assert_eq!(summaries(&diagnostics), said);
        let mut terraform = Terraform::new(&provider, "mongodbatlas_team");
        terraform
            .import("0123456789abcdef01234567-x")
            .await
            .unwrap_err();
        assert!(!asked.server.seen().is_empty());
        assert_eq!(first.server.seen().len() + second.server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_secret_may_be_for_the_cloud_for_governments() {
    for value in ["true", "\"true\"", "\"1\""] {
        let text = format!(r#"{{"access_token":"x","is_mongodbgov_cloud":{value}}}"#);
        assert_eq!(said_of(&text).await.0, "", "{value}");
        let fake = FakeAws::start().with_secret(NAME, &text);
        let elsewhere = block(&fake).with("base_url", "https://cloud.mongodb.com");
        assert_eq!(
            said(&fake, elsewhere).await,
            "warning: The base URL is not used"
        );
        let there = block(&fake).with("base_url", "https://cloud.mongodbgov.com");
        assert_eq!(said(&fake, there).await, "");
    }
    let text = r#"{"access_token":"x","is_mongodbgov_cloud":"perhaps"}"#;
    let (summary, detail) = said_of(text).await;
    assert_eq!(
        summary,
        "error: The secret has no usable credentials at secret_name"
    );
    assert!(detail.contains("neither true nor false"), "{detail}");
    assert!(!detail.contains("perhaps"), "{detail}");
}

#[tokio::test]
async fn the_kinds_of_credentials_in_a_secret_are_ordered_and_checked() {
    let key = r#""public_key":"abcdefgh","private_key":"very-secret-access-token""#;
    assert_eq!(said_of(&format!("{{{key}}}")).await.0, "");
    // As the vendor's provider reads JSON.
    assert_eq!(
        said_of(r#"{"Access_Token":"very-secret-access-token"}"#)
            .await
            .0,
        ""
    );
    assert_eq!(
        said_of(&format!(r#"{{"access_token":"x",{key}}}"#)).await.0,
        "warning: Several kinds of credentials are set"
    );
    for (text, why) in [
        (
            r#"{"client_id":"very-secret-access-token"}"#,
            "has client_id, but no client_secret",
        ),
        (
            r#"{"private_key":"very-secret-access-token"}"#,
            "has private_key, but no public_key",
        ),
        (
            r#"{"public_key":"mdb_sa_id_1","private_key":"x"}"#,
            "is a service account's id",
        ),
        ("{}", "has no credentials"),
        (
            r#"{"publicKey":"very-secret-access-token"}"#,
            "has no credentials",
        ),
        (r#"{"access_token":""}"#, "has no credentials"),
        (
            r#"{"access_token":["very-secret-access-token"]}"#,
            "something else than a string as access_token",
        ),
        ("very-secret-access-token", "is not JSON (line 1, column 1)"),
        (r#""very-secret-access-token""#, "is JSON, but no object"),
        ("", "is not JSON"),
    ] {
        let (summary, detail) = said_of(text).await;
        assert_eq!(
            summary, "error: The secret has no usable credentials at secret_name",
            "{text}"
        );
        assert!(detail.contains(why), "{detail}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let fake = FakeAws::start().with_secret(NAME, &token_at("http://127.0.0.1:1"));
    let summary = "error: The settings for AWS Secrets Manager are incomplete";
    for name in [
        "secret_name",
        "region",
        "aws_access_key_id",
        "aws_secret_access_key",
    ] {
        let block = without(block(&fake), name);
        assert_eq!(said(&fake, block).await, format!("{summary} at {name}"));
    }
    let variables = [("ASSUME_ROLE_ARN".to_owned(), ROLE.to_owned())];
    let (_, diagnostics) = mongodbatlas(&variables, Object::new()).await;
    let missing = [
        "secret_name",
        "region",
        "aws_access_key_id",
        "aws_secret_access_key",
    ];
    let missing = missing.map(|name| format!("{summary} at {name}"));
    assert_eq!(summaries(&diagnostics), missing.join("\n"));
    // A block without a role asks for nothing, and says so.
    let empty = blocks(Object::new().with("role_arn", ""));
    assert_eq!(
        said(&fake, settings(&fake).with("assume_role", empty)).await,
        "warning: The secret in AWS Secrets Manager is not read at secret_name\n\
         warning: There are no credentials"
    );
    assert_eq!(fake.calls(), [""; 0]);
}

#[tokio::test]
async fn the_region_may_be_in_the_arn_of_the_secret() {
    let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:atlas-AbCdEf";
    let fake = FakeAws::start().with_secret(arn, &token_at("http://127.0.0.1:1"));
    let block = without(block(&fake), "region").with("secret_name", arn);
    assert_eq!(said(&fake, block).await, "");
}

#[tokio::test]
async fn settings_of_no_use_are_refused_where_they_are() {
    let fake = FakeAws::start();
    for region in ["eu west 1", "example.org/x", "-", "eu-west-1.example.org#"] {
        assert_eq!(
            said(&fake, block(&fake).with("region", region)).await,
            "error: The AWS region is no such name at region"
        );
    }
    assert_eq!(
        said(&fake, block(&fake).with("sts_endpoint", "nowhere")).await,
        "error: The provider block cannot be used at sts_endpoint"
    );
    assert_eq!(fake.calls(), [""; 0]);
}

#[tokio::test]
async fn a_refusal_of_aws_is_told_where_it_comes_from() {
    let fake = FakeAws::start().with_secret(NAME, &token_at("http://127.0.0.1:1"));
    let other = Object::new().with("role_arn", "arn:aws:iam::123456789012:role/other");
    for (block, summary, detail) in [
        (
            block(&fake).with("assume_role", blocks(other)),
            "error: The AWS role cannot be assumed at assume_role[0].role_arn",
            "AccessDenied: User: arn:aws:iam::123456789012:user/ci is not authorized",
        ),
        (
            block(&fake).with("aws_secret_access_key", "wrong"),
            "error: The AWS role cannot be assumed at aws_access_key_id",
            "Check that aws_secret_access_key belongs to aws_access_key_id",
        ),
        (
            block(&fake).with("aws_access_key_id", "AKIAUNKNOWN"),
            "error: The AWS role cannot be assumed at aws_access_key_id",
            "AWS does not know the access key",
        ),
        (
            block(&fake).with("secret_name", "other"),
            "error: The secret with the credentials cannot be read at secret_name",
            "The secret \"other\" was looked up in region eu-west-1.",
        ),
        (
            block(&fake).with("region", "us-west-2"),
            "error: The secret with the credentials cannot be read at secret_name",
            "The secret \"atlas/ci\" was looked up in region us-west-2.",
        ),
        (
            block(&fake).with(
                "secret_name",
                "arn:aws:secretsmanager:us-west-2:123456789012:secret:x",
            ),
            "error: The secret with the credentials cannot be read at secret_name",
            "Its ARN says us-west-2.",
        ),
    ] {
        let (_, diagnostics) = mongodbatlas(&[at(&fake)], block).await;
        assert_eq!(summaries(&diagnostics), summary);
        let details = details(&diagnostics);
        assert!(details.contains(detail), "{details}");
    }
    let binary = FakeAws::start().with_binary_secret(NAME);
    let (_, diagnostics) = mongodbatlas(&[at(&binary)], block(&binary)).await;
    let details = details(&diagnostics);
    assert!(
        details.contains("the secret is binary, not text"),
        "{details}"
    );
}

#[tokio::test]
async fn services_that_nobody_answers_for_are_named_and_an_interrupt_ends_the_wait() {
    let fake = FakeAws::start();
    let nowhere = "http://127.0.0.1:1";
    for (block, secrets_manager, said, detail) in [
        (
            block(&fake).with("sts_endpoint", nowhere),
            fake.url.as_str(),
            "error: The AWS role cannot be assumed at sts_endpoint",
            "AssumeRole at http://127.0.0.1:1: ",
        ),
        (
            block(&fake),
            nowhere,
            "error: The secret with the credentials cannot be read at region",
            "GetSecretValue at http://127.0.0.1:1: ",
        ),
    ] {
        let variables = [("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets_manager)];
        let provider = Provider::new(Persona::MongodbAtlas, Environment::of(variables));
        let block = complete(&provider.schema(), block).unwrap();
        let cx = Context::new(Object::new(), Private::new());
        cx.cancellation().cancel();
        let errors = provider.configure(&cx, block).await.unwrap_err();
        assert_nothing_secret(&errors);
        assert_eq!(summaries(&errors), said);
        let details = details(&errors);
        assert!(details.starts_with(detail), "{details}");
        assert!(
            details.contains("interrupted before the next attempt"),
            "{details}"
        );
        assert!(
            details.contains("Check region and sts_endpoint"),
            "{details}"
        );
    }
}

#[tokio::test]
async fn while_a_setting_is_unknown_nothing_is_asked() {
    let fake = FakeAws::start();
    let unknown = || Value::UNKNOWN;
    let role = || blocks(Object::new().with("role_arn", unknown()));
    let names = [
        "secret_name",
        "region",
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "sts_endpoint",
        "base_url",
        "assume_role",
    ];
    let unknown = names.map(|name| block(&fake).with(name, unknown()));
    for block in unknown
        .into_iter()
        .chain([block(&fake).with("assume_role", role())])
    {
        let (provider, diagnostics) = mongodbatlas(&[at(&fake)], block).await;
        assert_eq!(summaries(&diagnostics), "");
        let mut terraform = Terraform::new(&provider, "mongodbatlas_team");
        let errors = terraform
            .import("0123456789abcdef01234567-x")
            .await
            .unwrap_err();
        assert_eq!(
            summaries(&errors),
            "error: The provider is not configured yet"
        );
    }
    assert_eq!(fake.calls(), [""; 0]);
}

#[tokio::test]
async fn the_atlas_section_of_our_own_persona_takes_a_secret_too() {
    let atlas = FakeAtlas::start().await;
    let fake = FakeAws::start().with_secret(NAME, &token_at(&atlas.server.url));
    let section = || {
        let role = Object::new().with("role_arn", ROLE);
        settings(&fake).with("assume_role", Value::Object(role))
    };
    let configured = async |variables: &[(String, String)], block: Object| {
        let environment = Environment::of(variables.iter().cloned());
        let (provider, diagnostics) = configured(Persona::Vestibule, environment, block).await;
        assert_nothing_secret(&diagnostics);
        (provider, summaries(&diagnostics))
    };
    let whole = Object::new().with("atlas", section());
    let (provider, said) = configured(&[at(&fake)], whole).await;
    assert_eq!(said, "");
    let bearer = format!("Bearer {ATLAS_TOKEN}");
    assert_eq!(authorization(&provider, &atlas).await, Some(bearer));

    // The secret is for the address that it names, not for the server of the block.
    atlas.server.take_lines();
    let server = || {
        Object::new()
            .with("endpoint", "http://127.0.0.1:1")
            .with("token", "tok")
    };
    let whole = server().with("atlas", section());
    let (provider, said) = configured(&[at(&fake)], whole).await;
    assert_eq!(said, "");
    let mut terraform = Terraform::new(&provider, "mongodbatlas_team");
    let team = "0123456789abcdef01234567-x";
    terraform.import(team).await.unwrap_err();
    assert_eq!(atlas.server.take_lines().len(), 1);

    let wrong = without(section(), "secret_name");
    let (_, said) = configured(&[at(&fake)], Object::new().with("atlas", wrong)).await;
    assert_eq!(
        said,
        "error: The settings for AWS Secrets Manager are incomplete at atlas.secret_name"
    );

    // Without a section nobody asks AWS, and a server gets nothing that a role of the environment
    // may read.
    let asked = fake.calls().len();
    let role = || ("ASSUME_ROLE_ARN".to_owned(), ROLE.to_owned());
    let unread = "warning: The secret in AWS Secrets Manager is not read at atlas.secret_name";
    for (whole, expected) in [
        (server(), ""),
        (server().with("atlas", settings(&fake)), unread),
    ] {
        let (_, said) = configured(&[at(&fake), role()], whole).await;
        assert_eq!(said, expected);
    }
    assert_eq!(fake.calls().len(), asked);
}
