//! Sets of roles of one vocabulary. Must not know what the roles permit.

use std::fmt;
use std::marker::PhantomData;

use super::{Permission, Role};

/// A closed list of roles, of an organization or of a project.
pub trait Vocabulary: Copy + Eq + 'static {
    /// Every role, at most sixteen.
    const ALL: &'static [Self];

    /// The name in the native API and in the database.
    fn name(self) -> &'static str;

    /// Which roles a holder of this one may promise or give to somebody.
    fn grantable(self) -> RoleSet<Self>;

    /// The role of this name.
    #[must_use]
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }

    /// What a person calls it, in mails and on pages: `billing admin`.
    #[must_use]
    fn label(self) -> String {
        self.name().replace('_', " ")
    }
}

/// A set of roles; of an organization's, unless another vocabulary is named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RoleSet<R = Role> {
    /// Which places of [`Vocabulary::ALL`] are in it.
    bits: u16,
    vocabulary: PhantomData<R>,
}

impl<R: Vocabulary> RoleSet<R> {
    /// No role.
    pub const NONE: Self = Self {
        bits: 0,
        vocabulary: PhantomData,
    };

    /// All roles.
    #[must_use]
    pub fn every() -> Self {
        Self::of(R::ALL)
    }

    /// The set of these roles.
    #[must_use]
    pub fn of(roles: &[R]) -> Self {
        roles.iter().copied().collect()
    }

    /// Whether `role` is in the set.
    #[must_use]
    pub fn contains(self, role: R) -> bool {
        self.iter().any(|held| held == role)
    }

    /// Whether there is no role in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The roles of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            bits: self.bits | other.bits,
            ..self
        }
    }

    /// The roles of this set that are not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self {
            bits: self.bits & !other.bits,
            ..self
        }
    }

    /// The roles, in the order of the vocabulary.
    pub fn iter(self) -> impl Iterator<Item = R> {
        let places = R::ALL.iter().copied().enumerate();
        places
            .filter(move |(place, _)| self.bits & (1 << place) != 0)
            .map(|(_, role)| role)
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
        self.iter().map(R::name).collect::<Vec<_>>().join(",")
    }

    /// Reads what [`RoleSet::to_names`] wrote.
    #[must_use]
    pub fn from_names(names: &str) -> Option<Self> {
        names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(R::from_name)
            .collect()
    }
}

impl RoleSet {
    /// Whether any of the roles permits `permission`.
    #[must_use]
    pub fn permits(self, permission: Permission) -> bool {
        self.iter().any(|role| role.permits(permission))
    }
}

impl<R: Vocabulary> FromIterator<R> for RoleSet<R> {
    fn from_iter<I: IntoIterator<Item = R>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, |sum, role| {
            let place = R::ALL.iter().position(|known| *known == role);
            Self {
                bits: sum.bits | place.map_or(0, |place| 1 << place),
                ..sum
            }
        })
    }
}

impl<R: Vocabulary> fmt::Debug for RoleSet<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{}}}", self.to_names())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::ProjectRole;

    fn every_set_reads_back<R: Vocabulary>() {
        for bits in 0..=RoleSet::<R>::every().bits {
            let set = RoleSet::<R> {
                bits,
                ..RoleSet::NONE
            };
            assert_eq!(RoleSet::from_names(&set.to_names()), Some(set));
            assert_eq!(set.iter().collect::<RoleSet<R>>(), set);
        }
        assert_eq!(RoleSet::<R>::every().iter().count(), R::ALL.len());
        assert_eq!(RoleSet::<R>::from_names("owner,king"), None);
    }

    #[test]
    fn names_read_back() {
        every_set_reads_back::<Role>();
        every_set_reads_back::<ProjectRole>();
    }

    fn what_is_given_gives_no_more<R: Vocabulary>() {
        for role in R::ALL {
            let promised = role.grantable();
            for given in promised.iter() {
                let beyond = given.grantable().minus(promised);
                assert!(beyond.is_empty(), "{} -> {}", role.name(), given.name());
            }
        }
    }

    #[test]
    fn sec_s10_nobody_can_promise_more_than_the_lattice_allows() {
        what_is_given_gives_no_more::<Role>();
        what_is_given_gives_no_more::<ProjectRole>();
    }
}
