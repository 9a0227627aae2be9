//! The product's rulebook: one function per use case, always in the same beat — authorize, load,
//! decide, write, audit, enqueue.
//!
//! Knows no dialect's words, no HTTP, no async. A function runs inside one transaction and may be
//! run again from its start; it does no I/O but through the transaction.

pub mod acceptance;
pub mod audit;
pub mod authority;
pub mod directory;
pub mod forgetting;
pub mod invitations;
pub mod keys;
pub mod mail;
pub mod marks;
pub mod me;
pub mod members;
pub mod once;
pub mod organizations;
pub mod pace;
pub mod people;
pub mod project_members;
pub mod project_teams;
pub mod projects;
pub mod role_bindings;
pub mod service_accounts;
pub mod sessions;
pub mod team_members;
pub mod teams;
pub mod tokens;
pub mod users;

/// A part of a list, and how long the list is.
#[derive(Clone, Debug)]
pub struct Counted<T> {
    /// How many items there are in all.
    pub total: i64,
    /// The items of this part.
    pub items: Vec<T>,
}

impl<T> Counted<T> {
    /// The same with something else for each item.
    pub fn map<U>(self, shown: impl FnMut(T) -> U) -> Counted<U> {
        Counted {
            total: self.total,
            items: self.items.into_iter().map(shown).collect(),
        }
    }
}
