//! The bare ceiling: the same use cases on the same store, called in this process by as many tasks
//! as there are connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use vestibule_core::secret::AcceptToken;
use vestibule_server::ops::{acceptance, invitations};
use vestibule_server::{Actor, App, AppError, Ctx};
use vestibule_store::InvitationFilter;

use crate::measure::{Load, Work};
use crate::seed::{Seeded, fresh_address, invitee};

/// Runs `work` on so many tasks for so long, on so many invitations to be accepted.
pub(crate) async fn measure(
    seeded: &Seeded,
    work: Work,
    (acceptable, tasks): (usize, usize),
    time: Duration,
) -> anyhow::Result<Load> {
    let made = seeded.invite(seeded.open, acceptable).await?;
    let tokens = made
        .iter()
        .filter_map(|i| AcceptToken::parse(&seeded.app.keys().accept_token(i)?));
    let tokens: Arc<Vec<AcceptToken>> = Arc::new(tokens.collect());
    let next = Arc::new(AtomicUsize::new(0));
    let organization = if work == Work::List {
        seeded.listed
    } else {
        seeded.open
    };
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        let worker = Worker {
            app: seeded.app.clone(),
            ctx: seeded.ctx(organization),
            tokens: Arc::clone(&tokens),
            next: Arc::clone(&next),
        };
        running.spawn(async move { worker.run(work, time).await });
    }
    let mut sum = Load::default();
    while let Some(ended) = running.join_next().await {
        sum.join(ended??);
    }
    Ok(sum)
}

struct Worker {
    app: App,
    ctx: Ctx,
    tokens: Arc<Vec<AcceptToken>>,
    next: Arc<AtomicUsize>,
}

impl Worker {
    async fn run(&self, work: Work, time: Duration) -> Result<Load, AppError> {
        let begun = Instant::now();
        let mut load = Load::default();
        while begun.elapsed() < time {
            let started = Instant::now();
            if !self.once(work).await? {
                break;
            }
            load.latencies.push(started.elapsed());
            load.done += 1;
        }
        load.elapsed = begun.elapsed();
        Ok(load)
    }

    /// Does one; `false` if there is nothing left to do.
    async fn once(&self, work: Work) -> Result<bool, AppError> {
        let ctx = Ctx {
            now: self.app.clock().now(),
            ..self.ctx.clone()
        };
        match work {
            Work::Create | Work::CreateConfluent | Work::CreateAtlas => {
                let new = invitee(&fresh_address())?;
                self.app
                    .write(ctx, move |tx, ctx| invitations::create(tx, ctx, &new))
                    .await?;
            }
            Work::List => {
                let listing = invitations::Listing {
                    filter: InvitationFilter::default(),
                    email: None,
                    user: None,
                    after: None,
                    limit: 101,
                };
                self.app
                    .read(ctx, move |tx, ctx| invitations::list(tx, ctx, &listing))
                    .await?;
            }
            Work::Accept => {
                let Some(token) = self
                    .tokens
                    .get(self.next.fetch_add(1, Ordering::Relaxed))
                    .copied()
                else {
                    return Ok(false);
                };
                let ctx = Ctx {
                    actor: Actor::Invitee,
                    ..ctx
                };
                self.app
                    .write(ctx, move |tx, ctx| acceptance::accept(tx, ctx, &token))
                    .await?;
            }
        }
        Ok(true)
    }
}
