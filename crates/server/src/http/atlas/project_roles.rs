//! Roles in projects as this dialect spells them.
//!
//! Owns the two-way map. Must not decide what a role permits.

use vestibule_core::project::ProjectRole;
use vestibule_core::role::{RoleSet, Vocabulary};

use super::error::{Code, Failure};

/// The vendor's eleven project roles.
const fn name(role: ProjectRole) -> &'static str {
    match role {
        ProjectRole::Owner => "GROUP_OWNER",
        ProjectRole::ClusterManager => "GROUP_CLUSTER_MANAGER",
        ProjectRole::StreamOwner => "GROUP_STREAM_PROCESSING_OWNER",
        ProjectRole::DataAdmin => "GROUP_DATA_ACCESS_ADMIN",
        ProjectRole::DataWriter => "GROUP_DATA_ACCESS_READ_WRITE",
        ProjectRole::DataReader => "GROUP_DATA_ACCESS_READ_ONLY",
        ProjectRole::DatabaseAccessAdmin => "GROUP_DATABASE_ACCESS_ADMIN",
        ProjectRole::SearchEditor => "GROUP_SEARCH_INDEX_EDITOR",
        ProjectRole::BackupManager => "GROUP_BACKUP_MANAGER",
        ProjectRole::ObservabilityViewer => "GROUP_OBSERVABILITY_VIEWER",
        ProjectRole::ReadOnly => "GROUP_READ_ONLY",
    }
}

/// The names of a set of roles; always in the same order.
pub(super) fn names(roles: RoleSet<ProjectRole>) -> Vec<String> {
    roles.iter().map(|role| name(role).to_owned()).collect()
}

/// Reads names of project roles; a name that is there twice counts once. `field` is the member that
/// they stand in.
///
/// # Errors
/// `INVALID_ROLE_FOR_GROUP` for a role that projects have not, `INVALID_ENUM_VALUE` for what is no
/// role at all; `INVALID_ATTRIBUTE` for no role.
pub(super) fn parse(field: &str, names: &[String]) -> Result<RoleSet<ProjectRole>, Failure> {
    if names.is_empty() {
        let detail = "At least one role is needed.";
        return Err(Failure::field(Code::InvalidAttribute, field, detail));
    }
    names.iter().map(|name| role(name)).collect()
}

/// Reads the name of a project role.
///
/// # Errors
/// As [`parse`].
pub(super) fn role(wanted: &str) -> Result<ProjectRole, Failure> {
    let mut all = ProjectRole::ALL.iter().copied();
    let known = all.find(|role| name(*role) == wanted);
    known.ok_or_else(|| unknown(wanted))
}

fn unknown(name: &str) -> Failure {
    if name.starts_with("GROUP_") || name.starts_with("ORG_") {
        let detail = format!("Role {name} is invalid for projects.");
        return Failure::about(Code::InvalidRoleForGroup, detail, name);
    }
    let detail = format!("An invalid enumeration value {name} was specified.");
    Failure::about(Code::InvalidEnumValue, detail, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let all = names(RoleSet::every());
        assert_eq!(parse("roles", &all).ok(), Some(RoleSet::every()));
        assert_eq!(all.len(), ProjectRole::ALL.len());
    }
}
