//! The invitee's answer. Whoever holds the current link proves the address it was mailed to; no
//! organization, address or role is ever read from the request.

use vestibule_core::invitation::{Invitation, State};
use vestibule_core::key::Principal;
use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::organization::Organization;
use vestibule_core::role::RoleSet;
use vestibule_core::secret::AcceptToken;
use vestibule_core::team::Team;
use vestibule_core::user::{User, UserState};
use vestibule_core::{Id, Refusal, policy};
use vestibule_store::Tx;

use super::audit::save_invitation;
use super::{authority, invitations, members};
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
    /// Who invites, as people see it: a full name, an address or a service account's name.
    pub inviter: String,
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
        inviter,
    })
}

/// Accepts: the invitee becomes a member with the promised roles, and with the promised teams that
/// still exist. Accepting again is the same success.
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
    let inviter = authority::roles_of(tx, ctx, invitation.inviter.principal)?;
    policy::may_still_promise(inviter.unwrap_or(RoleSet::NONE), invitation.roles)?;

    save_invitation(tx, ctx, &invitation, read_version, "invitation.accepted")?;
    activate_user(tx, ctx, &invitation)?;
    let membership = begin_membership(tx, ctx, &invitation)?;
    let mut accepted = Accepted {
        organization,
        user: invitation.user,
        roles: membership.roles,
        teams: Vec::new(),
        pruned_teams: Vec::new(),
    };
    join_teams(tx, &invitation, &mut accepted)?;
    Ok(accepted)
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
    membership_by(tx, invitation)?;
    let mut accepted = Accepted {
        organization,
        user: invitation.user,
        roles: invitation.roles,
        teams: Vec::new(),
        pruned_teams: Vec::new(),
    };
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

/// Leaves the organization that the invitation led into: whoever may join with a link may go with
/// it. People need no key for either.
///
/// # Errors
/// [`Refusal::LinkNotValid`] unless the holder is a member by this invitation;
/// [`Refusal::LastOwner`].
pub fn leave(tx: &mut Tx<'_>, ctx: &Ctx, token: &AcceptToken) -> Result<Organization, AppError> {
    let invitation = open(tx, ctx, token)?;
    let organization = invitations::organization_of(tx, &invitation)?;
    let membership = membership_by(tx, &invitation)?;
    let ctx = &Ctx {
        organization: invitation.organization,
        ..ctx.clone()
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

/// Begins the membership, unless the invitee has become a member by another road: then that one
/// stays as it is.
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
    known.ok_or(AppError::Inconsistent {
        what: "an insert met a membership that is not there",
    })
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
