//! Making something once, however often the request comes: the caller gives it a key of its own.
//!
//! What is remembered is which thing was made, not what was answered: an answer may hold a secret.
//! A request that was refused is not remembered, and is judged anew when it comes again.

use vestibule_core::id::Kind;
use vestibule_core::{Id, Refusal};
use vestibule_store::{Creation, RequestKey, Tx};

use crate::ctx::Ctx;
use crate::error::{AppError, Unauthenticated};

/// For how many seconds a request is known again: a day.
const REMEMBERED_SECONDS: i64 = 86_400;

/// A request that its caller gave a key.
#[derive(Clone, Debug)]
pub struct Once {
    /// The caller's key for it.
    pub key: String,
    /// Tells the request from others: a digest of what it asks for.
    pub fingerprint: String,
}

/// Makes something, or finds what the same request made within the last day, as it is now.
///
/// # Errors
/// [`Refusal::OtherRequest`] if the key was given to another request; what `make` or `find` says.
pub fn make<T, K: Kind>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    once: Option<&Once>,
    make: impl FnOnce(&mut Tx<'_>, &Ctx) -> Result<T, AppError>,
    id: impl FnOnce(&T) -> Id<K>,
    find: impl FnOnce(&mut Tx<'_>, &Ctx, Id<K>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    let Some(once) = once else {
        return make(tx, ctx);
    };
    let request = RequestKey {
        organization: ctx.organization,
        principal: ctx.actor.principal().ok_or(Unauthenticated::Missing)?,
        key: &once.key,
    };
    if let Some(known) = tx.find_creation(request, ctx.now)? {
        if known.fingerprint != once.fingerprint {
            return Err(Refusal::OtherRequest.into());
        }
        return find(tx, ctx, known.made);
    }
    let made = make(tx, ctx)?;
    let creation = Creation {
        fingerprint: once.fingerprint.clone(),
        made: id(&made),
        forget_at: ctx.now.plus_seconds(REMEMBERED_SECONDS),
    };
    if !tx.insert_creation(request, &creation, ctx.now)? {
        return Err(Refusal::VersionConflict.into());
    }
    Ok(made)
}
