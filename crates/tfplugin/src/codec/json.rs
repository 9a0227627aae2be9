//! Reading stored states, which are JSON.
//!
//! Untyped and lossless: arrays become lists, objects become objects, and numbers keep every
//! digit. [`super::conform_dropping_surplus`] gives the result its type.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{CodecError, MAX_DEPTH};
use crate::value::{Number, Path, Value};

/// Reads any JSON.
pub(crate) fn read_json(bytes: &[u8]) -> Result<Value, CodecError> {
    let text = std::str::from_utf8(bytes).map_err(|error| invalid(&error))?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| invalid(&error))?;
    read(raw, MAX_DEPTH)
}

fn read(raw: &RawValue, depth: usize) -> Result<Value, CodecError> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| invalid(&"it nests too deeply"))?;
    let text = raw.get();
    match text.bytes().next() {
        Some(b'n') => Ok(Value::Null),
        Some(b't') => Ok(Value::Bool(true)),
        Some(b'f') => Ok(Value::Bool(false)),
        Some(b'"') => serde_json::from_str(text)
            .map(Value::String)
            .map_err(|error| invalid(&error)),
        Some(b'[') => {
            let items: Vec<&RawValue> =
                serde_json::from_str(text).map_err(|error| invalid(&error))?;
            items
                .into_iter()
                .map(|item| read(item, depth))
                .collect::<Result<_, _>>()
                .map(Value::List)
        }
        Some(b'{') => {
            let entries: BTreeMap<String, &RawValue> =
                serde_json::from_str(text).map_err(|error| invalid(&error))?;
            entries
                .into_iter()
                .map(|(key, item)| Ok((key, read(item, depth)?)))
                .collect::<Result<_, _>>()
                .map(Value::Object)
        }
        _ => Number::parse(text)
            .map(Value::Number)
            .map_err(|error| invalid(&error)),
    }
}

fn invalid(problem: &dyn std::fmt::Display) -> CodecError {
    CodecError::new(
        &Path::default(),
        format!("the JSON cannot be read: {problem}"),
    )
}
