//! Writing values as MessagePack.
//!
//! Strict: the value must have exactly the shape of the type (see [`super::conform()`]), because
//! Terraform refuses anything else without saying where.

use rmp::encode;

use super::decode::REFINED_UNKNOWN;
use super::{CodecError, MAX_DEPTH};
use crate::value::{Number, NumberBound, NumberWire, Path, Refinement, Type, Value};

/// The unknown value without refinements: extension code 0 with one zero byte.
const UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];

/// Writes one value of the given type.
pub(crate) fn encode(value: &Value, ty: &Type) -> Result<Vec<u8>, CodecError> {
    let mut out = Vec::with_capacity(256);
    write(&mut out, value, ty, &Path::default(), MAX_DEPTH)?;
    Ok(out)
}

fn write(
    out: &mut Vec<u8>,
    value: &Value,
    ty: &Type,
    path: &Path,
    depth: usize,
) -> Result<(), CodecError> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| CodecError::new(path, "the value nests too deeply"))?;
    match (ty, value) {
        (_, Value::Null) => nil(out),
        (_, Value::Unknown(refinement)) => unknown(out, refinement.as_deref()),
        (Type::Bool, Value::Bool(value)) => infallible(encode::write_bool(out, *value)),
        (Type::Number, Value::Number(value)) => number(out, value),
        (Type::String, Value::String(value)) => text(out, value),
        (Type::Dynamic, Value::Dynamic(inner)) => {
            let (ty, value) = inner.as_ref();
            let json = ty.to_json().to_string();
            infallible(encode::write_array_len(out, 2))?;
            infallible(encode::write_bin(out, json.as_bytes()))?;
            write(out, value, ty, path, depth)
        }
        (Type::List(element), Value::List(items)) | (Type::Set(element), Value::Set(items)) => {
            infallible(encode::write_array_len(out, count(items.len(), path)?))?;
            for (index, item) in items.iter().enumerate() {
                write(out, item, element, &path.clone().index(index), depth)?;
            }
            Ok(())
        }
        (Type::Tuple(types), Value::Tuple(items)) if types.len() == items.len() => {
            infallible(encode::write_array_len(out, count(items.len(), path)?))?;
            for (index, (item, ty)) in items.iter().zip(types).enumerate() {
                write(out, item, ty, &path.clone().index(index), depth)?;
            }
            Ok(())
        }
        (Type::Map(element), Value::Map(entries)) => {
            infallible(encode::write_map_len(out, count(entries.len(), path)?))?;
            for (key, item) in entries {
                text(out, key)?;
                write(out, item, element, &path.clone().key(key), depth)?;
            }
            Ok(())
        }
        (Type::Object(types), Value::Object(object)) => {
            infallible(encode::write_map_len(out, count(types.len(), path)?))?;
            for (name, ty) in types {
                let path = path.clone().attribute(name);
                if !object.contains(name) {
                    return Err(CodecError::new(&path, "the attribute is missing"));
                }
                text(out, name)?;
                write(out, object.get(name), ty, &path, depth)?;
            }
            match object.iter().find(|(name, _)| !types.contains_key(*name)) {
                Some((name, _)) => Err(CodecError::new(
                    &path.clone().attribute(name),
                    "the schema has no such attribute",
                )),
                None => Ok(()),
            }
        }
        (ty, value) => Err(CodecError::new(
            path,
            format!("a {ty} is needed, but it is a {}", value.kind()),
        )),
    }
}

fn number(out: &mut Vec<u8>, value: &Number) -> Result<(), CodecError> {
    match value.wire() {
        NumberWire::Int(value) => infallible(encode::write_sint(out, value).map(drop)),
        NumberWire::UInt(value) => infallible(encode::write_uint(out, value).map(drop)),
        NumberWire::Float(value) => infallible(encode::write_f64(out, value)),
        NumberWire::Text(value) => text(out, &value),
    }
}

fn unknown(out: &mut Vec<u8>, refinement: Option<&Refinement>) -> Result<(), CodecError> {
    let Some(refinement) = refinement.filter(|refinement| **refinement != Refinement::default())
    else {
        out.extend_from_slice(&UNKNOWN);
        return Ok(());
    };
    let payload = refinement_payload(refinement)?;
    let length = count(payload.len(), &Path::default())?;
    infallible(encode::write_ext_meta(out, length, REFINED_UNKNOWN).map(drop))?;
    out.extend_from_slice(&payload);
    Ok(())
}

fn refinement_payload(refinement: &Refinement) -> Result<Vec<u8>, CodecError> {
    let mut entries: Vec<Vec<u8>> = Vec::new();
    let mut entry = |key: u8, write: &dyn Fn(&mut Vec<u8>) -> Result<(), CodecError>| {
        let mut out = vec![key];
        let result = write(&mut out);
        entries.push(out);
        result
    };
    if let Some(null) = refinement.null {
        entry(1, &|out| infallible(encode::write_bool(out, null)))?;
    }
    if let Some(prefix) = &refinement.prefix {
        entry(2, &|out| text(out, prefix))?;
    }
    for (key, side) in [(3, &refinement.min), (4, &refinement.max)] {
        if let Some(side) = side {
            entry(key, &|out| bound(out, side))?;
        }
    }
    for (key, length) in [(5, refinement.min_length), (6, refinement.max_length)] {
        if let Some(length) = length {
            entry(key, &|out| {
                infallible(encode::write_uint(out, length).map(drop))
            })?;
        }
    }
    let mut payload = Vec::new();
    infallible(encode::write_map_len(
        &mut payload,
        count(entries.len(), &Path::default())?,
    ))?;
    payload.extend(entries.into_iter().flatten());
    Ok(payload)
}

fn bound(out: &mut Vec<u8>, bound: &NumberBound) -> Result<(), CodecError> {
    infallible(encode::write_array_len(out, 2))?;
    number(out, &bound.value)?;
    infallible(encode::write_bool(out, bound.inclusive))
}

fn text(out: &mut Vec<u8>, text: &str) -> Result<(), CodecError> {
    infallible(encode::write_str(out, text))
}

fn nil(out: &mut Vec<u8>) -> Result<(), CodecError> {
    infallible(encode::write_nil(out))
}

fn count(count: usize, path: &Path) -> Result<u32, CodecError> {
    u32::try_from(count).map_err(|_error| CodecError::new(path, "there are too many elements"))
}

/// Writing to a vector cannot fail; the library's signature does not know that.
fn infallible<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<(), CodecError> {
    result
        .map(drop)
        .map_err(|error| CodecError::new(&Path::default(), error.to_string()))
}
