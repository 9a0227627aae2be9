//! Deletes what was to be remembered for a time only, once that is over.
//!
//! Beside the requests, not in those that add such rows: on PostgreSQL they would all delete the
//! same ones, and run again for it. Owns when this is done; what is over, [`crate::ops::forgetting`]
//! says. Any number of nodes may do it at once.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use vestibule_core::Id;
use vestibule_core::organization::Dialect;
use vestibule_store::Error;

use crate::app::App;
use crate::ctx::Actor;
use crate::error::{AppError, chain};
use crate::ops::forgetting;

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_secs(60);

/// Runs until `stop` is cancelled.
pub async fn run(app: App, stop: CancellationToken) {
    while !stop.is_cancelled() {
        match forget(&app).await {
            Ok(0) => {}
            // There may be more; whoever waits for the writer has its turn in between.
            Ok(_) => continue,
            Err(AppError::Store(Error::Closed)) => break,
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(error, "what is over cannot be deleted, and is tried again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

/// Deletes some of what is over by now; how many rows that were.
///
/// # Errors
/// The store's failure.
pub async fn forget(app: &App) -> Result<u64, AppError> {
    let nowhere = Id::from_bytes([0; 12]);
    let request = "forgetting".to_owned();
    let ctx = app.ctx(Actor::System, nowhere, Dialect::Native, request);
    app.write(ctx, forgetting::forget_ended).await
}
