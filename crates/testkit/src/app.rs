//! The whole application on a fresh database, with a clock that stands still and randomness that
//! repeats, so that answers can be compared byte by byte.
//!
//! Owns [`TestApp`]. People, keys and organizations that a test only needs to exist are made
//! through the use cases where there is one, and through rows where none exists (a member with a
//! given role who was never invited).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use tower::ServiceExt;
use vestibule_core::invitation::Invitation;
use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::organization::{Dialect, Lifetimes, Organization};
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::secret::{AcceptToken, KeyRing};
use vestibule_core::time::ManualClock;
use vestibule_core::user::{AuthType, User, UserState};
use vestibule_core::{Clock, EmailAddress, Id, Random, Timestamp};
use vestibule_server::ops::invitations::{self, NewInvitation};
use vestibule_server::ops::organizations::{self, NewOrganization};
use vestibule_server::ops::{acceptance, keys};
use vestibule_server::{Actor, App, AppError, Ctx, Settings, http};
use vestibule_store::{Scope, Tx};

use crate::answer::{Answer, request};
use crate::store::{Engine, Fresh};

/// When every test begins: 2026-03-01T09:00:00Z.
pub const START: Timestamp = Timestamp::from_seconds(1_772_355_600);

/// The address of the first owner.
pub const OWNER: &str = "owner@acme.example";

/// The application under test.
pub struct TestApp {
    /// The application.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Its first organization, `Acme`.
    pub organization: Id<Organization>,
    /// The first owner.
    pub owner: Id<User>,
    /// The first owner's native key.
    pub owner_key: Secret,
    /// The database.
    pub fresh: Fresh,
    router: Router,
}

/// A key and its clear secret.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The key.
    pub key: ApiKey,
    /// Its secret half, or the whole of a native key.
    pub secret: String,
}

impl Secret {
    /// `Bearer SECRET`, for a native key.
    #[must_use]
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.secret)
    }
}

impl TestApp {
    /// The application on the engine of this run (SQLite, or what `VESTIBULE_TEST_ENGINE` says)
    /// with settings as they come.
    pub async fn new() -> Self {
        Self::with(Fresh::of_this_run().await, |_| {}).await
    }

    /// The application on the engine of this run with other settings.
    pub async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(Fresh::of_this_run().await, change).await
    }

    /// The application on this engine; `None` if tests of it are skipped.
    pub async fn on(engine: Engine) -> Option<Self> {
        let fresh = match engine {
            Engine::Sqlite => Fresh::sqlite().await,
            Engine::Postgres => Fresh::postgres().await?,
        };
        Some(Self::with(fresh, |_| {}).await)
    }

    /// The application on this database with changed settings.
    ///
    /// # Panics
    /// If it cannot be put together.
    pub async fn with(fresh: Fresh, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let mut settings = Settings {
            public_url: "https://vestibule.example".to_owned(),
            ..Settings::default()
        };
        change(&mut settings);
        let app = node(&fresh, &clock, Random::seeded(1), settings);
        let acme = new_organization("Acme");
        let owner = EmailAddress::parse(OWNER).expect("an address");
        let nowhere = app.ctx(
            Actor::System,
            Id::from_bytes([0; 12]),
            Dialect::Native,
            "test".into(),
        );
        let made = app
            .write(nowhere, move |tx, ctx| {
                organizations::bootstrap(tx, ctx, &acme, &owner)
            })
            .await
            .expect("the first organization")
            .expect("a fresh database has none");
        let Principal::User(owner) = made.key.principal else {
            panic!("the owner is a person")
        };
        let secret = app.keys().api_secret(&made.key).expect("a secret");
        let router = http::router(app.clone());
        Self {
            clock,
            organization: made.organization.id,
            owner,
            owner_key: Secret {
                key: made.key,
                secret,
            },
            fresh,
            router,
            app,
        }
    }

    /// The same installation with nothing in memory: after a restart, or on another node.
    #[must_use]
    pub fn elsewhere(self) -> Self {
        let settings = self.app.settings().clone();
        let app = node(&self.fresh, &self.clock, Random::seeded(2), settings);
        Self {
            router: http::router(app.clone()),
            app,
            ..self
        }
    }

    /// Sends a request through the router.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await;
        let Ok(response) = response;
        Answer::read(response).await
    }

    /// Answers on a port of this machine for as long as the runtime lives; the address.
    ///
    /// # Panics
    /// If there is no port.
    pub async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = self.router.clone();
        #[expect(
            clippy::disallowed_methods,
            reason = "the server's own tasks are none of a test's"
        )]
        drop(tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a server");
        }));
        format!("http://{address}")
    }

    /// Sends a JSON request with the first owner's native key.
    pub async fn call(&self, method: Method, path: &str, json: &str) -> Answer {
        self.send(request(method, path, &self.owner_key.bearer(), json))
            .await
    }

    /// The circumstances of a use case of the first owner in the first organization.
    #[must_use]
    pub fn owner_ctx(&self) -> Ctx {
        self.ctx_of(&self.owner_key, Dialect::Native)
    }

    /// The circumstances of a use case of a key's holder in the key's organization.
    #[must_use]
    pub fn ctx_of(&self, secret: &Secret, dialect: Dialect) -> Ctx {
        let actor = Actor::Key(Arc::new(secret.key.clone()));
        self.app
            .ctx(actor, secret.key.organization, dialect, "test".into())
    }

    /// Runs one use case.
    ///
    /// # Errors
    /// What it says.
    pub async fn run<R: Send + 'static>(
        &self,
        ctx: Ctx,
        operation: impl FnMut(&mut Tx<'_>, &Ctx) -> Result<R, AppError> + Send + 'static,
    ) -> Result<R, AppError> {
        self.app.write(ctx, operation).await
    }

    /// Another organization with an owner of its own, and that owner's native key.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn other_organization(&self, name: &str) -> Secret {
        let owner = self
            .person(&format!("owner@{}.example", name.to_lowercase()))
            .await;
        let ctx = self.owner_ctx();
        let new = new_organization(name);
        let made = self
            .run(ctx, move |tx, ctx| {
                let mut key = template(ctx, owner);
                key.organization = ctx.organization;
                let ctx = Ctx {
                    actor: Actor::Key(Arc::new(key)),
                    ..ctx.clone()
                };
                organizations::create(tx, &ctx, &new)
            })
            .await
            .expect("an organization");
        self.key_for(made.id, Principal::User(owner), KeyKind::Native)
            .await
    }

    /// A key of this kind for whoever holds `secret`, in its organization; an Atlas service account's
    /// is the person's here, too.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn key_beside(&self, secret: &Secret, kind: KeyKind) -> Secret {
        self.key_for(secret.key.organization, secret.key.principal, kind)
            .await
    }

    /// A key of this kind for the first owner in the first organization; an Atlas service account
    /// acts for itself, with the owner's role.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn key(&self, kind: KeyKind) -> Secret {
        if kind == KeyKind::AtlasServiceAccount {
            return self.service_account_key(kind, Role::Owner).await;
        }
        self.key_for(self.organization, Principal::User(self.owner), kind)
            .await
    }

    /// A key of this kind for a new service account with this role.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn service_account_key(&self, kind: KeyKind, role: Role) -> Secret {
        let new = keys::NewKey {
            kind,
            name: "robot".to_owned(),
            service_account_roles: Some(RoleSet::of(&[role])),
            expires_at: None,
        };
        let made = self
            .run(self.owner_ctx(), move |tx, ctx| keys::create(tx, ctx, &new))
            .await;
        self.secret(made.expect("a key"))
    }

    /// A key of this kind for a new member with this role.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn member_key(&self, email: &str, role: Role, kind: KeyKind) -> Secret {
        let user = self.member(email, role).await;
        self.key_for(self.organization, Principal::User(user), kind)
            .await
    }

    /// A key of this kind for a person in the first organization.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn key_of(&self, user: Id<User>, kind: KeyKind) -> Secret {
        self.key_for(self.organization, Principal::User(user), kind)
            .await
    }

    /// A new member of the first organization with this role.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn member(&self, email: &str, role: Role) -> Id<User> {
        let user = self.person(email).await;
        let made = self.run(self.owner_ctx(), move |tx, ctx| {
            let membership = Membership {
                id: ctx.new_id(),
                organization: ctx.organization,
                user,
                state: MembershipState::Active,
                roles: RoleSet::of(&[role]),
                invitation: None,
                joined_at: ctx.now,
                ended_at: None,
            };
            Ok(tx.insert_membership(&membership)?)
        });
        assert!(
            made.await.expect("a membership"),
            "{email} was a member before"
        );
        user
    }

    async fn person(&self, email: &str) -> Id<User> {
        let email = EmailAddress::parse(email).expect("an address");
        let made = self.run(self.owner_ctx(), move |tx, ctx| {
            let user = User {
                id: ctx.new_id(),
                email: email.clone(),
                full_name: String::new(),
                state: UserState::Active,
                auth_type: AuthType::Local,
                created_at: ctx.now,
                updated_at: ctx.now,
            };
            assert!(tx.insert_user(&user)?, "the address is taken");
            Ok(user.id)
        });
        made.await.expect("a user")
    }

    async fn key_for(
        &self,
        organization: Id<Organization>,
        principal: Principal,
        kind: KeyKind,
    ) -> Secret {
        let ctx = Ctx {
            organization,
            ..self.owner_ctx()
        };
        let made = self.run(ctx, move |tx, ctx| {
            let key = ApiKey {
                kind,
                public_id: vestibule_core::secret::public_id(kind, ctx.new_id(), &ctx.random),
                principal,
                ..template(ctx, Id::from_bytes([0; 12]))
            };
            let key = match kind {
                KeyKind::Native => ApiKey {
                    public_id: key.id.to_native(),
                    ..key
                },
                KeyKind::Confluent | KeyKind::Atlas | KeyKind::AtlasServiceAccount => key,
            };
            tx.insert_api_key(&key)?;
            Ok(key)
        });
        self.secret(made.await.expect("a key"))
    }

    /// A key with its clear secret.
    ///
    /// # Panics
    /// If the ring does not know it.
    #[must_use]
    pub fn secret(&self, key: ApiKey) -> Secret {
        let secret = self.app.keys().api_secret(&key).expect("a secret");
        Secret { key, secret }
    }

    /// Invites this address with the role `member`, as the first owner, through the native API's
    /// use case.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn invite(&self, email: &str) -> Invitation {
        self.invite_with(&self.owner_key, Dialect::Native, email)
            .await
    }

    /// Invites this address with the role `member` as the holder of a key.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn invite_with(&self, secret: &Secret, dialect: Dialect, email: &str) -> Invitation {
        let new = NewInvitation::of(EmailAddress::parse(email).expect("an address"));
        let ctx = self.ctx_of(secret, dialect);
        let made = self
            .run(ctx, move |tx, ctx| invitations::create(tx, ctx, &new))
            .await;
        made.expect("an invitation")
    }

    /// The accept token of an invitation.
    ///
    /// # Panics
    /// If the ring does not know it.
    #[must_use]
    pub fn token(&self, invitation: &Invitation) -> String {
        self.app.keys().accept_token(invitation).expect("a token")
    }

    /// The open invitation of an address.
    ///
    /// # Panics
    /// If there is none.
    pub async fn open_invitation(&self, email: &str) -> Invitation {
        let email = EmailAddress::parse(email).expect("an address");
        let found = self
            .run(self.owner_ctx(), move |tx, ctx| {
                invitations::load_open_by_email(tx, ctx, &email, Scope::Organization)
            })
            .await;
        found.expect("an open invitation")
    }

    /// The invitee accepts.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn accept(&self, invitation: &Invitation) -> acceptance::Accepted {
        self.answer(invitation, acceptance::accept).await
    }

    /// The invitee declines.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn decline(&self, invitation: &Invitation) {
        self.answer(invitation, acceptance::decline).await;
    }

    /// Whoever accepted leaves.
    ///
    /// # Panics
    /// If that is refused.
    pub async fn leave(&self, invitation: &Invitation) {
        self.answer(invitation, acceptance::leave).await;
    }

    async fn answer<R: Send + 'static>(
        &self,
        invitation: &Invitation,
        answer: fn(&mut Tx<'_>, &Ctx, &AcceptToken) -> Result<R, AppError>,
    ) -> R {
        let token = AcceptToken::parse(&self.token(invitation)).expect("a token");
        let ctx = Ctx {
            actor: Actor::Invitee,
            ..self.owner_ctx()
        };
        let answered = self.run(ctx, move |tx, ctx| answer(tx, ctx, &token)).await;
        answered.expect("an answer")
    }
}

/// The application's parts around a database.
fn node(fresh: &Fresh, clock: &Arc<ManualClock>, random: Random, settings: Settings) -> App {
    let keys = KeyRing::parse(&KeyRing::new_text(&Random::seeded(0))).expect("a key ring");
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
    App::new(fresh.store.clone(), clock, random, keys, settings)
}

fn new_organization(name: &str) -> NewOrganization {
    NewOrganization {
        name: name.to_owned(),
        sso_enabled: false,
        lifetimes: Lifetimes::default(),
    }
}

fn template(ctx: &Ctx, owner: Id<User>) -> ApiKey {
    ApiKey {
        id: ctx.new_id(),
        organization: ctx.organization,
        principal: Principal::User(owner),
        kind: KeyKind::Native,
        public_id: String::new(),
        name: "test".to_owned(),
        generation: 1,
        nonce: ctx.new_nonce(),
        created_at: ctx.now,
        expires_at: None,
        revoked_at: None,
    }
}
