//! Who has roles in a project without being a person: teams and service accounts.

use super::{Project, ProjectRole};
use crate::id::Id;
use crate::organization::Organization;
use crate::role::RoleSet;
use crate::team::Team;
use crate::time::Timestamp;
use crate::user::ServiceAccount;

/// Who has roles in a project without being a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// A team: whoever is in it has the roles, for as long as they are.
    Team(Id<Team>),
    /// A machine's account.
    ServiceAccount(Id<ServiceAccount>),
}

impl Holder {
    /// `team` or `service_account`, in the database.
    #[must_use]
    pub const fn kind_name(self) -> &'static str {
        match self {
            Self::Team(_) => "team",
            Self::ServiceAccount(_) => "service_account",
        }
    }

    /// The id as it stands in the database.
    #[must_use]
    pub fn id_hex(self) -> String {
        match self {
            Self::Team(id) => id.to_hex(),
            Self::ServiceAccount(id) => id.to_hex(),
        }
    }

    /// Reads what [`Holder::kind_name`] and [`Holder::id_hex`] wrote.
    #[must_use]
    pub fn from_stored(kind: &str, hex: &str) -> Option<Self> {
        match kind {
            "team" => Id::from_hex(hex).map(Self::Team),
            "service_account" => Id::from_hex(hex).map(Self::ServiceAccount),
            _ => None,
        }
    }
}

/// The roles of a team or a service account in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectHolder {
    /// The organization of both.
    pub organization: Id<Organization>,
    /// The project.
    pub project: Id<Project>,
    /// Who has the roles.
    pub holder: Holder,
    /// The roles; never none.
    pub roles: RoleSet<ProjectRole>,
    /// When the holder was added.
    pub added_at: Timestamp,
}
