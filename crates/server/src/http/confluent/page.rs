//! Query strings and pages of lists.
//!
//! Owns the names and bounds of the parameters and the links to other pages. Must
//! not know what is listed.

use url::form_urlencoded;
use vestibule_core::Id;
use vestibule_core::id::Kind;
use vestibule_wire::confluent::ListMeta;

use super::error::Failure;
use crate::http::cursor;
use crate::http::params::QueryParams;
use crate::settings::{ConfluentSettings, UnknownValue};

const PAGE_SIZE: &str = "page_size";
const PAGE_TOKEN: &str = "page_token";

/// The vendor's default and largest page, from its `OpenAPI` document.
const DEFAULT_SIZE: u32 = 10;
const MAX_SIZE: u32 = 100;
/// The largest page for our own clients, which need not ask so often.
const MAX_SIZE_FOR_OURS: u32 = 1000;

/// Where a page ends: what a token says, and nothing more.
pub(super) trait Position: Copy {
    /// The token of a page that ends here.
    fn token(&self) -> String;

    /// Reads a token of the same list.
    fn read(token: &str) -> Option<Self>;
}

impl<K: Kind> Position for Id<K> {
    fn token(&self) -> String {
        cursor::after(*self)
    }

    fn read(token: &str) -> Option<Self> {
        cursor::read(token)
    }
}

/// The filters of a request for a list with positions of type `P`, and the page it wants.
pub(super) struct Query<P> {
    filters: Vec<(&'static str, String)>,
    size: u32,
    after: Option<P>,
    unknown_value: UnknownValue,
    matches_nothing: bool,
}

impl<P: Position> Query<P> {
    /// Reads a query that may hold these filters and ask for a page.
    ///
    /// # Errors
    /// [`Failure::Parameter`] for an unknown parameter unless it is ignored, a repeated one, a size
    /// outside of 1 to 100 (to 1000 for our own clients), a token that this server did not make for this list.
    pub(super) fn read(
        params: &QueryParams,
        filters: &[&'static str],
        settings: &ConfluentSettings,
    ) -> Result<Self, Failure> {
        let known = [filters, &[PAGE_SIZE, PAGE_TOKEN]].concat();
        let unknown = params.first_unknown(&known);
        if let Some(name) = unknown.filter(|_| !settings.ignore_unknown_parameters) {
            return Err(Failure::parameter(name, "it is not known here"));
        }
        let is_repeated = |name: &&&str| params.all(name).nth(1).is_some();
        if let Some(name) = known.iter().find(is_repeated) {
            return Err(Failure::parameter(name, "it is given more than once"));
        }
        let given = |name: &&'static str| Some((*name, params.get(name)?.to_owned()));
        Ok(Self {
            filters: filters.iter().filter_map(given).collect(),
            size: page_size(params)?,
            after: params.get(PAGE_TOKEN).map_or(Ok(None), page_token)?,
            unknown_value: settings.unknown_filter_value,
            matches_nothing: false,
        })
    }

    /// The value of a filter, as `parse` reads it. A value that nothing can have is refused, or
    /// ignored, or makes the list empty: what the operator has chosen.
    ///
    /// # Errors
    /// [`Failure::Parameter`].
    pub(super) fn filter<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let found = self.filters.iter().find(|(known, _)| *known == name);
        let Some((_, value)) = found else {
            return Ok(None);
        };
        if let Some(parsed) = parse(value) {
            return Ok(Some(parsed));
        }
        match self.unknown_value {
            UnknownValue::Refuse => {
                return Err(Failure::parameter(name, "nothing can have this value"));
            }
            UnknownValue::Ignore => {}
            UnknownValue::Empty => self.match_nothing(),
        }
        Ok(None)
    }

    /// Makes the list empty: its filters contradict each other.
    pub(super) const fn match_nothing(&mut self) {
        self.matches_nothing = true;
    }

    /// After what the page begins.
    pub(super) const fn after(&self) -> Option<P> {
        self.after
    }

    /// How many items to look for: one more than fit, to know whether there is a next page; none
    /// if none can match.
    pub(super) const fn look_for(&self) -> u32 {
        if self.matches_nothing {
            0
        } else {
            self.size + 1
        }
    }

    /// Cuts what was found to the size of the page, and links to the pages around it.
    ///
    /// Only the first and the next page are linked: a list is read by position, and the position of
    /// a page before this one is not known. A link that is not there is left out, never `null`,
    /// which crashes the vendor's provider.
    pub(super) fn page<T>(
        &self,
        found: &mut Vec<T>,
        position: impl Fn(&T) -> P,
        url: &str,
    ) -> ListMeta {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = found.len() > size;
        found.truncate(size);
        let next = found
            .last()
            .filter(|_| more)
            .map(|last| self.link(url, Some(&position(last).token())));
        ListMeta {
            first: Some(self.link(url, None)),
            next,
            ..ListMeta::default()
        }
    }

    /// The link carries filters and size, too: the vendor's clients repeat their own, a person who
    /// follows it does not.
    fn link(&self, url: &str, token: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filters);
        query.append_pair(PAGE_SIZE, &self.size.to_string());
        if let Some(token) = token {
            query.append_pair(PAGE_TOKEN, token);
        }
        format!("{url}?{}", query.finish())
    }
}

fn page_size(params: &QueryParams) -> Result<u32, Failure> {
    let Some(text) = params.get(PAGE_SIZE) else {
        return Ok(DEFAULT_SIZE);
    };
    let largest = if params.is_from_ours() {
        MAX_SIZE_FOR_OURS
    } else {
        MAX_SIZE
    };
    let size = text.parse().ok();
    size.filter(|size| (1..=largest).contains(size))
        .ok_or_else(|| Failure::parameter(PAGE_SIZE, "it is a number from 1 to 100"))
}

/// An empty token is the first page: clients send what they found in a link.
fn page_token<P: Position>(token: &str) -> Result<Option<P>, Failure> {
    if token.is_empty() {
        return Ok(None);
    }
    match P::read(token) {
        Some(after) => Ok(Some(after)),
        None => Err(Failure::parameter(PAGE_TOKEN, "it is not from this list")),
    }
}
