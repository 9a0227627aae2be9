//! Roles. Owns what each role permits and which roles its holder may promise to others: an
//! explicit lattice, never a comparison of names. Must not know how a dialect spells a role.

mod set;

use std::fmt;

pub use set::{RoleSet, Vocabulary};

/// A role that a member has in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May do everything, and is the only one who may make owners.
    Owner,
    /// Invites people, manages members and teams; may not touch owners.
    UserAdmin,
    /// Creates projects.
    ProjectCreator,
    /// Manages billing.
    BillingAdmin,
    /// Sees billing.
    BillingViewer,
    /// Manages stream processing.
    StreamAdmin,
    /// Sees the organization, its projects and members.
    ReadOnly,
    /// Belongs to the organization, and nothing more.
    Member,
}

/// What a role permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Create, change and withdraw invitations.
    Invite,
    /// Change and end memberships.
    ManageMembers,
    /// Create teams and put members into them.
    ManageTeams,
    /// Create and revoke keys of the organization.
    ManageKeys,
    /// Make projects.
    CreateProjects,
    /// Change the organization's settings.
    ManageOrganization,
    /// See the organization, its members, invitations and teams.
    View,
}

impl Role {
    /// Whether this role permits `permission`.
    #[must_use]
    pub const fn permits(self, permission: Permission) -> bool {
        match self {
            Self::Owner => true,
            Self::UserAdmin => !matches!(
                permission,
                Permission::ManageOrganization
                    | Permission::ManageKeys
                    | Permission::CreateProjects
            ),
            Self::ProjectCreator => {
                matches!(permission, Permission::View | Permission::CreateProjects)
            }
            Self::BillingAdmin
            | Self::BillingViewer
            | Self::StreamAdmin
            | Self::ReadOnly
            | Self::Member => matches!(permission, Permission::View),
        }
    }
}

impl Vocabulary for Role {
    const ALL: &'static [Self] = &[
        Self::Owner,
        Self::UserAdmin,
        Self::ProjectCreator,
        Self::BillingAdmin,
        Self::BillingViewer,
        Self::StreamAdmin,
        Self::ReadOnly,
        Self::Member,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::UserAdmin => "user_admin",
            Self::ProjectCreator => "project_creator",
            Self::BillingAdmin => "billing_admin",
            Self::BillingViewer => "billing_viewer",
            Self::StreamAdmin => "stream_admin",
            Self::ReadOnly => "read_only",
            Self::Member => "member",
        }
    }

    fn grantable(self) -> RoleSet {
        match self {
            Self::Owner => RoleSet::every(),
            Self::UserAdmin => RoleSet::of(&[
                Self::UserAdmin,
                Self::ProjectCreator,
                Self::BillingViewer,
                Self::ReadOnly,
                Self::Member,
            ]),
            Self::ProjectCreator
            | Self::BillingAdmin
            | Self::BillingViewer
            | Self::StreamAdmin
            | Self::ReadOnly
            | Self::Member => RoleSet::NONE,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_s10_only_owners_promise_owners_and_only_who_may_invite_promises() {
        for role in Role::ALL {
            let promised = role.grantable();
            assert!(
                *role == Role::Owner || !promised.contains(Role::Owner),
                "{role}"
            );
            assert!(
                promised.is_empty() || role.permits(Permission::Invite),
                "{role}"
            );
        }
    }
}
