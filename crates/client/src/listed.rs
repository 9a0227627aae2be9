//! One page of a list, in whatever way its API goes from page to page.

/// Some objects of a list, and where the rest of it begins.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The objects of this page.
    pub items: Vec<T>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<PageMark>,
}

/// Where a page begins: a token or a number, which only the list that gave it understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageMark(pub(crate) String);
