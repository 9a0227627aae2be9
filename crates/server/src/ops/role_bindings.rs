//! Roles of people, one by one: what a member has, and what an invitee is promised.
//!
//! A binding is a person and a role, and there is no row for it: it is read from the membership, or
//! else from the invitation. Must not know how a role is called.

use vestibule_core::invitation::{Invitation, State};
use vestibule_core::role::{Permission, Role, RoleSet};
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal};
use vestibule_store::Tx;

use super::members::MemberEdit;
use super::people;
use super::{authority, directory};
use crate::ctx::Ctx;
use crate::error::AppError;

/// That a person has a role, or is promised it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleBinding {
    /// The person.
    pub user: Id<User>,
    /// The role.
    pub role: Role,
}

/// Gives a role to a member, or promises it to an invitee; a success that changes nothing if that
/// was done before.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever is neither; as [`people::edit`].
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, binding: RoleBinding) -> Result<(), AppError> {
    authority::require(tx, ctx, Permission::ManageMembers)?;
    let added = people::add_role(tx, ctx, binding.user, binding.role);
    match added {
        Ok(_) | Err(AppError::Refused(Refusal::RoleHeld)) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Whether there is such a binding.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn exists(tx: &mut Tx<'_>, ctx: &Ctx, binding: RoleBinding) -> Result<bool, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(roles_of(tx, ctx, binding.user)?.contains(binding.role))
}

/// Takes a role from a member, or from what an invitee is promised; whoever has no other is a plain
/// member. `false` if there is no such binding.
///
/// # Errors
/// As [`people::edit`].
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, binding: RoleBinding) -> Result<bool, AppError> {
    if !exists(tx, ctx, binding)? {
        authority::require(tx, ctx, Permission::ManageMembers)?;
        return Ok(false);
    }
    let rest = roles_of(tx, ctx, binding.user)?.minus(RoleSet::of(&[binding.role]));
    let rest = if rest.is_empty() {
        RoleSet::of(&[Role::Member])
    } else {
        rest
    };
    let change = MemberEdit {
        roles: Some(rest),
        ..MemberEdit::default()
    };
    people::edit(tx, ctx, binding.user, &change)?;
    Ok(true)
}

/// What to list, and from where on.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Only those of this person.
    pub user: Option<Id<User>>,
    /// Only those of these roles.
    pub roles: RoleSet,
    /// Only those after this one.
    pub after: Option<RoleBinding>,
    /// At most so many.
    pub limit: u32,
}

/// The bindings of the organization's people by the ids of these, and then in the order of
/// [`Vocabulary::ALL`](vestibule_core::role::Vocabulary::ALL).
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, listing: &Listing) -> Result<Vec<RoleBinding>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let limit = usize::try_from(listing.limit).unwrap_or(usize::MAX);
    let mut found = Vec::new();
    if let Some(user) = listing.user {
        collect(tx, ctx, listing, user, &mut found)?;
        found.truncate(limit);
        return Ok(found);
    }
    let mut after = listing.after.map(|binding| binding.user);
    if let Some(user) = after {
        collect(tx, ctx, listing, user, &mut found)?;
    }
    while found.len() < limit {
        let users = directory::list_users(tx, ctx, after, listing.limit)?;
        let Some(last) = users.last() else {
            break;
        };
        after = Some(last.id);
        for user in &users {
            collect(tx, ctx, listing, user.id, &mut found)?;
        }
    }
    found.truncate(limit);
    Ok(found)
}

/// Adds those bindings of a person that are wanted.
fn collect(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    listing: &Listing,
    user: Id<User>,
    found: &mut Vec<RoleBinding>,
) -> Result<(), AppError> {
    let comes_after = |binding: &RoleBinding| match listing.after {
        Some(after) => (binding.user, binding.role) > (after.user, after.role),
        None => true,
    };
    let roles = roles_of(tx, ctx, user)?;
    let wanted = listing.roles;
    found.extend(
        roles
            .iter()
            .filter(|role| wanted.contains(*role))
            .map(|role| RoleBinding { user, role })
            .filter(comes_after),
    );
    Ok(())
}

/// The roles that an invitation which ran out had promised to this person, as far as somebody with
/// the roles `mine` could promise them today: whoever is invited again keeps them.
///
/// # Errors
/// The store's failure.
pub(super) fn left_over(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mine: RoleSet,
    user: Id<User>,
) -> Result<RoleSet, AppError> {
    let mine = mine.grantable();
    let last = directory::last_invitation(tx, ctx, user)?;
    let ran_out = last.filter(|last| last.state_at(ctx.now) == State::Expired);
    let promised = ran_out.map_or(RoleSet::NONE, |last| last.roles);
    Ok(promised
        .iter()
        .filter(|role| mine.contains(*role))
        .collect())
}

/// What a member has, or an invitee is promised; also by an invitation that ran out, because it can
/// be renewed.
fn roles_of(tx: &mut Tx<'_>, ctx: &Ctx, user: Id<User>) -> Result<RoleSet, AppError> {
    if let Some(membership) = tx.find_membership(ctx.organization, user)? {
        return Ok(membership.roles);
    }
    let last = directory::last_invitation(tx, ctx, user)?;
    let counts = |last: &Invitation| {
        matches!(
            last.state_at(ctx.now),
            State::Staged | State::Sent | State::Expired
        )
    };
    Ok(last.filter(counts).map_or(RoleSet::NONE, |last| last.roles))
}
