//! A running server: the listener, the jobs beside it, and an end in good order.

use std::future::Future;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::connections::{self, Patient};
use crate::{http, jobs};

/// How long requests under way have after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Answers requests and runs the jobs until `stop` completes. Then no new request is taken; those
/// under way, and the mails on their way, are finished, and the store is closed.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let stopping = CancellationToken::new();
    let router = http::router(app.clone());
    let outbox = http::tasks::spawn(
        "outbox",
        jobs::run(app.clone(), app.mailer().clone(), stopping.clone()),
    );
    let forgetting = http::tasks::spawn(
        "forgetting",
        jobs::forgetting::run(app.clone(), stopping.clone()),
    );
    let asked = stopping.clone();
    let watch = http::tasks::spawn("stop", async move {
        stop.await;
        asked.cancel();
    });
    let asked = stopping.clone();
    let services = connections::services(router, app.testing().is_some());
    let serving = axum::serve(Patient(listener), services)
        .with_graceful_shutdown(async move { asked.cancelled().await });
    let patience = async {
        stopping.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    let served = tokio::select! {
        served = serving.into_future() => served,
        () = patience => Ok(()),
    };
    stopping.cancel();
    watch.abort();
    for (job, name) in [(outbox, "outbox"), (forgetting, "forgetting")] {
        if job.await.is_err() {
            tracing::error!(job = name, "a job did not end by itself");
        }
    }
    app.store().close().await;
    served
}
