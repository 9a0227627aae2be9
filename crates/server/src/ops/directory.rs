//! People as the organization sees them: members and invitees in one view. Whoever is invited to
//! a project only is not in it, until they accept.

use vestibule_core::invitation::{Invitation, Reason, State};
use vestibule_core::membership::Membership;
use vestibule_core::organization::Dialect;
use vestibule_core::project::{Project, ProjectGrant, ProjectRole};
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::team::Team;
use vestibule_core::user::{User, UserState};
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::Tx;

use super::{authority, project_members};
use crate::ctx::Ctx;
use crate::error::AppError;

/// How a person stands to the organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A member.
    Active,
    /// Invited, and the invitation is open.
    Pending,
    /// Invited, and the last invitation ran out.
    InvitationExpired,
    /// Invited, and the last invitation was declined.
    InvitationRejected,
}

/// A person with a tie to the organization.
#[derive(Clone, Debug)]
pub struct Person {
    /// The person.
    pub user: User,
    /// Their address, as this organization spelled it when it invited them. Terraform takes
    /// another spelling for another person.
    pub email: EmailAddress,
    /// How they stand to the organization.
    pub standing: Standing,
    /// The membership of an active one.
    pub membership: Option<Membership>,
    /// The last invitation of one who is not active.
    pub invitation: Option<Invitation>,
    /// The teams they are in, or are promised.
    pub teams: Vec<Id<Team>>,
    /// The roles they have in projects, or are promised.
    pub projects: Vec<ProjectGrant>,
}

impl Person {
    /// The roles that the person has in this project, or is promised.
    #[must_use]
    pub fn roles_in(&self, project: Id<Project>) -> RoleSet<ProjectRole> {
        let mut known = self.projects.iter();
        let found = known.find(|grant| grant.project == project);
        found.map_or(RoleSet::NONE, |grant| grant.roles)
    }
}

/// The user with this id, if they have a tie to the organization, past ones included.
///
/// # Errors
/// [`Refusal::NotFound`], also for people that only other organizations know.
pub fn load_user(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<User, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let missing = || Refusal::not_found::<User>(id.to_native());
    let user = tx.find_user(id)?.ok_or_else(missing)?;
    as_known_here(tx, ctx, user)?.ok_or_else(|| missing().into())
}

/// The user with this id, if they are a member, or have an invitation that waits for an answer or
/// ran out without one.
///
/// # Errors
/// As [`load_user`].
pub fn load_current_user(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<User, AppError> {
    let user = load_user(tx, ctx, id)?;
    let is_member = tx.find_membership(ctx.organization, id)?.is_some();
    if is_member || current_invitation(tx, ctx, id)?.is_some() {
        return Ok(user);
    }
    Err(Refusal::not_found::<User>(id.to_native()).into())
}

/// The invitation to the organization by which somebody who is no member is known here: it waits for
/// an answer, or ran out without one, and can be renewed.
pub(super) fn current_invitation(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Option<Invitation>, AppError> {
    let last = last_invitation(tx, ctx, user)?;
    Ok(last.filter(|last| is_unanswered(last, ctx)))
}

/// Whether an invitation waits for an answer, or ran out without one.
pub(super) fn is_unanswered(invitation: &Invitation, ctx: &Ctx) -> bool {
    matches!(
        invitation.state_at(ctx.now),
        State::Staged | State::Sent | State::Expired
    )
}

/// Users of the organization by id: the same that [`load_current_user`] finds.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list_users(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    after: Option<Id<User>>,
    limit: u32,
) -> Result<Vec<User>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let users = tx.list_users(ctx.organization, after, limit)?;
    all_as_known_here(tx, ctx, users)
}

/// As [`list_users`], from the newest to the oldest, before `before`.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list_users_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    before: Option<Id<User>>,
    limit: u32,
) -> Result<Vec<User>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let users = tx.list_users_back(ctx.organization, before, limit)?;
    all_as_known_here(tx, ctx, users)
}

fn all_as_known_here(tx: &mut Tx<'_>, ctx: &Ctx, users: Vec<User>) -> Result<Vec<User>, AppError> {
    let mut known = Vec::with_capacity(users.len());
    for user in users {
        known.extend(as_known_here(tx, ctx, user)?);
    }
    Ok(known)
}

/// A user as far as the organization knows them: `None` without a tie. People are shared by all
/// organizations of a server; of one who was only invited here, the organization learns what its
/// own invitation says, and nothing that the person is elsewhere.
fn as_known_here(tx: &mut Tx<'_>, ctx: &Ctx, user: User) -> Result<Option<User>, AppError> {
    if tx.find_membership(ctx.organization, user.id)?.is_some() {
        return Ok(Some(user));
    }
    let mut invitations = tx.list_invitations_of(ctx.organization, user.id)?;
    // Whoever is invited to a project only is nobody to an API that shows no such invitations.
    invitations.retain(|i| i.project.is_none() || ctx.dialect == Dialect::Native);
    let was_member = invitations
        .iter()
        .any(|invitation| invitation.accepted_at.is_some());
    Ok(latest(invitations).map(|invitation| {
        if was_member {
            user
        } else {
            as_invited(&invitation, ctx)
        }
    }))
}

fn as_invited(invitation: &Invitation, ctx: &Ctx) -> User {
    let open = invitation.state_at(ctx.now).is_live();
    User {
        id: invitation.user,
        email: invitation.email.clone(),
        full_name: String::new(),
        state: if open {
            UserState::Placeholder
        } else {
            UserState::Deactivated
        },
        auth_type: invitation.auth_type,
        created_at: invitation.created_at,
        updated_at: invitation.updated_at,
    }
}

/// The person with this id, however they stand.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn load_person(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<Person, AppError> {
    let found = find_person(tx, ctx, id)?;
    found.ok_or_else(|| Refusal::not_found::<User>(id.to_native()).into())
}

/// The person with this id, however they stand; `None` without a tie.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn find_person(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<Option<Person>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    match tx.find_user(id)? {
        Some(user) => person(tx, ctx, user),
        None => Ok(None),
    }
}

/// The person with this address, however they stand; `None` without a tie.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn find_person_by_email(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
) -> Result<Option<Person>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    match tx.find_user_by_email(email)? {
        Some(user) => person(tx, ctx, user),
        None => Ok(None),
    }
}

fn person(tx: &mut Tx<'_>, ctx: &Ctx, user: User) -> Result<Option<Person>, AppError> {
    if let Some(membership) = tx.find_membership(ctx.organization, user.id)? {
        let invited = match membership.invitation {
            Some(id) => tx.find_invitation(ctx.organization, id)?,
            None => None,
        };
        let teams = tx.list_team_ids_of(ctx.organization, user.id)?;
        let projects = project_members::of_member(tx, ctx, user.id)?;
        let invited_as = invited.map(|invitation| invitation.email);
        return Ok(Some(member(
            user,
            membership,
            invited_as,
            (teams, projects),
        )));
    }
    let last = last_invitation(tx, ctx, user.id)?;
    Ok(last.and_then(|invitation| {
        standing_of(&invitation, ctx).map(|standing| invitee(standing, invitation, ctx))
    }))
}

/// The invitation to the organization by which somebody who is no member stands: one to a project
/// says nothing of the organization.
pub(super) fn last_invitation(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Option<Invitation>, AppError> {
    let mut invitations = tx.list_invitations_of(ctx.organization, user)?;
    invitations.retain(|invitation| invitation.project.is_none());
    Ok(latest(invitations))
}

/// The invitation that counts: the live one if there is one, the newest otherwise. Ids tell
/// seconds apart, the instants of creation microseconds.
fn latest(invitations: Vec<Invitation>) -> Option<Invitation> {
    invitations
        .into_iter()
        .max_by_key(|i| (i.state.is_live(), i.created_at, i.id))
}

/// How somebody who is no member stands by their last invitation; `None` if by none.
pub(super) fn standing_of(invitation: &Invitation, ctx: &Ctx) -> Option<Standing> {
    match invitation.state_at(ctx.now) {
        State::Staged | State::Sent => Some(Standing::Pending),
        State::Expired => Some(Standing::InvitationExpired),
        State::Deactivated if invitation.reason == Some(Reason::Declined) => {
            Some(Standing::InvitationRejected)
        }
        State::Accepted | State::Deactivated => None,
    }
}

/// A member, who was perhaps invited under another spelling of their address.
pub(super) fn member(
    user: User,
    membership: Membership,
    invited_as: Option<EmailAddress>,
    (teams, projects): (Vec<Id<Team>>, Vec<ProjectGrant>),
) -> Person {
    Person {
        email: invited_as.unwrap_or_else(|| user.email.clone()),
        user,
        standing: Standing::Active,
        membership: Some(membership),
        invitation: None,
        teams,
        projects,
    }
}

/// Somebody whose invitation is open, or came to nothing.
pub(super) fn invitee(standing: Standing, invitation: Invitation, ctx: &Ctx) -> Person {
    let user = as_invited(&invitation, ctx);
    let teams = invitation.teams.clone();
    let projects = invitation.project_roles.iter();
    let projects = projects.map(|promise| promise.grant).collect();
    Person {
        user,
        email: invitation.email.clone(),
        standing,
        membership: None,
        invitation: Some(invitation),
        teams,
        projects,
    }
}
