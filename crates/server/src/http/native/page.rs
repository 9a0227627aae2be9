//! Pages of lists: which one is asked for, and how it is answered.

use axum::response::Response;
use serde::Serialize;
use vestibule_core::Id;
use vestibule_core::id::Kind;

use super::answer;
use super::error::Failure;
use crate::http::cursor;
use crate::http::params::QueryParams;

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 200;

/// Which page of a list of `K` is asked for.
pub(super) struct Wanted<K> {
    /// It begins after this one.
    pub(super) after: Option<Id<K>>,
    limit: u32,
}

impl<K> Clone for Wanted<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Wanted<K> {}

impl<K: Kind> Wanted<K> {
    /// Reads `limit` and `cursor`; refuses parameters that are neither these nor `filters`.
    pub(super) fn of(query: &QueryParams, filters: &[&str]) -> Result<Self, Failure> {
        let known: Vec<&str> = ["limit", "cursor"].iter().chain(filters).copied().collect();
        if let Some(name) = query.first_unknown(&known) {
            let detail = format!("unknown; this list knows {}", known.join(", "));
            return Err(Failure::parameter(name, detail));
        }
        if let Some(name) = query.first_repeated() {
            return Err(Failure::parameter(name, "it is there twice"));
        }
        Ok(Self {
            after: query.get("cursor").map(read_cursor).transpose()?,
            limit: query.get("limit").map_or(Ok(DEFAULT_LIMIT), read_limit)?,
        })
    }

    /// How many to fetch: one more than fit the page, to know whether there is another page.
    pub(super) const fn fetch(&self) -> u32 {
        self.limit + 1
    }

    /// Cuts this page, and one more item, out of a list that was fetched whole.
    pub(super) fn cut<T>(&self, mut items: Vec<T>, id: impl Fn(&T) -> Id<K>) -> Vec<T> {
        items.retain(|item| self.after.is_none_or(|after| id(item) > after));
        items.sort_by_key(&id);
        items.truncate(usize::try_from(self.fetch()).unwrap_or(usize::MAX));
        items
    }

    /// Cuts what was fetched to this page, and gives the cursor of the next one if there is one.
    pub(super) fn next<T>(&self, items: &mut Vec<T>, id: impl Fn(&T) -> Id<K>) -> Option<String> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let last = items.last().filter(|_| more);
        last.map(|last| cursor::after(id(last)))
    }

    /// Answers with what was fetched.
    pub(super) fn answer<T, W: Serialize>(
        &self,
        mut items: Vec<T>,
        id: impl Fn(&T) -> Id<K>,
        shown: impl Fn(&T) -> W,
    ) -> Response {
        let next = self.next(&mut items, id);
        answer::ready(answer::page(items.iter().map(&shown), next))
    }
}

fn read_cursor<K: Kind>(text: &str) -> Result<Id<K>, Failure> {
    cursor::read(text).ok_or_else(|| {
        Failure::parameter("cursor", "it is not a cursor that this list gave as `next`")
    })
}

fn read_limit(text: &str) -> Result<u32, Failure> {
    text.parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| {
            Failure::parameter("limit", format!("it is not a number from 1 to {MAX_LIMIT}"))
        })
}
