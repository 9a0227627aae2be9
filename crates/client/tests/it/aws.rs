//! A role is assumed and a secret is read: what AWS verifies, what it refuses, what is repeated.

use jiff::Timestamp;
use serde_json::json;
use vestibule_client::aws::{Aws, Endpoint, Keys};
use vestibule_client::{Error, ErrorKind, Secret};
use vestibule_testkit::aws::{
    Answer, FakeAws, KEY_ID, REGION, ROLE, SECRET_KEY, SECRETS, SESSION_KEY_ID, SESSION_SECRET_KEY,
    TOKEN,
};

use crate::server::{self, Server, settings};

const TEXT: &str = r#"{"public_key":"abcdefgh"}"#;
const NAME: &str = "mongodb/atlas+key";

fn now() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().expect("an instant")
}

fn aws() -> Aws {
    Aws::with_clock(settings(), now)
}

fn keys() -> Keys {
    Keys {
        access_key_id: Secret::new(KEY_ID),
        secret_access_key: Secret::new(SECRET_KEY),
        session_token: None,
    }
}

fn sts(url: &str) -> Endpoint {
    Endpoint::sts(Some(url), None).expect("an endpoint")
}

fn secrets_manager(url: &str, region: &str) -> Endpoint {
    Endpoint::secrets_manager(Some(url), region).expect("an endpoint")
}

fn started() -> FakeAws {
    let fake = FakeAws::start().with_secret(NAME, TEXT);
    fake.set_clock(now());
    fake
}

/// Both calls.
async fn read(aws: &Aws, fake: &FakeAws, keys: &Keys) -> Result<Secret, Error> {
    let role = aws.assume_role(&sts(&fake.url), keys, ROLE).await?;
    let place = secrets_manager(&fake.url, REGION);
    aws.secret_text(&place, &role, NAME).await
}

/// The text of an error, its `Debug` output included, which must not say a secret.
fn said(error: &Error) -> String {
    let all = format!("{error:?}");
    for secret in SECRETS {
        assert!(!all.contains(secret), "a secret is in the error");
    }
    format!("{:?} {}: {error}", error.kind(), error.operation()).replace(TEXT, "SECRET")
}

fn without_port(text: &str, fake: &FakeAws) -> String {
    text.replace(&fake.url, "URL")
}

#[tokio::test]
async fn a_role_is_assumed_and_a_secret_read_with_its_keys() {
    let fake = started();
    let text = read(&aws(), &fake, &keys()).await.expect("a secret");
    assert_eq!(text.expose(), TEXT);
    assert_eq!(
        fake.calls(),
        [
            "sts us-east-1 AssumeRole",
            "secretsmanager eu-west-1 GetSecretValue"
        ]
    );
}

#[tokio::test]
async fn temporary_keys_go_with_their_session_token() {
    let fake = started();
    let session = Keys {
        access_key_id: Secret::new(SESSION_KEY_ID),
        secret_access_key: Secret::new(SESSION_SECRET_KEY),
        session_token: Some(Secret::new(TOKEN)),
    };
    read(&aws(), &fake, &session).await.expect("a secret");
    let without = Keys {
        session_token: None,
        ..session
    };
    let error = read(&aws(), &fake, &without).await.expect_err("refused");
    insta::assert_snapshot!(without_port(&said(&error), &fake), @"Unauthenticated AssumeRole at URL: 403 Forbidden: InvalidClientTokenId: The security token included in the request is invalid.");
}

#[tokio::test]
async fn an_endpoint_below_a_path_is_signed_as_it_is_asked() {
    let fake = started();
    let below = sts(&format!("{}/aws/", fake.url));
    aws()
        .assume_role(&below, &keys(), ROLE)
        .await
        .expect("keys");
}

#[tokio::test]
async fn refusals_say_what_aws_says_and_no_secret() {
    let fake = started();
    let wrong = Keys {
        secret_access_key: Secret::new("wrongSecretKey"),
        ..keys()
    };
    let error = read(&aws(), &fake, &wrong).await.expect_err("refused");
    insta::assert_snapshot!(without_port(&said(&error), &fake), @"Unauthenticated AssumeRole at URL: 403 Forbidden: SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.");

    let other = "arn:aws:iam::123456789012:role/other";
    let error = aws().assume_role(&sts(&fake.url), &keys(), other).await;
    let error = error.expect_err("refused");
    insta::assert_snapshot!(without_port(&said(&error), &fake), @"Forbidden AssumeRole at URL: 403 Forbidden: AccessDenied: User: arn:aws:iam::123456789012:user/ci is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/other");

    let role = aws().assume_role(&sts(&fake.url), &keys(), ROLE).await;
    let role = role.expect("keys");
    let secret = async |keys: &Keys, region: &str, name: &str| {
        let place = secrets_manager(&fake.url, region);
        let error = aws().secret_text(&place, keys, name).await;
        without_port(&said(&error.expect_err("refused")), &fake)
    };
    insta::assert_snapshot!(secret(&role, REGION, "nothing").await, @"NotFound GetSecretValue at URL: 400 Bad Request: ResourceNotFoundException: Secrets Manager can't find the specified secret.");
    insta::assert_snapshot!(secret(&role, "us-east-1", NAME).await, @"NotFound GetSecretValue at URL: 400 Bad Request: ResourceNotFoundException: Secrets Manager can't find the specified secret.");
    insta::assert_snapshot!(secret(&keys(), REGION, NAME).await, @"Forbidden GetSecretValue at URL: 400 Bad Request: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue");
}

#[tokio::test]
async fn a_secret_without_text_is_none() {
    let fake = FakeAws::start().with_binary_secret(NAME);
    fake.set_clock(now());
    let error = read(&aws(), &fake, &keys()).await.expect_err("no text");
    insta::assert_snapshot!(without_port(&said(&error), &fake), @"Decode GetSecretValue at URL: the secret is binary, not text");
}

#[tokio::test]
async fn throttling_and_failures_are_waited_out() {
    let fake = started();
    let throttling = "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded\
                      </Message></Error></ErrorResponse>";
    fake.answer_next(Answer::xml(400, throttling));
    fake.answer_next(Answer::xml(503, "<ServiceUnavailable/>"));
    read(&aws(), &fake, &keys()).await.expect("a secret");
    assert_eq!(fake.calls().len(), 4);

    fake.answer_next(Answer::json(
        400,
        &json!({ "__type": "ThrottlingException" }),
    ));
    fake.answer_next(Answer::json(
        500,
        &json!({ "__type": "InternalServiceError" }),
    ));
    let role = aws().assume_role(&sts(&fake.url), &keys(), ROLE).await;
    role.expect("keys");
    assert_eq!(fake.calls().len(), 7);
}

#[tokio::test]
async fn a_failure_that_lasts_is_told() {
    let fake = started();
    for _ in 0..5 {
        fake.answer_next(Answer::json(
            500,
            &json!({ "__type": "com.amazon#InternalServiceError", "message": "An error occurred" }),
        ));
    }
    let error = read(&aws(), &fake, &keys()).await.expect_err("a failure");
    insta::assert_snapshot!(without_port(&said(&error), &fake), @"Server AssumeRole at URL: 500 Internal Server Error: InternalServiceError: An error occurred (after 5 attempts)");
}

#[tokio::test]
async fn a_wrong_clock_of_this_machine_is_made_up_for() {
    let fake = started();
    let clocks: [fn() -> Timestamp; 2] = [
        || "2026-11-22T05:30:00Z".parse().expect("an instant"),
        || "2026-11-24T06:00:00Z".parse().expect("an instant"),
    ];
    for clock in clocks {
        let aws = Aws::with_clock(settings(), clock);
        read(&aws, &fake, &keys()).await.expect("a secret");
    }
    // Each service is asked twice, the second time with its own time.
    assert_eq!(fake.calls().len(), 8);
}

#[tokio::test]
async fn a_refused_signature_says_how_far_the_clocks_are_apart() {
    let refused = || {
        let body = "<E><Code>SignatureDoesNotMatch</Code><Message>Signature expired</Message></E>";
        server::Answer::new(403, body).with("date", "Sun, 22 Nov 2026 06:30:00 GMT")
    };
    let server = Server::answering([refused(), refused()]).await;
    let error = aws().assume_role(&sts(&server.url), &keys(), ROLE).await;
    let error = error.expect_err("refused");
    insta::assert_snapshot!(error.detail(), @"SignatureDoesNotMatch: Signature expired (AWS's clock is 1800 seconds ahead of this machine's)");
}

#[tokio::test]
async fn an_answer_that_is_none_of_aws_is_not_quoted() {
    for (status, body) in [
        (200, "<html>roleSecret</html>"),
        (200, r#"{"Credentials":{"SecretAccessKey":"roleSecret"}}"#),
        (404, "<html>roleSecret</html>"),
        (400, r#"["roleSecret"]"#),
    ] {
        let server = Server::answering([server::Answer::new(status, body)]).await;
        let error = aws().assume_role(&sts(&server.url), &keys(), ROLE).await;
        let error = error.expect_err("no keys");
        assert!(!format!("{error:?} {error}").contains("roleSecret"));
    }
    for body in [r#"{"Name":"x"}"#, r#"{"SecretString":7}"#, "roleSecret"] {
        let server = Server::answering([server::Answer::new(200, body)]).await;
        let place = secrets_manager(&server.url, REGION);
        let error = aws().secret_text(&place, &keys(), NAME).await;
        let error = error.expect_err("no text");
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(!format!("{error:?} {error}").contains("roleSecret"));
    }
}

#[tokio::test]
async fn an_address_that_nobody_answers_is_named() {
    let mut settings = settings();
    settings.max_retries = 0;
    let aws = Aws::with_clock(settings, now);
    let nowhere = sts("http://127.0.0.1:1");
    let error = aws.assume_role(&nowhere, &keys(), ROLE).await;
    let error = error.expect_err("nobody");
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.operation(), "AssumeRole at http://127.0.0.1:1");
    assert!(!error.maybe_done());
}
