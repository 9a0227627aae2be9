//! Inviting somebody.

use vestibule_core::invitation::{Invitation, Inviter, Promise};
use vestibule_core::key::Principal;
use vestibule_core::organization::Organization;
use vestibule_core::project::{Project, ProjectGrant, ProjectPromise, ProjectRole};
use vestibule_core::role::{Permission, Role, RoleSet};
use vestibule_core::team::Team;
use vestibule_core::user::{AuthType, User, UserState};
use vestibule_core::{EmailAddress, Id, Lifetime, Refusal, policy, text};
use vestibule_store::{Scope, Tx};

use super::change::resend;
use crate::ctx::{Actor, Ctx, Reinvite};
use crate::error::AppError;
use crate::ops::audit::{record, save_invitation};
use crate::ops::{authority, project_members, project_teams, role_bindings};

/// What an inviter asks for.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Whom to invite.
    pub email: EmailAddress,
    /// With which roles.
    pub roles: RoleSet,
    /// Into which teams.
    pub teams: Vec<Id<Team>>,
    /// To which project, instead of to the organization as a whole. Such an invitation promises the
    /// lowest role in the organization, no teams, and roles in this project only.
    pub project: Option<Id<Project>>,
    /// With which roles in projects.
    pub project_roles: Vec<ProjectGrant>,
    /// How the invitee will sign in; the organization's default if `None`.
    pub auth_type: Option<AuthType>,
    /// Words to the invitee; empty for none.
    pub message: String,
    /// How long it stays open; the organization's setting for the dialect if `None`.
    pub lifetime: Option<Lifetime>,
}

impl NewInvitation {
    /// To the organization, with the lowest role and nothing else.
    #[must_use]
    pub fn of(email: EmailAddress) -> Self {
        Self {
            email,
            roles: RoleSet::of(&[Role::Member]),
            teams: Vec::new(),
            project: None,
            project_roles: Vec::new(),
            auth_type: None,
            message: String::new(),
            lifetime: None,
        }
    }

    /// To a project, with these roles in it.
    #[must_use]
    pub fn to_project(
        email: EmailAddress,
        project: Id<Project>,
        roles: RoleSet<ProjectRole>,
    ) -> Self {
        Self {
            project: Some(project),
            project_roles: vec![ProjectGrant { project, roles }],
            ..Self::of(email)
        }
    }
}

/// Invites somebody: reserves a user for the address, makes the invitation, queues the mail.
///
/// # Errors
/// What the policy says; [`Refusal::AlreadyMember`] or [`Refusal::AlreadyInProject`];
/// [`Refusal::LiveInvitation`]; [`Refusal::PendingLimit`]; [`Refusal::UserLimit`]; [`Refusal::OutOfScope`];
/// [`Refusal::NotFound`] for a team or a project.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewInvitation) -> Result<Invitation, AppError> {
    let (invitation, _) = create_there(tx, ctx, new)?;
    Ok(invitation)
}

/// As [`create`], and tells where, for an API that shows it.
///
/// # Errors
/// As [`create`].
pub fn create_there(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewInvitation,
) -> Result<(Invitation, Organization), AppError> {
    let roles = authority::require(tx, ctx, Permission::View)?;
    if let Some(project) = new.project {
        stays_in(project, new)?;
    } else {
        policy::require(roles, Permission::Invite)?;
        policy::may_promise(roles, new.roles)?;
        require_teams(tx, ctx, &new.teams, &[])?;
    }
    let promises = promises(tx, ctx, &new.project_roles, &[])?;
    promise_all(tx, ctx, roles, new, promises)
}

/// Whether an invitation to `project` promises what such a one may.
fn stays_in(project: Id<Project>, new: &NewInvitation) -> Result<(), AppError> {
    let lowest = RoleSet::of(&[Role::Member]);
    let elsewhere = |grant: &ProjectGrant| grant.project != project;
    if new.project_roles.is_empty() {
        return Err(Refusal::NoRoles.into());
    }
    if new.roles != lowest || !new.teams.is_empty() || new.project_roles.iter().any(elsewhere) {
        return Err(Refusal::OutOfScope.into());
    }
    Ok(())
}

/// What the actor promises in projects, each project once, in place of what is `known` because it
/// was promised before. What stays as it is stays the promise of whoever made it where the actor
/// could not make it; to change or take back a promise needs the right to make it.
pub(super) fn promises(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    grants: &[ProjectGrant],
    known: &[ProjectPromise],
) -> Result<Vec<ProjectPromise>, AppError> {
    let merged = ProjectGrant::merged(grants);
    for promise in known {
        if !merged.contains(&promise.grant) {
            project_members::may_change(tx, ctx, promise.grant.project)?;
        }
    }
    let promised = merged.into_iter().map(|grant| {
        let before = known.iter().find(|promise| promise.grant == grant);
        match (project_members::promise(tx, ctx, grant), before) {
            (Err(AppError::Refused(_)), Some(before)) => Ok(*before),
            (made, _) => made,
        }
    });
    promised.collect()
}

/// [`create`] when it is known that the actor may promise this, be it as an owner of a project.
pub(in crate::ops) fn create_for_project(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewInvitation,
    promises: Vec<ProjectPromise>,
) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::View)?;
    let (invitation, _) = promise_all(tx, ctx, roles, new, promises)?;
    Ok(invitation)
}

/// [`create_there`] by somebody with the roles `mine`, who may promise this.
fn promise_all(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mine: RoleSet,
    new: &NewInvitation,
    promises: Vec<ProjectPromise>,
) -> Result<(Invitation, Organization), AppError> {
    let organization = authority::organization(tx, ctx)?;
    let auth_type = auth_type(ctx, mine, &organization, new.auth_type);
    policy::may_invite_to_sign_in(mine, &organization, auth_type)?;
    let message = text::checked_message(&new.message)?;
    let invitee = reserve_user(tx, ctx, &new.email, auth_type, new.project)?;
    let left_over = if ctx.policy.keeps_roles && !invitee.is_new {
        role_bindings::left_over(tx, ctx, mine, invitee.user)?
    } else {
        RoleSet::NONE
    };

    let promise = Promise {
        id: ctx.new_id(),
        organization: ctx.organization,
        email: new.email.clone(),
        user: invitee.user,
        inviter: inviter(tx, ctx)?,
        dialect: ctx.dialect,
        auth_type,
        project: new.project,
        roles: new.roles.union(left_over),
        teams: new.teams.clone(),
        project_roles: promises,
        message,
        nonce: ctx.new_nonce(),
        lifetime: new
            .lifetime
            .unwrap_or_else(|| organization.lifetimes.of(ctx.dialect)),
    };
    let invitation = Invitation::issue(promise, ctx.now);
    if !tx.insert_invitation(&invitation)?
        && let Some(earlier) = make_way(tx, ctx, &invitation)?
    {
        return Ok((earlier, organization));
    }
    require_room(tx, ctx)?;
    record(tx, ctx, "invitation.sent", invitation.id)?;
    tx.enqueue_invitation_mail(&invitation)?;
    Ok((invitation, organization))
}

/// How the invitee will sign in.
fn auth_type(
    ctx: &Ctx,
    roles: RoleSet,
    organization: &Organization,
    asked: Option<AuthType>,
) -> AuthType {
    match asked {
        None => policy::default_auth_type(organization),
        Some(asked) if ctx.policy.coerces_auth_type => {
            policy::fitting_auth_type(roles, organization, asked)
        }
        Some(asked) => asked,
    }
}

/// The address has an invitation that is stored as live: closes it if its time has come, and
/// inserts the new one after all; or finds that the very same was asked for a moment ago, and
/// answers with that.
fn make_way(tx: &mut Tx<'_>, ctx: &Ctx, new: &Invitation) -> Result<Option<Invitation>, AppError> {
    let live = tx
        .find_live_invitation(ctx.organization, &new.email, Scope::of(new))?
        .ok_or(AppError::Inconsistent {
            what: "an insert met a live invitation that is not there",
        })?;
    if let Some(live) = still_open(tx, ctx, live)? {
        if is_repetition(ctx, new, &live) {
            return Ok(Some(live));
        }
        return match ctx.policy.reinvite {
            Reinvite::Refuse => Err(standing_in_the_way(&live)),
            Reinvite::Resend => resend(tx, ctx, live.id).map(Some),
        };
    }
    if tx.insert_invitation(new)? {
        Ok(None)
    } else {
        Err(Refusal::VersionConflict.into())
    }
}

pub(super) fn standing_in_the_way(live: &Invitation) -> AppError {
    Refusal::LiveInvitation { id: live.id }.into()
}

/// An invitation that is stored as live, if it is; otherwise it is written down that it expired,
/// so that it blocks nobody.
pub(super) fn still_open(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mut live: Invitation,
) -> Result<Option<Invitation>, AppError> {
    let read_version = live.version;
    if !live.expire(ctx.now) {
        return Ok(Some(live));
    }
    save_invitation(tx, ctx, &live, read_version, "invitation.expired")?;
    Ok(None)
}

/// Whether a create repeats an earlier one through the same API: a client that repeats a request
/// whose answer was lost must not get a conflict with itself.
fn is_repetition(ctx: &Ctx, new: &Invitation, earlier: &Invitation) -> bool {
    earlier.dialect == new.dialect
        && earlier.inviter == new.inviter
        && earlier.auth_type == new.auth_type
        && earlier.email.display() == new.email.display()
        && ctx.now.seconds_since(earlier.created_at) < ctx.policy.repeat_seconds
}

/// The user that stands for an invitee.
pub(super) struct Invitee {
    /// The user.
    user: Id<User>,
    /// Whether nobody had the address before.
    is_new: bool,
}

/// The user that stands for the invitee: a new placeholder, or whoever has the address.
pub(super) fn reserve_user(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
    auth_type: AuthType,
    project: Option<Id<Project>>,
) -> Result<Invitee, AppError> {
    let placeholder = User {
        id: ctx.new_id(),
        email: email.clone(),
        full_name: String::new(),
        state: UserState::Placeholder,
        auth_type,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if tx.insert_user(&placeholder)? {
        return Ok(Invitee {
            user: placeholder.id,
            is_new: true,
        });
    }
    let mut known = tx
        .find_user_by_email(email)?
        .ok_or(AppError::Inconsistent {
            what: "an insert met a user that is not there",
        })?;
    match known.state {
        UserState::Active => {
            must_be_outside(tx, ctx, known.id, project)?;
        }
        UserState::Placeholder => {}
        UserState::Deactivated => {
            known.state = UserState::Placeholder;
            known.updated_at = ctx.now;
            tx.update_user(&known)?;
        }
    }
    Ok(Invitee {
        user: known.id,
        is_new: false,
    })
}

/// Checks that a person is not where they are invited to.
fn must_be_outside(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
    project: Option<Id<Project>>,
) -> Result<(), AppError> {
    let Some(project) = project else {
        return match tx.find_membership(ctx.organization, user)? {
            Some(_) => Err(Refusal::AlreadyMember.into()),
            None => Ok(()),
        };
    };
    match tx.find_project_member(ctx.organization, project, user)? {
        Some(_) => Err(Refusal::AlreadyInProject.into()),
        None => Ok(()),
    }
}

/// Who invites, under the name that the APIs show: the address of a person, the public half of a
/// program's key.
fn inviter(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Inviter, AppError> {
    let Actor::Key(key) = &ctx.actor else {
        return Err(Refusal::NotPermitted(Permission::Invite).into());
    };
    let name = match key.principal {
        Principal::User(user) if ctx.actor.is_person() => tx
            .find_user(user)?
            .map(|user| user.email.display().to_owned())
            .ok_or(AppError::Inconsistent {
                what: "a key acts for a user that is not there",
            })?,
        Principal::User(_) | Principal::ServiceAccount(_) => key.public_id.clone(),
    };
    Ok(Inviter {
        principal: key.principal,
        name,
    })
}

pub(super) fn require_teams(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    teams: &[Id<Team>],
    known: &[Id<Team>],
) -> Result<(), AppError> {
    for team in teams {
        if tx.find_team(ctx.organization, *team)?.is_none() {
            return Err(Refusal::not_found::<Team>(team.to_hex()).into());
        }
        if !known.contains(team) {
            project_teams::require_grantable(tx, ctx, &[*team])?;
        }
    }
    Ok(())
}

/// Counts after the insert, so that repeating a create that filled the quota is no refusal; a
/// refusal undoes the insert.
pub(super) fn require_room(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
    let settings = &ctx.settings;
    if settings.pending_limit.is_none() && settings.user_limit.is_none() {
        return Ok(());
    }
    let open = tx.count_live_invitations(ctx.organization, ctx.now)?;
    if let Some(limit) = settings.pending_limit.filter(|limit| open > *limit) {
        return Err(Refusal::PendingLimit { limit }.into());
    }
    if let Some(limit) = settings.user_limit
        && open + tx.count_members(ctx.organization)? > limit
    {
        return Err(Refusal::UserLimit { limit }.into());
    }
    Ok(())
}
