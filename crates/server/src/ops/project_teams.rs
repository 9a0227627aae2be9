//! Teams on projects: whoever is in the team has its roles in the project, for as long as the team
//! is on it and they are in the team.
//!
//! A way into such a team is a way to the team's roles, so it is open to those only who could give
//! these roles themselves.

use vestibule_core::project::{Holder, Project, ProjectHolder, ProjectRole};
use vestibule_core::role::RoleSet;
use vestibule_core::team::Team;
use vestibule_core::{Id, Refusal, policy};
use vestibule_store::{Slice, Tx};

use super::audit::record_in_project;
use super::{Counted, authority, teams};
use crate::ctx::Ctx;
use crate::error::AppError;

/// How many teams are on the project, and a slice of them.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    slice: Slice,
) -> Result<Counted<ProjectHolder>, AppError> {
    authority::in_project(tx, ctx, project)?;
    Ok(Counted {
        total: tx.count_project_teams(ctx.organization, project)?,
        items: tx.list_project_teams(ctx.organization, project, slice)?,
    })
}

/// What a team has in the project.
///
/// # Errors
/// [`Refusal::NotFound`] for the project and the team, [`Refusal::TeamNotInProject`].
pub fn load(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    team: Id<Team>,
) -> Result<ProjectHolder, AppError> {
    authority::in_project(tx, ctx, project)?;
    teams::load(tx, ctx, team)?;
    let found = tx.find_project_holder(ctx.organization, project, Holder::Team(team))?;
    found.ok_or_else(|| Refusal::TeamNotInProject.into())
}

/// Puts teams on a project, all of them or none.
///
/// # Errors
/// [`Refusal::NotProjectOwner`], [`Refusal::NoRoles`], [`Refusal::ProjectRoleAboveCeiling`],
/// [`Refusal::TeamInProject`]; [`Refusal::NotFound`] for the project and a team.
pub fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    new: &[(Id<Team>, RoleSet<ProjectRole>)],
) -> Result<(), AppError> {
    authority::manage_project(tx, ctx, project)?;
    for (team, roles) in new {
        let place = place(tx, ctx, project, *team, *roles)?;
        if !tx.insert_project_holder(&place)? {
            return Err(Refusal::TeamInProject.into());
        }
        record_in_project(tx, ctx, "project_team.added", *team, project)?;
    }
    Ok(())
}

/// Gives a team other roles in a project.
///
/// # Errors
/// As [`add`]; [`Refusal::TeamNotInProject`].
pub fn set_roles(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    team: Id<Team>,
    roles: RoleSet<ProjectRole>,
) -> Result<(), AppError> {
    let place = place(tx, ctx, project, team, roles)?;
    if !tx.update_project_holder(&place)? {
        return Err(Refusal::TeamNotInProject.into());
    }
    record_in_project(tx, ctx, "project_team.changed", team, project)
}

/// Takes a team off a project.
///
/// # Errors
/// [`Refusal::NotProjectOwner`], [`Refusal::TeamNotInProject`]; [`Refusal::NotFound`] for the
/// project and the team.
pub fn remove(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    team: Id<Team>,
) -> Result<(), AppError> {
    authority::manage_project(tx, ctx, project)?;
    teams::load(tx, ctx, team)?;
    if !tx.delete_project_holder(ctx.organization, project, Holder::Team(team))? {
        return Err(Refusal::TeamNotInProject.into());
    }
    record_in_project(tx, ctx, "project_team.removed", team, project)
}

/// A team's place in a project, if the actor may give it these roles there.
fn place(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    team: Id<Team>,
    roles: RoleSet<ProjectRole>,
) -> Result<ProjectHolder, AppError> {
    let (in_organization, mine) = authority::in_project(tx, ctx, project)?;
    policy::may_grant_in_project(in_organization, mine, roles)?;
    teams::load(tx, ctx, team)?;
    Ok(ProjectHolder {
        organization: ctx.organization,
        project,
        holder: Holder::Team(team),
        roles,
        added_at: ctx.now,
    })
}

/// Checks that the actor could give what somebody gets in projects who gets into these teams.
///
/// # Errors
/// [`Refusal::NotProjectOwner`], [`Refusal::ProjectRoleAboveCeiling`].
pub(super) fn require_grantable(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    teams: &[Id<Team>],
) -> Result<(), AppError> {
    for team in teams {
        for place in tx.list_projects_of_holder(ctx.organization, Holder::Team(*team))? {
            let (roles, mine) = authority::in_project(tx, ctx, place.project)?;
            policy::may_grant_in_project(roles, mine, place.roles)?;
        }
    }
    Ok(())
}
