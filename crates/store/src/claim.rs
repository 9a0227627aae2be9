//! Having a database for oneself, as long as a process lives.
//!
//! Owns [`Claim`]. Must not be needed for ordinary work: several processes may share a server.

use std::cell::Cell;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use futures::channel::oneshot;
use futures::future::join;
use tokio_postgres::Client;

use crate::engine::{
    Counters,
    postgres::{self, Server},
};
use crate::{Cause, Error, StoreConfig};

/// That this process has a database for itself among those that claim it. Ends when it is dropped,
/// and when the process does.
#[derive(Debug)]
pub struct Claim {
    /// Its end is what the thread waits for.
    _kept: Option<oneshot::Sender<Infallible>>,
    lost: Arc<AtomicBool>,
}

impl Claim {
    /// Claims a database that has been opened. A SQLite file needs no claim: it belongs to one
    /// process anyway.
    ///
    /// The claim is a row lock on a connection of its own; it is lost if that connection is
    /// ([`Claim::is_held`]).
    ///
    /// # Errors
    /// [`Error::Claimed`] if another process has it; [`Error::Unavailable`] and what else the
    /// database says.
    pub async fn of(config: &StoreConfig) -> Result<Self, Error> {
        let lost = Arc::new(AtomicBool::new(false));
        let StoreConfig::Postgres { url, .. } = config else {
            return Ok(Self { _kept: None, lost });
        };
        let server = Server::new(url, Arc::new(Counters::default()))?;
        let (kept, until) = oneshot::channel();
        let (tell, told) = oneshot::channel();
        thread::Builder::new()
            .name("store-claim".to_owned())
            .spawn({
                let lost = Arc::clone(&lost);
                move || hold(&server, tell, until, &lost)
            })
            .map_err(|error| Error::Full {
                source: Cause::new(error),
            })?;
        told.await.unwrap_or(Err(Error::Closed))?;
        let _kept = Some(kept);
        Ok(Self { _kept, lost })
    }

    /// Whether the claim still stands: without its connection another process may have one. It is
    /// not made again, because nobody knows who has been there in between.
    #[must_use]
    pub fn is_held(&self) -> bool {
        !self.lost.load(Ordering::Acquire)
    }
}

/// Takes the lock, tells how that went, and holds it until `until` is dropped or the connection is
/// lost, of which `lost` tells.
fn hold(
    server: &Server,
    tell: oneshot::Sender<Result<(), Error>>,
    until: oneshot::Receiver<Infallible>,
    lost: &AtomicBool,
) {
    let runtime = match postgres::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return drop(tell.send(Err(error))),
    };
    runtime.block_on(async {
        let (client, drive) = match server.connect().await {
            Ok(connected) => connected,
            Err(error) => return drop(tell.send(Err(error))),
        };
        let is_held = Cell::new(false);
        let held = async {
            let taken = take(&client).await;
            is_held.set(taken.is_ok());
            if tell.send(taken).is_ok() && is_held.get() {
                let _ended = until.await;
            }
            is_held.set(false);
            drop(client);
        };
        let driven = async {
            drive.await;
            lost.store(true, Ordering::Release);
            if is_held.get() {
                tracing::error!("the claim of the database is lost with its connection");
            }
        };
        join(driven, held).await;
    });
}

/// A row lock, for the reason that is told at the lock of migrations; taken or not, without a wait.
async fn take(client: &Client) -> Result<(), Error> {
    let create = "create table if not exists vestibule_claim (id bigint primary key); \
                  insert into vestibule_claim (id) values (1) on conflict do nothing";
    // Two that create the same table at once collide in the catalogue: one of them is told so.
    if client.batch_execute(create).await.is_err() {
        client
            .batch_execute(create)
            .await
            .map_err(|cause| postgres::error(&cause))?;
    }
    let lock = "begin isolation level read committed; \
                select id from vestibule_claim where id = 1 for update nowait";
    client.batch_execute(lock).await.map_err(|cause| {
        let is_locked = cause.code() == Some(&tokio_postgres::error::SqlState::LOCK_NOT_AVAILABLE);
        if is_locked {
            Error::Claimed
        } else {
            postgres::error(&cause)
        }
    })
}
