//! Teams.

use vestibule_core::project::Holder;
use vestibule_core::role::Permission;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Refusal, text};
use vestibule_store::{Slice, Tx};

use super::audit::record;
use super::{Counted, authority, team_members};
use crate::ctx::Ctx;
use crate::error::AppError;

/// Makes a team, with members of the organization in it.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::InvalidName`], [`Refusal::TeamNameTaken`];
/// [`Refusal::NotFound`] for an address that no member has; [`Refusal::TeamFull`],
/// [`Refusal::TooManyTeams`].
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
    record(tx, ctx, "team.created", team.id)?;
    let mut joined = Vec::with_capacity(members.len());
    for email in members {
        let user = member_with(tx, ctx, email)?;
        // An address that is there twice counts once.
        if !joined.contains(&user) {
            team_members::join(tx, ctx, team.id, user)?;
            joined.push(user);
        }
    }
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

/// At most `limit` teams of the organization, in the order they were made, after `after`.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    after: Option<Id<Team>>,
    limit: u32,
) -> Result<Vec<Team>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(tx.list_teams(ctx.organization, after, Slice::first(limit))?)
}

/// A numbered page of the same list, and how many teams there are in all.
///
/// # Errors
/// As [`list`].
pub fn page(tx: &mut Tx<'_>, ctx: &Ctx, slice: Slice) -> Result<Counted<Team>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(Counted {
        total: tx.count_teams(ctx.organization)?,
        items: tx.list_teams(ctx.organization, None, slice)?,
    })
}

/// The team of this name.
///
/// # Errors
/// [`Refusal::NotFound`], with the name where an id would be.
pub fn load_by_name(tx: &mut Tx<'_>, ctx: &Ctx, name: &str) -> Result<Team, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let missing = || Refusal::not_found::<Team>(name);
    // No team has such a name, and PostgreSQL takes no text with a zero byte.
    text::checked_name("name of the team", name).map_err(|_refusal| missing())?;
    let found = tx.find_team_by_name(ctx.organization, name)?;
    found.ok_or_else(|| missing().into())
}

/// Gives a team another name.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::NotFound`], [`Refusal::InvalidName`],
/// [`Refusal::TeamNameTaken`].
pub fn rename(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Team>, name: &str) -> Result<Team, AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    let mut team = load(tx, ctx, id)?;
    team.name = text::checked_name("name of the team", name)?;
    if !tx.rename_team(&team)? {
        return Err(Refusal::TeamNameTaken.into());
    }
    record(tx, ctx, "team.renamed", id)?;
    Ok(team)
}

/// Deletes a team that is on no project; its members stay in the organization. Open invitations keep the promise, and
/// acceptance tells that the team is gone.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::NotFound`], [`Refusal::TeamInUse`].
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Team>) -> Result<(), AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    load(tx, ctx, id)?;
    let places = tx.list_projects_of_holder(ctx.organization, Holder::Team(id))?;
    if !places.is_empty() {
        return Err(Refusal::TeamInUse.into());
    }
    tx.delete_team(ctx.organization, id, ctx.now)?;
    record(tx, ctx, "team.deleted", id)
}
