//! The people of an organization: `/orgs/{orgId}/users`.
//!
//! Owns six operations and two actions. A person's id is the same before and after acceptance.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::Refusal;
use vestibule_core::user::User;
use vestibule_wire::atlas::{OrgRoleRequest, OrgUserCreate, OrgUserUpdate, VERSION_2023_01_01};

use super::error::{Code, Failure};
use super::extract::{Call, Unread};
use super::people::{self as lists, Wanted, Whose};
use super::version::{BOTH, CLOUD_USERS};
use super::{convert, invites, roles};
use crate::ops::{directory, members, people};

/// `GET /orgs/{orgId}/users`: a page of people, in the shape of the version that is asked for.
pub(super) async fn list(call: Call) -> Result<Response, Failure> {
    let version = call.version(BOTH)?;
    let ctx = call.in_organization()?;
    let path = format!("/orgs/{}/users", ctx.organization.to_hex());
    lists::list(&call, version, ctx, Whose::Organization, &path).await
}

/// `POST /orgs/{orgId}/users`: invites; 409 for a member and for whoever has an open invitation.
/// An invitation that came to nothing is replaced.
pub(super) async fn create(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(CLOUD_USERS)?;
    let ctx = call.in_organization()?;
    let body: OrgUserCreate = body.object().await?;
    let new = convert::new_org_user(&body)?;
    let made = call
        .write(ctx, move |tx, ctx| {
            let (made, _) = invites::invite(tx, ctx, &new)?;
            directory::load_person(tx, ctx, made.user)
        })
        .await;
    let made = made.map_err(|failure| {
        let taken = Code::UserAlreadyInOrgConflict;
        failure
            .recoded(Code::UserAlreadyInOrg, taken)
            .recoded(Code::UserAlreadyInvited, taken)
    })?;
    call.app.mail_is_due();
    let shown = lists::org_user(call.app.settings(), &made);
    Ok(call.answer(StatusCode::CREATED, version, &shown))
}

/// `GET /orgs/{orgId}/users/{userId}`.
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let version = call.version(CLOUD_USERS)?;
    let ctx = call.in_organization()?;
    let id = Call::user_id(call.path.get("user_id"))?;
    let wanted = Wanted::of(&call.query)?;
    let found = call
        .read(ctx, move |tx, ctx| {
            let person = directory::load_person(tx, ctx, id)?;
            if !wanted.includes(person.standing) {
                return Err(Refusal::not_found::<User>(id.to_native()).into());
            }
            Ok(person)
        })
        .await?;
    let shown = lists::org_user(call.app.settings(), &found);
    Ok(call.answer(StatusCode::OK, version, &shown))
}

/// `PATCH /orgs/{orgId}/users/{userId}`: what is absent stays, an empty list resets.
pub(super) async fn update(call: Call, body: Unread) -> Result<Response, Failure> {
    let version = call.version(CLOUD_USERS)?;
    let ctx = call.in_organization()?;
    let id = Call::user_id(call.path.get("user_id"))?;
    let body: OrgUserUpdate = body.object().await?;
    let edit = convert::person_edit(&body)?;
    let changed = call
        .write(ctx, move |tx, ctx| people::edit(tx, ctx, id, &edit))
        .await?;
    let shown = lists::org_user(call.app.settings(), &changed);
    Ok(call.answer(StatusCode::OK, version, &shown))
}

/// `DELETE /orgs/{orgId}/users/{userId}`: ends a membership, or withdraws an open invitation; the
/// old version knows members only.
pub(super) async fn remove(call: Call) -> Result<Response, Failure> {
    let version = call.version(BOTH)?;
    let ctx = call.in_organization()?;
    let id = Call::user_id(call.path.get("user_id"))?;
    let is_old = version.date == VERSION_2023_01_01;
    let removed = call
        .write(ctx, move |tx, ctx| {
            if is_old {
                members::remove(tx, ctx, id).map(|_membership| ())
            } else {
                people::remove(tx, ctx, id)
            }
        })
        .await;
    removed.map_err(|failure| failure.recoded(Code::LastOwner, Code::CannotDeleteLastOwner))?;
    Ok(Call::no_content(version))
}

/// `POST /orgs/{orgId}/users/{userId}:addRole` and `:removeRole`: one organization role more or
/// less.
pub(super) async fn act(call: Call, body: Unread) -> Result<Response, Failure> {
    let ctx = call.in_organization()?;
    let (id, action) = call.action("user_id", "GET,HEAD,PATCH,DELETE")?;
    let version = call.version(CLOUD_USERS)?;
    let change = match action {
        "addRole" => people::add_role,
        "removeRole" => people::remove_role,
        other => return Err(Call::unknown_action(other)),
    };
    let id = Call::user_id(id)?;
    let body: OrgRoleRequest = body.object().await?;
    let role = body.org_role.ok_or_else(|| Failure::missing("orgRole"))?;
    let role = roles::role(&role)?;
    let changed = call
        .write(ctx, move |tx, ctx| change(tx, ctx, id, role))
        .await?;
    let shown = lists::org_user(call.app.settings(), &changed);
    Ok(call.answer(StatusCode::OK, version, &shown))
}
