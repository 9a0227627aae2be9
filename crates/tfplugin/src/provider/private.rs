//! Private state: what a provider remembers of a resource, invisible to users.
//!
//! Owns the bytes' meaning. Facts: providers on the older SDK store JSON of their own (often `null`) and
//! fail on anything that is no JSON object; so reading is lenient and writing is an object.

use serde_json::{Map, Value as Json};

/// The private state of one resource: a JSON object.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Private(Map<String, Json>);

impl Private {
    /// No private state.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.get(key)
    }

    /// Sets a key.
    pub fn set(&mut self, key: impl Into<String>, value: impl Into<Json>) {
        self.0.insert(key.into(), value.into());
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        self.0.remove(key)
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
        assert_eq!(sdk.get("schema_version"), Some(&Json::from("1")));
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
