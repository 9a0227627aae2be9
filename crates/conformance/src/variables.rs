//! What golden files name and a run knows: `${name}` in a text.

use std::collections::{BTreeMap, BTreeSet};

/// Names and their values.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    /// Sets a value.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// Sets a value that may be missing or empty, unless there is one already.
    pub fn offer(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.values
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
    }

    /// A value.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The text with the values of its variables.
    ///
    /// # Errors
    /// The name of one that has no value.
    pub fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, name, after)) = next_name(rest) {
            filled.push_str(before);
            filled.push_str(self.find(name).ok_or_else(|| name.to_owned())?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// The names in a text.
pub(crate) fn names_in(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = text;
    while let Some((_, name, after)) = next_name(rest) {
        names.insert(name.to_owned());
        rest = after;
    }
    names
}

/// What stands before the next `${name}`, the name, and what stands after it.
fn next_name(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_values_and_an_unknown_one_is_told() {
        let mut variables = Variables::default();
        variables.set("id", "i-1");
        assert_eq!(
            variables.fill("/a/${id}?b=${id}"),
            Ok("/a/i-1?b=i-1".to_owned())
        );
        assert_eq!(variables.fill("${id} ${other}"), Err("other".to_owned()));
        assert_eq!(variables.fill("{$id} ${"), Ok("{$id} ${".to_owned()));
    }

    #[test]
    fn a_value_that_is_there_is_not_replaced_by_an_offer() {
        let mut variables = Variables::default();
        variables.offer("key", Some(""));
        variables.offer("key", Some("given"));
        variables.offer("key", Some("found"));
        assert_eq!(variables.find("key"), Some("given"));
    }
}
