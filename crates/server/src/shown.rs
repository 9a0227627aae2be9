//! Pages of lists as they were shown, to be shown again while nothing on them has changed.
//!
//! Owns the memory that they may take. A page is taken from here only after the database has said, in
//! the transaction of the request, that its items still have the same [`Mark`]s: so it is right on
//! every node, whichever node made a change. Must not hold what depends on who asks.

use std::sync::Arc;

use bytes::Bytes;
use moka::sync::Cache;
use vestibule_core::Id;
use vestibule_core::invitation::Invitation;
use vestibule_core::organization::Organization;

use crate::ops::marks::Mark;

/// How many bytes of pages are kept: the first pages of a hundred organizations.
const MAX_BYTES: u64 = 8 << 20;

/// Which page: of which organization's invitations, after which one, of how many.
pub(crate) type PageKey = (Id<Organization>, Option<Id<Invitation>>, u32);

/// A page as it was shown.
pub(crate) struct Page {
    /// The marks of the items that were fetched for it.
    pub(crate) marks: Vec<Mark>,
    /// What was answered.
    pub(crate) body: Bytes,
}

/// The pages of native lists of invitations, without filters.
pub(crate) struct Pages(Cache<PageKey, Arc<Page>>);

impl Default for Pages {
    fn default() -> Self {
        let weight = |_: &PageKey, page: &Arc<Page>| {
            let marks = page.marks.len().saturating_mul(size_of::<Mark>());
            u32::try_from(page.body.len().saturating_add(marks)).unwrap_or(u32::MAX)
        };
        Self(
            Cache::builder()
                .max_capacity(MAX_BYTES)
                .weigher(weight)
                .build(),
        )
    }
}

impl Pages {
    pub(crate) fn find(&self, key: &PageKey) -> Option<Arc<Page>> {
        self.0.get(key)
    }

    pub(crate) fn keep(&self, key: PageKey, page: Page) {
        self.0.insert(key, Arc::new(page));
    }
}
