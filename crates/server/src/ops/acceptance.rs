//! The invitee's answer. Whoever holds the current link proves the address it was mailed to; no
//! organization, address or role is ever read from the request.

use vestibule_core::invitation::{Invitation, State};
use vestibule_core::key::Principal;
use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::organization::Organization;
use vestibule_core::project::{Project, ProjectGrant, ProjectMember, ProjectPromise, ProjectRole};
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::secret::AcceptToken;
use vestibule_core::team::Team;
use vestibule_core::user::{User, UserState};
use vestibule_core::{Id, Refusal, policy};
use vestibule_store::Tx;

use super::audit::save_invitation;
use super::{authority, invitations, members, project_members};
use crate::ctx::Ctx;
use crate::error::AppError;

/// What an invitee may see of an invitation before answering, and what a mail says.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// The organization.
    pub organization: Organization,
    /// The promised teams that still exist.
    pub teams: Vec<Team>,
    /// The promised roles in projects that still exist.
    pub projects: Vec<(Project, RoleSet<ProjectRole>)>,
    /// Who invites, as people see it: a full name, an address or a service account's name.
    pub inviter: String,
}

impl Invited {
    /// The project that the invitation is to, if it is to one.
    #[must_use]
    pub fn project(&self) -> Option<&Project> {
        let mut known = self.projects.iter().map(|(project, _)| project);
        known.find(|project| Some(project.id) == self.invitation.project)
    }
}

/// What came of an acceptance.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The organization joined.
    pub organization: Organization,
    /// The new member.
    pub user: Id<User>,
    /// The roles given.
    pub roles: RoleSet,
    /// The teams joined.
    pub teams: Vec<Id<Team>>,
    /// Promised teams that do not exist any more.
    pub pruned_teams: Vec<Id<Team>>,
    /// The project that the invitation was to, if it was to one.
    pub project: Option<Id<Project>>,
    /// The roles given in projects.
    pub projects: Vec<ProjectGrant>,
    /// Projects that do not exist any more, or in which whoever promised roles may not give them
    /// any more.
    pub pruned_projects: Vec<Id<Project>>,
}

/// Shows the invitation that a link opens. Changes nothing.
///
/// # Errors
/// [`Refusal::LinkNotValid`] for every link that opens nothing now.
pub fn preview(tx: &mut Tx<'_>, ctx: &Ctx, token: &AcceptToken) -> Result<Invited, AppError> {
    let invitation = open(tx, ctx, token)?;
    if invitation.state_at(ctx.now) != State::Sent {
        return Err(Refusal::LinkNotValid.into());
    }
    describe(tx, invitation)
}

/// An invitation with the names that people see.
///
/// # Errors
/// The store's failure.
pub fn describe(tx: &mut Tx<'_>, invitation: Invitation) -> Result<Invited, AppError> {
    let organization = invitations::organization_of(tx, &invitation)?;
    let mut teams = Vec::new();
    for team in &invitation.teams {
        teams.extend(tx.find_team(invitation.organization, *team)?);
    }
    let mut projects = Vec::new();
    for ProjectPromise { grant, .. } in &invitation.project_roles {
        let found = tx.find_project(invitation.organization, grant.project)?;
        projects.extend(found.map(|project| (project, grant.roles)));
    }
    let known = match invitation.inviter.principal {
        Principal::User(id) => tx.find_user(id)?.map(|user| {
            let address = user.email.display().to_owned();
            if user.full_name.is_empty() {
                address
            } else {
                user.full_name
            }
        }),
        Principal::ServiceAccount(id) => tx
            .find_service_account(invitation.organization, id)?
            .map(|account| account.name),
    };
    let inviter = known.unwrap_or_else(|| invitation.inviter.name.clone());
    Ok(Invited {
        invitation,
        organization,
        teams,
        projects,
        inviter,
    })
}

/// Accepts: the invitee becomes a member with the promised roles, and gets into the promised teams
/// and projects that still exist. Accepting again is the same success.
///
/// # Errors
/// [`Refusal::LinkNotValid`]; [`Refusal::InviterLostRights`].
pub fn accept(tx: &mut Tx<'_>, ctx: &Ctx, token: &AcceptToken) -> Result<Accepted, AppError> {
    let mut invitation = open(tx, ctx, token)?;
    let organization = invitations::organization_of(tx, &invitation)?;
    if invitation.state == State::Accepted {
        return accepted_before(tx, &invitation, organization);
    }
    let read_version = invitation.version;
    invitation.accept(ctx.now)?;
    let ctx = &Ctx {
        organization: invitation.organization,
        ..ctx.clone()
    };
    let (grants, pruned_projects) = surviving(tx, ctx, &invitation)?;
    inviter_still_may(tx, ctx, &invitation, &grants)?;

    save_invitation(tx, ctx, &invitation, read_version, "invitation.accepted")?;
    activate_user(tx, ctx, &invitation)?;
    let membership = begin_membership(tx, ctx, &invitation)?;
    let mut accepted = Accepted {
        organization,
        user: invitation.user,
        roles: membership.roles,
        teams: Vec::new(),
        pruned_teams: Vec::new(),
        project: invitation.project,
        projects: Vec::new(),
        pruned_projects,
    };
    join_teams(tx, &invitation, &mut accepted)?;
    for promise in grants {
        project_members::join(tx, ctx, &invitation, promise.grant)?;
        accepted.projects.push(promise.grant);
    }
    Ok(accepted)
}

/// What an invitation promises in projects that exist, by people who may still promise it; and the
/// projects of which that is not true.
fn surviving(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    invitation: &Invitation,
) -> Result<(Vec<ProjectPromise>, Vec<Id<Project>>), AppError> {
    let (mut grants, mut pruned) = (Vec::new(), Vec::new());
    for promise in &invitation.project_roles {
        let project = promise.grant.project;
        let exists = tx.find_project(ctx.organization, project)?.is_some();
        if exists && project_members::still_stands(tx, ctx, promise)? {
            grants.push(*promise);
        } else {
            pruned.push(project);
        }
    }
    Ok((grants, pruned))
}

/// Checks that the inviter may still promise what they promised in the organization. A project's
/// owner may let people into the organization with the lowest role, for as long as the owner may
/// let them into the project.
fn inviter_still_may(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    invitation: &Invitation,
    grants: &[ProjectPromise],
) -> Result<(), AppError> {
    let by = invitation.inviter.principal;
    let as_owner_of_a_project = invitation.roles == RoleSet::of(&[Role::Member])
        && grants.iter().any(|promise| promise.by == by);
    match invitation.project {
        Some(_) if grants.is_empty() => return Err(Refusal::InviterLostRights.into()),
        Some(_) => return Ok(()),
        None if as_owner_of_a_project => return Ok(()),
        None => {}
    }
    let roles = authority::roles_of(tx, ctx, by)?;
    policy::may_still_promise(roles.unwrap_or(RoleSet::NONE), invitation.roles)?;
    Ok(())
}

/// Declines.
///
/// # Errors
/// [`Refusal::LinkNotValid`].
pub fn decline(tx: &mut Tx<'_>, ctx: &Ctx, token: &AcceptToken) -> Result<Organization, AppError> {
    let mut invitation = open(tx, ctx, token)?;
    let organization = invitations::organization_of(tx, &invitation)?;
    let read_version = invitation.version;
    invitation.decline(ctx.now)?;
    let ctx = &Ctx {
        organization: invitation.organization,
        ..ctx.clone()
    };
    save_invitation(tx, ctx, &invitation, read_version, "invitation.declined")?;
    invitations::release_user(tx, ctx, invitation.user)?;
    Ok(organization)
}

/// The invitation whose current link this is, in whatever state.
fn open(tx: &mut Tx<'_>, ctx: &Ctx, token: &AcceptToken) -> Result<Invitation, AppError> {
    let found = tx.find_invitation(token.organization, token.invitation)?;
    found
        .filter(|invitation| ctx.keys.opens(token, invitation))
        .ok_or_else(|| Refusal::LinkNotValid.into())
}

/// The same link was used before, and its holder is a member by it: the same success once more,
/// with what was promised then. What has become of it since, an old mail does not tell.
fn accepted_before(
    tx: &mut Tx<'_>,
    invitation: &Invitation,
    organization: Organization,
) -> Result<Accepted, AppError> {
    if place_by(tx, invitation)?.is_none() {
        membership_by(tx, invitation)?;
    }
    let mut accepted = Accepted {
        organization,
        user: invitation.user,
        roles: invitation.roles,
        teams: Vec::new(),
        pruned_teams: Vec::new(),
        project: invitation.project,
        projects: Vec::new(),
        pruned_projects: Vec::new(),
    };
    for ProjectPromise { grant, .. } in &invitation.project_roles {
        match tx.find_project(invitation.organization, grant.project)? {
            Some(_) => accepted.projects.push(*grant),
            None => accepted.pruned_projects.push(grant.project),
        }
    }
    for team in &invitation.teams {
        match tx.find_team(invitation.organization, *team)? {
            Some(team) => accepted.teams.push(team.id),
            None => accepted.pruned_teams.push(*team),
        }
    }
    Ok(accepted)
}

/// The membership that this invitation led to, if it lasts.
fn membership_by(tx: &mut Tx<'_>, invitation: &Invitation) -> Result<Membership, AppError> {
    let found = tx.find_membership(invitation.organization, invitation.user)?;
    found
        .filter(|membership| membership.invitation == Some(invitation.id))
        .ok_or_else(|| Refusal::LinkNotValid.into())
}

/// The place in a project that this invitation to it led to, if it lasts.
fn place_by(tx: &mut Tx<'_>, invitation: &Invitation) -> Result<Option<ProjectMember>, AppError> {
    let Some(project) = invitation.project else {
        return Ok(None);
    };
    let found = tx.find_project_member(invitation.organization, project, invitation.user)?;
    Ok(found.filter(|place| place.invitation == Some(invitation.id)))
}

/// Leaves the organization that the invitation led into.
///
/// Whoever may join with a link may go with it: people need no key for either. Who was a member
/// before an invitation to a project leaves that project.
///
/// # Errors
/// [`Refusal::LinkNotValid`] unless the holder is a member by this invitation;
/// [`Refusal::LastOwner`].
pub fn leave(tx: &mut Tx<'_>, ctx: &Ctx, token: &AcceptToken) -> Result<Organization, AppError> {
    let invitation = open(tx, ctx, token)?;
    let organization = invitations::organization_of(tx, &invitation)?;
    let ctx = &Ctx {
        organization: invitation.organization,
        ..ctx.clone()
    };
    let membership = match (membership_by(tx, &invitation), place_by(tx, &invitation)?) {
        (Err(_), Some(place)) => {
            project_members::end(tx, ctx, &place, true)?;
            return Ok(organization);
        }
        (membership, _) => membership?,
    };
    members::end(tx, ctx, membership, MembershipState::Left)?;
    Ok(organization)
}

fn activate_user(tx: &mut Tx<'_>, ctx: &Ctx, invitation: &Invitation) -> Result<(), AppError> {
    let mut user = tx
        .find_user(invitation.user)?
        .ok_or(AppError::Inconsistent {
            what: "an invitation's user is not there",
        })?;
    if user.state != UserState::Active {
        user.state = UserState::Active;
        user.auth_type = invitation.auth_type;
        user.updated_at = ctx.now;
        tx.update_user(&user)?;
    }
    Ok(())
}

/// Begins the membership. Somebody who is a member already, by an invitation to a project, gets the
/// promised roles besides those they have; from then on an invitation to the organization is the
/// one that led here.
fn begin_membership(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    invitation: &Invitation,
) -> Result<Membership, AppError> {
    let membership = Membership {
        id: ctx.new_id(),
        organization: invitation.organization,
        user: invitation.user,
        state: MembershipState::Active,
        roles: invitation.roles,
        invitation: Some(invitation.id),
        joined_at: ctx.now,
        ended_at: None,
    };
    if tx.insert_membership(&membership)? {
        return Ok(membership);
    }
    let known = tx.find_membership(invitation.organization, invitation.user)?;
    let mut known = known.ok_or(AppError::Inconsistent {
        what: "an insert met a membership that is not there",
    })?;
    if invitation.project.is_none() {
        known.roles = known.roles.union(invitation.roles);
        known.invitation = Some(invitation.id);
        tx.update_membership(&known)?;
    }
    Ok(known)
}

/// Puts the new member into the promised teams that still exist, and tells which ones do not.
fn join_teams(
    tx: &mut Tx<'_>,
    invitation: &Invitation,
    accepted: &mut Accepted,
) -> Result<(), AppError> {
    for team in &invitation.teams {
        if tx.find_team(invitation.organization, *team)?.is_some() {
            tx.insert_team_member(invitation.organization, *team, invitation.user)?;
            accepted.teams.push(*team);
        } else {
            accepted.pruned_teams.push(*team);
        }
    }
    Ok(())
}
