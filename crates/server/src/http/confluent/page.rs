//! Query strings and pages of lists.
//!
//! Owns the names and bounds of the parameters, the page tokens and the links to other pages. Must
//! not know what is listed.

use http::Uri;
use url::form_urlencoded;
use vestibule_core::{Id, text};
use vestibule_wire::confluent::ListMeta;

use super::error::Failure;

const PAGE_SIZE: &str = "page_size";
const PAGE_TOKEN: &str = "page_token";

/// The vendor's default and largest page, from its `OpenAPI` document.
const DEFAULT_SIZE: u32 = 10;
const MAX_SIZE: u32 = 100;

/// What stands first in a page token, so that the token of one list is not taken for another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    /// Of invitations.
    Invitations,
    /// Of users.
    Users,
}

impl List {
    const fn tag(self) -> u8 {
        match self {
            Self::Invitations => 1,
            Self::Users => 2,
        }
    }
}

/// The filters of a request and the page it wants.
#[derive(Debug)]
pub(super) struct Query {
    list: List,
    filters: Vec<(&'static str, String)>,
    size: u32,
    after: Option<[u8; 12]>,
}

impl Query {
    /// Reads a query string that may hold these filters and asks for a page of `list`.
    ///
    /// # Errors
    /// [`Failure::Parameter`] for an unknown or repeated parameter, a size outside of 1 to 100, a
    /// token that this server did not make for this list.
    pub(super) fn read(uri: &Uri, list: List, filters: &[&'static str]) -> Result<Self, Failure> {
        let mut query = Self {
            list,
            filters: Vec::new(),
            size: DEFAULT_SIZE,
            after: None,
        };
        let mut seen = Vec::new();
        let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        for (name, value) in pairs {
            if seen.contains(&name) {
                return Err(Failure::parameter(&name, "it is given more than once"));
            }
            match (&*name, filters.iter().find(|known| **known == name)) {
                (PAGE_SIZE, _) => query.size = page_size(&value)?,
                (PAGE_TOKEN, _) => query.after = page_token(list, &value)?,
                (_, Some(known)) => query.filters.push((known, value.into_owned())),
                (_, None) => return Err(Failure::parameter(&name, "it is not known here")),
            }
            seen.push(name);
        }
        Ok(query)
    }

    /// The value of a filter, as `parse` reads it.
    ///
    /// # Errors
    /// [`Failure::Parameter`] if the filter is there and is nothing that could ever match.
    pub(super) fn filter<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let found = self.filters.iter().find(|(known, _)| *known == name);
        let Some((_, value)) = found else {
            return Ok(None);
        };
        match parse(value) {
            Some(parsed) => Ok(Some(parsed)),
            None => Err(Failure::parameter(name, "nothing can have this value")),
        }
    }

    /// The id after which the page begins.
    pub(super) fn after<K>(&self) -> Option<Id<K>> {
        self.after.map(Id::from_bytes)
    }

    /// How many items to look for: one more than fit, to know whether there is a next page.
    pub(super) const fn look_for(&self) -> u32 {
        self.size + 1
    }

    /// Cuts what was found to the size of the page, and links to the pages around it.
    ///
    /// Only the first and the next page are linked: a list is read by position, and the position of
    /// a page before this one is not known. A link that is not there is left out, never `null`,
    /// which crashes the vendor's provider.
    pub(super) fn page<T, K>(
        &self,
        found: &mut Vec<T>,
        id: impl Fn(&T) -> Id<K>,
        url: &str,
    ) -> ListMeta {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = found.len() > size;
        found.truncate(size);
        let next = found.last().filter(|_| more).map(|last| {
            let token = [&[self.list.tag()], id(last).as_bytes().as_slice()].concat();
            self.link(url, Some(&text::to_base32(&token)))
        });
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

fn page_size(text: &str) -> Result<u32, Failure> {
    let size = text.parse().ok();
    size.filter(|size| (1..=MAX_SIZE).contains(size))
        .ok_or_else(|| Failure::parameter(PAGE_SIZE, "it is a number from 1 to 100"))
}

/// An empty token is the first page: clients send what they found in a link.
fn page_token(list: List, token: &str) -> Result<Option<[u8; 12]>, Failure> {
    if token.is_empty() {
        return Ok(None);
    }
    let position = text::from_base32::<13>(token).and_then(|bytes| {
        let (tag, id) = bytes.split_first()?;
        let id: [u8; 12] = id.try_into().ok()?;
        (*tag == list.tag()).then_some(id)
    });
    match position {
        Some(position) => Ok(Some(position)),
        None => Err(Failure::parameter(PAGE_TOKEN, "it is not from this list")),
    }
}
