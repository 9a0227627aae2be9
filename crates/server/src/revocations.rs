//! Access tokens and sessions that were given back before their time.
//!
//! They are derived and not stored, so one of them cannot be taken out of a table. Owns the list of
//! those that open nothing any more, until they would have expired anyway. The list is this node's:
//! another node takes a token for good until it expires, within an hour, or a session within its
//! days. Revoking the key itself works everywhere.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use vestibule_core::key::ApiKey;
use vestibule_core::secret::AccessToken;
use vestibule_core::{Id, Timestamp};

/// How many revoked tokens of one client are remembered. A client of the vendor's revokes one per
/// process; without a bound, one client could fill the memory.
const MAX_OF_ONE_CLIENT: usize = 10_000;

/// Revoked tokens, by client.
#[derive(Debug, Default)]
pub(crate) struct Revocations(Mutex<HashMap<Id<ApiKey>, OfClient>>);

/// The serials of one client's revoked tokens, and when each would have expired.
#[derive(Debug, Default)]
struct OfClient(HashMap<[u8; 8], Timestamp>);

impl Revocations {
    /// Remembers a token; `false` if its client has revoked too many of late.
    pub(crate) fn add(&self, token: &AccessToken, now: Timestamp) -> bool {
        self.add_serial(token.key, token.serial(), token.expires_at(), now)
    }

    /// Remembers what a client was given under this serial, until `end`; `false` if the client has
    /// revoked too much of late.
    pub(crate) fn add_serial(
        &self,
        client: Id<ApiKey>,
        serial: [u8; 8],
        end: Timestamp,
        now: Timestamp,
    ) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |of_client: &OfClient| of_client.0.len() >= MAX_OF_ONE_CLIENT;
        if all.get(&client).is_none_or(is_full) {
            forget_expired(&mut all, now);
        }
        let of_client = all.entry(client).or_default();
        if is_full(of_client) {
            return false;
        }
        of_client.0.insert(serial, end);
        true
    }

    /// Whether a token was revoked.
    pub(crate) fn contains(&self, token: &AccessToken) -> bool {
        self.contains_serial(token.key, token.serial())
    }

    /// Whether what a client was given under this serial was revoked.
    pub(crate) fn contains_serial(&self, client: Id<ApiKey>, serial: [u8; 8]) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&client)
            .is_some_and(|of_client| of_client.0.contains_key(&serial))
    }
}

fn forget_expired(all: &mut HashMap<Id<ApiKey>, OfClient>, now: Timestamp) {
    for of_client in all.values_mut() {
        of_client.0.retain(|_, expires_at| now < *expires_at);
    }
    all.retain(|_, of_client| !of_client.0.is_empty());
}
