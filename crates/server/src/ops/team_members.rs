//! Who is in a team: members, and those who are promised it.
//!
//! Owns the limits on both sides. Putting an invitee into a team edits the promise; on acceptance
//! it becomes membership.

use vestibule_core::invitation::{Edit, Invitation};
use vestibule_core::role::Permission;
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal};
use vestibule_store::{Circle, Tx};

use super::audit::record;
use super::directory::{self, Person};
use super::invitations::{self, InvitationEdit};
use super::{authority, people, project_teams, teams};
use crate::ctx::Ctx;
use crate::error::AppError;

/// Puts a person into a team: a member at once, an invitee by promise.
///
/// # Errors
/// [`Refusal::NotPermitted`]; [`Refusal::NotFound`] for the team, and for whoever is neither a
/// member nor has an open invitation; [`Refusal::AlreadyInTeam`]; [`Refusal::TeamFull`],
/// [`Refusal::TooManyTeams`]; [`Refusal::NotProjectOwner`] if the team has roles in projects that
/// the actor could not give.
pub fn add(tx: &mut Tx<'_>, ctx: &Ctx, team: Id<Team>, user: Id<User>) -> Result<Person, AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    teams::load(tx, ctx, team)?;
    let person = people::load_present(tx, ctx, user)?;
    if person.teams.contains(&team) {
        return Err(Refusal::AlreadyInTeam.into());
    }
    if let Some(invitation) = &person.invitation {
        let mut promised = person.teams.clone();
        promised.push(team);
        promise(tx, ctx, invitation, promised)?;
    } else {
        join(tx, ctx, team, user)?;
    }
    directory::load_person(tx, ctx, user)
}

/// Puts members into a team, all of them or none.
///
/// # Errors
/// As [`add`]; [`Refusal::NotFound`] for whoever is no member.
pub fn add_members(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: Id<Team>,
    users: &[Id<User>],
) -> Result<(), AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    teams::load(tx, ctx, team)?;
    for user in users {
        require_member(tx, ctx, *user)?;
        join(tx, ctx, team, *user)?;
    }
    Ok(())
}

/// Takes a person out of a team: a member at once, an invitee out of what they are promised.
///
/// # Errors
/// [`Refusal::NotPermitted`]; [`Refusal::NotFound`] for the team, and for whoever is neither a
/// member nor has an open invitation; [`Refusal::NotInTeam`].
pub fn remove(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: Id<Team>,
    user: Id<User>,
) -> Result<Person, AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    teams::load(tx, ctx, team)?;
    let person = people::load_present(tx, ctx, user)?;
    if !person.teams.contains(&team) {
        return Err(Refusal::NotInTeam.into());
    }
    if let Some(invitation) = &person.invitation {
        let mut promised = person.teams.clone();
        promised.retain(|id| *id != team);
        promise(tx, ctx, invitation, promised)?;
    } else {
        leave(tx, ctx, team, user)?;
    }
    directory::load_person(tx, ctx, user)
}

/// Takes a member out of a team.
///
/// # Errors
/// As [`remove`]; [`Refusal::NotFound`] for whoever is no member.
pub fn remove_member(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: Id<Team>,
    user: Id<User>,
) -> Result<(), AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    teams::load(tx, ctx, team)?;
    require_member(tx, ctx, user)?;
    leave(tx, ctx, team, user)
}

/// Puts a member into exactly these teams.
///
/// # Errors
/// As [`add`].
pub(super) fn set(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
    wanted: &[Id<Team>],
) -> Result<(), AppError> {
    authority::require(tx, ctx, Permission::ManageTeams)?;
    for team in wanted {
        teams::load(tx, ctx, *team)?;
    }
    let current = tx.list_team_ids_of(ctx.organization, user)?;
    for team in current.iter().filter(|team| !wanted.contains(team)) {
        leave(tx, ctx, *team, user)?;
    }
    for team in wanted.iter().filter(|team| !current.contains(team)) {
        join(tx, ctx, *team, user)?;
    }
    Ok(())
}

fn require_member(tx: &mut Tx<'_>, ctx: &Ctx, user: Id<User>) -> Result<(), AppError> {
    match tx.find_membership(ctx.organization, user)? {
        Some(_) => Ok(()),
        None => Err(Refusal::not_found::<User>(user.to_native()).into()),
    }
}

/// Counts after the insert; a refusal undoes it.
pub(super) fn join(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    team: Id<Team>,
    user: Id<User>,
) -> Result<(), AppError> {
    project_teams::require_grantable(tx, ctx, &[team])?;
    if !tx.insert_team_member(ctx.organization, team, user)? {
        return Err(Refusal::AlreadyInTeam.into());
    }
    if let Some(limit) = ctx.settings.team_size_limit {
        let circle = Circle {
            organization: ctx.organization,
            team: Some(team),
            project: None,
        };
        if tx.count_circle_members(circle)? > limit {
            return Err(Refusal::TeamFull { limit }.into());
        }
    }
    if let Some(limit) = ctx.settings.teams_per_user_limit {
        let teams = tx.list_team_ids_of(ctx.organization, user)?.len();
        if i64::try_from(teams).unwrap_or(i64::MAX) > limit {
            return Err(Refusal::TooManyTeams { limit }.into());
        }
    }
    record(tx, ctx, "team.member_added", team)
}

fn leave(tx: &mut Tx<'_>, ctx: &Ctx, team: Id<Team>, user: Id<User>) -> Result<(), AppError> {
    if !tx.delete_team_member(ctx.organization, team, user)? {
        return Err(Refusal::NotInTeam.into());
    }
    record(tx, ctx, "team.member_removed", team)
}

fn promise(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    invitation: &Invitation,
    teams: Vec<Id<Team>>,
) -> Result<(), AppError> {
    // A team that was deleted since is no part of the promise any more.
    let mut living = Vec::with_capacity(teams.len());
    for team in teams {
        living.extend(tx.find_team(ctx.organization, team)?.map(|team| team.id));
    }
    let change = InvitationEdit {
        edit: Edit {
            teams: Some(living),
            ..Edit::default()
        },
        project_roles: None,
        if_version: None,
    };
    invitations::edit(tx, ctx, invitation.id, &change)?;
    Ok(())
}
