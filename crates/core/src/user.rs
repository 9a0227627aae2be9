//! People and service accounts. Must not know what they may do: that is membership and policy.

use crate::email::EmailAddress;
use crate::id::{Id, Kind};
use crate::organization::Organization;
use crate::role::RoleSet;
use crate::time::Timestamp;

/// A person, known by one address, shared by all organizations of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id; the same before and after acceptance.
    pub id: Id<Self>,
    /// The address; its key is unique among users.
    pub email: EmailAddress,
    /// The full name, once known; empty until then.
    pub full_name: String,
    /// Whether this is a real account.
    pub state: UserState,
    /// How the person signs in.
    pub auth_type: AuthType,
    /// When the row was made: at the first invitation.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

impl Kind for User {
    const NATIVE: &'static str = "usr";
    const CONFLUENT: &'static str = "u";
    const NOUN: &'static str = "user";
}

/// Whether a user is a real account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserState {
    /// Reserved by an invitation: has an id that roles can be bound to, and no way to sign in.
    Placeholder,
    /// A person who accepted.
    Active,
    /// A placeholder whose last invitation was withdrawn, or a person who was removed everywhere.
    Deactivated,
}

impl UserState {
    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Placeholder, Self::Active, Self::Deactivated]
            .into_iter()
            .find(|s| s.name() == name)
    }
}

/// How a person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthType {
    /// By an account of the service itself.
    Local,
    /// By the organization's single sign-on.
    Sso,
}

impl AuthType {
    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Sso => "sso",
        }
    }

    /// The type of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Local, Self::Sso]
            .into_iter()
            .find(|t| t.name() == name)
    }
}

/// A machine's account in one organization. It may invite, and may never accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Its id.
    pub id: Id<Self>,
    /// The organization it belongs to.
    pub organization: Id<Organization>,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub roles: RoleSet,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Kind for ServiceAccount {
    const NATIVE: &'static str = "sva";
    const CONFLUENT: &'static str = "sa";
    const NOUN: &'static str = "service account";
}
