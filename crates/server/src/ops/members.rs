//! Memberships after acceptance: who is in, who goes.

use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::policy;
use vestibule_core::project::ProjectGrant;
use vestibule_core::role::{Permission, Role, RoleSet};
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal};
use vestibule_store::{Member, Tx};

use super::audit::record;
use super::{authority, organizations, project_members, team_members};
use crate::ctx::Ctx;
use crate::error::AppError;

/// Members of the organization in the order they joined, with the ids of their teams.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    after: Option<Id<Membership>>,
    limit: u32,
) -> Result<Vec<Member>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(tx.list_members(ctx.organization, after, limit)?)
}

/// The actor leaves the organization.
///
/// # Errors
/// [`Refusal::NeedsPerson`], [`Refusal::LastOwner`], [`Refusal::NotFound`] for strangers.
pub fn leave(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Membership, AppError> {
    let user = organizations::person(ctx)?;
    let membership = active(tx, ctx, user)?;
    end(tx, ctx, membership, MembershipState::Left)
}

/// Removes a member.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::RoleAboveCeiling`], [`Refusal::LastOwner`],
/// [`Refusal::NotFound`].
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, user: Id<User>) -> Result<Membership, AppError> {
    let roles = authority::require(tx, ctx, Permission::ManageMembers)?;
    let membership = active(tx, ctx, user)?;
    policy::may_manage_member(roles, membership.roles)?;
    end(tx, ctx, membership, MembershipState::Removed)
}

/// What to change of a membership. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct MemberEdit {
    /// New roles, at least one.
    pub roles: Option<RoleSet>,
    /// New teams; an empty list takes the member out of all.
    pub teams: Option<Vec<Id<Team>>>,
    /// New roles in projects; an empty list takes all away.
    pub project_roles: Option<Vec<ProjectGrant>>,
}

/// Changes a member's roles, teams and places in projects; within what the editor may give.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::RoleAboveCeiling`], [`Refusal::NoRoles`],
/// [`Refusal::LastOwner`]; [`Refusal::NotFound`] for the member, a team or a project;
/// [`Refusal::TooManyTeams`], [`Refusal::TeamFull`], [`Refusal::NotProjectOwner`].
pub fn edit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
    change: &MemberEdit,
) -> Result<Membership, AppError> {
    let mine = authority::require(tx, ctx, Permission::ManageMembers)?;
    let mut membership = active(tx, ctx, user)?;
    policy::may_manage_member(mine, membership.roles)?;
    if let Some(roles) = change.roles
        && roles != membership.roles
    {
        policy::may_promise(mine, roles)?;
        if !roles.contains(Role::Owner) {
            policy::may_lose_owner(membership.roles, tx.count_owners(ctx.organization)?)?;
        }
        membership.roles = roles;
        tx.update_membership(&membership)?;
        record(tx, ctx, "member.roles_changed", user)?;
    }
    if let Some(wanted) = &change.teams {
        team_members::set(tx, ctx, user, wanted)?;
    }
    if let Some(wanted) = &change.project_roles {
        project_members::set(tx, ctx, user, wanted)?;
    }
    Ok(membership)
}

fn active(tx: &mut Tx<'_>, ctx: &Ctx, user: Id<User>) -> Result<Membership, AppError> {
    let found = tx.find_membership(ctx.organization, user)?;
    found.ok_or_else(|| Refusal::not_found::<User>(user.to_native()).into())
}

/// Ends a membership; the invitation that led to it ends with it, and so do the keys that were made
/// in the organization, and teams and projects let go.
pub(crate) fn end(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mut membership: Membership,
    state: MembershipState,
) -> Result<Membership, AppError> {
    let owners = tx.count_owners(ctx.organization)?;
    policy::may_lose_owner(membership.roles, owners)?;
    membership.state = state;
    membership.ended_at = Some(ctx.now);
    tx.update_membership(&membership)?;
    tx.delete_team_memberships(ctx.organization, membership.user)?;
    tx.revoke_api_keys_of(ctx.organization, membership.user, ctx.now)?;
    let left = state == MembershipState::Left;
    project_members::end_all(tx, ctx, membership.user, left)?;
    record(
        tx,
        ctx,
        if left {
            "member.left"
        } else {
            "member.removed"
        },
        membership.user,
    )?;
    project_members::end_invitation(tx, ctx, membership.invitation, left)?;
    Ok(membership)
}
