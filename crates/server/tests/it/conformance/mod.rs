//! The golden files of both vendors' APIs, run against this server over a socket, and clients of a
//! vendor's own.

mod go;
mod mcp;

use std::path::Path;
use std::sync::Arc;

use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use vestibule_conformance::report::{Outcome, Ran, RanStep, Report};
use vestibule_conformance::run::{Target, run};
use vestibule_conformance::suite::{self, Dialect};
use vestibule_conformance::variables::Variables;
use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::organization::Lifetimes;
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::secret::KeyRing;
use vestibule_core::time::ManualClock;
use vestibule_core::user::AuthType;
use vestibule_core::{EmailAddress, Id, Random};
use vestibule_server::issuer::{Issuer, KeySet};
use vestibule_server::mail::{Mailer, Memory, Sender, Transport};
use vestibule_server::testing::seed::{
    Seed, SeedKey, SeedMember, SeedOrganization, SeedServiceAccount,
};
use vestibule_server::testing::{KEY_RING, Reach};
use vestibule_server::{App, Settings, http};
use vestibule_store::Claim;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::START;
use vestibule_testkit::store::Fresh;

use super::testing::local;

const POOL: &str = "pool-x7k2";
const ISSUER_KEY: &[u8] = b"a key that the issuer and the server share";

/// An organization with an owner, a service account, and a key of each kind.
fn organization(name: &str, letter: char) -> SeedOrganization {
    let owner = format!("owner@{name}.example");
    let user = Id::derived(&owner);
    let robot = Id::derived(&format!("{name}/robot"));
    let public_ids = [
        (KeyKind::Native, None),
        (KeyKind::Confluent, Some(letter.to_string().repeat(16))),
        (
            KeyKind::Atlas,
            Some(letter.to_lowercase().to_string().repeat(8)),
        ),
        (
            KeyKind::AtlasServiceAccount,
            Some(format!("mdb_sa_id_{}", robot.to_hex())),
        ),
    ];
    let key = |(kind, public_id): (KeyKind, Option<String>)| {
        let id: Id<vestibule_core::key::ApiKey> = Id::derived(&format!("{name}/{}", kind.name()));
        SeedKey {
            id,
            kind,
            name: kind.name().to_owned(),
            public_id: public_id.unwrap_or_else(|| id.to_native()),
            holder: match kind {
                KeyKind::AtlasServiceAccount => Principal::ServiceAccount(robot),
                KeyKind::Native | KeyKind::Confluent | KeyKind::Atlas => Principal::User(user),
            },
        }
    };
    SeedOrganization {
        id: Id::derived(name),
        name: name.to_owned(),
        sso_enabled: false,
        lifetimes: Lifetimes::default(),
        members: vec![SeedMember {
            id: user,
            email: EmailAddress::parse(&owner).expect("an address"),
            full_name: "Olivia Owner".to_owned(),
            auth_type: AuthType::Local,
            roles: RoleSet::of(&[Role::Owner]),
        }],
        teams: Vec::new(),
        projects: Vec::new(),
        service_accounts: vec![SeedServiceAccount {
            id: robot,
            name: "robot".to_owned(),
            roles: RoleSet::of(&[Role::Owner]),
        }],
        keys: public_ids.into_iter().map(key).collect(),
    }
}

/// What the pool of the issuer acts as.
fn pool_key(of: &SeedOrganization) -> SeedKey {
    SeedKey {
        id: Id::derived("pool"),
        kind: KeyKind::Confluent,
        name: "pool".to_owned(),
        public_id: "P".repeat(16),
        holder: Principal::ServiceAccount(of.service_accounts[0].id),
    }
}

/// The server on a free port, until this is dropped.
struct Server {
    app: App,
    _fresh: Fresh,
    url: String,
    task: JoinHandle<()>,
    _stop: oneshot::Sender<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    async fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let mut first = organization("acme", 'A');
        first.keys.push(pool_key(&first));
        let seed = Seed {
            organizations: vec![first, organization("globex", 'G')],
        };
        let mut settings = Settings {
            public_url: url.clone(),
            ..Settings::default()
        };
        settings.confluent.issuer = Some(Arc::new(issuer()));
        change(&mut settings);
        let sender = Sender::from_settings(&settings).expect("a sender");
        let fresh = Fresh::of_this_run().await;
        let app = App::new(
            fresh.store.clone(),
            Arc::new(ManualClock::new(START)),
            Random::seeded(1),
            KeyRing::parse(KEY_RING).expect("a key ring"),
            settings,
        )
        .with_mailer(Mailer::new(Transport::Memory(Memory::default()), sender))
        .with_testing(
            seed,
            Reach::ThisMachine,
            Claim::of(&fresh.config).await.expect("a claim"),
        );
        let reset = local(request(Method::POST, "/testing/reset", "", ""));
        let Ok(reset) = http::router(app.clone()).oneshot(reset).await;
        assert_eq!(
            reset.status(),
            StatusCode::NO_CONTENT,
            "the seed is planted"
        );
        let (stop, stopped) = oneshot::channel::<()>();
        let kept = app.clone();
        let serving = vestibule_server::serve(app, listener, async move {
            drop(stopped.await);
        });
        let task = http::tasks::spawn("test server", async move {
            serving.await.expect("it serves");
        });
        Self {
            app: kept,
            _fresh: fresh,
            url,
            task,
            _stop: stop,
        }
    }

    /// What the first organization has, as its owner sees it.
    async fn listed(&self, what: &str) -> Answer {
        let acme = organization("acme", 'A');
        let key = acme.keys.iter().find(|key| key.kind == KeyKind::Native);
        let row = key.expect("a key").row(acme.id, START);
        let secret = self.app.keys().api_secret(&row).expect("a secret");
        let path = format!("/v1/organizations/{}/{what}", acme.id.to_native());
        let request = request(Method::GET, &path, &format!("Bearer {secret}"), "");
        let Ok(answer) = http::router(self.app.clone()).oneshot(request).await;
        Answer::read(answer).await
    }

    /// Runs the golden files whose names hold `filter`, and whatever is given.
    async fn run(&self, dialect: Dialect, filter: &str, given: &[(&str, &str)]) -> Report {
        let mut variables = Variables::default();
        for (name, value) in given {
            variables.set(name, *value);
        }
        vestibule_conformance::seed::discover(&self.url, dialect, &mut variables)
            .await
            .expect("the server shows its seed");
        self.run_folder(&suite::folder(), dialect, filter, variables)
            .await
    }

    async fn run_folder(
        &self,
        folder: &Path,
        dialect: Dialect,
        filter: &str,
        variables: Variables,
    ) -> Report {
        let sequences = suite::load(folder, dialect, filter).expect("golden files");
        let target = Target {
            dialect,
            base_url: self.url.clone(),
            variables,
            testing: true,
        };
        run(&target, &sequences).await.expect("it runs")
    }
}

fn issuer() -> Issuer {
    let keys =
        json!({"keys": [{"kty": "oct", "kid": "k", "k": URL_SAFE_NO_PAD.encode(ISSUER_KEY)}]});
    let pool = pool_key(&organization("acme", 'A'));
    Issuer {
        name: "https://idp.example".to_owned(),
        audience: None,
        keys: KeySet::parse(&keys.to_string()).expect("a key set"),
        pools: [(POOL.to_owned(), pool.public_id)].into(),
    }
}

/// A token of the issuer.
fn assertion() -> String {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({"alg": "HS256", "kid": "k"}));
    let claims = json!({
        "iss": "https://idp.example", "sub": "job", "exp": START.as_seconds() + 300,
    });
    let signed = format!("{header}.{}", part(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, ISSUER_KEY);
    let signature = hmac::sign(&key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Fails with the whole report unless all of it ran well.
fn all_passed(report: &Report) {
    assert!(
        !report.has_failed() && report.passed > 0,
        "{}",
        report.to_text()
    );
}

/// What was left out, by file.
fn skipped(report: &Report) -> Vec<&str> {
    let left_out = |ran: &&Ran| {
        let outcome = |step: &RanStep| matches!(step.outcome, Outcome::Skipped { .. });
        ran.steps.iter().any(outcome)
    };
    let ran = report.sequences.iter().filter(left_out);
    ran.map(|ran| ran.name.as_str()).collect()
}

#[tokio::test]
async fn confluents_golden_files_hold() {
    let server = Server::new(|_| {}).await;
    let token = assertion();
    let given = [("subject_token", token.as_str()), ("identity_pool", POOL)];
    let report = server.run(Dialect::Confluent, "", &given).await;
    all_passed(&report);
    assert_eq!(skipped(&report), ["quota"]);
    let full = Server::new(|settings| settings.pending_limit = Some(0)).await;
    let report = full
        .run(Dialect::Confluent, "quota", &[("full", "yes")])
        .await;
    all_passed(&report);
    assert_eq!(skipped(&report), [""; 0]);
}

#[tokio::test]
async fn the_golden_files_of_atlas_hold() {
    let server = Server::new(|_| {}).await;
    let report = server.run(Dialect::Atlas, "", &[]).await;
    all_passed(&report);
    assert_eq!(skipped(&report), ["rate-limit"]);
    let slow = Server::new(|settings| settings.atlas_invites_per_minute = Some(1)).await;
    let given = [("one_a_minute", "yes")];
    let report = slow.run(Dialect::Atlas, "rate-limit", &given).await;
    all_passed(&report);
    assert_eq!(skipped(&report), [""; 0]);
}

#[tokio::test]
async fn golden_files_can_be_run_again_and_leave_nothing_open() {
    let server = Server::new(|_| {}).await;
    for dialect in [Dialect::Confluent, Dialect::Atlas] {
        for filter in ["invit", "invit", "roles"] {
            all_passed(&server.run(dialect, filter, &[]).await);
        }
    }
    all_passed(
        &server
            .run(Dialect::Confluent, "service-accounts", &[])
            .await,
    );
    insta::assert_snapshot!(server.listed("invitations?state=sent").await.shown(), @r#"
    200 OK
    {"data":[],"next":null}
    "#);
    let keys = server.listed("keys").await.body;
    let of_the_seed = organization("acme", 'A').keys.len() + 1;
    assert_eq!(keys.matches(r#""revoked_at":null"#).count(), of_the_seed);
}

const WRONG: &str = r#"
title = "Wrong on purpose"

[[step]]
name = "a member of another type, another text, and one that is not there"
send = "GET /iam/v2/users/u-none"
as = "nobody"
[step.expect]
status = 401
headers = { "www-authenticate" = "Digest", "x-nothing" = "<text>", "x-request-id" = "<absent>" }
body = '''
{"errors":[{"id":7,"status":"401","code":"gone","detail":"<text:detail>","source":{}}]}
'''

[[step]]
name = "another status"
send = "GET /iam/v2/users"
as = "nobody"
[step.expect]
status = 200
body = '{"kind":"<text:kind>"}'

[[step]]
name = "what another step did not find"
send = "GET /iam/v2/${kind}"
[step.expect]
status = 200

[[step]]
name = "what is not given"
send = "GET /iam/v2/users?page_token=${token}"
needs = ["token"]
[step.expect]
status = 200
body = '{"data":"<text:data>"}'

[[step]]
name = "what follows from it"
send = "GET /iam/v2/${data}"
[step.expect]
status = 200
"#;

#[tokio::test]
async fn the_report_says_what_is_different_and_what_was_left_out() {
    let server = Server::new(|_| {}).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("confluent/wrong.toml");
    std::fs::create_dir(folder.path().join("confluent")).expect("a folder");
    std::fs::write(file, WRONG).expect("a file");
    let variables = Variables::default();
    let report = server
        .run_folder(folder.path(), Dialect::Confluent, "", variables)
        .await;
    let text = without_ids(&report.to_text().replace(&server.url, "URL"));
    insta::assert_snapshot!(text, @r#"
    FAILED  wrong (5): Wrong on purpose
        failed: "a member of another type, another text, and one that is not there": GET /iam/v2/users/u-none
          $.errors[0].id: expected 7, got "ID"
          $.errors[0].code: expected "gone", got "user_unauthenticated"
          $.errors[0].source: expected {}, is missing
          $.errors[0].title: unexpected, with the value "Unauthorized"
          header www-authenticate: expected "Digest", got "Basic realm=\"vestibule\", error=\"invalid_key\", error_description=\"an API key is needed, and the request has none\""
          header x-nothing: expected <text>, is missing
          header x-request-id: unexpected: ID
          answered: 401 {"errors":[{"id":"ID","status":"401","code":"user_unauthenticated","title":"Unauthorized","detail":"an API key is needed, and the request has none"}]}
        failed: "another status": GET /iam/v2/users
          status: expected 200, got 401
          answered: 401 {"errors":[{"id":"ID","status":"401","code":"user_unauthenticated","title":"Unauthorized","detail":"an API key is needed, and the request has none"}]}
        not sent: "what another step did not find": kind has no value
        skipped from "what is not given" on: needs token, which is not given
        skipped from "what follows from it" on: needs data of a step that was skipped
    confluent at URL: 0 steps passed, 3 failed, 2 skipped
    "#);
}

/// The text with `ID` for each word of 24 hexadecimal digits.
fn without_ids(text: &str) -> String {
    let is_id = |word: &&str| word.len() == 24 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let ids: Vec<&str> = words.filter(is_id).collect();
    ids.iter()
        .fold(text.to_owned(), |text, id| text.replace(id, "ID"))
}
