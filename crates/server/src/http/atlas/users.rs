//! One person over all organizations: `/users/byName/{userName}` and `/users/{userId}`.
//!
//! Must not show a person to somebody who shares no organization with them.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::organization::Organization;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::Tx;
use vestibule_wire::atlas::CloudAppUser;

use super::convert;
use super::error::{Code, Failure};
use super::extract::Call;
use super::version::{ENDING, LEGACY};
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;
use crate::ops::directory;

/// `GET /users/byName/{userName}`: a member of an organization that the caller belongs to.
///
/// The vendor's provider takes any role in an organization for membership, and everything but 200
/// for no membership: whoever is only invited is not found.
pub(super) async fn by_name(call: Call) -> Result<Response, Failure> {
    let version = call.version(ENDING)?;
    let text = call.path.get("user_name");
    let unknown = |_refusal| {
        let detail = format!("No user with username {text} exists.");
        Failure::about(Code::UsernameNotFound, detail, text)
    };
    let who = Who::Email(EmailAddress::parse(text).map_err(unknown)?);
    let ctx = call.in_own_organization();
    let found = call
        .read(ctx, move |tx, ctx| member_anywhere(tx, ctx, &who))
        .await?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// `GET /users/{userId}`: as by name.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(LEGACY)?;
    let who = Who::Id(Call::user_id(call.path.get("user_id"))?);
    let ctx = call.in_own_organization();
    let found = call
        .read(ctx, move |tx, ctx| member_anywhere(tx, ctx, &who))
        .await;
    let found = found.map_err(|failure| failure.recoded(Code::UserNotInOrg, Code::UserNotFound))?;
    Ok(call.answer(StatusCode::OK, version, &found))
}

/// Whom to look for.
enum Who {
    Email(EmailAddress),
    Id(Id<User>),
}

/// This member, with the roles they have in organizations the actor belongs to.
fn member_anywhere(tx: &mut Tx<'_>, ctx: &Ctx, who: &Who) -> Result<CloudAppUser, AppError> {
    let mut shown: Option<CloudAppUser> = None;
    for organization in organizations_of(tx, ctx)? {
        let ctx = &Ctx {
            organization,
            ..ctx.clone()
        };
        let found = match who {
            Who::Email(email) => directory::find_person_by_email(tx, ctx, email)?,
            Who::Id(id) => directory::find_person(tx, ctx, *id)?,
        };
        let Some(person) = found else { continue };
        let Some(membership) = &person.membership else {
            continue;
        };
        let roles = convert::role_elements(organization, membership.roles, &person.projects);
        if let Some(shown) = &mut shown {
            shown.roles.extend(roles);
            shown
                .team_ids
                .extend(person.teams.iter().map(|id| id.to_hex()));
        } else {
            let username = convert::spelled(&ctx.settings, &person.email);
            let user = &person.user;
            shown = Some(convert::cloud_app_user(
                user,
                &username,
                roles,
                &person.teams,
            ));
        }
    }
    let missing = || match who {
        Who::Email(email) => Refusal::not_found::<User>(email.display()),
        Who::Id(id) => Refusal::not_found::<User>(id.to_native()),
    };
    shown.ok_or_else(|| missing().into())
}

/// The organizations that the actor's key opens.
pub(super) fn organizations_of(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
) -> Result<Vec<Id<Organization>>, AppError> {
    match &ctx.actor {
        Actor::Key(key) => match (key.kind, key.principal) {
            (KeyKind::Native, Principal::User(user)) => {
                let memberships = tx.list_memberships_of(user)?;
                Ok(memberships.iter().map(|m| m.organization).collect())
            }
            _ => Ok(vec![key.organization]),
        },
        Actor::Invitee | Actor::System => Ok(vec![ctx.organization]),
    }
}
