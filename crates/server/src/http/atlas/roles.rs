//! Roles as this dialect spells them.
//!
//! Owns the two-way map. Must not decide what a role permits.

use vestibule_core::role::{Role, RoleSet, Vocabulary};

use super::error::{Code, Failure};

/// The vendor's seven organization roles, and `ORG_USER_ADMIN`, which is ours: the vendor has no
/// role that invites people without owning the organization.
pub(super) const fn name(role: Role) -> &'static str {
    match role {
        Role::Owner => "ORG_OWNER",
        Role::UserAdmin => "ORG_USER_ADMIN",
        Role::ProjectCreator => "ORG_GROUP_CREATOR",
        Role::BillingAdmin => "ORG_BILLING_ADMIN",
        Role::BillingViewer => "ORG_BILLING_READ_ONLY",
        Role::StreamAdmin => "ORG_STREAM_PROCESSING_ADMIN",
        Role::ReadOnly => "ORG_READ_ONLY",
        Role::Member => "ORG_MEMBER",
    }
}

/// The names of a set of roles; always in the same order.
pub(super) fn names(roles: RoleSet) -> Vec<String> {
    roles.iter().map(|role| name(role).to_owned()).collect()
}

/// Reads names of organization roles; a name that is there twice counts once.
///
/// # Errors
/// `CANNOT_ADD_GROUP_ROLE` for a project's role, `INVALID_ROLE_FOR_ORG` for an organization role
/// that there is not, `INVALID_ENUM_VALUE` for anything else; `INVALID_ATTRIBUTE` for no role at
/// all.
pub(super) fn parse(names: &[String]) -> Result<RoleSet, Failure> {
    if names.is_empty() {
        return Err(Failure::field(
            Code::InvalidAttribute,
            "roles",
            "At least one role is needed.",
        ));
    }
    names.iter().map(|name| role(name)).collect()
}

/// Reads the name of an organization role.
///
/// # Errors
/// As [`parse`].
pub(super) fn role(wanted: &str) -> Result<Role, Failure> {
    let mut all = Role::ALL.iter().copied();
    let known = all.find(|role| name(*role) == wanted);
    known.ok_or_else(|| unknown(wanted))
}

fn unknown(name: &str) -> Failure {
    if name.starts_with("GROUP_") {
        let detail = format!("The project role {name} cannot be given in an organization.");
        return Failure::about(Code::CannotAddGroupRole, detail, name);
    }
    if name.starts_with("ORG_") {
        let detail = format!("Role {name} is invalid for organizations.");
        return Failure::about(Code::InvalidRoleForOrg, detail, name);
    }
    let detail = format!("An invalid enumeration value {name} was specified.");
    Failure::about(Code::InvalidEnumValue, detail, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let all: Vec<String> = Role::ALL
            .iter()
            .map(|role| name(*role).to_owned())
            .collect();
        let parsed = parse(&all).ok();
        assert_eq!(parsed, Some(RoleSet::every()));
        assert_eq!(names(RoleSet::every()), all);
    }
}
