//! Organizations: the first one of a server, more of them, their settings.

use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::membership::{Membership, MembershipState};
use vestibule_core::organization::{Lifetimes, Organization};
use vestibule_core::role::{Permission, Role, RoleSet};
use vestibule_core::user::{AuthType, User, UserState};
use vestibule_core::{EmailAddress, Id, Refusal, text};
use vestibule_store::Tx;

use super::audit::record;
use super::{authority, keys};
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;

/// What a new organization is to be.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// Its name.
    pub name: String,
    /// Whether it has single sign-on.
    pub sso_enabled: bool,
    /// How long its invitations stay open.
    pub lifetimes: Lifetimes,
}

/// The server's first organization, its owner, and the owner's key.
#[derive(Clone, Debug)]
pub struct Bootstrapped {
    /// The organization.
    pub organization: Organization,
    /// The owner's key; its secret is derived from it.
    pub key: ApiKey,
}

/// Makes the first organization of a server with its owner; `None` if there is one already.
///
/// # Errors
/// [`Refusal::InvalidName`].
pub fn bootstrap(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewOrganization,
    owner: &EmailAddress,
) -> Result<Option<Bootstrapped>, AppError> {
    if tx.count_organizations()? > 0 {
        return Ok(None);
    }
    let user = User {
        id: ctx.new_id(),
        email: owner.clone(),
        full_name: String::new(),
        state: UserState::Active,
        auth_type: AuthType::Local,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    tx.insert_user(&user)?;
    let organization = insert(tx, ctx, new, user.id)?;
    let ctx = &Ctx {
        organization: organization.id,
        ..ctx.clone()
    };
    let name = "the first owner's key".to_owned();
    let key = keys::insert(
        tx,
        ctx,
        KeyKind::Native,
        Principal::User(user.id),
        name,
        None,
    )?;
    Ok(Some(Bootstrapped { organization, key }))
}

/// The first owner's key, shown again to whoever has the database and the key ring: the answer that
/// held it may have been lost. `None` if it opens nothing any more, or there never was one.
///
/// # Errors
/// The store's failure.
pub fn first_key(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Option<ApiKey>, AppError> {
    let Some(first) = tx.list_organization_ids()?.into_iter().next() else {
        return Ok(None);
    };
    let ctx = &Ctx {
        organization: first,
        ..ctx.clone()
    };
    let Some(key) = tx.find_oldest_api_key(first, KeyKind::Native)? else {
        return Ok(None);
    };
    let roles = authority::roles_of(tx, ctx, key.principal)?;
    let is_owner = roles.is_some_and(|roles| roles.contains(Role::Owner));
    if !is_owner || !key.is_usable(ctx.now) {
        return Ok(None);
    }
    record(tx, ctx, "key.shown", key.id)?;
    Ok(Some(key))
}

/// Makes an organization whose owner is the person who asks.
///
/// # Errors
/// [`Refusal::NeedsPerson`], [`Refusal::InvalidName`].
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewOrganization) -> Result<Organization, AppError> {
    let owner = person(ctx)?;
    insert(tx, ctx, new, owner)
}

fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    new: &NewOrganization,
    owner: Id<User>,
) -> Result<Organization, AppError> {
    let organization = Organization {
        id: ctx.new_id(),
        name: text::checked_name("name of the organization", &new.name)?,
        sso_enabled: new.sso_enabled,
        lifetimes: new.lifetimes,
        created_at: ctx.now,
        updated_at: ctx.now,
        version: 1,
    };
    tx.insert_organization(&organization)?;
    let ctx = &Ctx {
        organization: organization.id,
        ..ctx.clone()
    };
    let membership = Membership {
        id: ctx.new_id(),
        organization: organization.id,
        user: owner,
        state: MembershipState::Active,
        roles: RoleSet::of(&[Role::Owner]),
        invitation: None,
        joined_at: ctx.now,
        ended_at: None,
    };
    tx.insert_membership(&membership)?;
    record(tx, ctx, "organization.created", organization.id)?;
    Ok(organization)
}

/// The person who acts.
pub(crate) fn person(ctx: &Ctx) -> Result<Id<User>, AppError> {
    match &ctx.actor {
        Actor::Key(key) => match key.principal {
            Principal::User(user) => Ok(user),
            Principal::ServiceAccount(_) => Err(Refusal::NeedsPerson.into()),
        },
        Actor::Invitee | Actor::System => Err(Refusal::NeedsPerson.into()),
    }
}

/// The organization of this use case.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Organization, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    authority::organization(tx, ctx)
}

/// The organizations that the actor belongs to.
///
/// # Errors
/// The store's failure.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Vec<Organization>, AppError> {
    match ctx.actor.principal() {
        Some(Principal::User(user)) => Ok(tx.list_organizations_of(user)?),
        Some(Principal::ServiceAccount(_)) => Ok(vec![load(tx, ctx)?]),
        None => Ok(Vec::new()),
    }
}

/// New settings of an organization. `None` leaves one as it is.
#[derive(Clone, Debug, Default)]
pub struct OrganizationEdit {
    /// A new name.
    pub name: Option<String>,
    /// Single sign-on, on or off.
    pub sso_enabled: Option<bool>,
    /// New lifetimes, for invitations made from now on.
    pub lifetimes: Option<Lifetimes>,
    /// Only if it still has this version.
    pub if_version: Option<i64>,
}

/// Changes an organization's settings.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::InvalidName`], [`Refusal::VersionConflict`].
pub fn edit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    change: &OrganizationEdit,
) -> Result<Organization, AppError> {
    authority::require(tx, ctx, Permission::ManageOrganization)?;
    let mut organization = authority::organization(tx, ctx)?;
    if change
        .if_version
        .is_some_and(|version| version != organization.version)
    {
        return Err(Refusal::VersionConflict.into());
    }
    if let Some(name) = &change.name {
        organization.name = text::checked_name("name of the organization", name)?;
    }
    organization.sso_enabled = change.sso_enabled.unwrap_or(organization.sso_enabled);
    organization.lifetimes = change.lifetimes.unwrap_or(organization.lifetimes);
    organization.updated_at = ctx.now;
    if !tx.update_organization(&organization)? {
        return Err(Refusal::VersionConflict.into());
    }
    organization.version += 1;
    record(tx, ctx, "organization.changed", organization.id)?;
    Ok(organization)
}
