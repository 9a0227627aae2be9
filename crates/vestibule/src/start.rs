//! From a configuration to a running server.
//!
//! Owns the data directory, the key ring's file and the first start. Must not decide anything that
//! a use case decides.

use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use tempfile::NamedTempFile;
use tokio::net::TcpListener;
use vestibule_core::organization::{Dialect, Lifetimes, Organization};
use vestibule_core::secret::KeyRing;
use vestibule_core::time::SystemClock;
use vestibule_core::{Id, Random};
use vestibule_server::ops::organizations::{self, NewOrganization};
use vestibule_server::testing::{self, Seed};
use vestibule_server::{Actor, App, Ctx};
use vestibule_store::{Claim, Error, Store, StoreConfig};

use crate::config::Config;
use crate::{output, plugins};

/// A server that is ready to run.
pub(crate) struct Server {
    /// Its parts.
    pub(crate) app: App,
}

/// The organization, and the owner's key, of a first start.
pub(crate) struct First {
    /// The organization.
    pub(crate) organization: Organization,
    /// The owner's key.
    pub(crate) secret: String,
}

/// Shows log records that pass this filter on standard error.
///
/// # Errors
/// If the filter is none.
pub(crate) fn logging(filter: &str) -> anyhow::Result<()> {
    // The migrations' own words are for their authors.
    let filter = tracing_subscriber::EnvFilter::try_new(format!("refinery_core=warn,{filter}"))
        .with_context(|| format!("log: {filter:?} is no log filter"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(output::talk_has_colours())
        .init();
    Ok(())
}

/// Makes the data directory and the key ring if they are not there, and opens the database.
///
/// # Errors
/// What cannot be made or opened, by name.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Server> {
    make_private_directory(&config.data_dir)?;
    let random = Random::system();
    let keys = match (&config.testing, &config.key_ring) {
        (Some(_), _) => KeyRing::parse(testing::KEY_RING)?,
        (None, Some(text)) => {
            KeyRing::parse(text).context("keys: the variable's key ring is not usable")?
        }
        (None, None) => key_ring(&ring_file(config), &random)?,
    };
    let seed = match &config.testing {
        Some(testing) => Some((crate::seed::load(&testing.seed)?, testing.reach)),
        None => None,
    };
    let store = Store::open(config.database.clone()).await?;
    let mailer = config.mail.mailer(&config.settings)?;
    let clock = Arc::new(SystemClock);
    let mut app = App::new(store, clock, random, keys, config.settings.clone()).with_mailer(mailer);
    if config.terraform_mirror {
        app = app.with_distribution(plugins::distribution()?);
    }
    let Some((seed, reach)) = seed else {
        return Ok(Server { app });
    };
    let claim = claim(config).await?;
    begin(&app, seed.clone(), config).await?;
    Ok(Server {
        app: app.with_testing(seed, reach, claim),
    })
}

/// Keeps other servers for testing away from the database: clock, faults and journal are this one's
/// alone, and tests would see now one and now the other.
async fn claim(config: &Config) -> anyhow::Result<Claim> {
    match Claim::of(&config.database).await {
        Err(error @ Error::Claimed) => Err(error).context(
            "another server for testing uses this database, and its clock and faults are its own\n\
             hint: give each server for testing a database of its own",
        ),
        other => Ok(other?),
    }
}

/// Seeds an empty database. One that no seed has made is not for testing: it could be emptied.
async fn begin(app: &App, seed: Seed, config: &Config) -> anyhow::Result<()> {
    let begun = app
        .write(system(app), move |tx, ctx| seed.begin(tx, ctx))
        .await
        .context("the seed could not be made")?;
    anyhow::ensure!(
        begun,
        "the database has organizations that this seed has not made, and testing could empty it\n\
         hint: name another place with --data-dir or --database; now it is {}",
        config.data_dir.display()
    );
    Ok(())
}

/// The circumstances of what happens at the start.
fn system(app: &App) -> Ctx {
    app.ctx(
        Actor::System,
        Id::from_bytes([0; 12]),
        Dialect::Native,
        "start".to_owned(),
    )
}

fn make_private_directory(path: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| {
            format!(
                "cannot make the data directory {}\nhint: name another place with --data-dir",
                path.display()
            )
        })
}

fn ring_file(config: &Config) -> PathBuf {
    config.data_dir.join("vestibule.keys")
}

/// Reads the key ring, or makes one that only its owner can read.
fn key_ring(path: &Path, random: &Random) -> anyhow::Result<KeyRing> {
    match fs::read_to_string(path) {
        Ok(text) => {
            KeyRing::parse(&text).with_context(|| format!("{} is not usable", path.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = KeyRing::new_text(random);
            write_private(path, &text)?;
            Ok(KeyRing::parse(&text)?)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes a file that only its owner can read; fails if it exists.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    private(path, text)
        .and_then(|file| Ok(file.persist_noclobber(path)?))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// Writes a file that only its owner can read, instead of the one that is there.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn replace_private(path: &Path, text: &str) -> anyhow::Result<()> {
    private(path, text)
        .and_then(|file| Ok(file.persist(path)?))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// A file for this place that has no name yet: whoever is interrupted here leaves nothing by halves,
/// which would be in the way of the next start.
fn private(path: &Path, text: &str) -> std::io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(path))?;
    file.as_file_mut().write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Says that an address cannot be listened on.
pub(crate) fn cannot_listen(address: std::net::SocketAddr) -> String {
    format!("cannot listen on {address}\nhint: name another address with --listen")
}

/// A free port without `404` in it: the vendor's Atlas provider looks for that text in URLs.
///
/// # Errors
/// If there is none.
pub(crate) async fn free_port() -> anyhow::Result<TcpListener> {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("there is no free port")?;
        if !listener.local_addr()?.port().to_string().contains("404") {
            return Ok(listener);
        }
    }
}

/// Makes the first organization with its owner, unless the database has one.
///
/// # Errors
/// If that fails.
pub(crate) async fn first_start(app: &App, config: &Config) -> anyhow::Result<Option<First>> {
    let new = NewOrganization {
        name: config.organization.clone(),
        sso_enabled: false,
        lifetimes: Lifetimes::default(),
    };
    let owner = config.owner.clone();
    let made = app
        .write(system(app), move |tx, ctx| {
            organizations::bootstrap(tx, ctx, &new, &owner)
        })
        .await
        .context("the first organization could not be made")?;
    let Some(made) = made else { return Ok(None) };
    let secret = app
        .keys()
        .api_secret(&made.key)
        .context("the key ring does not know its own key")?;
    Ok(Some(First {
        organization: made.organization,
        secret,
    }))
}

/// The first owner's key of a server that was started before, again: whoever has its database and
/// its key ring could derive it anyway.
///
/// # Errors
/// If there is none, if it opens nothing any more, or if a running server has the database. Makes
/// neither a database nor a key ring: another ring derives another key, which opens nothing.
pub(crate) async fn owners_key(config: &Config) -> anyhow::Result<String> {
    if let StoreConfig::Sqlite { path, .. } = &config.database {
        anyhow::ensure!(
            path.exists(),
            "there is no database at {}\nhint: name its place with --data-dir or --database",
            path.display()
        );
    }
    let ring = ring_file(config);
    anyhow::ensure!(
        config.testing.is_some() || config.key_ring.is_some() || ring.exists(),
        "there is no key ring at {}\n\
         hint: name its place with --data-dir, or set VESTIBULE_KEYS as for the server",
        ring.display()
    );
    let app = match open(config).await {
        Ok(server) => server.app,
        Err(error) if matches!(error.downcast_ref(), Some(Error::InUse { .. })) => {
            return Err(error.context("a server that is running must be stopped first"));
        }
        Err(error) => return Err(error),
    };
    let key = app.write(system(&app), organizations::first_key).await;
    app.store().close().await;
    let key = key?.context("the first owner's key opens nothing any more")?;
    let secret = app.keys().api_secret(&key);
    secret.context("the key ring does not know the key")
}

impl Server {
    /// Serves until `stop` completes, then finishes what is under way.
    ///
    /// # Errors
    /// If the listener fails.
    pub(crate) async fn run(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        vestibule_server::serve(self.app, listener, stop).await?;
        Ok(())
    }
}
