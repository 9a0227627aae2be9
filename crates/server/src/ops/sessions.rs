//! Where a person signs in.

use vestibule_core::organization::Organization;
use vestibule_core::role::Permission;
use vestibule_core::user::User;
use vestibule_core::{EmailAddress, Id, Refusal};
use vestibule_store::Tx;

use super::{authority, organizations};
use crate::ctx::Ctx;
use crate::error::{AppError, Unauthenticated};

/// A person in one of their organizations.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The person.
    pub user: User,
    /// The organization.
    pub organization: Organization,
}

/// Signs the holder of a key in: to the organization that is wanted, or to the one the key was made
/// in, or to the first one they belong to. If an address is given, it has to be theirs.
///
/// # Errors
/// [`Refusal::NeedsPerson`]; [`Unauthenticated::Invalid`] for another address;
/// [`Refusal::NotFound`] without such an organization.
pub fn open(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: Option<&EmailAddress>,
    wanted: Option<Id<Organization>>,
) -> Result<Seat, AppError> {
    let user = person(tx, ctx)?;
    if email.is_some_and(|email| email.key() != user.email.key()) {
        return Err(Unauthenticated::Invalid.into());
    }
    let theirs = tx.list_organizations_of(user.id)?;
    let found = match wanted {
        Some(wanted) => theirs.into_iter().find(|known| known.id == wanted),
        None => theirs
            .iter()
            .find(|known| known.id == ctx.organization)
            .or_else(|| theirs.first())
            .cloned(),
    };
    let missing = || {
        let id = wanted.unwrap_or(ctx.organization);
        Refusal::not_found::<Organization>(id.to_native())
    };
    Ok(Seat {
        user,
        organization: found.ok_or_else(missing)?,
    })
}

/// The person who acts, where they act.
///
/// # Errors
/// [`Refusal::NeedsPerson`]; [`Refusal::NotFound`] for strangers.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Seat, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    Ok(Seat {
        user: person(tx, ctx)?,
        organization: authority::organization(tx, ctx)?,
    })
}

fn person(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<User, AppError> {
    let id = organizations::person(ctx)?;
    tx.find_user(id)?.ok_or(AppError::Inconsistent {
        what: "a key acts for a user that is not there",
    })
}
