//! Numbered pages of lists.
//!
//! Owns `pageNum`, `itemsPerPage`, `includeCount` and the links to other pages. Must not know what
//! is listed.

use url::form_urlencoded;
use vestibule_store::Slice;
use vestibule_wire::atlas::{Link, Page};

use super::error::{Code, Failure};
use crate::http::params::QueryParams;
use crate::ops::Counted;

const PAGE_NUM: &str = "pageNum";
const ITEMS_PER_PAGE: &str = "itemsPerPage";
const INCLUDE_COUNT: &str = "includeCount";

/// Default and greatest number of items on a page (the vendor's `OpenAPI` document).
const DEFAULT_ITEMS: usize = 100;
const MAX_ITEMS: usize = 500;

/// Which page of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paging {
    number: usize,
    items: usize,
    with_count: bool,
}

impl Paging {
    /// Reads what a query says of it.
    ///
    /// # Errors
    /// 400 `VALIDATION_ERROR`.
    pub(super) fn of(query: &QueryParams) -> Result<Self, Failure> {
        let wrong = |name, words| Failure::field(Code::ValidationError, name, words);
        let page = number(query.get(PAGE_NUM), 1, usize::MAX)
            .ok_or_else(|| wrong(PAGE_NUM, "it is a number from 1 on"))?;
        let items = number(query.get(ITEMS_PER_PAGE), DEFAULT_ITEMS, MAX_ITEMS)
            .ok_or_else(|| wrong(ITEMS_PER_PAGE, "it is a number from 1 to 500"))?;
        let with_count = match query.get(INCLUDE_COUNT) {
            None | Some("" | "true") => true,
            Some("false") => false,
            Some(_) => return Err(wrong(INCLUDE_COUNT, "it is true or false")),
        };
        Ok(Self {
            number: page,
            items,
            with_count,
        })
    }

    /// The part of a list that is this page.
    pub(super) fn slice(self) -> Slice {
        let before = self.items.saturating_mul(self.number.saturating_sub(1));
        Slice {
            offset: i64::try_from(before).unwrap_or(i64::MAX),
            limit: i64::try_from(self.items).unwrap_or(i64::MAX),
        }
    }

    /// Cuts this page out of a list that is short and was read whole.
    pub(super) fn cut<T>(self, all: Vec<T>) -> Counted<T> {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let before = self.items.saturating_mul(self.number.saturating_sub(1));
        let items = all.into_iter().skip(before).take(self.items).collect();
        Counted { total, items }
    }

    /// The page with its links: `self`, and `previous` and `next` where there is such a page. They
    /// repeat the filters of the query.
    pub(super) fn page<T>(
        self,
        found: Counted<T>,
        url: &str,
        query: &QueryParams,
        filters: &[&str],
    ) -> Page<T> {
        let total = u64::try_from(found.total).unwrap_or_default();
        let link = |rel: &str, number: usize| Link {
            href: format!("{url}?{}", self.query(number, query, filters)),
            rel: rel.to_owned(),
        };
        let mut links = vec![link("self", self.number)];
        if self.number > 1 {
            links.push(link("previous", self.number - 1));
        }
        let until_here = self.items.saturating_mul(self.number);
        if u64::try_from(until_here).is_ok_and(|until_here| until_here < total) {
            links.push(link("next", self.number.saturating_add(1)));
        }
        Page {
            links,
            results: found.items,
            total_count: self.with_count.then_some(total),
        }
    }

    fn query(self, number: usize, query: &QueryParams, filters: &[&str]) -> String {
        let mut out = form_urlencoded::Serializer::new(String::new());
        for name in filters {
            for value in query.all(name) {
                out.append_pair(name, value);
            }
        }
        out.append_pair(
            INCLUDE_COUNT,
            if self.with_count { "true" } else { "false" },
        );
        out.append_pair(PAGE_NUM, &number.to_string());
        out.append_pair(ITEMS_PER_PAGE, &self.items.to_string());
        out.finish()
    }
}

/// A number from 1 to `max`; the default if it is not there.
fn number(text: Option<&str>, default: usize, max: usize) -> Option<usize> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Some(default);
    };
    let number = text.parse().ok()?;
    (1..=max).contains(&number).then_some(number)
}
