//! The link of an open invitation for its inviter's side: for handing it over by another road than
//! the mail. Whoever has the link can answer, so that asking for it leaves a trace.

use vestibule_core::invitation::{Invitation, State};
use vestibule_core::role::Permission;
use vestibule_core::{Id, Refusal, policy};
use vestibule_store::Tx;

use super::find;
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::audit::record;
use crate::ops::{authority, project_members, project_teams};

/// An open invitation, and the token that its current mail has.
#[derive(Clone, Debug)]
pub struct Link {
    /// The invitation.
    pub invitation: Invitation,
    /// The token. Older ones are dead, and this one dies with the next sending.
    pub token: String,
}

/// Shows the link of an invitation that waits for an answer.
///
/// With it one can answer for the invited person. So nobody sees it who could not have promised as
/// much, and the audit trail says who has.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::RoleAboveCeiling`], [`Refusal::NotProjectOwner`],
/// [`Refusal::ProjectRoleAboveCeiling`], [`Refusal::NotOpen`], [`Refusal::NotFound`].
pub fn link(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Link, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let invitation = find(tx, ctx, id)?;
    policy::may_promise(roles, invitation.roles)?;
    project_teams::require_grantable(tx, ctx, &invitation.teams)?;
    for promise in &invitation.project_roles {
        // What is promised in a project that is gone is pruned at acceptance.
        let project = promise.grant.project;
        if tx.find_project(ctx.organization, project)?.is_some() {
            project_members::promise(tx, ctx, promise.grant)?;
        }
    }
    let state = invitation.state_at(ctx.now);
    if state != State::Sent {
        let wanted = "handed over";
        return Err(Refusal::NotOpen { state, wanted }.into());
    }
    let token = ctx.keys.accept_token(&invitation);
    let token = token.ok_or(AppError::Inconsistent {
        what: "the key ring has lost the key of an invitation",
    })?;
    record(tx, ctx, "invitation.link_shown", invitation.id)?;
    Ok(Link { invitation, token })
}
