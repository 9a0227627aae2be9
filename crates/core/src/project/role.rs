//! Roles in a project: a closed vocabulary. Must not know how a dialect spells a role.

use std::fmt;

/// A role that somebody has in a project. What the roles below the owner permit is the business of
/// whatever the project is for; to Vestibule they are names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProjectRole {
    /// May do everything in the project, and is the only one who may let people in.
    Owner,
    /// Manages clusters.
    ClusterManager,
    /// Manages stream processing.
    StreamOwner,
    /// Reads, writes and administers data.
    DataAdmin,
    /// Reads and writes data.
    DataWriter,
    /// Reads data.
    DataReader,
    /// Manages who may use the databases.
    DatabaseAccessAdmin,
    /// Edits search indexes.
    SearchEditor,
    /// Manages backups.
    BackupManager,
    /// Sees metrics and logs.
    ObservabilityViewer,
    /// Sees the project.
    ReadOnly,
}

impl ProjectRole {
    /// Every role.
    pub const ALL: [Self; 11] = [
        Self::Owner,
        Self::ClusterManager,
        Self::StreamOwner,
        Self::DataAdmin,
        Self::DataWriter,
        Self::DataReader,
        Self::DatabaseAccessAdmin,
        Self::SearchEditor,
        Self::BackupManager,
        Self::ObservabilityViewer,
        Self::ReadOnly,
    ];

    /// The name in the native API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::ClusterManager => "cluster_manager",
            Self::StreamOwner => "stream_owner",
            Self::DataAdmin => "data_admin",
            Self::DataWriter => "data_writer",
            Self::DataReader => "data_reader",
            Self::DatabaseAccessAdmin => "database_access_admin",
            Self::SearchEditor => "search_editor",
            Self::BackupManager => "backup_manager",
            Self::ObservabilityViewer => "observability_viewer",
            Self::ReadOnly => "read_only",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What a person calls it, in mails and on pages: `cluster manager`.
    #[must_use]
    pub fn label(self) -> String {
        self.name().replace('_', " ")
    }

    /// Which roles a holder of this role may give to somebody in the same project.
    #[must_use]
    pub const fn grantable(self) -> ProjectRoleSet {
        match self {
            Self::Owner => ProjectRoleSet::EVERY,
            Self::ClusterManager
            | Self::StreamOwner
            | Self::DataAdmin
            | Self::DataWriter
            | Self::DataReader
            | Self::DatabaseAccessAdmin
            | Self::SearchEditor
            | Self::BackupManager
            | Self::ObservabilityViewer
            | Self::ReadOnly => ProjectRoleSet::NONE,
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::Owner => 1,
            Self::ClusterManager => 1 << 1,
            Self::StreamOwner => 1 << 2,
            Self::DataAdmin => 1 << 3,
            Self::DataWriter => 1 << 4,
            Self::DataReader => 1 << 5,
            Self::DatabaseAccessAdmin => 1 << 6,
            Self::SearchEditor => 1 << 7,
            Self::BackupManager => 1 << 8,
            Self::ObservabilityViewer => 1 << 9,
            Self::ReadOnly => 1 << 10,
        }
    }
}

impl fmt::Display for ProjectRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of roles in one project.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct ProjectRoleSet(u16);

impl ProjectRoleSet {
    /// No role.
    pub const NONE: Self = Self(0);
    /// All roles.
    pub const EVERY: Self = Self::of(&ProjectRole::ALL);

    /// The set of these roles.
    #[must_use]
    pub const fn of(roles: &[ProjectRole]) -> Self {
        let mut bits = 0;
        let mut rest = roles;
        while let [first, tail @ ..] = rest {
            bits |= first.bit();
            rest = tail;
        }
        Self(bits)
    }

    /// Whether `role` is in the set.
    #[must_use]
    pub const fn contains(self, role: ProjectRole) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether there is no role in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The roles of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The roles of this set that are not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The roles, in the order of [`ProjectRole::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ProjectRole> {
        ProjectRole::ALL
            .into_iter()
            .filter(move |role| self.contains(*role))
    }

    /// Which roles a holder of this set may give: what any single role of it allows.
    #[must_use]
    pub fn grantable(self) -> Self {
        self.iter()
            .fold(Self::NONE, |sum, role| sum.union(role.grantable()))
    }

    /// The names, joined by commas, as the database keeps them.
    #[must_use]
    pub fn to_names(self) -> String {
        self.iter()
            .map(ProjectRole::name)
            .collect::<Vec<_>>()
            .join(",")
    }

    /// Reads what [`ProjectRoleSet::to_names`] wrote.
    #[must_use]
    pub fn from_names(names: &str) -> Option<Self> {
        names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(ProjectRole::from_name)
            .collect()
    }
}

impl FromIterator<ProjectRole> for ProjectRoleSet {
    fn from_iter<I: IntoIterator<Item = ProjectRole>>(roles: I) -> Self {
        roles
            .into_iter()
            .fold(Self::NONE, |sum, role| sum.union(Self::of(&[role])))
    }
}

impl fmt::Debug for ProjectRoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.to_names())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for bits in 0..=ProjectRoleSet::EVERY.0 {
            let set = ProjectRoleSet(bits);
            assert_eq!(ProjectRoleSet::from_names(&set.to_names()), Some(set));
        }
        assert_eq!(ProjectRoleSet::from_names("owner,king"), None);
        assert_eq!(ProjectRoleSet::EVERY.iter().count(), ProjectRole::ALL.len());
    }

    #[test]
    fn sec_s10_nobody_can_give_more_than_the_lattice_allows() {
        for role in ProjectRole::ALL {
            for given in role.grantable().iter() {
                let beyond = given.grantable().minus(role.grantable());
                assert_eq!(beyond, ProjectRoleSet::NONE, "{role} -> {given}");
            }
        }
    }
}
