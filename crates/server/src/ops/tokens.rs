//! Tokens that are derived from a key: access tokens and those of sessions. None has a row; one that
//! was given back before its end has, until then.

use vestibule_core::key::ApiKey;
use vestibule_core::{Id, Timestamp};
use vestibule_store::Tx;

use crate::error::AppError;

/// The key behind a token that names it, unless what the key was given under this serial was given
/// back. The caller has yet to check the token.
///
/// # Errors
/// The store's failure.
pub fn find_key(
    tx: &mut Tx<'_>,
    id: Id<ApiKey>,
    serial: [u8; 8],
) -> Result<Option<ApiKey>, AppError> {
    let Some(key) = tx.find_api_key(id)? else {
        return Ok(None);
    };
    let is_revoked = tx.is_revoked(&key, serial)?;
    Ok((!is_revoked).then_some(key))
}

/// Lets what a key was given under this serial open nothing any more, on every node. `end` is when
/// it would have expired, and is forgotten.
///
/// # Errors
/// The store's failure.
pub fn give_back(
    tx: &mut Tx<'_>,
    key: &ApiKey,
    serial: [u8; 8],
    end: Timestamp,
) -> Result<(), AppError> {
    Ok(tx.insert_revocation(key, serial, end)?)
}
