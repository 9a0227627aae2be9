//! Teams.

use vestibule_core::role::Permission;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Refusal, text};
use vestibule_store::Tx;

use super::audit::record;
use super::authority;
use crate::ctx::Ctx;
use crate::error::AppError;

/// Makes a team, with members of the organization in it.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::InvalidName`], [`Refusal::TeamNameTaken`];
/// [`Refusal::NotFound`] for an address that no member has.
pub fn create(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    name: &str,
    members: &[EmailAddress],
) -> Result<Team, AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    let team = Team {
        id: ctx.new_id(),
        organization: ctx.organization,
        name: text::checked_name("name of the team", name)?,
        created_at: ctx.now,
        deleted_at: None,
    };
    if !tx.insert_team(&team)? {
        return Err(Refusal::TeamNameTaken.into());
    }
    for email in members {
        let user = member_with(tx, ctx, email)?;
        tx.insert_team_member(ctx.organization, team.id, user)?;
    }
    record(tx, ctx, "team.created", team.id)?;
    Ok(team)
}

fn member_with(tx: &mut Tx<'_>, ctx: &Ctx, email: &EmailAddress) -> Result<Id<User>, AppError> {
    let missing = || Refusal::not_found::<User>(email.display());
    let user = tx.find_user_by_email(email)?.ok_or_else(missing)?;
    let membership = tx.find_membership(ctx.organization, user.id)?;
    Ok(membership.ok_or_else(missing)?.user)
}

/// The team with this id.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Team>) -> Result<Team, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let found = tx.find_team(ctx.organization, id)?;
    found.ok_or_else(|| Refusal::not_found::<Team>(id.to_native()).into())
}

/// The teams of the organization, in the order they were made.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Team>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(tx.list_teams(ctx.organization)?)
}
