//! The controls of a server that is there for testing.

mod clock;
mod days;
mod faults;
mod security;
mod seen;
mod state;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::organization::{Dialect, Lifetimes, Organization};
use vestibule_core::project::ProjectRole;
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::secret::KeyRing;
use vestibule_core::time::ManualClock;
use vestibule_core::user::AuthType;
use vestibule_core::{EmailAddress, Id, Random};
use vestibule_server::mail::{Mailer, Memory, Sender, Transport};
use vestibule_server::testing::seed::{Seed, SeedKey, SeedMember, SeedOrganization, SeedProject};
use vestibule_server::testing::{self, Reach};
use vestibule_server::{Actor, App, Settings, http, jobs};
use vestibule_store::Claim;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::START;
use vestibule_testkit::store::Fresh;

const OWNER: &str = "owner@acme.example";

/// A seed with an organization, two owners, and a key of each kind that a person can hold.
fn acme() -> Seed {
    let member = |email: &str| SeedMember {
        id: Id::derived(email),
        email: EmailAddress::parse(email).expect("an address"),
        full_name: "Olivia".to_owned(),
        auth_type: AuthType::Local,
        roles: RoleSet::of(&[Role::Owner]),
    };
    let key = |kind: KeyKind, public_id: &str| SeedKey {
        id: Id::derived(kind.name()),
        kind,
        name: kind.name().to_owned(),
        public_id: public_id.to_owned(),
        holder: Principal::User(Id::derived(OWNER)),
    };
    let native = Id::<vestibule_core::key::ApiKey>::derived(KeyKind::Native.name());
    Seed {
        organizations: vec![SeedOrganization {
            id: Id::derived("acme"),
            name: "Acme".to_owned(),
            sso_enabled: false,
            lifetimes: Lifetimes::default(),
            members: vec![member(OWNER), member("other@acme.example")],
            teams: Vec::new(),
            projects: vec![SeedProject {
                id: Id::derived("research"),
                name: "Research".to_owned(),
                members: vec![(Id::derived(OWNER), RoleSet::of(&[ProjectRole::Owner]))],
            }],
            service_accounts: Vec::new(),
            keys: vec![
                key(KeyKind::Native, &native.to_native()),
                key(KeyKind::Confluent, "ACME000000000001"),
                key(KeyKind::Atlas, "acmeaaaa"),
            ],
        }],
    }
}

/// A server for testing, seeded with [`acme`], whose machine's clock stands still.
struct Lab {
    app: App,
    machine: Arc<ManualClock>,
    router: Router,
    seed: Seed,
    fresh: Fresh,
}

impl Lab {
    async fn new() -> Self {
        Self::with(Reach::ThisMachine).await
    }

    async fn with(reach: Reach) -> Self {
        Self::over(Fresh::of_this_run().await, reach).await
    }

    async fn over(fresh: Fresh, reach: Reach) -> Self {
        let machine = Arc::new(ManualClock::new(START));
        let keys = KeyRing::parse(testing::KEY_RING).expect("a key ring");
        let settings = Settings {
            public_url: "https://vestibule.example".to_owned(),
            ..Settings::default()
        };
        let sender = Sender::from_settings(&settings).expect("a sender");
        let seed = acme();
        let clock = Arc::<ManualClock>::clone(&machine);
        let app = App::new(
            fresh.store.clone(),
            clock,
            Random::seeded(1),
            keys,
            settings,
        )
        .with_mailer(Mailer::new(Transport::Memory(Memory::default()), sender))
        .with_testing(
            seed.clone(),
            reach,
            Claim::of(&fresh.config).await.expect("a claim"),
        );
        let lab = Self {
            router: http::router(app.clone()),
            app,
            machine,
            seed,
            fresh,
        };
        assert_eq!(lab.control(Method::POST, "reset", "").await.status, 204);
        lab
    }

    fn organization(&self) -> &SeedOrganization {
        &self.seed.organizations[0]
    }

    fn id(&self) -> Id<Organization> {
        self.organization().id
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let Ok(response) = self.router.clone().oneshot(request).await;
        Answer::read(response).await
    }

    /// A request from this machine to a control.
    async fn control(&self, method: Method, control: &str, json: &str) -> Answer {
        let request = local(request(method, &format!("/testing/{control}"), "", json));
        self.send(request).await
    }

    async fn control_json(&self, method: Method, control: &str, json: &str) -> Value {
        let answer = self.control(method, control, json).await;
        assert!(answer.status.is_success(), "{}", answer.shown());
        serde_json::from_str(&answer.body).expect("JSON")
    }

    async fn advance(&self, duration: &str) {
        let body = format!("{{\"advance\":\"{duration}\"}}");
        self.control_json(Method::POST, "clock", &body).await;
    }

    /// A request with the key of this kind.
    async fn call(&self, kind: KeyKind, method: Method, path: &str, json: &str) -> Answer {
        self.send(request(method, path, &self.credential(kind), json))
            .await
    }

    /// The header that shows the key of this kind.
    fn credential(&self, kind: KeyKind) -> String {
        let key = self.organization().keys.iter().find(|key| key.kind == kind);
        let row = key.expect("a key").row(self.id(), START);
        let secret = self.app.keys().api_secret(&row).expect("a secret");
        match kind {
            KeyKind::Native => format!("Bearer {secret}"),
            KeyKind::Confluent => {
                use base64::Engine as _;
                let pair = format!("{}:{secret}", row.public_id);
                format!(
                    "Basic {}",
                    base64::engine::general_purpose::STANDARD.encode(pair)
                )
            }
            KeyKind::Atlas | KeyKind::AtlasServiceAccount => {
                panic!("this one signs, or fetches a token: a native key opens Atlas' API, too")
            }
        }
    }

    /// Invites through the Confluent dialect: the invitation as it shows it.
    async fn invite(&self, email: &str) -> Value {
        let body = format!("{{\"email\":\"{email}\"}}");
        let made = self
            .call(
                KeyKind::Confluent,
                Method::POST,
                "/iam/v2/invitations",
                &body,
            )
            .await;
        assert_eq!(made.status, 201, "{}", made.shown());
        serde_json::from_str(&made.body).expect("JSON")
    }

    /// Sends the mail that is due, as the job would.
    async fn send_mail(&self) {
        let sent = jobs::run_once(&self.app, self.app.mailer()).await;
        sent.expect("the outbox is readable");
    }

    /// Serves on a port of this machine, with the mail job.
    async fn serve(&self) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = vestibule_server::serve(self.app.clone(), listener, async move {
            drop(stopped.await);
        });
        let task = http::tasks::spawn("test server", async move {
            serving.await.expect("it serves");
        });
        Served {
            address,
            task,
            _stop: stop,
        }
    }
}

/// A request as it comes from this machine.
pub(super) fn local(mut request: Request<Body>) -> Request<Body> {
    let peer: SocketAddr = "127.0.0.1:50000".parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// A server on a port.
struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
    _stop: oneshot::Sender<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    /// Sends a request over a connection of its own: the status and the body, or `None` if the
    /// connection ended without a byte.
    async fn send(
        &self,
        method: &str,
        path: &str,
        credential: &str,
        json: &str,
    ) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(self.address).await.expect("it connects");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: {credential}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{json}",
            self.address,
            json.len()
        );
        stream.write_all(head.as_bytes()).await.expect("it writes");
        let mut answer = Vec::new();
        // A reset is an end, too.
        drop(stream.read_to_end(&mut answer).await);
        let answer = String::from_utf8(answer).expect("text");
        if answer.is_empty() {
            return None;
        }
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).expect("a status");
        Some((status.parse().expect("a number"), body.to_owned()))
    }
}

/// The circumstances of the server's own use cases in the seed's organization.
fn system(lab: &Lab) -> vestibule_server::Ctx {
    lab.app
        .ctx(Actor::System, lab.id(), Dialect::Native, "test".to_owned())
}
