//! Which part of a list is read. Must not know which list.

use vestibule_core::Id;
use vestibule_core::organization::Organization;

use super::read;
use crate::{Error, Row, Sql, Tx};

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// How many to leave out at the beginning.
    pub offset: i64,
    /// How many there are to be at most.
    pub limit: i64,
}

impl Slice {
    /// The first so many.
    #[must_use]
    pub fn first(limit: u32) -> Self {
        Self {
            offset: 0,
            limit: i64::from(limit),
        }
    }

    /// What is left for a list of which `before` items stand in front of it, when so many have been
    /// found.
    #[must_use]
    pub fn rest(self, before: i64, found: usize) -> Self {
        let found = i64::try_from(found).unwrap_or(i64::MAX);
        Self {
            offset: self.offset.saturating_sub(before).max(0),
            limit: self.limit.saturating_sub(found),
        }
    }
}

impl Tx<'_> {
    /// A slice of those rows of an organization, in the order of their ids, that come after `after`.
    /// The statement takes the organization, the id, a limit and an offset.
    pub(super) fn list_after<K, T>(
        &mut self,
        sql: Sql,
        organization: Id<Organization>,
        after: Option<Id<K>>,
        slice: Slice,
        read: fn(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        self.list(
            sql,
            &[
                (&organization.to_hex()).into(),
                (&read::hex_or_first(after)).into(),
                slice.limit.into(),
                slice.offset.into(),
            ],
            read,
        )
    }
}
