//! The outbox runner: claims mail that is due, hands it over, records what came of it.
//!
//! A claim is a lease in the database, so any number of runners on any number of machines share the
//! work, and one that dies loses nothing: another takes over when the lease ends. Mail is handed
//! over outside of any transaction. Owns the batch, the waiting and the patience with a database
//! that is away; must not decide what is due, nor when to try again ([`crate::ops::mail`]).

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use tokio_util::sync::CancellationToken;
use vestibule_core::Id;
use vestibule_core::organization::Dialect;
use vestibule_store::{Error, Message};

use crate::app::App;
use crate::ctx::{Actor, Ctx};
use crate::error::{AppError, chain};
use crate::http::tasks::panic_text;
use crate::mail::{Mailer, NotDelivered};
use crate::ops::mail::{self, LEASE_SECONDS, Outcome};

/// How many mails one transaction claims at most.
const BATCH: u32 = 32;

/// How long a runner without work waits at most before it looks again: another node may have queued
/// mail, whose wake-up call is not heard here.
const POLL: Duration = Duration::from_secs(5);

/// How long a runner waits at least when the next mail is nearly due.
const BREATH: Duration = Duration::from_millis(20);

/// How long a runner waits after the database failed: first, and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// How many seconds of a lease are kept free for recording what came of its mails.
const RESERVE_SECONDS: u64 = 20;

/// Runs until `stop` is cancelled: then the mails that are on their way are finished and recorded.
pub async fn run(app: App, mailer: Mailer, stop: CancellationToken) {
    if !mailer.is_on() {
        tracing::info!("mail is switched off; invitations wait in the outbox");
        return;
    }
    let mut patience = PATIENCE.0;
    let mut has_failed = false;
    while !stop.is_cancelled() {
        let pause = match round(&app, &mailer, &stop).await {
            Ok(Round::Worked(_)) => {
                has_failed = false;
                patience = PATIENCE.0;
                continue;
            }
            Ok(Round::Idle(pause)) => {
                if has_failed {
                    tracing::info!("the outbox can be read again");
                }
                has_failed = false;
                patience = PATIENCE.0;
                pause
            }
            Err(AppError::Store(Error::Closed)) => break,
            Err(error) => {
                if !has_failed {
                    tracing::error!(
                        error = chain(&error),
                        "the outbox cannot be read or written"
                    );
                }
                has_failed = true;
                let pause = patience;
                patience = patience.saturating_mul(2).min(PATIENCE.1);
                pause
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            // A database that is away does not come back because somebody calls.
            () = app.wait_for_mail(), if !has_failed => {}
            () = tokio::time::sleep(pause) => {
                // Mails that come one by one share a connection; a quiet hour keeps none open.
                if pause >= POLL {
                    mailer.rest().await;
                }
            }
        }
    }
    mailer.rest().await;
}

/// Sends what is due now, and tells how many mails were looked at. What fails is due again later.
///
/// # Errors
/// The store's failure.
pub async fn run_once(app: &App, mailer: &Mailer) -> Result<usize, AppError> {
    let never = CancellationToken::new();
    let mut seen = 0;
    while mailer.is_on() {
        match round(app, mailer, &never).await? {
            Round::Worked(count) => seen += count,
            Round::Idle(_) => break,
        }
    }
    mailer.rest().await;
    Ok(seen)
}

enum Round {
    /// So many mails were looked at; there may be more.
    Worked(usize),
    /// Nothing is due; look again after this time.
    Idle(Duration),
}

async fn round(app: &App, mailer: &Mailer, stop: &CancellationToken) -> Result<Round, AppError> {
    // Asking is a read: a server without mail to send writes nothing.
    let due = app.read(ctx(app), |tx, _| mail::next_due(tx)).await?;
    let now = app.clock().now();
    let Some(due) = due else {
        return Ok(Round::Idle(POLL));
    };
    if due > now {
        let micros = due.as_micros().saturating_sub(now.as_micros());
        let wait = Duration::from_micros(u64::try_from(micros).unwrap_or(0));
        return Ok(Round::Idle(wait.clamp(BREATH, POLL)));
    }
    let limit = batch_of(mailer);
    let claimed = app
        .write(ctx(app), move |tx, ctx| mail::claim(tx, ctx, limit))
        .await?;
    if claimed.is_empty() {
        // Another runner was faster.
        return Ok(Round::Idle(BREATH));
    }
    let count = claimed.len();
    let outcomes = send_all(app, mailer, claimed, stop).await;
    settle(app, outcomes).await?;
    Ok(Round::Worked(count))
}

/// As many mails as are surely handed over, or given up, before their lease ends.
fn batch_of(mailer: &Mailer) -> u32 {
    let lease = u64::try_from(LEASE_SECONDS).unwrap_or(0);
    let rounds = lease.saturating_sub(RESERVE_SECONDS) / mailer.timeout().as_secs().max(1);
    let at_once = u32::try_from(mailer.concurrency().get()).unwrap_or(1);
    let rounds = u32::try_from(rounds).unwrap_or(1).max(1);
    at_once.saturating_mul(rounds).clamp(1, BATCH)
}

async fn send_all(
    app: &App,
    mailer: &Mailer,
    claimed: Vec<Message>,
    stop: &CancellationToken,
) -> Vec<(Message, Outcome)> {
    futures::stream::iter(claimed)
        .map(|message| async move {
            // What was not begun when the server stops stays claimed until its lease ends.
            if stop.is_cancelled() {
                return None;
            }
            let sending = AssertUnwindSafe(send(app, mailer, &message));
            let outcome = sending.catch_unwind().await.unwrap_or_else(|panic| {
                let panic = panic_text(&*panic);
                tracing::error!(panic, "sending a mail panicked");
                Outcome::Failed("a defect of this server".to_owned())
            });
            note(&message, &outcome);
            Some((message, outcome))
        })
        .buffer_unordered(mailer.concurrency().get())
        .filter_map(std::future::ready)
        .collect()
        .await
}

async fn send(app: &App, mailer: &Mailer, message: &Message) -> Outcome {
    let wanted = message.clone();
    let prepared = app
        .read(ctx(app), move |tx, ctx| mail::prepare(tx, ctx, &wanted))
        .await;
    let invited = match prepared {
        Ok(Some(invited)) => invited,
        Ok(None) => return Outcome::Dropped,
        Err(error) => return Outcome::Failed(chain(&error)),
    };
    let now = app.clock().now();
    let Some(token) = app.keys().accept_token(&invited.invitation) else {
        return Outcome::Refused("the key ring has lost the key of this invitation".to_owned());
    };
    let mail = match mailer.render(&invited, &token, now) {
        Ok(mail) => mail,
        Err(error) => return Outcome::Failed(error.to_string()),
    };
    let composed = match mailer.compose(&mail, now) {
        Ok(composed) => composed,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    match mailer.deliver(composed).await {
        Ok(()) => Outcome::HandedOff,
        Err(NotDelivered::Later(later)) => Outcome::Failed(later.to_string()),
        Err(error @ (NotDelivered::Refused { .. } | NotDelivered::NeedsSmtpUtf8)) => {
            Outcome::Refused(error.to_string())
        }
    }
}

fn note(message: &Message, outcome: &Outcome) {
    let invitation = message.invitation.to_native();
    match outcome {
        Outcome::HandedOff => tracing::info!(invitation, "an invitation was mailed"),
        Outcome::Dropped => tracing::debug!(invitation, "mail was dropped"),
        Outcome::Failed(reason) => {
            tracing::warn!(invitation, reason, "mail failed and will be tried again");
        }
        Outcome::Refused(reason) => tracing::warn!(invitation, reason, "mail cannot be sent"),
    }
}

/// Records what came of a batch. These mails have left: as long as the lease holds, a database that
/// is away is asked again, because what is not recorded is sent once more.
async fn settle(app: &App, outcomes: Vec<(Message, Outcome)>) -> Result<(), AppError> {
    let mut pause = PATIENCE.0;
    let patient_until = tokio::time::Instant::now() + Duration::from_secs(RESERVE_SECONDS);
    loop {
        let recorded = outcomes.clone();
        let settled = app
            .write(ctx(app), move |tx, ctx| mail::settle(tx, ctx, &recorded))
            .await;
        match settled {
            Err(AppError::Store(Error::Closed)) => return settled,
            Err(_) if tokio::time::Instant::now() < patient_until => {
                tokio::time::sleep(pause).await;
                pause = pause.saturating_mul(2);
            }
            settled => return settled,
        }
    }
}

/// The circumstances of the runner's use cases, which concern all organizations.
fn ctx(app: &App) -> Ctx {
    let nowhere = Id::from_bytes([0; 12]);
    app.ctx(Actor::System, nowhere, Dialect::Native, "outbox".to_owned())
}
