//! Path and query parameters, decoded, without any dialect's errors.
//!
//! Owns the decoding: `+` is a space in a query and a plus sign in a path. Must not convert values.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use url::form_urlencoded;
use vestibule_wire::SERVICE_HEADER;

/// The path's parameters. Extracting them never fails: what is not UTF-8 reads as absent.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathParams(Vec<(String, String)>);

impl PathParams {
    /// The parameter of this name; empty if the route has none, or if it was not UTF-8.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.find(name).unwrap_or_default()
    }

    /// The parameter of this name, if the route has one.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathParams {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Ok(params) = RawPathParams::from_request_parts(parts, state).await else {
            return Ok(Self::default());
        };
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(Self(params.iter().map(owned).collect()))
    }
}

/// The query's parameters, in the order they were sent. Extracting them never fails.
#[derive(Clone, Debug, Default)]
pub(crate) struct QueryParams {
    pairs: Vec<(String, String)>,
    is_from_ours: bool,
}

impl QueryParams {
    /// Decodes a query without its question mark.
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self {
            pairs: pairs.collect(),
            is_from_ours: false,
        }
    }

    /// Whether a client of our own asks, which knows that it speaks to Vestibule.
    pub(crate) const fn is_from_ours(&self) -> bool {
        self.is_from_ours
    }

    /// The first parameter of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All parameters of this name.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The name of the first parameter that is not one of `known`.
    pub(crate) fn first_unknown(&self, known: &[&str]) -> Option<&str> {
        self.names().find(|name| !known.contains(name))
    }

    /// The name of the first parameter that is there twice.
    pub(crate) fn first_repeated(&self) -> Option<&str> {
        self.names().find(|name| self.all(name).nth(1).is_some())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(name, _)| name.as_str())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for QueryParams {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let parsed = Self::parse(parts.uri.query().unwrap_or_default());
        Ok(Self {
            is_from_ours: parts.headers.contains_key(SERVICE_HEADER),
            ..parsed
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_in_a_query_is_a_space_and_an_encoded_one_a_plus() {
        let query = QueryParams::parse("a=1+2&b=1%2B2&a=3&c");
        assert_eq!(query.get("a"), Some("1 2"));
        assert_eq!(query.get("b"), Some("1+2"));
        assert_eq!(query.get("c"), Some(""));
        assert_eq!(query.get("d"), None);
        assert_eq!(query.first_unknown(&["a", "b"]), Some("c"));
        assert_eq!(query.first_repeated(), Some("a"));
    }
}
