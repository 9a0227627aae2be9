//! Checks of single configured values.

use std::fmt;
use std::sync::Arc;

use crate::value::{Number, Value};

/// A check of one attribute's configured value.
///
/// It sees known values only; null passes. The message goes into an error at the attribute.
#[derive(Clone)]
pub struct Validator(Arc<Check>);

type Check = dyn Fn(&Value) -> Result<(), String> + Send + Sync;

impl Validator {
    /// A check of any value. The error is a sentence for people.
    #[must_use]
    pub fn new(check: impl Fn(&Value) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(check))
    }

    /// A check of a string. The error is a sentence for people.
    #[must_use]
    pub fn string(check: impl Fn(&str) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self::new(move |value| value.as_str().map_or(Ok(()), &check))
    }

    /// The string is one of these.
    #[must_use]
    pub fn one_of<S: Into<String>>(allowed: impl IntoIterator<Item = S>) -> Self {
        let allowed: Vec<String> = allowed.into_iter().map(Into::into).collect();
        Self::string(move |text| {
            if allowed.iter().any(|candidate| candidate == text) {
                return Ok(());
            }
            let list: Vec<_> = allowed
                .iter()
                .map(|candidate| format!("{candidate:?}"))
                .collect();
            Err(format!(
                "The value must be one of {}, but it is {text:?}.",
                list.join(", ")
            ))
        })
    }

    /// The string, list, set or map is not empty.
    #[must_use]
    pub fn not_empty() -> Self {
        Self::new(|value| {
            let empty = match value {
                Value::String(text) => text.is_empty(),
                Value::Map(entries) => entries.is_empty(),
                other => other.as_slice().is_some_and(<[Value]>::is_empty),
            };
            if empty {
                Err("The value must not be empty.".to_owned())
            } else {
                Ok(())
            }
        })
    }

    /// The number lies between the two, both included.
    #[must_use]
    pub fn between(min: i64, max: i64) -> Self {
        let (low, high) = (Number::from(min), Number::from(max));
        Self::new(move |value| match value {
            Value::Number(number) if *number < low || *number > high => Err(format!(
                "The value must be between {low} and {high}, but it is {number}."
            )),
            _ => Ok(()),
        })
    }

    /// Every element of the list, set or map passes the inner check.
    #[must_use]
    pub fn each(inner: Self) -> Self {
        Self::new(move |value| {
            let known = |item: &&Value| !item.is_null() && !item.is_unknown();
            match value {
                Value::Map(entries) => entries
                    .values()
                    .filter(known)
                    .try_for_each(|item| inner.check(item)),
                other => other
                    .as_slice()
                    .unwrap_or_default()
                    .iter()
                    .filter(known)
                    .try_for_each(|item| inner.check(item)),
            }
        })
    }

    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        (self.0)(value)
    }
}

impl fmt::Debug for Validator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Validator")
    }
}
