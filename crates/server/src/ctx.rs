//! The circumstances of one use case: who acts, where, when, with which randomness.
//!
//! First argument of every operation after its transaction. `now` is read once; a use case that is
//! run again sees the same instant.

use std::sync::Arc;

use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::secret::KeyRing;
use vestibule_core::{Id, Random, Timestamp};

use crate::settings::Settings;

/// The circumstances of one use case.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// In which organization.
    pub organization: Id<Organization>,
    /// Through which API.
    pub dialect: Dialect,
    /// When.
    pub now: Timestamp,
    /// Names the request in logs and audit.
    pub request_id: String,
    /// For ids and nonces.
    pub random: Arc<Random>,
    /// For derived secrets.
    pub keys: Arc<KeyRing>,
    /// What the operator decided.
    pub settings: Arc<Settings>,
    /// What the API that the request came through wants done where APIs differ.
    pub policy: Policy,
}

/// What use cases do where the APIs differ, or their vendors' conduct is not known. An API that does
/// not say otherwise gets the default, which is the strict answer everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// For how many seconds a repeated create answers with the invitation that the first one made;
    /// 0 for never.
    pub repeat_seconds: i64,
    /// What inviting an address does whose invitation is open.
    pub reinvite: Reinvite,
    /// Whether an authentication type that does not suit the organization is replaced by the one
    /// that does.
    pub coerces_auth_type: bool,
    /// Whether whoever is invited again after an invitation ran out keeps the roles that it promised,
    /// as far as the new inviter could promise them.
    pub keeps_roles: bool,
}

/// What inviting an address does whose invitation is open, and which is no repetition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reinvite {
    /// It is a conflict.
    #[default]
    Refuse,
    /// It sends the open invitation again.
    Resend,
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Whoever showed this key.
    Key(Arc<ApiKey>),
    /// Whoever holds the link of an invitation, and has shown nothing else.
    Invitee,
    /// The server itself.
    System,
}

impl Actor {
    /// The person or service account that the key acts for.
    #[must_use]
    pub fn principal(&self) -> Option<Principal> {
        match self {
            Self::Key(key) => Some(key.principal),
            Self::Invitee | Self::System => None,
        }
    }

    /// Whether a person acts directly: a native key is a person's own, the other kinds are
    /// programs'.
    #[must_use]
    pub fn is_person(&self) -> bool {
        match self {
            Self::Key(key) => {
                key.kind == KeyKind::Native && matches!(key.principal, Principal::User(_))
            }
            Self::Invitee | Self::System => false,
        }
    }
}

impl Ctx {
    /// A new id for something made in this use case.
    #[must_use]
    pub fn new_id<K>(&self) -> Id<K> {
        Id::generate(self.now, &self.random)
    }

    /// A fresh nonce for a derived secret.
    #[must_use]
    pub fn new_nonce(&self) -> String {
        self.keys.nonce(&self.random)
    }
}
