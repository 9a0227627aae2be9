//! `/iam/v2/users`.

use axum::extract::State;
use axum::http::StatusCode;
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal};
use vestibule_wire::confluent as wire;

use super::convert;
use super::error::Failure;
use super::extract::{Caller, Json};
use super::page::Query;
use crate::app::App;
use crate::error::AppError;
use crate::http::params::{PathParams, QueryParams};
use crate::ops::{directory, users};

/// `GET /iam/v2/users/{id}`: members, and invitees as soon as they are invited, so that roles can be
/// bound to them.
pub(super) async fn read(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
) -> Result<Json<wire::User>, Failure> {
    let id = user_id(&path)?;
    let found = app
        .read(ctx, move |tx, ctx| {
            directory::load_current_user(tx, ctx, id)
        })
        .await?;
    Ok(Json(convert::user(&found, &app.settings().public_url)))
}

/// `PATCH /iam/v2/users/{id}`: the full name is all that can be changed.
pub(super) async fn update(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
    Json(body): Json<wire::UserUpdate>,
) -> Result<Json<wire::User>, Failure> {
    let id = user_id(&path)?;
    let changed = app
        .write(ctx, move |tx, ctx| match &body.full_name {
            Some(name) => users::rename(tx, ctx, id, name),
            None => directory::load_current_user(tx, ctx, id),
        })
        .await
        .map_err(|error| match error {
            AppError::Refused(refusal @ Refusal::InvalidName { .. }) => {
                Failure::field("/full_name", refusal.to_string())
            }
            other => other.into(),
        })?;
    Ok(Json(convert::user(&changed, &app.settings().public_url)))
}

/// `DELETE /iam/v2/users/{id}`: ends the membership, or the invitation.
pub(super) async fn delete(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
) -> Result<StatusCode, Failure> {
    let id = user_id(&path)?;
    app.write(ctx, move |tx, ctx| users::remove(tx, ctx, id))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn user_id(path: &PathParams) -> Result<Id<User>, Failure> {
    let text = path.get("id");
    Id::from_confluent(text).ok_or_else(|| Failure::not_found::<User>(text))
}

/// `GET /iam/v2/users`.
pub(super) async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    params: QueryParams,
) -> Result<Json<wire::List<wire::User>>, Failure> {
    let query = Query::read(&params, &[], &ctx.settings.confluent)?;
    let (after, limit) = (query.after(), query.look_for());
    let mut found = app
        .read(ctx, move |tx, ctx| {
            if ctx.settings.confluent.newest_first {
                directory::list_users_back(tx, ctx, after, limit)
            } else {
                directory::list_users(tx, ctx, after, limit)
            }
        })
        .await?;
    let public_url = &app.settings().public_url;
    let url = format!("{public_url}{}", convert::USERS);
    let metadata = query.page(&mut found, |user| user.id, &url);
    let shown = found
        .iter()
        .map(|user| convert::user(user, public_url))
        .collect();
    Ok(Json(wire::List::new(wire::KIND_USER_LIST, metadata, shown)))
}
