//! What the actor may do, read in the same transaction that acts on it.

use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::organization::Organization;
use vestibule_core::policy;
use vestibule_core::project::{Holder, Project, ProjectRole};
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::{Id, Refusal};
use vestibule_store::Tx;

use crate::ctx::{Actor, Ctx};
use crate::error::{AppError, Unauthenticated};

/// The actor's roles in the organization of this use case.
///
/// Whoever has no tie to the organization learns that there is none with this id: its ids are not
/// theirs to know.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn roles(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<RoleSet, AppError> {
    let key = match &ctx.actor {
        Actor::Key(key) => key,
        Actor::System => return Ok(RoleSet::every()),
        Actor::Invitee => return Err(Unauthenticated::Missing.into()),
    };
    // A person's own key opens every organization the person belongs to; a program's key opens the
    // one it was made in.
    if key.kind != KeyKind::Native && key.organization != ctx.organization {
        return Err(stranger(ctx));
    }
    roles_of(tx, ctx, key.principal)?.ok_or_else(|| stranger(ctx))
}

/// The roles that a person or service account has in the organization; `None` without a tie.
pub(crate) fn roles_of(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    principal: Principal,
) -> Result<Option<RoleSet>, AppError> {
    Ok(match principal {
        Principal::User(user) => tx
            .find_membership(ctx.organization, user)?
            .map(|membership| membership.roles),
        Principal::ServiceAccount(id) => tx
            .find_service_account(ctx.organization, id)?
            .map(|account| account.roles),
    })
}

/// The actor's roles, if they permit this.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers, [`Refusal::NotPermitted`].
pub fn require(tx: &mut Tx<'_>, ctx: &Ctx, permission: Permission) -> Result<RoleSet, AppError> {
    let roles = roles(tx, ctx)?;
    policy::require(roles, permission)?;
    Ok(roles)
}

/// The actor's roles in the organization, and in one of its projects.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers, and for a project that there is not.
pub(crate) fn in_project(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
) -> Result<(RoleSet, RoleSet<ProjectRole>), AppError> {
    let roles = require(tx, ctx, Permission::View)?;
    if tx.find_project(ctx.organization, project)?.is_none() {
        return Err(Refusal::not_found::<Project>(project.to_native()).into());
    }
    let mine = match ctx.actor.principal() {
        Some(principal) => project_roles_of(tx, ctx, principal, project)?,
        None => RoleSet::NONE,
    };
    Ok((roles, mine))
}

/// The roles in a project of a person, by themselves or by their teams, or of a service account.
pub(crate) fn project_roles_of(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    principal: Principal,
    project: Id<Project>,
) -> Result<RoleSet<ProjectRole>, AppError> {
    Ok(match principal {
        Principal::User(user) => {
            let by_teams = tx.project_roles_by_teams(ctx.organization, project, user)?;
            let member = tx.find_project_member(ctx.organization, project, user)?;
            member.map_or(by_teams, |member| member.roles.union(by_teams))
        }
        Principal::ServiceAccount(id) => {
            let holder = Holder::ServiceAccount(id);
            let holder = tx.find_project_holder(ctx.organization, project, holder)?;
            holder.map_or(RoleSet::NONE, |holder| holder.roles)
        }
    })
}

/// Checks that the actor may say who is in this project.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotProjectOwner`].
pub(crate) fn manage_project(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
) -> Result<(), AppError> {
    let (roles, mine) = in_project(tx, ctx, project)?;
    policy::may_manage_project(roles, mine)?;
    Ok(())
}

/// The organization of this use case.
///
/// # Errors
/// [`Refusal::NotFound`].
pub(crate) fn organization(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Organization, AppError> {
    tx.find_organization(ctx.organization)?
        .ok_or_else(|| stranger(ctx))
}

fn stranger(ctx: &Ctx) -> AppError {
    Refusal::not_found::<Organization>(ctx.organization.to_native()).into()
}
