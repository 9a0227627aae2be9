//! The legacy invitations: `/orgs/{orgId}/invites`.
//!
//! Owns the six operations. To this API an invitation that is accepted, declined, withdrawn or run
//! out is not there.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::invitation::{Invitation, State};
use vestibule_core::organization::Organization;
use vestibule_core::role::Permission;
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::{InvitationFilter, Scope, Tx};
use vestibule_wire::atlas::{OrgInvitation, OrgInvitationRequest, OrgInvitationUpdate};

use super::convert;
use super::error::{Code, Failure};
use super::extract::{Call, Unread};
use super::version::ENDING;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::authority;
use crate::ops::invitations::{self, InvitationEdit, Listing, NewInvitation};
use crate::ops::pace;

/// `POST /orgs/{orgId}/invites`: 200, not 201 (recorded).
pub(super) async fn create(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let ctx = call.in_organization()?;
    let body: OrgInvitationRequest = body.object().await?;
    let new = convert::new_invitation(&body)?;
    let made = call
        .write(ctx, move |tx, ctx| {
            let (made, organization) = invite(tx, ctx, &new)?;
            Ok(named(ctx, &made, &organization.name))
        })
        .await;
    let made = made.map_err(|failure| duplicate(&call, failure))?;
    call.app.mail_is_due();
    Ok(call.answer(StatusCode::OK, version, &made))
}

/// `GET /orgs/{orgId}/invites?username=`: a bare array in order of creation. The vendor's CLI sends
/// an empty username for none.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let ctx = call.in_organization()?;
    let username = call.query.get("username").filter(|name| !name.is_empty());
    // Nobody has an address that is none.
    let email = username.map(EmailAddress::parse);
    let found = call
        .read(ctx, move |tx, ctx| {
            let found = match &email {
                None => visible_ones(tx, ctx, None, Scope::Organization)?,
                Some(Ok(email)) => visible_ones(tx, ctx, Some(email), Scope::Organization)?,
                Some(Err(_)) => {
                    authority::require(tx, ctx, Permission::View)?;
                    Vec::new()
                }
            };
            shown_all(tx, ctx, &found)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// `GET /orgs/{orgId}/invites/{invitationId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let ctx = call.in_organization()?;
    let id = invitation_id(&call)?;
    let found = call
        .read(ctx, move |tx, ctx| {
            let found = load_here(tx, ctx, id)?;
            shown(tx, ctx, &found)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// `PATCH /orgs/{orgId}/invites/{invitationId}`.
pub(super) async fn update(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let ctx = call.in_organization()?;
    let id = invitation_id(&call)?;
    let body: OrgInvitationUpdate = body.object().await?;
    let edit = convert::edit(
        body.roles.as_deref(),
        body.team_ids.as_deref(),
        body.group_role_assignments.as_deref(),
    )?;
    let changed = call
        .write(ctx, move |tx, ctx| {
            let known = load_here(tx, ctx, id)?;
            change(tx, ctx, known.id, &edit)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &changed))
}

/// `PATCH /orgs/{orgId}/invites`: the invitation is named by its address.
pub(super) async fn update_by_username(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let ctx = call.in_organization()?;
    let body: OrgInvitationRequest = body.object().await?;
    let email = convert::username(&body)?;
    let edit = convert::edit(
        body.roles.as_deref(),
        body.team_ids.as_deref(),
        body.group_role_assignments.as_deref(),
    )?;
    let changed = call
        .write(ctx, move |tx, ctx| {
            let known = invitations::load_open_by_email(tx, ctx, &email, Scope::Organization)?;
            change(tx, ctx, known.id, &edit)
        })
        .await?;
    Ok(call.answer(StatusCode::OK, version, &changed))
}

/// `DELETE /orgs/{orgId}/invites/{invitationId}`: 204 without a body.
pub(super) async fn delete(call: Call) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let ctx = call.in_organization()?;
    let id = invitation_id(&call)?;
    let scope = call
        .write(ctx, move |tx, ctx| {
            let known = load_visible(tx, ctx, id)?;
            if known.project.is_none() {
                invitations::revoke(tx, ctx, known.id)?;
            }
            Ok(Scope::of(&known))
        })
        .await?;
    match scope {
        Scope::Organization => Ok(Call::no_content(version)),
        Scope::Project(_) => Err(Failure::about(
            Code::CannotDeleteGroupInvitation,
            "This is an invitation to a project; delete it there.",
            id.to_hex(),
        )),
    }
}

/// What to say of somebody who was invited twice.
pub(super) fn duplicate(call: &Call, failure: Failure) -> Failure {
    if call.app.settings().atlas_duplicate_conflict {
        failure.duplicate_as_conflict()
    } else {
        failure
    }
}

/// How many invitations a minute may have in this API.
pub(super) fn pace(ctx: &Ctx) -> Option<i64> {
    ctx.settings.atlas_invites_per_minute
}

/// Invites somebody, within the pace that the operator allows in this API.
///
/// # Errors
/// As [`pace::require`] and [`invitations::create`].
pub(super) fn invite(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewInvitation,
) -> Result<(Invitation, Organization), AppError> {
    if let Some(limit) = pace(ctx) {
        pace::require(tx, ctx, limit)?;
    }
    invitations::create_there(tx, ctx, new)
}

pub(super) fn invitation_id(call: &Call) -> Result<Id<Invitation>, Failure> {
    let text = call.path.get("invitation_id");
    Id::from_hex(text).ok_or_else(|| Failure::invitation_id(text))
}

fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
    edit: &InvitationEdit,
) -> Result<OrgInvitation, AppError> {
    let changed = invitations::edit(tx, ctx, id, edit)?;
    shown(tx, ctx, &changed)
}

/// The invitation to the organization with this id, if this API shows it.
fn load_here(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    let found = load_visible(tx, ctx, id)?;
    if found.project.is_none() {
        Ok(found)
    } else {
        Err(Refusal::not_found::<Invitation>(id.to_hex()).into())
    }
}

/// The invitation with this id, if this API shows it, be it below a project.
pub(super) fn load_visible(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
) -> Result<Invitation, AppError> {
    let found = invitations::load(tx, ctx, id)?;
    if visible_states(ctx).contains(&found.state_at(ctx.now)) {
        Ok(found)
    } else {
        Err(Refusal::not_found::<Invitation>(id.to_hex()).into())
    }
}

/// The invitations to this that this API shows, oldest first.
pub(super) fn visible_ones(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: Option<&EmailAddress>,
    scope: Scope,
) -> Result<Vec<Invitation>, AppError> {
    let mut found = Vec::new();
    for state in visible_states(ctx) {
        let listing = Listing {
            filter: InvitationFilter {
                state: Some(*state),
                scope: Some(scope),
                ..InvitationFilter::default()
            },
            email: email.cloned(),
            user: None,
            after: None,
            limit: u32::MAX,
        };
        found.extend(invitations::list(tx, ctx, &listing)?);
    }
    // Ids tell seconds apart, the instants of creation microseconds.
    found.sort_by_key(|invitation| (invitation.created_at, invitation.id));
    Ok(found)
}

/// Whether the vendor's cloud shows what has run out is not known, so it is a setting.
fn visible_states(ctx: &Ctx) -> &'static [State] {
    if ctx.settings.atlas_show_expired {
        &[State::Staged, State::Sent, State::Expired]
    } else {
        &[State::Staged, State::Sent]
    }
}

fn shown(tx: &mut Tx<'_>, ctx: &Ctx, found: &Invitation) -> Result<OrgInvitation, AppError> {
    let organization = invitations::organization_of(tx, found)?;
    Ok(named(ctx, found, &organization.name))
}

fn named(ctx: &Ctx, found: &Invitation, organization: &str) -> OrgInvitation {
    OrgInvitation {
        username: convert::spelled(&ctx.settings, &found.email),
        ..convert::invitation(found, organization)
    }
}

/// All of them are of one organization.
fn shown_all(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    found: &[Invitation],
) -> Result<Vec<OrgInvitation>, AppError> {
    let Some(first) = found.first() else {
        return Ok(Vec::new());
    };
    let name = invitations::organization_of(tx, first)?.name;
    let shown = |invitation| named(ctx, invitation, &name);
    Ok(found.iter().map(shown).collect())
}
