//! Roles of people, one by one: what a member has, and what an invitee is promised.
//!
//! A binding is a person and a role, and there is no row for it: it is read from the membership, or
//! else from the invitation. Must not know how a role is called.

use vestibule_core::invitation::State;
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

impl Listing {
    /// The bindings of a person with these roles that are wanted.
    fn of(&self, user: Id<User>, roles: RoleSet) -> impl Iterator<Item = RoleBinding> {
        let after = self.after.map(|after| (after.user, after.role));
        let wanted = self.roles;
        roles
            .iter()
            .filter(move |role| wanted.contains(*role))
            .filter(move |role| after.is_none_or(|after| (user, *role) > after))
            .map(move |role| RoleBinding { user, role })
    }
}

/// How many people are looked at together.
const TOGETHER: u32 = 500;

/// The bindings of the organization's people by the ids of these, and then in the order of
/// [`Vocabulary::ALL`](vestibule_core::role::Vocabulary::ALL).
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, listing: &Listing) -> Result<Vec<RoleBinding>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let limit = usize::try_from(listing.limit).unwrap_or(usize::MAX);
    let mut after = listing.after.map(|binding| binding.user);
    let mut found = Vec::new();
    if let Some(user) = listing.user.or(after) {
        found.extend(listing.of(user, roles_of(tx, ctx, user)?));
    }
    while listing.user.is_none() && found.len() < limit {
        let holders = tx.list_role_holders(ctx.organization, after, TOGETHER)?;
        let Some((last, _)) = holders.last() else {
            break;
        };
        after = Some(*last);
        let bindings = holders
            .iter()
            .flat_map(|(user, roles)| listing.of(*user, *roles));
        found.extend(bindings);
    }
    found.truncate(limit);
    Ok(found)
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
    let promised = directory::current_invitation(tx, ctx, user)?;
    Ok(promised.map_or(RoleSet::NONE, |promised| promised.roles))
}
