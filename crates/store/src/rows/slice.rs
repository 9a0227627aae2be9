//! Which part of a list is read. Must not know which list.

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
