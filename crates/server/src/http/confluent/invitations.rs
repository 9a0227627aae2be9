//! `/iam/v2/invitations`.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_core::invitation::{self, Invitation, Reason};
use vestibule_core::role::Permission;
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::{InvitationFilter, Scope, Tx};
use vestibule_wire::confluent as wire;

use super::convert::{self, Look, Meant};
use super::error::Failure;
use super::extract::{Caller, Json, rights_first};
use super::page::Query;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::http::params::{PathParams, QueryParams};
use crate::ops::directory;
use crate::ops::invitations::{self, Listing};

/// `POST /iam/v2/invitations`.
pub(super) async fn create(
    State(app): State<App>,
    Caller(ctx): Caller,
    Json(body): Json<wire::InvitationCreate>,
) -> Result<Response, Failure> {
    let new = convert::new_invitation(&body);
    let new = rights_first(new, &app, &ctx, Permission::Invite).await?;
    let again = ctx.clone();
    let email = new.email.clone();
    let made = app
        .write(ctx, move |tx, ctx| invitations::create(tx, ctx, &new))
        .await;
    let now = again.now;
    let made = match made {
        Ok(made) => made,
        Err(error) => return Err(in_the_way(error, &app, again, email).await),
    };
    app.mail_is_due();
    let made = convert::invitation(&made, &Look::of(&app, now));
    let location = [(header::LOCATION, made.metadata.self_url.clone())];
    Ok((StatusCode::CREATED, location, Json(made)).into_response())
}

/// A conflict says where that is what is in the way: the open invitation, or the one that a member
/// has accepted, or a member who never had one.
async fn in_the_way(error: AppError, app: &App, ctx: Ctx, email: EmailAddress) -> Failure {
    let public_url = &app.settings().public_url;
    let location = match &error {
        AppError::Refused(Refusal::LiveInvitation { id }) => {
            Some(convert::invitation_url(*id, public_url))
        }
        AppError::Refused(Refusal::AlreadyMember) => {
            let found = app.read(ctx, move |tx, ctx| url_of_member(tx, ctx, &email));
            found.await.ok().flatten()
        }
        _ => None,
    };
    Failure::App { error, location }
}

/// Where the invitation is that a member has accepted, if this API shows it, or the member.
fn url_of_member(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
) -> Result<Option<String>, AppError> {
    let public_url = &ctx.settings.public_url;
    let Some(person) = directory::find_person_by_email(tx, ctx, email)? else {
        return Ok(None);
    };
    let accepted = match person.membership.and_then(|joined| joined.invitation) {
        Some(id) => tx.find_invitation(ctx.organization, id)?,
        None => None,
    };
    let accepted = accepted.filter(|invitation| !is_hidden(invitation, ctx));
    Ok(Some(match accepted {
        Some(invitation) => convert::invitation_url(invitation.id, public_url),
        None => convert::user_url(person.user.id, public_url),
    }))
}

/// `GET /iam/v2/invitations/{id}`.
pub(super) async fn read(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
) -> Result<Json<wire::Invitation>, Failure> {
    let id = invitation_id(&path)?;
    let now = ctx.now;
    let found = app
        .read(ctx, move |tx, ctx| {
            let found = invitations::load(tx, ctx, id)?;
            if is_hidden(&found, ctx) {
                return Err(Refusal::not_found::<Invitation>(id.to_native()).into());
            }
            Ok(found)
        })
        .await?;
    Ok(Json(convert::invitation(&found, &Look::of(&app, now))))
}

/// `DELETE /iam/v2/invitations/{id}`.
pub(super) async fn delete(
    State(app): State<App>,
    Caller(ctx): Caller,
    path: PathParams,
) -> Result<StatusCode, Failure> {
    let id = invitation_id(&path)?;
    let deleted = app.write(ctx, move |tx, ctx| withdraw(tx, ctx, id)).await;
    deleted.map_err(|error| match error {
        AppError::Refused(refusal @ Refusal::NotOpen { .. }) => Failure::BadState(refusal),
        other => other.into(),
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws an invitation. Deleting one that somebody else ended is a success that changes
/// nothing, so that Terraform can always destroy; deleting twice is not.
fn withdraw(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<(), AppError> {
    let known = invitations::load(tx, ctx, id)?;
    if known.project.is_some() {
        return Err(Refusal::not_found::<Invitation>(id.to_native()).into());
    }
    refuse_by_settings(&known, ctx)?;
    match invitations::revoke(tx, ctx, id) {
        Err(AppError::Refused(Refusal::NotOpen { .. })) => {
            let ended = invitations::load(tx, ctx, id)?;
            if is_hidden(&ended, ctx) {
                return Err(Refusal::not_found::<Invitation>(id.to_native()).into());
            }
            Ok(())
        }
        other => other.map(drop),
    }
}

/// What the operator has chosen to refuse, in spite of the use case.
fn refuse_by_settings(invitation: &Invitation, ctx: &Ctx) -> Result<(), Refusal> {
    let settings = &ctx.settings.confluent;
    let state = invitation.state_at(ctx.now);
    if state == invitation::State::Expired && settings.delete_expired_fails {
        let wanted = "deleted";
        return Err(Refusal::NotOpen { state, wanted });
    }
    let was_accepted = invitation.accepted_at.is_some();
    if state == invitation::State::Deactivated && was_accepted && settings.ended_shows_accepted {
        return Err(Refusal::AlreadyAccepted);
    }
    Ok(())
}

/// Whether this API shows an invitation as one that is gone, or never was: the vendor has no
/// projects to invite to, and may hide what was withdrawn.
fn is_hidden(invitation: &Invitation, ctx: &Ctx) -> bool {
    let is_revoked = invitation.reason == Some(Reason::Revoked);
    invitation.project.is_some() || (is_revoked && !ctx.settings.confluent.show_revoked)
}

/// `GET /iam/v2/invitations`.
pub(super) async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    params: QueryParams,
) -> Result<Json<wire::List<wire::Invitation>>, Failure> {
    let filters = ["email", "status", "user", "creator"];
    let mut query = Query::read(&params, &filters, &ctx.settings.confluent)?;
    let look = Look::of(&app, ctx.now);
    let listing = listing(&mut query, &ctx, &look)?;
    let mut found = app
        .read(ctx, move |tx, ctx| invitations::list(tx, ctx, &listing))
        .await?;
    let url = format!("{}{}", look.public_url, convert::INVITATIONS);
    let metadata = query.page(&mut found, |invitation| invitation.id, &url);
    let shown = found
        .iter()
        .map(|invitation| convert::invitation(invitation, &look))
        .collect();
    Ok(Json(wire::List::new(
        wire::KIND_INVITATION_LIST,
        metadata,
        shown,
    )))
}

fn listing(
    query: &mut Query<Id<Invitation>>,
    ctx: &Ctx,
    look: &Look<'_>,
) -> Result<Listing, Failure> {
    let settings = &ctx.settings.confluent;
    let state = match query.filter("status", |text| look.meant_by(text))? {
        Some(Meant::State(state)) => Some(state),
        Some(Meant::Nothing) => {
            query.match_nothing();
            None
        }
        None => None,
    };
    Ok(Listing {
        filter: InvitationFilter {
            state,
            inviter: query.filter("creator", convert::principal)?,
            hide_revoked: !settings.show_revoked,
            ended_count_as_accepted: settings.ended_shows_accepted,
            newest_first: settings.newest_first,
            scope: Some(Scope::Organization),
            ..InvitationFilter::default()
        },
        email: query.filter("email", |text| EmailAddress::parse(text).ok())?,
        user: query.filter("user", Id::from_confluent)?,
        after: query.after(),
        limit: query.look_for(),
    })
}

fn invitation_id(path: &PathParams) -> Result<Id<Invitation>, Failure> {
    let text = path.get("id");
    Id::from_confluent(text).ok_or_else(|| Failure::not_found::<Invitation>(text))
}
