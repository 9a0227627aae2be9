//! Confluent's token exchange: what is sent, how long it is used, what is renewed.

use serde_json::json;
use vestibule_client::confluent::{Confluent, Credentials, ExternalToken, OauthSettings};
use vestibule_client::{ErrorKind, Secret};

use crate::server::{Answer, Seen, Server, settings};

const IDP: &str = "POST /oauth2/token?tenant=7";
const STS: &str = "POST /sts/v1/oauth2/token";
const USER: &str = "GET /iam/v2/users/u-1";

fn client(server: &Server) -> Confluent {
    let oauth = OauthSettings {
        identity_pool_id: "pool-1".to_owned(),
        external: ExternalToken::ClientCredentials {
            url: format!("{}/oauth2/token?tenant=7", server.url),
            client_id: "client".to_owned(),
            client_secret: Secret::new("s3cr+t/"),
            scope: Some("api://x/.default".to_owned()),
        },
        expires_in_seconds: Some(600),
    };
    let credentials = Credentials::Oauth(Box::new(oauth));
    Confluent::new(&server.url, &credentials, settings()).expect("a client")
}

/// Issues `token-1`, `token-2` … with this life, and accepts the latest, from number `first_good` on.
async fn issuer(first_good: u32, life: serde_json::Value) -> Server {
    let mut issued = 0;
    Server::start(move |request: &Seen| {
        if request.target.starts_with("/oauth2") {
            return Answer::json(
                200,
                &json!({ "access_token": "external", "expires_in": life }),
            );
        }
        if request.target.starts_with("/sts") {
            issued += 1;
            let token = format!("token-{issued}");
            return Answer::json(200, &json!({ "access_token": token, "expires_in": life }));
        }
        let given = request.header("authorization").unwrap_or_default();
        if given == format!("Bearer token-{issued}") && issued >= first_good {
            return Answer::json(200, &json!({ "id": "u-1", "email": "ann@example.org" }));
        }
        Answer::json(401, &json!({ "errors": [{ "detail": "no such token" }] }))
    })
    .await
}

#[tokio::test]
async fn what_is_sent_is_what_the_vendors_provider_sends() {
    let server = issuer(1, json!(900)).await;
    client(&server).user("u-1").await.expect("ok");
    let seen = server.seen();
    assert_eq!(
        seen[0].body,
        "grant_type=client_credentials&client_id=client&client_secret=s3cr%2Bt%2F\
         &scope=api%3A%2F%2Fx%2F.default"
    );
    assert_eq!(
        seen[1].body,
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
         &subject_token=external&identity_pool_id=pool-1\
         &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt\
         &requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token\
         &expires_in=600"
    );
    for request in &seen[..2] {
        assert_eq!(request.header("authorization"), None);
        assert_eq!(
            request.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
    }
}

#[tokio::test]
async fn one_exchange_serves_many_calls_whether_its_life_is_a_number_or_a_string() {
    for life in [json!(900), json!("900"), json!(null)] {
        let server = issuer(1, life).await;
        let client = client(&server);
        for _ in 0..3 {
            client.user("u-1").await.expect("ok");
        }
        assert_eq!(server.lines(), [IDP, STS, USER, USER, USER]);
    }
}

#[tokio::test]
async fn a_revoked_token_is_exchanged_anew_without_asking_the_identity_provider() {
    let mut uses = 0;
    let mut issued = 0;
    let server = Server::start(move |request: &Seen| {
        if request.target.starts_with("/oauth2") {
            return Answer::json(
                200,
                &json!({ "access_token": "external", "expires_in": 3600 }),
            );
        }
        if request.target.starts_with("/sts") {
            issued += 1;
            let token = format!("token-{issued}");
            return Answer::json(200, &json!({ "access_token": token, "expires_in": 900 }));
        }
        uses += 1;
        if uses == 2 {
            return Answer::json(401, &json!({ "errors": [{ "detail": "revoked" }] }));
        }
        Answer::json(200, &json!({ "id": "u-1", "email": "ann@example.org" }))
    })
    .await;
    let client = client(&server);
    client.user("u-1").await.expect("ok");
    client.user("u-1").await.expect("ok");
    assert_eq!(server.lines(), [IDP, STS, USER, USER, STS, USER]);
}

#[tokio::test]
async fn a_new_token_that_is_refused_is_final() {
    let server = issuer(99, json!(900)).await;
    let error = client(&server).user("u-1").await.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Unauthenticated);
    assert_eq!(server.lines(), [IDP, STS, USER]);
}

#[tokio::test]
async fn an_answer_that_is_no_token_is_not_quoted() {
    let server = Server::start(|_: &Seen| Answer::new(200, r#"{"access_token":["s3cr3t"]}"#)).await;
    let error = client(&server).user("u-1").await.expect_err("no token");
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
}
