//! Service accounts, as the organization sees them. They are made with their keys ([`super::keys`]).

use vestibule_core::role::Permission;
use vestibule_core::user::ServiceAccount;
use vestibule_core::{Id, Refusal};
use vestibule_store::Tx;

use super::authority;
use crate::ctx::Ctx;
use crate::error::AppError;

/// The service account with this id.
///
/// # Errors
/// [`Refusal::NotFound`], also for another organization's id.
pub fn load(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<ServiceAccount>,
) -> Result<ServiceAccount, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let found = tx.find_service_account(ctx.organization, id)?;
    found.ok_or_else(|| Refusal::not_found::<ServiceAccount>(id.to_native()).into())
}

/// Service accounts of the organization, in the order they were made.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    after: Option<Id<ServiceAccount>>,
    limit: u32,
) -> Result<Vec<ServiceAccount>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(tx.list_service_accounts(ctx.organization, after, limit)?)
}

/// As [`list`], from the newest to the oldest, before `before`.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers.
pub fn list_back(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    before: Option<Id<ServiceAccount>>,
    limit: u32,
) -> Result<Vec<ServiceAccount>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(tx.list_service_accounts_back(ctx.organization, before, limit)?)
}
