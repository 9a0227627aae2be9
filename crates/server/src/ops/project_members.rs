//! Who has roles in a project: members of the organization, and people whose open invitation to
//! the organization promises some.
//!
//! Whoever is only invited to the project itself is not among them: nobody is in a project without
//! being in its organization, and that invitation promises both at once.

use vestibule_core::invitation::{Edit, Invitation, State};
use vestibule_core::key::Principal;
use vestibule_core::organization::Organization;
use vestibule_core::project::{Project, ProjectGrant, ProjectMember, ProjectPromise, ProjectRole};
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Refusal, policy};
use vestibule_store::{Scope, Tx};

use super::audit::{record_in_project, save_invitation};
use super::directory::{self, Person, Standing};
use super::invitations::{self, NewInvitation};
use super::{authority, pace, projects};
use crate::ctx::Ctx;
use crate::error::AppError;

/// The person with this id, who has roles in the project, or a promise of some.
///
/// # Errors
/// [`Refusal::NotFound`] for the project, [`Refusal::NotInProject`].
pub fn load(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    user: Id<User>,
) -> Result<Person, AppError> {
    authority::in_project(tx, ctx, project)?;
    let person = directory::find_person(tx, ctx, user)?;
    person
        .filter(|person| !person.roles_in(project).is_empty())
        .ok_or_else(|| not_in(user))
}

/// The roles of a member in projects, for whoever has authorized already.
///
/// # Errors
/// The store's failure.
pub fn of_member(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Vec<ProjectGrant>, AppError> {
    let places = tx.list_projects_of(ctx.organization, user)?;
    let granted = |place: ProjectMember| ProjectGrant {
        project: place.project,
        roles: place.roles,
    };
    Ok(places.into_iter().map(granted).collect())
}

fn not_in(user: Id<User>) -> AppError {
    Refusal::NotInProject {
        user: user.to_native(),
    }
    .into()
}

/// Lets somebody into a project.
///
/// A member of the organization is in at once. Otherwise the open invitation to the organization
/// promises the roles from now on, or a new one does, with the lowest role there: so a project's
/// owner may invite to the organization, as far as that, and at that pace.
///
/// # Errors
/// [`Refusal::AlreadyInProject`], [`Refusal::NotProjectOwner`], [`Refusal::NoRoles`],
/// [`Refusal::NotFound`]; what [`invitations::create`] says of a new invitation.
pub fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
    grant: ProjectGrant,
    invitations_per_minute: Option<i64>,
) -> Result<Person, AppError> {
    let promise = promise(tx, ctx, grant)?;
    let known = directory::find_person_by_email(tx, ctx, email)?;
    let known =
        known.filter(|person| matches!(person.standing, Standing::Active | Standing::Pending));
    let user = match known {
        Some(person) if !person.roles_in(grant.project).is_empty() => {
            return Err(Refusal::AlreadyInProject.into());
        }
        Some(person) => {
            change(tx, ctx, &person, promise)?;
            person.user.id
        }
        None => {
            if let Some(limit) = invitations_per_minute {
                pace::require(tx, ctx, limit)?;
            }
            let new = NewInvitation {
                project_roles: vec![grant],
                ..NewInvitation::of(email.clone())
            };
            invitations::create_for_project(tx, ctx, &new, vec![promise])?.user
        }
    };
    load(tx, ctx, grant.project, user)
}

/// Gives one more role in a project to somebody who has some.
///
/// # Errors
/// [`Refusal::RoleHeld`], [`Refusal::NotInProject`], [`Refusal::NotProjectOwner`], [`Refusal::NotFound`].
pub fn add_role(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    user: Id<User>,
    role: ProjectRole,
) -> Result<Person, AppError> {
    replace(tx, ctx, project, user, |roles| {
        if roles.contains(role) {
            return Err(Refusal::RoleHeld);
        }
        Ok(roles.union(RoleSet::of(&[role])))
    })
}

/// Takes one role in a project away. The last one stays: somebody without any is to be removed.
///
/// # Errors
/// [`Refusal::RoleNotHeld`], [`Refusal::NoRoles`], [`Refusal::NotInProject`], [`Refusal::NotProjectOwner`],
/// [`Refusal::NotFound`].
pub fn remove_role(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    user: Id<User>,
    role: ProjectRole,
) -> Result<Person, AppError> {
    replace(tx, ctx, project, user, |roles| {
        if !roles.contains(role) {
            return Err(Refusal::RoleNotHeld);
        }
        Ok(roles.minus(RoleSet::of(&[role])))
    })
}

fn replace(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    user: Id<User>,
    change_roles: impl FnOnce(RoleSet<ProjectRole>) -> Result<RoleSet<ProjectRole>, Refusal>,
) -> Result<Person, AppError> {
    authority::manage_project(tx, ctx, project)?;
    let person = in_use(tx, ctx, project, user)?;
    let roles = change_roles(person.roles_in(project))?;
    let promise = promise(tx, ctx, ProjectGrant { project, roles })?;
    change(tx, ctx, &person, promise)?;
    load(tx, ctx, project, user)
}

/// Whose roles are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Members only.
    OfMembers,
    /// Members and invitees.
    OfAnybody,
}

/// Takes all roles in a project away from somebody; whoever has some may do it for themselves. An
/// invitation to the organization that promised them stays.
///
/// # Errors
/// [`Refusal::NotInProject`], [`Refusal::NotProjectOwner`], [`Refusal::NotFound`].
pub fn remove(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    user: Id<User>,
    removal: Removal,
) -> Result<(), AppError> {
    let (roles, mine) = authority::in_project(tx, ctx, project)?;
    let is_self = ctx.actor.principal() == Some(Principal::User(user));
    if !is_self {
        policy::may_manage_project(roles, mine)?;
    }
    let person = in_use(tx, ctx, project, user)?;
    if let Some(invitation) = person.invitation {
        if removal == Removal::OfMembers {
            return Err(not_in(user));
        }
        let rest = without(&invitation.project_roles, project);
        return amend(tx, ctx, invitation, rest);
    }
    let member = tx.find_project_member(ctx.organization, project, user)?;
    end(tx, ctx, &member.ok_or_else(|| not_in(user))?, is_self)
}

/// Gives a member these roles in projects, in place of all they have in any: the actor has to own
/// each project in which something changes.
///
/// # Errors
/// [`Refusal::NotYourProject`], [`Refusal::NotProjectOwner`]; [`Refusal::NotFound`] for a project or the person.
pub(super) fn set(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
    grants: &[ProjectGrant],
) -> Result<(), AppError> {
    let wanted = ProjectGrant::merged(grants);
    let person = directory::load_person(tx, ctx, user)?;
    for place in tx.list_projects_of(ctx.organization, user)? {
        if !wanted.iter().any(|grant| grant.project == place.project) {
            may_change(tx, ctx, place.project)?;
            end(tx, ctx, &place, false)?;
        }
    }
    for grant in wanted {
        if person.roles_in(grant.project) != grant.roles {
            let promise = promise(tx, ctx, grant)?;
            change(tx, ctx, &person, promise)?;
        }
    }
    Ok(())
}

/// Somebody whose roles in the project can be changed: a member, or an invitee who may still accept.
fn in_use(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    project: Id<Project>,
    user: Id<User>,
) -> Result<Person, AppError> {
    let person = load(tx, ctx, project, user)?;
    match person.standing {
        Standing::Active | Standing::Pending => Ok(person),
        Standing::InvitationExpired | Standing::InvitationRejected => Err(not_in(user)),
    }
}

/// Checks that the actor may take or change what somebody has in this project, or is promised there,
/// in a list that is replaced. Nobody owns a project that is gone.
///
/// # Errors
/// [`Refusal::NotYourProject`].
pub(super) fn may_change(tx: &mut Tx<'_>, ctx: &Ctx, project: Id<Project>) -> Result<(), AppError> {
    if tx.find_project(ctx.organization, project)?.is_none() {
        return Ok(());
    }
    authority::manage_project(tx, ctx, project).map_err(|error| match error {
        AppError::Refused(Refusal::NotProjectOwner) => {
            let project = project.to_native();
            Refusal::NotYourProject { project }.into()
        }
        other => other,
    })
}

/// What the actor promises in a project, if the actor may.
pub(super) fn promise(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    grant: ProjectGrant,
) -> Result<ProjectPromise, AppError> {
    let (roles, mine) = authority::in_project(tx, ctx, grant.project)?;
    policy::may_grant_in_project(roles, mine, grant.roles)?;
    let by = ctx.actor.principal();
    let by = by.ok_or(Refusal::NotProjectOwner)?;
    Ok(ProjectPromise { grant, by })
}

/// Sets what somebody has in a project, or is promised there.
fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: &Person,
    promise: ProjectPromise,
) -> Result<(), AppError> {
    let ProjectGrant { project, roles } = promise.grant;
    if let Some(invitation) = person.invitation.clone() {
        let mut promises = without(&invitation.project_roles, project);
        promises.push(promise);
        return amend(tx, ctx, invitation, promises);
    }
    let user = person.user.id;
    let before = tx.find_project_member(ctx.organization, project, user)?;
    let is_new = before.is_none();
    let mut member = before.unwrap_or(ProjectMember {
        organization: ctx.organization,
        project,
        user,
        roles,
        invitation: None,
        added_at: ctx.now,
    });
    member.roles = roles;
    tx.save_project_member(&member)?;
    if is_new {
        let scope = Scope::Project(project);
        let open = tx.find_live_invitation(ctx.organization, &person.user.email, scope)?;
        if let Some(mut open) = open.filter(|open| open.state_at(ctx.now).is_live()) {
            let read_version = open.version;
            open.close_joined(ctx.now)?;
            save_invitation(tx, ctx, &open, read_version, "invitation.closed")?;
        }
    }
    let action = if is_new {
        "project_member.added"
    } else {
        "project_member.changed"
    };
    record_in_project(tx, ctx, action, user, project)
}

fn without(promises: &[ProjectPromise], project: Id<Project>) -> Vec<ProjectPromise> {
    let mut rest = promises.to_vec();
    rest.retain(|promise| promise.grant.project != project);
    rest
}

/// Changes what an open invitation promises in projects, and nothing else of it: that is a project
/// owner's business, whoever has sent the invitation.
fn amend(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mut invitation: Invitation,
    promises: Vec<ProjectPromise>,
) -> Result<(), AppError> {
    let read_version = invitation.version;
    let edit = Edit {
        project_roles: Some(promises),
        ..Edit::default()
    };
    invitation.edit(edit, ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.changed")
}

/// Ends somebody's time in a project; an invitation to it that led there ends with it.
pub(super) fn end(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    member: &ProjectMember,
    left: bool,
) -> Result<(), AppError> {
    tx.delete_project_member(member)?;
    let action = if left {
        "project_member.left"
    } else {
        "project_member.removed"
    };
    record_in_project(tx, ctx, action, member.user, member.project)?;
    end_invitation(tx, ctx, member.invitation, left)
}

/// Ends the invitation that led to something that has ended, unless it was ended before.
pub(super) fn end_invitation(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Option<Id<Invitation>>,
    left: bool,
) -> Result<(), AppError> {
    let invitation = match id {
        Some(id) => tx.find_invitation(ctx.organization, id)?,
        None => None,
    };
    let Some(mut invitation) = invitation else {
        return Ok(());
    };
    // One invitation may have led to both a membership and a place in a project.
    if invitation.state != State::Accepted {
        return Ok(());
    }
    let read_version = invitation.version;
    invitation.end_membership(left, ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.ended")
}

/// Everything that a person has in projects ends with their membership; whoever is removed is not
/// let in again by an invitation to a project that was open.
pub(super) fn end_all(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user: Id<User>,
    left: bool,
) -> Result<(), AppError> {
    for member in tx.list_projects_of(ctx.organization, user)? {
        end(tx, ctx, &member, left)?;
    }
    if left {
        return Ok(());
    }
    for invitation in tx.list_invitations_of(ctx.organization, user)? {
        if invitation.project.is_some() && invitation.state_at(ctx.now).is_live() {
            projects::withdraw(tx, ctx, invitation)?;
        }
    }
    Ok(())
}

/// Whether whoever promised this may still do so.
pub(super) fn still_stands(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    promise: &ProjectPromise,
) -> Result<bool, AppError> {
    let roles = authority::roles_of(tx, ctx, promise.by)?;
    let Some(roles) = roles.filter(|roles| roles.permits(Permission::View)) else {
        return Ok(false);
    };
    let mine = authority::project_roles_of(tx, ctx, promise.by, promise.grant.project)?;
    Ok(policy::may_grant_in_project(roles, mine, promise.grant.roles).is_ok())
}

/// Gives a new member what an invitation promised in a project.
pub(super) fn join(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    invitation: &Invitation,
    grant: ProjectGrant,
) -> Result<(), AppError> {
    let organization: Id<Organization> = invitation.organization;
    let before = tx.find_project_member(organization, grant.project, invitation.user)?;
    let led_here = (invitation.project == Some(grant.project)).then_some(invitation.id);
    let member = match before {
        Some(known) => ProjectMember {
            roles: known.roles.union(grant.roles),
            invitation: led_here.or(known.invitation),
            ..known
        },
        None => ProjectMember {
            organization,
            project: grant.project,
            user: invitation.user,
            roles: grant.roles,
            invitation: led_here,
            added_at: ctx.now,
        },
    };
    tx.save_project_member(&member)?;
    Ok(())
}
