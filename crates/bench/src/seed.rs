//! The database before the load: an organization with 10 000 invitations to list, another one to
//! create in, and invitations to accept with their tokens.
//!
//! Everything is made through the use cases, in this process, before the server starts on it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use tempfile::TempDir;
use vestibule_core::invitation::Invitation;
use vestibule_core::key::ApiKey;
use vestibule_core::organization::{Dialect, Lifetimes, Organization};
use vestibule_core::secret::KeyRing;
use vestibule_core::time::SystemClock;
use vestibule_core::{EmailAddress, Id, Random};
use vestibule_server::ops::invitations::{self, NewInvitation};
use vestibule_server::ops::organizations::{self, NewOrganization};
use vestibule_server::{Actor, App, Ctx, Settings};
use vestibule_store::{Store, StoreConfig};
use vestibule_testkit::postgres::{self, Database};
use vestibule_testkit::store::Engine;

/// How many invitations the organization to be listed has.
const LISTED: usize = 10_000;

static NEXT_ADDRESS: AtomicU64 = AtomicU64::new(0);

/// An address that nobody was invited at before.
pub(crate) fn fresh_address() -> String {
    format!(
        "person{}@load.example",
        NEXT_ADDRESS.fetch_add(1, Ordering::Relaxed)
    )
}

/// A seeded database, open in this process.
pub(crate) struct Seeded {
    pub(crate) app: App,
    pub(crate) owner: Arc<ApiKey>,
    /// The organization with 10 000 invitations.
    pub(crate) listed: Id<Organization>,
    /// The organization to create in.
    pub(crate) open: Id<Organization>,
    directory: TempDir,
    config: StoreConfig,
    database: Option<Database>,
}

/// A seeded database for a server: closed in this process.
pub(crate) struct Prepared {
    pub(crate) directory: TempDir,
    pub(crate) database: String,
    pub(crate) key: String,
    pub(crate) listed: String,
    pub(crate) open: String,
    /// The same organization as Atlas spells it.
    pub(crate) open_hex: String,
    /// Accept tokens, a list for each measurement.
    pub(crate) tokens: Vec<Vec<String>>,
    _database: Option<Database>,
}

impl Seeded {
    /// Makes the database; `None` if this engine is not to be had.
    pub(crate) async fn new(engine: Engine) -> anyhow::Result<Option<Self>> {
        let directory = TempDir::with_prefix("vestibule-bench-")?;
        let (config, database) = match engine {
            Engine::Sqlite => (
                StoreConfig::sqlite(directory.path().join("vestibule.db")),
                None,
            ),
            Engine::Postgres => {
                let made = tokio::task::spawn_blocking(durable_database).await?;
                let Some(database) = made else {
                    return Ok(None);
                };
                (database.url().parse()?, Some(database))
            }
        };
        let random = Random::system();
        let ring = KeyRing::new_text(&random);
        fs::write(directory.path().join("vestibule.keys"), &ring)?;
        let store = Store::open(config.clone()).await?;
        let keys = KeyRing::parse(&ring)?;
        let app = App::new(
            store,
            Arc::new(SystemClock),
            random,
            keys,
            Settings::default(),
        );

        let owner = EmailAddress::parse("owner@load.example")?;
        let nowhere = app.ctx(
            Actor::System,
            Id::from_bytes([0; 12]),
            Dialect::Native,
            "bench".into(),
        );
        let first = app
            .write(nowhere, move |tx, ctx| {
                organizations::bootstrap(tx, ctx, &organization("Listed"), &owner)
            })
            .await?
            .context("the database is not fresh")?;
        let owner = Arc::new(first.key);
        let mut seeded = Self {
            app,
            owner,
            listed: first.organization.id,
            open: first.organization.id,
            directory,
            config,
            database,
        };
        seeded.open = seeded
            .app
            .write(seeded.ctx(seeded.listed), |tx, ctx| {
                organizations::create(tx, ctx, &organization("Open"))
            })
            .await?
            .id;
        seeded.invite(seeded.listed, LISTED).await?;
        Ok(Some(seeded))
    }

    /// The circumstances of the owner's use case in an organization.
    pub(crate) fn ctx(&self, organization: Id<Organization>) -> Ctx {
        let actor = Actor::Key(Arc::clone(&self.owner));
        self.app
            .ctx(actor, organization, Dialect::Native, "bench".to_owned())
    }

    /// Makes so many invitations, a hundred in a transaction.
    pub(crate) async fn invite(
        &self,
        organization: Id<Organization>,
        count: usize,
    ) -> anyhow::Result<Vec<Invitation>> {
        let mut made = Vec::with_capacity(count);
        while made.len() < count {
            let addresses: Vec<String> = (0..100).map(|_| fresh_address()).collect();
            let ctx = self.ctx(organization);
            let batch = self.app.write(ctx, move |tx, ctx| {
                addresses
                    .iter()
                    .map(|address| invitations::create(tx, ctx, &invitee(address)?))
                    .collect::<Result<Vec<_>, _>>()
            });
            made.extend(batch.await?);
        }
        Ok(made)
    }

    /// Makes what is to be accepted, and closes the database.
    pub(crate) async fn hand_over(
        self,
        measurements: usize,
        acceptable: usize,
    ) -> anyhow::Result<Prepared> {
        let mut tokens = Vec::new();
        for _ in 0..measurements {
            let made = self.invite(self.open, acceptable).await?;
            let derived = made
                .iter()
                .map(|i| self.app.keys().accept_token(i).context("no token"));
            tokens.push(derived.collect::<anyhow::Result<Vec<_>>>()?);
        }
        let key = self
            .app
            .keys()
            .api_secret(&self.owner)
            .context("the owner's key")?;
        let database = match (&self.database, &self.config) {
            (Some(database), _) => database.url().to_owned(),
            (None, _) => format!(
                "sqlite:{}",
                self.directory.path().join("vestibule.db").display()
            ),
        };
        self.app.store().close().await;
        Ok(Prepared {
            directory: self.directory,
            database,
            key,
            listed: self.listed.to_native(),
            open: self.open.to_native(),
            open_hex: self.open.to_hex(),
            tokens,
            _database: self.database,
        })
    }
}

/// A database on a server that waits for the disk at every commit. Clusters for tests do not.
fn durable_database() -> Option<Database> {
    let database = postgres::fresh_database()?;
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        database.run(&format!("alter system set {setting} = on"));
    }
    database.run("select pg_reload_conf()");
    Some(database)
}

/// A plain invitation for this address.
pub(crate) fn invitee(address: &str) -> Result<NewInvitation, vestibule_core::Refusal> {
    Ok(NewInvitation::of(EmailAddress::parse(address)?))
}

fn organization(name: &str) -> NewOrganization {
    NewOrganization {
        name: name.to_owned(),
        sso_enabled: false,
        lifetimes: Lifetimes::default(),
    }
}
