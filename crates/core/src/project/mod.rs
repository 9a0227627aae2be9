//! Projects of an organization, and what people have or are promised in them. Must not know who
//! may decide that ([`crate::policy`]).

mod holder;
mod role;

pub use holder::{Holder, ProjectHolder};
pub use role::ProjectRole;

use crate::error::Refusal;
use crate::id::{Id, Kind};
use crate::invitation::Invitation;
use crate::key::Principal;
use crate::organization::Organization;
use crate::role::RoleSet;
use crate::text;
use crate::time::Timestamp;
use crate::user::User;

/// A project: a part of an organization that people have roles of its own in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: Id<Self>,
    /// The organization it belongs to.
    pub organization: Id<Organization>,
    /// Its name, unique among the organization's living projects.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was deleted. The row stays, so that a promise of roles in it is pruned visibly.
    pub deleted_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: i64,
}

impl Kind for Project {
    const NATIVE: &'static str = "prj";
    const CONFLUENT: &'static str = "prj";
    const NOUN: &'static str = "project";
}

/// Checks the name of a project: what [`text::checked_name`] asks of every name, and only letters,
/// digits, spaces between them, and `-_.(),:&@+'` (Atlas' rule for the names of its groups).
///
/// # Errors
/// [`Refusal::InvalidName`] says what is wrong.
pub fn checked_name(name: &str) -> Result<String, Refusal> {
    const FIELD: &str = "name of the project";
    let name = text::checked_name(FIELD, name)?;
    let fits = |c: char| c.is_alphanumeric() || " -_.(),:&@+'".contains(c);
    if name.chars().all(fits) {
        Ok(name)
    } else {
        Err(Refusal::InvalidName {
            field: FIELD,
            reason: "it may hold letters, digits, spaces and -_.(),:&@+' only",
        })
    }
}

/// Roles in one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProjectGrant {
    /// The project.
    pub project: Id<Project>,
    /// The roles in it.
    pub roles: RoleSet<ProjectRole>,
}

impl ProjectGrant {
    /// The same grants with each project once: its first place, the roles of all.
    #[must_use]
    pub fn merged(grants: &[Self]) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::with_capacity(grants.len());
        for grant in grants {
            match out.iter_mut().find(|known| known.project == grant.project) {
                Some(known) => known.roles = known.roles.union(grant.roles),
                None => out.push(*grant),
            }
        }
        out
    }
}

/// Roles in one project that an invitation promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProjectPromise {
    /// What is promised.
    pub grant: ProjectGrant,
    /// Who promised it: not always the inviter, because whoever owns a project may add it to an
    /// invitation that somebody else has sent.
    pub by: Principal,
}

/// Somebody's roles in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectMember {
    /// The organization of both.
    pub organization: Id<Organization>,
    /// The project.
    pub project: Id<Project>,
    /// The person, an active member of the organization.
    pub user: Id<User>,
    /// What the person may do in the project; never empty.
    pub roles: RoleSet<ProjectRole>,
    /// The invitation to this very project that led here, if one did.
    pub invitation: Option<Id<Invitation>>,
    /// When the person was added.
    pub added_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_made_of_the_symbols_that_the_vendor_takes() {
        for name in ["Payments", " a ", "Größe 7", "a-b_c.d(e),f:g&h@i+j'k"] {
            assert_eq!(checked_name(name), Ok(name.trim().to_owned()));
        }
        let long = "x".repeat(65);
        for name in [
            "",
            "  ",
            "a/b",
            "a\"b",
            "<b>",
            "a\tb",
            "www.evil.example",
            &long,
        ] {
            assert!(checked_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_project_that_is_named_twice_counts_once() {
        let grant = |project, role| ProjectGrant {
            project: Id::from_bytes([project; 12]),
            roles: RoleSet::of(&[role]),
        };
        let merged = ProjectGrant::merged(&[
            grant(2, ProjectRole::Owner),
            grant(1, ProjectRole::ReadOnly),
            grant(2, ProjectRole::ReadOnly),
        ]);
        insta::assert_debug_snapshot!(merged.iter().map(|g| g.roles).collect::<Vec<_>>(), @r"
        [
            {owner,read_only},
            {read_only},
        ]
        ");
    }
}
