//! Projects: what an organization's people have roles of their own in.

use vestibule_core::invitation::Invitation;
use vestibule_core::key::{KeyKind, Principal};
use vestibule_core::project::{self, Holder, Project, ProjectHolder, ProjectMember, ProjectRole};
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::{Id, Refusal};
use vestibule_store::{Slice, Tx};

use super::audit::{record, save_invitation};
use super::{Counted, authority, invitations, project_members};
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;

/// Makes a project. Whoever does owns it.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::InvalidName`], [`Refusal::ProjectNameTaken`].
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, name: &str) -> Result<Project, AppError> {
    authority::require(tx, ctx, Permission::CreateProjects)?;
    let made = Project {
        id: ctx.new_id(),
        organization: ctx.organization,
        name: project::checked_name(name)?,
        created_at: ctx.now,
        deleted_at: None,
        version: 1,
    };
    if !tx.insert_project(&made)? {
        return Err(Refusal::ProjectNameTaken.into());
    }
    let roles = RoleSet::of(&[ProjectRole::Owner]);
    match ctx.actor.principal() {
        Some(Principal::User(user)) => tx.save_project_member(&ProjectMember {
            organization: ctx.organization,
            project: made.id,
            user,
            roles,
            invitation: None,
            added_at: ctx.now,
        })?,
        Some(Principal::ServiceAccount(account)) => {
            tx.insert_project_holder(&ProjectHolder {
                organization: ctx.organization,
                project: made.id,
                holder: Holder::ServiceAccount(account),
                roles,
                added_at: ctx.now,
            })?;
        }
        None => {}
    }
    record(tx, ctx, "project.created", made.id)?;
    Ok(made)
}

/// The project with this id.
///
/// # Errors
/// [`Refusal::NotFound`], also for another organization's id.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Project>) -> Result<Project, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    find(tx, ctx, id)
}

fn find(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Project>) -> Result<Project, AppError> {
    let found = tx.find_project(ctx.organization, id)?;
    found.ok_or_else(|| missing(id))
}

fn missing(id: Id<Project>) -> AppError {
    Refusal::not_found::<Project>(id.to_native()).into()
}

/// The project of this name.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn find_by_name(tx: &mut Tx<'_>, ctx: &Ctx, name: &str) -> Result<Option<Project>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    // No project has such a name, and PostgreSQL takes no text with a zero byte.
    if project::checked_name(name).is_err() {
        return Ok(None);
    }
    Ok(tx.find_project_by_name(ctx.organization, name)?)
}

/// At most `limit` projects of the organization, in the order they were made, after `after`.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    after: Option<Id<Project>>,
    limit: u32,
) -> Result<Vec<Project>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(tx.list_projects(ctx.organization, after, Slice::first(limit))?)
}

/// A numbered page of the same list, and how many projects there are in all.
///
/// # Errors
/// As [`list`].
pub fn page(tx: &mut Tx<'_>, ctx: &Ctx, slice: Slice) -> Result<Counted<Project>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(Counted {
        total: tx.count_projects(ctx.organization)?,
        items: tx.list_projects(ctx.organization, None, slice)?,
    })
}

/// The circumstances of a use case in the organization of this project, for the dialect that names
/// a project without its organization. Whoever may not know of the project learns that there is
/// none.
///
/// # Errors
/// [`Refusal::NotFound`] for the project.
pub fn entered(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Project>) -> Result<Ctx, AppError> {
    let Actor::Key(key) = &ctx.actor else {
        return Err(missing(id));
    };
    // A person's own key opens every organization the person belongs to.
    let found = if key.kind == KeyKind::Native {
        tx.find_project_anywhere(id)?
    } else {
        tx.find_project(key.organization, id)?
    };
    let ctx = Ctx {
        organization: found.ok_or_else(|| missing(id))?.organization,
        ..ctx.clone()
    };
    match authority::roles_of(tx, &ctx, key.principal)? {
        Some(_) => Ok(ctx),
        None => Err(missing(id)),
    }
}

/// Gives a project another name.
///
/// # Errors
/// [`Refusal::NotProjectOwner`], [`Refusal::InvalidName`], [`Refusal::ProjectNameTaken`],
/// [`Refusal::NotFound`].
pub fn rename(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Project>,
    name: &str,
) -> Result<Project, AppError> {
    authority::manage_project(tx, ctx, id)?;
    let mut renamed = find(tx, ctx, id)?;
    let name = project::checked_name(name)?;
    if name == renamed.name {
        return Ok(renamed);
    }
    if tx.find_project_by_name(ctx.organization, &name)?.is_some() {
        return Err(Refusal::ProjectNameTaken.into());
    }
    renamed.name = name;
    save(tx, &mut renamed)?;
    record(tx, ctx, "project.renamed", id)?;
    Ok(renamed)
}

/// Deletes a project: its people lose their roles in it, and open invitations to it are withdrawn.
/// What other invitations promise in it is pruned when they are accepted.
///
/// # Errors
/// [`Refusal::NotProjectOwner`], [`Refusal::NotFound`].
pub fn delete(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Project>) -> Result<(), AppError> {
    authority::manage_project(tx, ctx, id)?;
    for invitation in tx.list_invitations_to(ctx.organization, id)? {
        if invitation.state_at(ctx.now).is_live() {
            withdraw(tx, ctx, invitation)?;
        }
    }
    for member in tx.list_project_members(ctx.organization, id)? {
        project_members::end(tx, ctx, &member, false)?;
    }
    tx.delete_project_holders(ctx.organization, id)?;
    let mut deleted = find(tx, ctx, id)?;
    deleted.deleted_at = Some(ctx.now);
    save(tx, &mut deleted)?;
    record(tx, ctx, "project.deleted", id)
}

/// Withdraws an open invitation because of what became of its project or its person.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mut invitation: Invitation,
) -> Result<(), AppError> {
    let read_version = invitation.version;
    invitation.revoke(ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.revoked")?;
    invitations::release_user(tx, ctx, invitation.user)
}

fn save(tx: &mut Tx<'_>, project: &mut Project) -> Result<(), AppError> {
    project.version += 1;
    if tx.update_project(project)? {
        Ok(())
    } else {
        Err(Refusal::VersionConflict.into())
    }
}
