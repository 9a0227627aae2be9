//! API keys and the service accounts that some of them act for.

use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::secret;
use vestibule_core::user::ServiceAccount;
use vestibule_core::{Id, Refusal, Timestamp, policy, text};
use vestibule_store::{Slice, Tx, UsableKeys};

use super::audit::record;
use super::{Counted, authority, organizations};
use crate::ctx::Ctx;
use crate::error::AppError;

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// Where it is used.
    pub kind: KeyKind,
    /// A name for people.
    pub name: String,
    /// For whom it acts: a new service account with these roles, or the person who asks.
    pub service_account_roles: Option<RoleSet>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
}

/// The key with this id, for whoever made it a moment ago.
///
/// # Errors
/// [`Refusal::NotFound`].
pub(crate) fn load(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<ApiKey>) -> Result<ApiKey, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let found = tx.find_api_key(id)?;
    found
        .filter(|key| key.organization == ctx.organization)
        .ok_or_else(|| Refusal::not_found::<ApiKey>(id.to_native()).into())
}

/// Makes a key. Its secret is derived from it, and can be shown once.
///
/// A person may make keys of their own; a service account with roles takes the permission to
/// manage keys, and its roles stay within what its maker could grant.
///
/// # Errors
/// [`Refusal::NotPermitted`], [`Refusal::RoleAboveCeiling`], [`Refusal::InvalidName`],
/// [`Refusal::NeedsPerson`].
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewKey) -> Result<ApiKey, AppError> {
    let roles = authority::require(tx, ctx, Permission::View)?;
    let name = text::checked_name("name of the key", &new.name)?;
    let needs_account = new.kind == KeyKind::AtlasServiceAccount;
    let principal = match new.service_account_roles {
        None if needs_account => return Err(Refusal::NoRoles.into()),
        None => Principal::User(organizations::person(ctx)?),
        Some(promised) => {
            policy::require(roles, Permission::ManageKeys)?;
            policy::may_promise(roles, promised)?;
            let account = ServiceAccount {
                id: ctx.new_id(),
                organization: ctx.organization,
                name: name.clone(),
                roles: promised,
                created_at: ctx.now,
            };
            tx.insert_service_account(&account)?;
            record(tx, ctx, "service_account.created", account.id)?;
            Principal::ServiceAccount(account.id)
        }
    };
    insert(tx, ctx, new.kind, principal, name, new.expires_at)
}

pub(crate) fn insert(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kind: KeyKind,
    principal: Principal,
    name: String,
    expires_at: Option<Timestamp>,
) -> Result<ApiKey, AppError> {
    let id = ctx.new_id();
    let key = ApiKey {
        id,
        organization: ctx.organization,
        principal,
        kind,
        public_id: secret::public_id(kind, id, &ctx.random),
        name,
        generation: 1,
        nonce: ctx.new_nonce(),
        created_at: ctx.now,
        expires_at,
        revoked_at: None,
    };
    tx.insert_api_key(&key)?;
    record(tx, ctx, "key.created", key.id)?;
    Ok(key)
}

/// At most `limit` keys of the organization that the actor may see, by id, after `after`; revoked
/// ones included.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    after: Option<Id<ApiKey>>,
    limit: u32,
) -> Result<Vec<ApiKey>, AppError> {
    let of = whose(tx, ctx)?;
    Ok(tx.list_api_keys(ctx.organization, of, after, limit)?)
}

/// A numbered page of the keys of one kind that open something and that the actor may see, and how
/// many of them there are in all.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn usable(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    kind: KeyKind,
    slice: Slice,
) -> Result<Counted<ApiKey>, AppError> {
    let keys = UsableKeys {
        organization: ctx.organization,
        kind,
        of: whose(tx, ctx)?,
        at: ctx.now,
    };
    Ok(Counted {
        total: tx.count_usable_keys(keys)?,
        items: tx.list_usable_keys(keys, slice)?,
    })
}

/// Whose keys the actor may see: everybody's (`None`) with the permission to manage keys, their own
/// otherwise.
fn whose(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Option<Principal>, AppError> {
    let roles = authority::require(tx, ctx, Permission::View)?;
    if roles.permits(Permission::ManageKeys) {
        return Ok(None);
    }
    Ok(ctx.actor.principal())
}

/// Revokes a key: one's own, or any with the permission to manage keys. Its secret dies at once.
///
/// # Errors
/// [`Refusal::NotFound`], also for a key that one may not see.
pub fn revoke(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<ApiKey>) -> Result<ApiKey, AppError> {
    let of = whose(tx, ctx)?;
    let missing = || Refusal::not_found::<ApiKey>(id.to_native());
    let mut key = tx
        .find_api_key(id)?
        .filter(|key| key.organization == ctx.organization)
        .filter(|key| of.is_none_or(|principal| key.principal == principal))
        .ok_or_else(missing)?;
    if !tx.revoke_api_key(ctx.organization, id, ctx.now)? {
        return Err(missing().into());
    }
    key.revoked_at = Some(ctx.now);
    record(tx, ctx, "key.revoked", id)?;
    Ok(key)
}
