//! Roles in a project: a closed vocabulary. Must not know how a dialect spells a role.

use std::fmt;

use crate::role::{RoleSet, Vocabulary};

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

impl Vocabulary for ProjectRole {
    const ALL: &'static [Self] = &[
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

    fn name(self) -> &'static str {
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

    fn grantable(self) -> RoleSet<Self> {
        match self {
            Self::Owner => RoleSet::every(),
            Self::ClusterManager
            | Self::StreamOwner
            | Self::DataAdmin
            | Self::DataWriter
            | Self::DataReader
            | Self::DatabaseAccessAdmin
            | Self::SearchEditor
            | Self::BackupManager
            | Self::ObservabilityViewer
            | Self::ReadOnly => RoleSet::NONE,
        }
    }
}

impl fmt::Display for ProjectRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
