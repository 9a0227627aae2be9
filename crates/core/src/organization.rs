//! Organizations and their settings. Must not know members or invitations.

use crate::id::{Id, Kind};
use crate::time::{Lifetime, Timestamp};

/// An organization: what people are invited to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: Id<Self>,
    /// Its name, as people see it: 1 to 64 characters.
    pub name: String,
    /// Whether people sign in by single sign-on. Decides the default authentication type, and who
    /// may invite people that do not.
    pub sso_enabled: bool,
    /// How long invitations stay open.
    pub lifetimes: Lifetimes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its settings changed last.
    pub updated_at: Timestamp,
    /// Counts the changes.
    pub version: i64,
}

impl Kind for Organization {
    const NATIVE: &'static str = "org";
    const CONFLUENT: &'static str = "org";
    const NOUN: &'static str = "organization";
}

/// The API through which an invitation or a key was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Our own API.
    Native,
    /// The Confluent Cloud IAM API.
    Confluent,
    /// The MongoDB Atlas administration API.
    Atlas,
}

impl Dialect {
    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Confluent => "confluent",
            Self::Atlas => "atlas",
        }
    }

    /// The dialect of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Native, Self::Confluent, Self::Atlas]
            .into_iter()
            .find(|d| d.name() == name)
    }
}

/// How long an invitation stays open, by the dialect it was made through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Made through our own API.
    pub native: Lifetime,
    /// Made through the Confluent dialect.
    pub confluent: Lifetime,
    /// Made through the Atlas dialect.
    pub atlas: Lifetime,
}

impl Lifetimes {
    /// The lifetime for invitations of this dialect.
    #[must_use]
    pub const fn of(&self, dialect: Dialect) -> Lifetime {
        match dialect {
            Dialect::Native => self.native,
            Dialect::Confluent => self.confluent,
            Dialect::Atlas => self.atlas,
        }
    }
}

impl Default for Lifetimes {
    /// Seven days; 30 for Atlas. Confluent's seven are recorded from its provider's fixtures
    /// (`expires_at` is `updated_at` plus 7 days), Atlas' 30 are documented.
    fn default() -> Self {
        Self {
            native: Lifetime::days(7),
            confluent: Lifetime::days(7),
            atlas: Lifetime::days(30),
        }
    }
}
