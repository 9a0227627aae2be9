//! Making a value have exactly the shape of a type.
//!
//! Owns the leniency towards handlers and stored states: absent attributes become null, lists
//! become sets. Never converts between scalars.

use std::collections::BTreeMap;

use super::{CodecError, MAX_DEPTH};
use crate::value::{Object, Path, Type, Value, sorted};

/// Gives `value` exactly the shape of `ty`: attributes that are missing become null, sequences
/// the kind of sequence the type says, sets are sorted, and strings are in Unicode form NFC (as
/// Terraform itself normalises them).
pub(crate) fn conform(value: Value, ty: &Type, path: &Path) -> Result<Value, CodecError> {
    conform_at(value, ty, path, Surplus::Refuse, MAX_DEPTH)
}

/// Like [`conform`], for stored states: attributes that the type lacks are dropped.
pub(crate) fn conform_dropping_surplus(value: Value, ty: &Type) -> Result<Value, CodecError> {
    conform_at(value, ty, &Path::default(), Surplus::Drop, MAX_DEPTH)
}

#[derive(Clone, Copy, PartialEq)]
enum Surplus {
    Refuse,
    Drop,
}

fn conform_at(
    value: Value,
    ty: &Type,
    path: &Path,
    surplus: Surplus,
    depth: usize,
) -> Result<Value, CodecError> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| CodecError::new(path, "the value nests too deeply"))?;
    let element = |item: Value, ty: &Type, path: Path| conform_at(item, ty, &path, surplus, depth);
    match (ty, value) {
        (_, Value::Null) => Ok(Value::Null),
        (_, Value::Unknown(refinement)) => Ok(Value::Unknown(refinement)),
        (Type::Dynamic, Value::Dynamic(inner)) => {
            let (ty, value) = *inner;
            let value = element(value, &ty, path.clone())?;
            Ok(Value::Dynamic(Box::new((ty, value))))
        }
        (Type::Dynamic, value) => {
            let ty = natural_type(&value);
            let value = element(value, &ty, path.clone())?;
            Ok(Value::Dynamic(Box::new((ty, value))))
        }
        (_, Value::Dynamic(inner)) => element(inner.1, ty, path.clone()),
        (Type::Bool, Value::Bool(value)) => Ok(Value::Bool(value)),
        (Type::Number, Value::Number(value)) => Ok(Value::Number(value)),
        (Type::String, Value::String(text)) => Ok(Value::String(normalize(text))),
        (Type::List(inner), Value::List(items) | Value::Set(items) | Value::Tuple(items)) => {
            Ok(Value::List(each(items, inner, path, element)?))
        }
        // Elements of sets have no path of their own.
        (Type::Set(inner), Value::List(items) | Value::Set(items) | Value::Tuple(items)) => items
            .into_iter()
            .map(|item| element(item, inner, path.clone()))
            .collect::<Result<_, _>>()
            .map(|items| Value::Set(sorted(items))),
        (Type::Tuple(types), Value::List(items) | Value::Tuple(items))
            if types.len() == items.len() =>
        {
            items
                .into_iter()
                .zip(types)
                .enumerate()
                .map(|(index, (item, ty))| element(item, ty, path.clone().index(index)))
                .collect::<Result<_, _>>()
                .map(Value::Tuple)
        }
        (Type::Map(inner), Value::Map(entries)) => {
            Ok(Value::Map(each_entry(entries, inner, path, element)?))
        }
        (Type::Map(inner), Value::Object(object)) => {
            Ok(Value::Map(each_entry(object, inner, path, element)?))
        }
        (Type::Object(types), Value::Object(object)) => {
            attributes(object, types, path, surplus, element)
        }
        (Type::Object(types), Value::Map(entries)) => {
            attributes(entries.into_iter().collect(), types, path, surplus, element)
        }
        (ty, value) => Err(CodecError::new(
            path,
            format!("a {ty} is needed, but it is a {}", value.kind()),
        )),
    }
}

fn each(
    items: Vec<Value>,
    ty: &Type,
    path: &Path,
    element: impl Fn(Value, &Type, Path) -> Result<Value, CodecError>,
) -> Result<Vec<Value>, CodecError> {
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| element(item, ty, path.clone().index(index)))
        .collect()
}

fn each_entry(
    entries: impl IntoIterator<Item = (String, Value)>,
    ty: &Type,
    path: &Path,
    element: impl Fn(Value, &Type, Path) -> Result<Value, CodecError>,
) -> Result<BTreeMap<String, Value>, CodecError> {
    entries
        .into_iter()
        .map(|(key, item)| {
            let item = element(item, ty, path.clone().key(&key))?;
            Ok((normalize(key), item))
        })
        .collect()
}

fn attributes(
    mut object: Object,
    types: &BTreeMap<String, Type>,
    path: &Path,
    surplus: Surplus,
    element: impl Fn(Value, &Type, Path) -> Result<Value, CodecError>,
) -> Result<Value, CodecError> {
    let mut conformed = Object::new();
    for (name, ty) in types {
        let value = object.remove(name).unwrap_or_default();
        conformed.set(name, element(value, ty, path.clone().attribute(name))?);
    }
    if let (Surplus::Refuse, Some((name, _))) = (surplus, object.iter().next()) {
        let path = path.clone().attribute(name);
        return Err(CodecError::new(&path, "the schema has no such attribute"));
    }
    Ok(Value::Object(conformed))
}

/// The type a value has by itself, where the schema leaves it open.
fn natural_type(value: &Value) -> Type {
    match value {
        Value::Null | Value::Unknown(_) | Value::Dynamic(_) => Type::Dynamic,
        Value::Bool(_) => Type::Bool,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::List(items) | Value::Set(items) | Value::Tuple(items) => {
            Type::Tuple(items.iter().map(natural_type).collect())
        }
        Value::Map(entries) => {
            Type::object(entries.iter().map(|(key, item)| (key, natural_type(item))))
        }
        Value::Object(object) => {
            Type::object(object.iter().map(|(name, item)| (name, natural_type(item))))
        }
    }
}

fn normalize(text: String) -> String {
    use unicode_normalization::{UnicodeNormalization, is_nfc};
    if text.is_ascii() || is_nfc(&text) {
        text
    } else {
        text.nfc().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Path {
        Path::default()
    }

    #[test]
    fn missing_attributes_become_null_and_lists_become_sets() {
        let ty = Type::object([("id", Type::String), ("roles", Type::set(Type::String))]);
        let value = Object::new().with("roles", vec!["b", "a", "b"]).into();
        let expected = Object::new()
            .with("id", Value::Null)
            .with("roles", Value::set(["a", "b"]));
        assert_eq!(conform(value, &ty, &root()), Ok(expected.into()));
    }

    #[test]
    fn a_surplus_attribute_is_refused_from_handlers_and_dropped_from_stored_states() {
        let ty = Type::object([("id", Type::String)]);
        let value: Value = Object::new().with("id", "1").with("old", true).into();
        let error = conform(value.clone(), &ty, &root()).unwrap_err();
        assert_eq!(
            (error.path.to_string().as_str(), error.problem.as_str()),
            ("old", "the schema has no such attribute")
        );
        let kept = Object::new().with("id", "1");
        assert_eq!(conform_dropping_surplus(value, &ty), Ok(kept.into()));
    }

    #[test]
    fn a_wrong_scalar_is_refused_with_its_path() {
        let ty = Type::object([("user", Type::list(Type::object([("id", Type::String)])))]);
        let value = Object::new()
            .with("user", vec![Object::new().with("id", 7)])
            .into();
        let error = conform(value, &ty, &root()).unwrap_err();
        assert_eq!(error.path.to_string(), "user[0].id");
        assert_eq!(error.problem, "a string is needed, but it is a number");
    }

    #[test]
    fn strings_are_normalized_as_terraform_does() {
        let decomposed = Value::from("Zoe\u{308}");
        assert_eq!(
            conform(decomposed, &Type::String, &root()),
            Ok(Value::from("Zo\u{eb}"))
        );
    }

    #[test]
    fn a_value_of_any_type_gets_its_natural_type() {
        let value = Value::from(vec![Value::from(1), Value::from("a")]);
        let Value::Dynamic(inner) = conform(value, &Type::Dynamic, &root()).unwrap() else {
            panic!("dynamic expected");
        };
        assert_eq!(inner.0, Type::Tuple(vec![Type::Number, Type::String]));
    }
}
