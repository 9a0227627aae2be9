//! API keys: what a program shows to act for somebody. The secret itself is derived
//! ([`crate::secret`]) and never stored.

use crate::id::{Id, Kind};
use crate::organization::Organization;
use crate::time::Timestamp;
use crate::user::{ServiceAccount, User};

/// An API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: Id<Self>,
    /// The organization it works in.
    pub organization: Id<Organization>,
    /// For whom it acts.
    pub principal: Principal,
    /// Where it is used.
    pub kind: KeyKind,
    /// The public half, by which it is found.
    pub public_id: String,
    /// A name for people.
    pub name: String,
    /// Raised to kill the secret.
    pub generation: i64,
    /// Random, stored; without it and the key ring nobody can derive the secret.
    pub nonce: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

impl Kind for ApiKey {
    const NATIVE: &'static str = "key";
    const CONFLUENT: &'static str = "key";
    const NOUN: &'static str = "key";
}

impl ApiKey {
    /// Whether it opens anything at `now`. Half-open: at `expires_at` it does not.
    #[must_use]
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// For whom a key acts, or who invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person.
    User(Id<User>),
    /// A machine's account.
    ServiceAccount(Id<ServiceAccount>),
}

impl Principal {
    /// `user` or `service_account`, in the database and in the native API.
    #[must_use]
    pub const fn kind_name(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::ServiceAccount(_) => "service_account",
        }
    }

    /// The id as it stands in the database.
    #[must_use]
    pub fn id_hex(self) -> String {
        match self {
            Self::User(id) => id.to_hex(),
            Self::ServiceAccount(id) => id.to_hex(),
        }
    }

    /// Reads what [`Principal::kind_name`] and [`Principal::id_hex`] wrote.
    #[must_use]
    pub fn from_stored(kind: &str, hex: &str) -> Option<Self> {
        match kind {
            "user" => Id::from_hex(hex).map(Self::User),
            "service_account" => Id::from_hex(hex).map(Self::ServiceAccount),
            _ => None,
        }
    }
}

/// Where a key is used; decides the shape of its halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// One bearer text for the native API.
    Native,
    /// A Cloud API key: public half of 16 capitals and digits, HTTP Basic.
    Confluent,
    /// A programmatic API key: public half of 8 lower-case letters, HTTP Digest.
    Atlas,
    /// An Atlas service account: client id `mdb_sa_id_` and 24 hex digits, OAuth 2.0.
    AtlasServiceAccount,
}

impl KeyKind {
    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Confluent => "confluent",
            Self::Atlas => "atlas",
            Self::AtlasServiceAccount => "atlas_service_account",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Native,
            Self::Confluent,
            Self::Atlas,
            Self::AtlasServiceAccount,
        ]
        .into_iter()
        .find(|k| k.name() == name)
    }
}
