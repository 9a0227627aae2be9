//! Roles. Owns what each role permits and which roles its holder may promise to others: an
//! explicit lattice, never a comparison of names. Must not know how a dialect spells a role.

use std::fmt;

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
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Owner,
        Self::UserAdmin,
        Self::ProjectCreator,
        Self::BillingAdmin,
        Self::BillingViewer,
        Self::StreamAdmin,
        Self::ReadOnly,
        Self::Member,
    ];

    /// The name in the native API and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
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

    /// The role of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What a person calls it, in mails and on pages: `billing admin`.
    #[must_use]
    pub fn label(self) -> String {
        self.name().replace('_', " ")
    }

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

    /// Which roles a holder of this role may promise or give to somebody.
    #[must_use]
    pub const fn grantable(self) -> RoleSet {
        match self {
            Self::Owner => RoleSet::EVERY,
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

    const fn bit(self) -> u8 {
        match self {
            Self::Owner => 1,
            Self::UserAdmin => 2,
            Self::ProjectCreator => 4,
            Self::BillingAdmin => 8,
            Self::BillingViewer => 16,
            Self::StreamAdmin => 32,
            Self::ReadOnly => 64,
            Self::Member => 128,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of roles.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleSet(u8);

impl RoleSet {
    /// No role.
    pub const NONE: Self = Self(0);
    /// All roles.
    pub const EVERY: Self = Self(255);

    /// The set of these roles.
    #[must_use]
    pub const fn of(roles: &[Role]) -> Self {
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
    pub const fn contains(self, role: Role) -> bool {
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

    /// The roles, in the order of [`Role::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL
            .into_iter()
            .filter(move |role| self.contains(*role))
    }

    /// Whether any of the roles permits `permission`.
    #[must_use]
    pub fn permits(self, permission: Permission) -> bool {
        self.iter().any(|role| role.permits(permission))
    }

    /// Which roles a holder of this set may promise: what any single role of it allows.
    #[must_use]
    pub fn grantable(self) -> Self {
        self.iter()
            .fold(Self::NONE, |sum, role| sum.union(role.grantable()))
    }

    /// The names, joined by commas, as the database keeps them.
    #[must_use]
    pub fn to_names(self) -> String {
        self.iter().map(Role::name).collect::<Vec<_>>().join(",")
    }

    /// Reads what [`RoleSet::to_names`] wrote.
    #[must_use]
    pub fn from_names(names: &str) -> Option<Self> {
        names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(Role::from_name)
            .collect()
    }
}

impl FromIterator<Role> for RoleSet {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles
            .into_iter()
            .fold(Self::NONE, |sum, role| sum.union(Self::of(&[role])))
    }
}

impl fmt::Debug for RoleSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.to_names())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for bits in 0..=255 {
            let set = RoleSet(bits);
            assert_eq!(RoleSet::from_names(&set.to_names()), Some(set));
        }
        assert_eq!(RoleSet::from_names("owner,king"), None);
    }

    #[test]
    fn sec_s10_nobody_can_promise_more_than_the_lattice_allows() {
        for role in Role::ALL {
            let promised = role.grantable();
            for given in promised.iter() {
                assert_eq!(
                    given.grantable().minus(promised),
                    RoleSet::NONE,
                    "{role} -> {given}"
                );
            }
            assert!(
                role == Role::Owner || !promised.contains(Role::Owner),
                "{role}"
            );
            assert!(
                promised.is_empty() || role.permits(Permission::Invite),
                "{role}"
            );
        }
    }
}
