//! One HTTP client for all APIs: sending, authenticating, retrying, giving up.
//!
//! Owns timeouts, retries, waiting and cancellation. It must not interpret a body: the modules of
//! the APIs do. A redirect is followed within the service's own address, signed anew; any other one
//! is an answer.

mod address;
mod history;
mod lost;
mod message;
mod redirect;
mod retry;
mod tls;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::{HeaderValue, StatusCode, header};
use tokio::sync::{Mutex, MutexGuard};
use tokio_util::sync::CancellationToken;
use url::Url;
use vestibule_wire::SERVICE_HEADER;

use crate::auth::{Auth, TokenSource, digest};
use crate::aws::Signer;
use crate::{Error, Secret};
pub(crate) use address::{BaseUrl, query_value, segment, with_query};
use history::{History, Outcome, again, throttled};
use lost::{Lost, chain};
pub(crate) use message::{Idempotency, Request, Response, created_since};
pub(crate) use redirect::Unfollowed;

/// Largest answer that is read, in bytes. A page of 500 users is a fiftieth of it.
const BODY_LIMIT_BYTES: usize = 32 * 1024 * 1024;
/// How often one attempt may be answered with a new Digest challenge.
const DIGEST_ROUNDS: u8 = 3;
/// How often a request that has the turn may be refused because of too many of its kind. With six
/// seconds between attempts that is three minutes; a limit per minute is over long before.
const MOST_THROTTLED: u32 = 30;

/// How a client behaves. Start from [`Settings::new`] and change what differs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Sent as `User-Agent`.
    pub user_agent: String,
    /// Attempts after the first; 4 unless changed, as in the vendor's Confluent provider.
    pub max_retries: u32,
    /// Longest duration of one attempt, body included; 60 s unless changed.
    pub attempt_timeout: Duration,
    /// Longest duration of opening a connection; 10 s unless changed.
    pub connect_timeout: Duration,
    /// Wait after the first failed attempt, doubled after each further one; 1 s unless changed.
    pub first_wait: Duration,
    /// Longest such wait; 30 s unless changed.
    pub longest_wait: Duration,
    /// Longest wait a service may ask for with `Retry-After`; 60 s unless changed.
    pub longest_retry_after: Duration,
    /// Ends waiting between attempts. A request under way is left to finish: its answer matters.
    pub cancellation: CancellationToken,
}

impl Settings {
    /// The defaults, with the caller's own `User-Agent`.
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self {
            user_agent: user_agent.into(),
            max_retries: 4,
            attempt_timeout: Duration::from_secs(60),
            connect_timeout: Duration::from_secs(10),
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
            longest_retry_after: Duration::from_secs(60),
            cancellation: CancellationToken::new(),
        }
    }
}

/// A connection pool, an address and credentials. Clones share all of them.
#[derive(Clone)]
pub(crate) struct HttpClient {
    shared: Arc<Shared>,
    cancellation: CancellationToken,
    /// Sent instead of the settings' own.
    user_agent: Option<HeaderValue>,
}

struct Shared {
    base: BaseUrl,
    settings: Settings,
    auth: Auth,
    pool: reqwest::Client,
    /// Where requests line up that a limit on their kind has stopped.
    line: Mutex<()>,
    /// Whether the service is Vestibule, as its first answer says.
    is_vestibule: OnceLock<bool>,
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("HttpClient")
            .field("base", &self.shared.base)
            .field("auth", &self.shared.auth)
            .finish_non_exhaustive()
    }
}

impl HttpClient {
    /// Prepares a client; opens no connection and reads no certificates.
    ///
    /// # Errors
    /// `Invalid` for an address or a `User-Agent` that cannot be used.
    pub(crate) fn new(base_url: &str, settings: Settings, auth: Auth) -> Result<Self, Error> {
        let invalid = |reason: String| Error::invalid("configuration", reason);
        let base = BaseUrl::parse(base_url)?;
        let user_agent = HeaderValue::from_str(&settings.user_agent)
            .map_err(|error| invalid(format!("the user agent cannot be sent: {error}")))?;
        let tls = tls::client_config()
            .map_err(|error| invalid(format!("cannot prepare TLS: {error}")))?;
        let mut pool = reqwest::Client::builder()
            .user_agent(user_agent)
            .timeout(settings.attempt_timeout)
            .connect_timeout(settings.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .tls_backend_preconfigured(tls);
        if base.is_loopback() {
            // As Go does for the vendors' providers: a proxy cannot reach this machine's loopback.
            pool = pool.no_proxy();
        }
        let pool = pool
            .build()
            .map_err(|error| invalid(format!("cannot prepare the client: {}", chain(&error))))?;
        let cancellation = settings.cancellation.clone();
        Ok(Self {
            shared: Arc::new(Shared {
                base,
                settings,
                auth,
                pool,
                line: Mutex::default(),
                is_vestibule: OnceLock::new(),
            }),
            cancellation,
            user_agent: None,
        })
    }

    /// The same client with another token to end its waiting.
    pub(crate) fn with_cancellation(&self, cancellation: CancellationToken) -> Self {
        Self {
            cancellation,
            ..self.clone()
        }
    }

    /// The same client, saying at the end of its `User-Agent` what its requests are for. What no
    /// header can carry is not said.
    pub(crate) fn with_purpose(&self, purpose: &str) -> Self {
        let own = &self.shared.settings.user_agent;
        let text = format!("{own} {purpose}");
        Self {
            user_agent: HeaderValue::from_str(text.trim_end()).ok(),
            ..self.clone()
        }
    }

    pub(crate) fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    pub(crate) fn auth(&self) -> &Auth {
        &self.shared.auth
    }

    /// Sends a request with the client's credentials until there is a lasting answer.
    ///
    /// # Errors
    /// `Transport` when there is none, and what fetching a token fails with. Any status is `Ok`.
    pub(crate) async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.run(request, &self.shared.auth).await
    }

    /// Whether the service is known to be Vestibule.
    ///
    /// With HTTP Digest the challenge that is needed anyway tells it, and is fetched now; with other
    /// credentials only an earlier answer does.
    pub(crate) async fn is_vestibule(&self, request: &Request) -> bool {
        if self.shared.is_vestibule.get().is_none()
            && let Auth::Digest(client) = &self.shared.auth
            && let (None, Some(first)) = client.begin().await
            && let Ok(Ok(response)) = self.exchange(request, None).await
        {
            if response.status == StatusCode::UNAUTHORIZED {
                client.keep(&response.headers);
            }
            first.settle();
        }
        self.is_known_vestibule()
    }

    /// Whether an earlier answer said that the service is Vestibule. Then requests say that they
    /// come from a client that knows.
    pub(crate) fn is_known_vestibule(&self) -> bool {
        self.shared.is_vestibule.get() == Some(&true)
    }

    /// Waits, unless the caller gives up first.
    ///
    /// # Errors
    /// `Interrupted` when the cancellation token fired.
    pub(crate) async fn pause(&self, duration: Duration) -> Result<(), Interrupted> {
        if self.cancellation.is_cancelled() {
            return Err(Interrupted);
        }
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            () = self.cancellation.cancelled() => Err(Interrupted),
        }
    }

    async fn run(&self, request: &Request, auth: &Auth) -> Result<Response, Error> {
        let settings = &self.shared.settings;
        let mut history = History::start();
        let mut turn = None;
        loop {
            let outcome = self.attempt(request, auth).await?;
            if let Some(asked) = throttled(request, &outcome) {
                let wait = retry::wait(settings, history.attempts, Some(asked));
                history.interrupted = self.take_turn(&mut turn, wait).await.is_err();
                if history.interrupted || history.throttled == MOST_THROTTLED {
                    return history.conclude(request, outcome);
                }
                history.throttled += 1;
                continue;
            }
            let Some(asked) = again(request, &outcome) else {
                return history.conclude(request, outcome);
            };
            if history.attempts > settings.max_retries {
                return history.conclude(request, outcome);
            }
            let wait = retry::wait(settings, history.attempts, asked);
            tracing::debug!(
                http.method = %request.method,
                attempt = history.attempts,
                wait_ms = wait.as_millis(),
                "request will be repeated"
            );
            if self.pause(wait).await.is_err() {
                history.interrupted = true;
                return history.conclude(request, outcome);
            }
            history.note(request, &outcome);
        }
    }

    /// Waits in line: of all requests that a limit on their kind has stopped, one at a time is tried
    /// again. Whoever has the turn keeps it until it is through.
    ///
    /// # Errors
    /// `Interrupted` when the cancellation token fired.
    async fn take_turn<'a>(
        &'a self,
        turn: &mut Option<MutexGuard<'a, ()>>,
        wait: Duration,
    ) -> Result<(), Interrupted> {
        if turn.is_none() {
            tokio::select! {
                taken = self.shared.line.lock() => *turn = Some(taken),
                () = self.cancellation.cancelled() => return Err(Interrupted),
            }
        }
        tracing::debug!(
            wait_ms = wait.as_millis(),
            "the service's limit is waited out"
        );
        self.pause(wait).await
    }

    /// One attempt, to wherever the service leads it.
    async fn attempt(&self, request: &Request, auth: &Auth) -> Result<Outcome, Error> {
        let outcome = self.authorized(request, auth).await?;
        match &outcome {
            // Seldom, and so apart: what waits for an answer is kept small.
            Ok(response) if response.status.is_redirection() => {
                Box::pin(self.led(request, auth, outcome)).await
            }
            _ => Ok(outcome),
        }
    }

    /// Goes where redirects lead, as far as they may.
    async fn led(
        &self,
        request: &Request,
        auth: &Auth,
        mut outcome: Outcome,
    ) -> Result<Outcome, Error> {
        let mut moved = None;
        let mut been = Vec::new();
        while let Ok(response) = &mut outcome
            && response.status.is_redirection()
        {
            let last = moved.as_ref().unwrap_or(request);
            been.push(self.url(last)?);
            match redirect::follow(last, &been, response) {
                Ok(next) => {
                    outcome = self.authorized(&next, auth).await?;
                    moved = Some(next);
                }
                Err(reason) => {
                    response.unfollowed = reason;
                    break;
                }
            }
        }
        Ok(outcome)
    }

    /// Where a request goes.
    fn url(&self, request: &Request) -> Result<Url, Error> {
        match &request.moved_to {
            Some(url) => Ok(url.clone()),
            None => self.shared.base.join(&request.path_and_query),
        }
    }

    async fn authorized(&self, request: &Request, auth: &Auth) -> Result<Outcome, Error> {
        match auth {
            Auth::Anonymous => self.exchange(request, None).await,
            Auth::Header(value) => self.exchange(request, Some(value.clone())).await,
            Auth::Digest(digest) => self.with_digest(request, digest).await,
            Auth::ServiceAccount(account) => {
                self.with_token(request, TokenSource::ServiceAccount(account))
                    .await
            }
            Auth::Exchange(exchange) => {
                self.with_token(request, TokenSource::Exchange(exchange))
                    .await
            }
            Auth::Aws(signer) => self.with_signature(request, signer).await,
        }
    }

    async fn with_digest(
        &self,
        request: &Request,
        client: &digest::Client,
    ) -> Result<Outcome, Error> {
        let (mut ticket, mut first) = client.begin().await;
        let mut round = 1;
        loop {
            let authorization = match &ticket {
                Some(ticket) => {
                    let url = self.url(request)?;
                    Some(client.authorization(ticket, request.method.as_str(), &target(&url))?)
                }
                None => None,
            };
            let response = match self.exchange(request, authorization).await? {
                Ok(response) => response,
                Err(lost) => return Ok(Err(lost)),
            };
            let refused = response.status == StatusCode::UNAUTHORIZED;
            let next = if refused {
                // The last attempt has a nonce that nobody else can use up.
                let is_shared = round + 1 < DIGEST_ROUNDS;
                client.learn(&response.headers, ticket.as_ref(), is_shared)
            } else {
                client.note_accepted(ticket.as_ref());
                None
            };
            if let Some(first) = first.take() {
                first.settle();
            }
            if next.is_none() || round == DIGEST_ROUNDS {
                return Ok(Ok(response));
            }
            ticket = next;
            round += 1;
        }
    }

    async fn with_token(
        &self,
        request: &Request,
        source: TokenSource<'_>,
    ) -> Result<Outcome, Error> {
        let token = source.token(self).await?;
        let outcome = self.exchange(request, Some(token.header()?)).await?;
        let Ok(response) = &outcome else {
            return Ok(outcome);
        };
        if response.status != StatusCode::UNAUTHORIZED || token.is_new() {
            return Ok(outcome);
        }
        // Revoked, or another clock: a new token settles it. A new one that is refused is final.
        source.forget(&token).await;
        let token = source.token(self).await?;
        self.exchange(request, Some(token.header()?)).await
    }

    /// A signature carries the time, so each attempt has its own.
    async fn with_signature(&self, request: &Request, signer: &Signer) -> Result<Outcome, Error> {
        let url = self.url(request)?;
        let outcome = self.exchange(&signer.sign(request, &url)?, None).await?;
        match &outcome {
            Ok(response) if signer.learn(response) => {
                self.exchange(&signer.sign(request, &url)?, None).await
            }
            _ => Ok(outcome),
        }
    }

    /// Sends a request with other credentials than the client's own.
    ///
    /// Boxed, because fetching a token is part of sending a request and is one itself.
    pub(crate) fn send_as<'a>(
        &'a self,
        request: &'a Request,
        authorization: &HeaderValue,
    ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>> {
        let auth = Auth::Header(authorization.clone());
        Box::pin(async move { self.run(request, &auth).await })
    }

    /// Sends a request without credentials. Boxed for the same reason.
    pub(crate) fn send_bare<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + 'a>> {
        Box::pin(async move { self.run(request, &Auth::Anonymous).await })
    }

    /// One request, one answer or none.
    async fn exchange(
        &self,
        request: &Request,
        authorization: Option<HeaderValue>,
    ) -> Result<Outcome, Error> {
        let url = self.url(request)?;
        let mut builder = self
            .shared
            .pool
            .request(request.method.clone(), url)
            .header(header::ACCEPT, request.accept);
        if self.is_known_vestibule() {
            builder = builder.header(SERVICE_HEADER, "1");
        }
        if let Some(user_agent) = &self.user_agent {
            builder = builder.header(header::USER_AGENT, user_agent);
        }
        if let Some(content_type) = request.content_type {
            builder = builder
                .header(header::CONTENT_TYPE, content_type)
                .body(request.body.clone());
        }
        builder = builder.headers(request.headers.clone());
        if let Some(value) = authorization {
            builder = builder.header(header::AUTHORIZATION, value);
        }
        let answer = match builder.send().await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(Lost::from_reqwest(&error))),
        };
        self.shared
            .is_vestibule
            .get_or_init(|| answer.headers().contains_key(SERVICE_HEADER));
        Ok(receive(request, answer).await)
    }
}

/// The wait before attempt `attempt + 1` of a request that is repeated by the caller.
pub(crate) fn backoff(settings: &Settings, attempt: u32) -> Duration {
    retry::wait(settings, attempt, None)
}

/// The caller no longer wants to wait.
#[derive(Debug)]
pub(crate) struct Interrupted;

/// Reads a whole answer, up to the limit.
async fn receive(request: &Request, mut answer: reqwest::Response) -> Outcome {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > BODY_LIMIT_BYTES => {
                return Err(Lost {
                    reason: format!("the answer is larger than {BODY_LIMIT_BYTES} bytes"),
                    reached: true,
                    worth_retrying: false,
                });
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Err(Lost::from_reqwest(&error)),
        }
    }
    tracing::debug!(
        http.method = %request.method,
        http.status = answer.status().as_u16(),
        request_id = ?answer.headers().get("x-request-id"),
        "request answered"
    );
    Ok(Response {
        operation: request.operation(),
        changes_something: request.changes_something(),
        status: answer.status(),
        headers: answer.headers().clone(),
        body: body.into(),
        attempts: 1,
        earlier_attempt_unclear: false,
        interrupted: false,
        elapsed: Duration::ZERO,
        unfollowed: Unfollowed::default(),
    })
}

/// The request target as it is sent: path and query.
fn target(url: &Url) -> String {
    url.query().map_or_else(
        || url.path().to_owned(),
        |query| format!("{}?{query}", url.path()),
    )
}

/// A header value that carries a credential.
///
/// # Errors
/// `Invalid` when the credential has characters a header cannot carry.
pub(crate) fn secret_header(text: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(text).map_err(|_invalid| {
        Error::invalid(
            "configuration",
            "the credentials contain characters that an HTTP header cannot carry",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// `Authorization: Bearer …`.
///
/// # Errors
/// `Invalid` when the token has characters a header cannot carry.
pub(crate) fn bearer(token: &Secret) -> Result<HeaderValue, Error> {
    secret_header(&format!("Bearer {}", token.expose()))
}
