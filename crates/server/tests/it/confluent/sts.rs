//! `POST /sts/v1/oauth2/token`: tokens of somebody else's for ours.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    RsaPublicKeyComponents,
};
use serde_json::json as object;
use url::form_urlencoded;
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;
use vestibule_server::issuer::{Issuer, KeySet};
use vestibule_testkit::app::START;

use super::*;

const POOL: &str = "pool-x7k2";

/// A cloud that believes an issuer, and what signs as the issuer.
struct Exchange {
    cloud: Cloud,
    curve: EcdsaKeyPair,
    rsa: RsaKeyPair,
}

impl Exchange {
    async fn new() -> Self {
        Self::with_role(Role::UserAdmin).await
    }

    /// An exchange whose pool acts as a service account with this role.
    async fn with_role(role: Role) -> Self {
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let curve = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("a key");
        let rsa = RsaKeyPair::from_der(include_bytes!("fixtures/issuer-rsa.der")).expect("a key");
        let base64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let point = curve.public_key().as_ref();
        let public: RsaPublicKeyComponents<Vec<u8>> = rsa.public().into();
        let keys = object!({"keys": [
            {"kty": "EC", "crv": "P-256", "kid": "c", "x": base64(&point[1..33]), "y": base64(&point[33..])},
            {"kty": "RSA", "kid": "r", "n": base64(&public.n),
             "e": base64(&public.e)},
        ]});
        // The pool's key has to be known before the server starts with it: the same random numbers
        // make the same key twice.
        let first = Cloud::new().await;
        let robot = first
            .test
            .service_account_key(KeyKind::Confluent, role)
            .await;
        let owner = first.key.key.public_id.clone();
        let issuer = Issuer {
            name: "https://idp.example".to_owned(),
            audience: Some("vestibule".to_owned()),
            keys: KeySet::parse(&keys.to_string()).expect("a key set"),
            pools: [
                (POOL.to_owned(), robot.key.public_id.clone()),
                ("pool-person".to_owned(), owner),
                ("pool-nothing".to_owned(), "NOSUCHKEYATALL00".to_owned()),
            ]
            .into(),
        };
        let cloud = Cloud::with_settings(|settings| {
            settings.confluent.issuer = Some(Arc::new(issuer));
        })
        .await;
        let again = cloud
            .test
            .service_account_key(KeyKind::Confluent, role)
            .await;
        assert_eq!(again.key.public_id, robot.key.public_id);
        Self { cloud, curve, rsa }
    }

    fn signed(&self, algorithm: &str, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&object!({"alg": algorithm})), part(claims));
        let random = SystemRandom::new();
        let signature = if algorithm == "RS256" {
            let mut signature = vec![0; self.rsa.public().modulus_len()];
            let signing = &RSA_PKCS1_SHA256;
            let bytes = signed.as_bytes();
            let done = self.rsa.sign(signing, &random, bytes, &mut signature);
            done.expect("a signature");
            signature
        } else {
            let signature = self.curve.sign(&random, signed.as_bytes());
            signature.expect("a signature").as_ref().to_vec()
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn assertion(&self) -> String {
        self.signed("ES256", &claims())
    }

    async fn ask(&self, fields: &[(&str, &str)]) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.post("application/x-www-form-urlencoded", &form).await
    }

    async fn post(&self, media_type: &str, body: &str) -> Answer {
        let request = Request::post("/sts/v1/oauth2/token")
            .header(header::CONTENT_TYPE, media_type)
            .body(Body::from(body.to_owned()));
        self.cloud.test.send(request.expect("a request")).await
    }

    /// Exchanges an assertion, and asks for so many seconds unless that is empty.
    async fn exchange(&self, assertion: &str, pool: &str, seconds: &str) -> Answer {
        let mut fields = fields(assertion, pool);
        if !seconds.is_empty() {
            fields.push(("expires_in", seconds));
        }
        self.ask(&fields).await
    }
}

fn claims() -> Value {
    object!({
        "iss": "https://idp.example",
        "aud": "vestibule",
        "sub": "job",
        "exp": START.as_seconds() + 300,
    })
}

/// What the vendor's provider sends.
fn fields<'a>(assertion: &'a str, pool: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("subject_token", assertion),
        ("identity_pool_id", pool),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:jwt"),
        (
            "requested_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
    ]
}

#[tokio::test]
async fn a_token_of_the_issuer_buys_fifteen_minutes_as_the_pools_service_account() {
    let exchange = Exchange::new().await;
    for algorithm in ["ES256", "RS256"] {
        let assertion = exchange.signed(algorithm, &claims());
        let answer = exchange.exchange(&assertion, POOL, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.header("content-type"), "application/json");
        let mut body = json(&answer);
        let token = format!("Bearer {}", text(&body, "/access_token"));
        body["access_token"] = "…".into();
        assert_eq!(
            body.to_string(),
            r#"{"access_token":"…","expires_in":900,"issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer"}"#
        );
        let invite = object!({"email": format!("{algorithm}@example.org")}).to_string();
        let made = exchange
            .cloud
            .call_as(&token, Method::POST, "/invitations", &invite)
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        assert!(text(&json(&made), "/creator/id").starts_with("sa-"));

        exchange.cloud.test.clock.advance_seconds(899);
        let last = exchange
            .cloud
            .call_as(&token, Method::GET, "/users", "")
            .await;
        assert_eq!(last.status, StatusCode::OK);
        exchange.cloud.test.clock.advance_seconds(1);
        let over = exchange
            .cloud
            .call_as(&token, Method::GET, "/users", "")
            .await;
        assert_eq!(over.status, StatusCode::UNAUTHORIZED);
        exchange.cloud.test.clock.set(START);
    }
}

#[tokio::test]
async fn a_life_that_is_too_long_is_cut_and_a_shorter_one_granted() {
    let exchange = Exchange::new().await;
    let assertion = exchange.assertion();
    for (asked, granted) in [
        ("900", 900),
        ("3600", 900),
        ("9223372036854775807", 900),
        ("1", 1),
    ] {
        let answer = exchange.exchange(&assertion, POOL, asked).await;
        assert_eq!(
            json(&answer)["expires_in"],
            granted,
            "{asked}: {}",
            answer.body
        );
    }
    for asked in ["0", "-1", "ten", "1.5", "99999999999999999999"] {
        let answer = exchange.exchange(&assertion, POOL, asked).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{asked}");
        let parameter = json(&answer);
        assert_eq!(text(&parameter, "/errors/0/source/parameter"), "expires_in");
    }
}

#[tokio::test]
async fn the_token_can_do_what_the_service_account_can() {
    let exchange = Exchange::with_role(Role::ReadOnly).await;
    let answer = exchange.exchange(&exchange.assertion(), POOL, "60").await;
    let token = format!("Bearer {}", text(&json(&answer), "/access_token"));
    let body = r#"{"email":"ann@example.org"}"#;
    let refused = exchange
        .cloud
        .call_as(&token, Method::POST, "/invitations", body)
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let seen = exchange
        .cloud
        .call_as(&token, Method::GET, "/invitations", "")
        .await;
    assert_eq!(seen.status, StatusCode::OK);
}

#[tokio::test]
async fn the_token_is_for_this_api_and_opens_no_other_as_the_key_behind_it_does_not() {
    let exchange = Exchange::with_role(Role::Owner).await;
    let answer = exchange.exchange(&exchange.assertion(), POOL, "").await;
    let token = format!("Bearer {}", text(&json(&answer), "/access_token"));
    let test = &exchange.cloud.test;
    let here = exchange.cloud.call_as(&token, Method::GET, "/users", "");
    assert_eq!(here.await.status, StatusCode::OK);
    let native = format!("/v1/organizations/{}", test.organization);
    let atlas = format!("/api/atlas/v2/orgs/{}/invites", test.organization.to_hex());
    for path in ["/v1/me", &native, &atlas] {
        let answer = test.send(request(Method::GET, path, &token, "")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_believed_is_401_and_says_why() {
    let exchange = Exchange::new().await;
    let other = Exchange::new().await;
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        exchange.signed("ES256", &claims)
    };
    for (assertion, why) in [
        ("nonsense".to_owned(), "it is no signed JSON Web Token"),
        (
            other.assertion(),
            "it is not signed with RS256, ES256 or HS256 by a key of the issuer",
        ),
        (
            exchange.signed("HS256", &claims()),
            "it is not signed with RS256, ES256 or HS256 by a key of the issuer",
        ),
        (
            with("iss", object!("https://evil.example")),
            "it is of another issuer",
        ),
        (with("aud", object!("them")), "it is for another audience"),
        (
            with("exp", object!(START.as_seconds())),
            "it has expired, or does not say when it will",
        ),
        (
            with("nbf", object!(START.as_seconds() + 100)),
            "it is not valid yet",
        ),
    ] {
        let answer = exchange.exchange(&assertion, POOL, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{why}");
        let expected = format!("the subject_token is not believed: {why}");
        assert_eq!(detail(&answer), expected);
        assert!(!answer.header("www-authenticate").is_empty());
    }
    let forged = exchange.exchange("a.b.c", POOL, "").await;
    insta::assert_snapshot!(shown(&forged), @r#"
    401
    {
      "errors":[
        {
          "id":"request#1",
          "status":"401",
          "code":"user_unauthenticated",
          "title":"Unauthorized",
          "detail":"the subject_token is not believed: it is no signed JSON Web Token"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_pool_that_leads_nowhere_is_403() {
    let exchange = Exchange::new().await;
    let assertion = exchange.assertion();
    let answer = exchange.exchange(&assertion, "pool-other", "").await;
    insta::assert_snapshot!(shown(&answer), @r#"
    403
    {
      "errors":[
        {
          "id":"request#1",
          "status":"403",
          "code":"user_unauthorized",
          "title":"Forbidden",
          "detail":"there is no identity pool with this id, or no service account behind it",
          "source":{
            "parameter":"identity_pool_id"
          }
        }
      ]
    }
    "#);
    for pool in ["pool-nothing", "pool-person", "pool-x7k2 ", "POOL-X7K2"] {
        let answer = exchange.exchange(&assertion, pool, "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{pool}");
    }
    let unbelieved = exchange.exchange("x", "pool-other", "").await;
    assert_eq!(
        unbelieved.status,
        StatusCode::UNAUTHORIZED,
        "nobody learns which pools there are"
    );
}

#[tokio::test]
async fn a_form_that_makes_no_sense_is_400() {
    let exchange = Exchange::new().await;
    let assertion = exchange.assertion();
    let whole = fields(&assertion, POOL);
    for name in [
        "grant_type",
        "subject_token",
        "identity_pool_id",
        "subject_token_type",
    ] {
        let without: Vec<_> = whole.iter().copied().filter(|(n, _)| *n != name).collect();
        let answer = exchange.ask(&without).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(text(&json(&answer), "/errors/0/source/parameter"), name);
        let mut twice = whole.clone();
        twice.push((name, "x"));
        assert_eq!(
            exchange.ask(&twice).await.status,
            StatusCode::BAD_REQUEST,
            "{name}"
        );
    }
    for name in ["grant_type", "subject_token_type", "requested_token_type"] {
        let other: Vec<_> = whole
            .iter()
            .map(|(n, value)| {
                if *n == name {
                    (*n, "password")
                } else {
                    (*n, *value)
                }
            })
            .collect();
        let answer = exchange.ask(&other).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
        assert_eq!(text(&json(&answer), "/errors/0/source/parameter"), name);
    }
    let mut without_type = whole.clone();
    without_type.pop();
    assert_eq!(exchange.ask(&without_type).await.status, StatusCode::OK);
    let json_body = exchange.post("application/json", "{}").await;
    assert_eq!(json_body.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let large = exchange
        .post("application/x-www-form-urlencoded", &"x".repeat(2 << 20))
        .await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    insta::assert_snapshot!(shown(&exchange.ask(&[]).await), @r#"
    400
    {
      "errors":[
        {
          "id":"request#1",
          "status":"400",
          "code":"malformed_request",
          "title":"Bad Request",
          "detail":"the form's grant_type is not usable: it is missing",
          "source":{
            "parameter":"grant_type"
          }
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn revoking_the_pools_key_ends_the_tokens_too() {
    let exchange = Exchange::new().await;
    let answer = exchange.exchange(&exchange.assertion(), POOL, "").await;
    let token = format!("Bearer {}", text(&json(&answer), "/access_token"));
    let revoked = exchange
        .cloud
        .test
        .run(exchange.cloud.test.owner_ctx(), |tx, ctx| {
            let keys = tx.list_api_keys(ctx.organization, None, None, u32::MAX)?;
            for key in keys.iter().filter(|key| key.name == "robot") {
                tx.revoke_api_key(ctx.organization, key.id, ctx.now)?;
                assert!(!key.public_id.is_empty());
            }
            Ok(keys)
        });
    for key in revoked.await.expect("revoked") {
        exchange.cloud.test.app.forget_api_key(&key.public_id);
    }
    let seen = exchange
        .cloud
        .call_as(&token, Method::GET, "/users", "")
        .await;
    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
    let again = exchange.exchange(&exchange.assertion(), POOL, "").await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn without_an_issuer_there_is_no_exchange() {
    let cloud = Cloud::new().await;
    let request = request(Method::POST, "/sts/v1/oauth2/token", "", "{}");
    insta::assert_snapshot!(shown(&cloud.test.send(request).await), @r#"
    404
    {
      "errors":[
        {
          "id":"request#1",
          "status":"404",
          "code":"resource_not_found",
          "title":"Not Found",
          "detail":"this server exchanges no tokens: no issuer is configured"
        }
      ]
    }
    "#);
    let get = super::request(Method::GET, "/sts/v1/oauth2/token", "", "");
    let get = cloud.test.send(get).await;
    assert_eq!(get.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(text(&json(&get), "/errors/0/code"), "method_not_allowed");
    let unknown = super::request(Method::POST, "/sts/v1/oauth2", "", "");
    let unknown = cloud.test.send(unknown).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert_eq!(
        text(&json(&unknown), "/errors/0/code"),
        "resource_not_found"
    );
}
