//! `/iam/v2/service-accounts`: to be looked at. They are made with their keys, elsewhere.

use axum::extract::State;
use vestibule_core::Id;
use vestibule_core::user::ServiceAccount;
use vestibule_wire::confluent as wire;

use super::convert;
use super::error::Failure;
use super::extract::{Caller, Json};
use super::page::Query;
use crate::app::App;
use crate::http::params::{PathParams, QueryParams};
use crate::ops::service_accounts;

/// `GET /iam/v2/service-accounts/{id}`.
pub(super) async fn read(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
) -> Result<Json<wire::ServiceAccount>, Failure> {
    let text = path.get("id");
    let id = Id::from_confluent(text).ok_or_else(|| Failure::not_found::<ServiceAccount>(text))?;
    let found = app
        .read(ctx, move |tx, ctx| service_accounts::load(tx, ctx, id))
        .await?;
    let public_url = &app.settings().public_url;
    Ok(Json(convert::service_account(&found, public_url)))
}

/// `GET /iam/v2/service-accounts`.
pub(super) async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    params: QueryParams,
) -> Result<Json<wire::List<wire::ServiceAccount>>, Failure> {
    let query = Query::read(&params, &[], &ctx.settings.confluent)?;
    let (after, limit) = (query.after(), query.look_for());
    let mut found = app
        .read(ctx, move |tx, ctx| {
            if ctx.settings.confluent.newest_first {
                service_accounts::list_back(tx, ctx, after, limit)
            } else {
                service_accounts::list(tx, ctx, after, limit)
            }
        })
        .await?;
    let public_url = &app.settings().public_url;
    let url = format!("{public_url}{}", convert::SERVICE_ACCOUNTS);
    let metadata = query.page(&mut found, |account| account.id, &url);
    let shown = found
        .iter()
        .map(|account| convert::service_account(account, public_url))
        .collect();
    Ok(Json(wire::List::new(
        wire::KIND_SERVICE_ACCOUNT_LIST,
        metadata,
        shown,
    )))
}
