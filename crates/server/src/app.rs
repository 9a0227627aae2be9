//! The server's parts, put together once and shared by handlers and jobs.
//!
//! Owns the ways into the store: [`App::write`] and [`App::read`] run one use case each. Must not
//! hold request state.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use tokio::sync::Notify;
use vestibule_core::key::ApiKey;
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::secret::KeyRing;
use vestibule_core::{Clock, Id, Random, Timestamp};
use vestibule_store::{Claim, Store, Tx};

use crate::ctx::{Actor, Ctx, Policy};
use crate::distribution::Distribution;
use crate::error::AppError;
use crate::mail::Mailer;
use crate::ops::tokens;
use crate::settings::Settings;
use crate::shown::Pages;
use crate::testing::{Reach, Seed, Testing};
use crate::throttle::{Counted, Throttle};

/// The server's parts. Cheap to clone.
#[derive(Clone)]
pub struct App {
    parts: Arc<Parts>,
    mailer: Mailer,
    testing: Option<Arc<Testing>>,
    distribution: Option<Arc<Distribution>>,
}

struct Parts {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<Random>,
    keys: Arc<KeyRing>,
    settings: Arc<Settings>,
    api_keys: Cache<String, Option<Arc<ApiKey>>>,
    /// Counts the keys forgotten so far.
    forgotten: AtomicU64,
    mail_due: Notify,
    pages: Pages,
    throttle: Throttle,
}

/// How long a key that was looked up is taken for current, on this node. A key that is revoked
/// through another node opens this one for at most so long.
const KEY_CACHE_TTL: Duration = Duration::from_secs(2);

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Random,
        keys: KeyRing,
        settings: Settings,
    ) -> Self {
        let parts = Parts {
            store,
            clock,
            random: Arc::new(random),
            keys: Arc::new(keys),
            settings: Arc::new(settings),
            api_keys: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(KEY_CACHE_TTL)
                .build(),
            forgotten: AtomicU64::new(0),
            mail_due: Notify::new(),
            pages: Pages::default(),
            throttle: Throttle::default(),
        };
        Self {
            parts: Arc::new(parts),
            mailer: Mailer::off(),
            testing: None,
            distribution: None,
        }
    }

    /// The same application with the controls for testing, and a clock that can be set. `claim` is
    /// of the database that it works on.
    #[must_use]
    pub fn with_testing(mut self, seed: Seed, reach: Reach, claim: Claim) -> Self {
        let clock = Arc::clone(&self.parts.clock);
        self.testing = Some(Arc::new(Testing::new(clock, seed, reach, claim)));
        self
    }

    /// The controls for testing, where there are any.
    pub(crate) const fn testing(&self) -> Option<&Arc<Testing>> {
        self.testing.as_ref()
    }

    /// The same application, handing out these providers to Terraform.
    #[must_use]
    pub fn with_distribution(mut self, distribution: Distribution) -> Self {
        self.distribution = Some(Arc::new(distribution));
        self
    }

    /// What Terraform can install from here, if anything.
    pub(crate) const fn distribution(&self) -> Option<&Arc<Distribution>> {
        self.distribution.as_ref()
    }

    /// The same application, sending mail with this mailer.
    #[must_use]
    pub fn with_mailer(mut self, mailer: Mailer) -> Self {
        self.mailer = mailer;
        self
    }

    /// What sends mail; off until [`App::with_mailer`].
    #[must_use]
    pub const fn mailer(&self) -> &Mailer {
        &self.mailer
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        match &self.testing {
            Some(testing) => &testing.clock,
            None => &*self.parts.clock,
        }
    }

    /// The key ring.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.parts.keys
    }

    /// The operator's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The store, for health checks and shutdown.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// Randomness, for request ids.
    #[must_use]
    pub fn random(&self) -> &Random {
        &self.parts.random
    }

    /// Pages of lists as they were shown.
    pub(crate) fn pages(&self) -> &Pages {
        &self.parts.pages
    }

    /// Wakes the mail job; called after a commit that queued mail.
    pub fn mail_is_due(&self) {
        self.parts.mail_due.notify_one();
    }

    /// Waits until [`App::mail_is_due`] is called.
    pub async fn wait_for_mail(&self) {
        self.parts.mail_due.notified().await;
    }

    /// The circumstances of a use case that begins now.
    #[must_use]
    pub fn ctx(
        &self,
        actor: Actor,
        organization: Id<Organization>,
        dialect: Dialect,
        request_id: String,
    ) -> Ctx {
        Ctx {
            actor,
            organization,
            dialect,
            now: self.clock().now(),
            request_id,
            random: Arc::clone(&self.parts.random),
            keys: Arc::clone(&self.parts.keys),
            settings: Arc::clone(&self.parts.settings),
            policy: Policy::default(),
        }
    }

    /// Runs a use case that writes: all of it happens, or nothing.
    ///
    /// # Errors
    /// What the use case says, or the store's failure.
    pub async fn write<R, F>(&self, ctx: Ctx, mut operation: F) -> Result<R, AppError>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<R, AppError> + Send + 'static,
    {
        self.parts.store.write(move |tx| operation(tx, &ctx)).await
    }

    /// Runs a use case that only reads.
    ///
    /// # Errors
    /// What the use case says, or the store's failure.
    pub async fn read<R, F>(&self, ctx: Ctx, mut operation: F) -> Result<R, AppError>
    where
        R: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Ctx) -> Result<R, AppError> + Send + 'static,
    {
        self.parts.store.read(move |tx| operation(tx, &ctx)).await
    }

    /// The key with this public half, as it was within the last two seconds.
    ///
    /// # Errors
    /// The store's failure.
    pub async fn api_key(&self, public_id: &str) -> Result<Option<Arc<ApiKey>>, AppError> {
        if let Some(known) = self.parts.api_keys.get(public_id) {
            return Ok(known);
        }
        let before = self.parts.forgotten.load(Ordering::SeqCst);
        let wanted = public_id.to_owned();
        let found: Result<_, AppError> = self
            .parts
            .store
            .read(move |tx| Ok(tx.find_api_key_by_public_id(&wanted)?))
            .await;
        let found = found?.map(Arc::new);
        self.parts
            .api_keys
            .insert(public_id.to_owned(), found.clone());
        // What was read before a key was forgotten must not outlive that.
        if self.parts.forgotten.load(Ordering::SeqCst) != before {
            self.parts.api_keys.invalidate(public_id);
        }
        Ok(found)
    }

    /// The key that a token with this serial names, straight from the store; `None`, too, if the
    /// token was given back.
    ///
    /// # Errors
    /// The store's failure.
    pub async fn key_of_token(
        &self,
        key: Id<ApiKey>,
        serial: [u8; 8],
    ) -> Result<Option<Arc<ApiKey>>, AppError> {
        let found = self
            .parts
            .store
            .read(move |tx| tokens::find_key(tx, key, serial))
            .await;
        Ok(found?.map(Arc::new))
    }

    /// Ends a token, or all tokens of a session, before `end`, when they expire.
    ///
    /// # Errors
    /// The store's failure.
    pub(crate) async fn end_token(
        &self,
        key: &Arc<ApiKey>,
        serial: [u8; 8],
        end: Timestamp,
    ) -> Result<(), AppError> {
        let key = Arc::clone(key);
        let end = move |tx: &mut Tx<'_>| tokens::give_back(tx, &key, serial, end);
        self.parts.store.write(end).await
    }

    /// Forgets a key at once: it was made, changed or revoked on this node.
    pub fn forget_api_key(&self, public_id: &str) {
        self.parts.forgotten.fetch_add(1, Ordering::SeqCst);
        self.parts.api_keys.invalidate(public_id);
    }

    /// Counts a request on this node, of which there may be `limit` within a minute, and says how
    /// many more there may be.
    ///
    /// # Errors
    /// If there have been as many: after how many seconds there may be more.
    pub(crate) fn count_request(&self, counted: Counted, limit: i64) -> Result<i64, i64> {
        let now = self.clock().now();
        self.parts.throttle.count(counted, limit, now)
    }

    /// Forgets every key at once, and how often each has asked: all of them may have changed.
    pub(crate) fn forget_all_api_keys(&self) {
        self.parts.throttle.forget();
        self.parts.forgotten.fetch_add(1, Ordering::SeqCst);
        self.parts.api_keys.invalidate_all();
    }
}
