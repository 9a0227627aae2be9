//! A service account's token: one for all requests of a process, and given back at its end.

use serde_json::json;
use tfplugin::{Call, Context, Object, Private, Provider as _};
use vestibule_provider::{Environment, Persona, Provider};

use crate::fake_atlas::ORG;
use crate::server::{Seen, Server};
use crate::snapshot::refresh;
use crate::terraform::{Terraform, configured, summaries};

const TOKEN: &str = "POST /api/oauth/token";
const REVOKE: &str = "POST /api/oauth/revoke";

/// Answers a status to whoever gives a token back.
async fn issuer(revoked: u16) -> Server {
    Server::start(move |seen: &Seen| match seen.path.as_str() {
        "/api/oauth/token" => {
            let token = json!({ "access_token": "t", "expires_in": 3600, "token_type": "Bearer" });
            (200, token)
        }
        "/api/oauth/revoke" => (revoked, json!({})),
        _ => (
            200,
            json!({ "id": "5d0000000000000000000001", "name": "ops", "results": [] }),
        ),
    })
    .await
}

async fn provider(server: &Server) -> Provider {
    let block = Object::new()
        .with("base_url", &server.url)
        .with("client_id", "mdb_sa_id_1")
        .with("client_secret", "very-secret");
    let (provider, said) =
        configured(Persona::MongodbAtlas, Environment::new(|_| None), block).await;
    assert_eq!(summaries(&said), "");
    provider
}

fn team(number: usize) -> Object {
    Object::new()
        .with("org_id", ORG)
        .with("team_id", format!("5d{number:022}"))
        .with("name", "ops")
}

#[tokio::test]
async fn one_token_serves_a_process_and_is_given_back_once() {
    let server = issuer(200).await;
    let provider = provider(&server).await;
    let resource = Terraform::new(&provider, "mongodbatlas_team").resource;
    refresh(&resource, (0..20).map(team).collect()).await;
    // Terraform was interrupted: what is under way ends, and the token goes back all the same.
    let cx = Context::new(Object::new(), Private::new());
    cx.cancellation().cancel();
    resource.read(&cx, team(20)).await.unwrap();
    provider.close().await;
    provider.close().await;
    let lines = server.take_lines();
    let count = |what: &str| lines.iter().filter(|line| *line == what).count();
    assert_eq!((count(TOKEN), count(REVOKE)), (1, 1), "{lines:?}");
    assert_eq!(lines.last().map(String::as_str), Some(REVOKE));
}

#[tokio::test]
async fn a_process_that_fetched_no_token_gives_none_back() {
    let provider = Provider::new(Persona::MongodbAtlas, Environment::new(|_| None));
    provider.close().await;
    let server = issuer(200).await;
    let block = Object::new()
        .with("base_url", &server.url)
        .with("access_token", "very-secret");
    let (provider, _) = configured(Persona::MongodbAtlas, Environment::new(|_| None), block).await;
    provider.close().await;
    assert!(server.take_lines().is_empty());
}

#[tokio::test]
async fn requests_say_what_they_are_for() {
    let server = issuer(200).await;
    let provider = provider(&server).await;
    let resource = Terraform::new(&provider, "mongodbatlas_team").resource;
    let call = Call {
        type_name: "mongodbatlas_team".to_owned(),
        is_data: false,
        operation: "read",
    };
    let meta = Object::new().with("module_name", "people");
    let cx = Context::new(Object::new(), Private::new())
        .with_call(call)
        .with_meta(Some(meta));
    resource.read(&cx, team(1)).await.unwrap();
    let agents: Vec<_> = server
        .seen()
        .into_iter()
        .filter_map(|seen| seen.user_agent)
        .collect();
    let own = format!(
        "terraform-provider-mongodbatlas/{} (Vestibule)",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(agents[0], own);
    let purpose = format!("{own} ModuleName/people Name/team Operation/read");
    assert!(
        agents[1..].iter().all(|agent| *agent == purpose),
        "{agents:?}"
    );
}
