//! Private state: what a provider remembers of a resource, invisible to users.
//!
//! Owns the bytes' meaning. Facts: providers on the older SDK store JSON of their own (often `null`) and
//! fail on anything that is no JSON object; so reading is lenient and writing is an object.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use serde_json::value::{RawValue, to_raw_value};

/// The private state of one resource: a JSON object.
///
/// What nobody sets stays as it was written, to the digit.
#[derive(Debug, Clone, Default)]
pub struct Private(BTreeMap<String, Box<RawValue>>);

impl Private {
    /// No private state.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Json> {
        serde_json::from_str(self.0.get(key)?.get()).ok()
    }

    /// Sets a key.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Json>) {
        let value = to_raw_value(&value.into()).unwrap_or_else(|_error| RawValue::NULL.to_owned());
        self.0.insert(key.into(), value);
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let value = self.get(key);
        self.0.remove(key);
        value
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads what any provider may have written; what is no JSON object counts as nothing.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self(serde_json::from_slice(bytes).unwrap_or_default())
    }

    /// A JSON object, or nothing at all.
    pub(crate) fn write(&self) -> Vec<u8> {
        if self.0.is_empty() {
            return Vec::new();
        }
        serde_json::to_vec(&self.0).unwrap_or_default()
    }
}

impl PartialEq for Private {
    fn eq(&self, other: &Self) -> bool {
        let entries = self.0.iter().map(|(key, value)| (key, value.get()));
        entries.eq(other.0.iter().map(|(key, value)| (key, value.get())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_other_providers_stored_is_read_without_an_error() {
        for bytes in [
            &b""[..],
            b"null",
            b"[1]",
            b"\"text\"",
            b"3",
            b"\x82\xa1",
            b"{",
            b"{}",
        ] {
            assert!(Private::read(bytes).is_empty(), "{bytes:?}");
        }
        let sdk = Private::read(br#"{"schema_version":"1"}"#);
        assert_eq!(sdk.get("schema_version"), Some(Json::from("1")));
    }

    #[test]
    fn numbers_that_another_provider_stored_keep_every_digit() {
        let stored = br#"{"large":123456789012345678901234567890,"near":112.711111111111111}"#;
        let mut private = Private::read(stored);
        assert_eq!(private.write(), stored);
        private.set("own", 1);
        assert_eq!(private.remove("own"), Some(Json::from(1)));
        assert_eq!(private.write(), stored);
    }

    #[test]
    fn what_is_written_is_an_object_or_nothing() {
        let mut private = Private::new();
        assert_eq!(private.write(), b"");
        private.set("etag", "abc");
        assert_eq!(private.write(), br#"{"etag":"abc"}"#);
        assert_eq!(Private::read(&private.write()), private);
    }
}
