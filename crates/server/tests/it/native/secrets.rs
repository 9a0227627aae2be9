//! Nothing secret at rest.

use axum::http::Method;
use vestibule_testkit::app::TestApp;
use vestibule_testkit::store::Engine;

use super::{Api, access_token, text};

#[tokio::test]
async fn sec_s17_the_database_holds_no_secret_that_was_given_out() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestApp::on(engine).await else {
            continue;
        };
        let api = Api { test };
        let secrets = give_out(&api).await;
        let dump = api.test.fresh.dump();
        assert!(
            dump.contains("ann@x.example"),
            "{engine}: the dump is whole"
        );
        for secret in secrets {
            // Neither the whole nor the part of it that is not an id.
            assert!(!dump.contains(&secret), "{engine}");
            let tail = &secret[secret.len() - 24..];
            assert!(!dump.contains(tail), "{engine}");
        }
    }
}

/// One secret of each kind, made the way they are made.
async fn give_out(api: &Api) -> Vec<String> {
    let mut secrets = vec![api.test.owner_key.secret.clone()];
    for body in [
        r#"{"kind":"native","name":"x"}"#,
        r#"{"kind":"confluent","name":"x"}"#,
        r#"{"kind":"atlas","name":"x"}"#,
        r#"{"kind":"atlas_service_account","name":"x","roles":["owner"]}"#,
    ] {
        let made = api.post("/keys", body).await;
        secrets.push(text(&made, "/secret"));
    }
    let account = api
        .test
        .key(vestibule_core::key::KeyKind::AtlasServiceAccount)
        .await;
    let end = account.key.created_at.plus_seconds(3600);
    let token = access_token(api, &account.key, end);
    secrets.push(token);

    let open = api.test.invite("ann@x.example").await;
    secrets.push(api.test.token(&open));
    let used = api.test.invite("bea@x.example").await;
    secrets.push(api.test.token(&used));
    let body = format!(r#"{{"token":"{}"}}"#, api.test.token(&used));
    api.anonymous(Method::POST, "/v1/invitations/accept", &body)
        .await;
    secrets
}

#[tokio::test]
async fn sec_s26_a_secret_is_shown_once_and_never_listed() {
    let api = Api::new().await;
    let secrets = give_out(&api).await;
    for path in ["", "/keys", "/members", "/users", "/teams", "/invitations"] {
        let answer = api.get(path).await;
        for secret in &secrets {
            assert!(!answer.body.contains(secret), "{path}");
        }
    }
}
