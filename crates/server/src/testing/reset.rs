//! Back to the beginning: database, clock, faults, journal and mails as at the first start.

use vestibule_core::Id;
use vestibule_core::organization::Dialect;

use crate::app::App;
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;

/// Empties the database, seeds it, and forgets the rest.
///
/// # Errors
/// The store's failure; then the database is as it was.
pub(crate) async fn reset(app: &App, request_id: &str) -> Result<(), AppError> {
    let Some(testing) = app.testing() else {
        return Ok(());
    };
    mail_has_left(app).await?;
    testing.clock.restore();
    let seed = testing.seed.clone();
    app.write(nowhere(app, request_id), move |tx, ctx| {
        tx.delete_everything()?;
        seed.make(tx, ctx)
    })
    .await?;
    app.forget_all_api_keys();
    app.mailer().forget().await;
    testing.faults.clear();
    testing.journal.clear();
    Ok(())
}

/// Waits until all mail that is due has been handed over or put off, or for five seconds.
///
/// # Errors
/// The store's failure.
pub(crate) async fn mail_has_left(app: &App) -> Result<(), AppError> {
    const STEPS: usize = 250;
    const STEP: std::time::Duration = std::time::Duration::from_millis(20);
    if !app.mailer().is_on() {
        return Ok(());
    }
    for _ in 0..STEPS {
        let ctx = nowhere(app, "testing");
        let under_way = app
            .read(ctx, |tx, ctx| Ok(tx.count_mail_under_way(ctx.now)?))
            .await?;
        if under_way == 0 {
            break;
        }
        app.mail_is_due();
        tokio::time::sleep(STEP).await;
    }
    Ok(())
}

/// The circumstances of what concerns all organizations.
pub(crate) fn nowhere(app: &App, request_id: &str) -> Ctx {
    let nowhere = Id::from_bytes([0; 12]);
    app.ctx(
        Actor::System,
        nowhere,
        Dialect::Native,
        request_id.to_owned(),
    )
}
