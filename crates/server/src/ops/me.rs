//! Whom a key speaks for.

use std::sync::Arc;

use vestibule_core::key::{ApiKey, Principal};
use vestibule_core::organization::Organization;
use vestibule_core::role::RoleSet;
use vestibule_store::Tx;

use super::authority;
use crate::ctx::{Actor, Ctx};
use crate::error::{AppError, Unauthenticated};

/// The actor, as it may see itself.
#[derive(Clone, Debug)]
pub struct Me {
    /// The key that was shown.
    pub key: Arc<ApiKey>,
    /// The address of a person, the name of a service account.
    pub name: String,
    /// The organization that the key was made in.
    pub organization: Organization,
    /// The actor's roles there; none if the person is not a member any more.
    pub roles: RoleSet,
}

/// Whom the key speaks for. Takes no permission: everybody may know who they are.
///
/// # Errors
/// [`Unauthenticated::Missing`] without a key.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Me, AppError> {
    let Actor::Key(key) = &ctx.actor else {
        return Err(Unauthenticated::Missing.into());
    };
    let ctx = &Ctx {
        organization: key.organization,
        ..ctx.clone()
    };
    let name = match key.principal {
        Principal::User(id) => tx
            .find_user(id)?
            .map(|user| user.email.display().to_owned()),
        Principal::ServiceAccount(id) => tx
            .find_service_account(key.organization, id)?
            .map(|account| account.name),
    };
    Ok(Me {
        key: Arc::clone(key),
        name: name.ok_or(AppError::Inconsistent {
            what: "a key acts for somebody who is not there",
        })?,
        organization: authority::organization(tx, ctx)?,
        roles: authority::roles_of(tx, ctx, key.principal)?.unwrap_or(RoleSet::NONE),
    })
}
