//! What has to be true of bytes, JSON and values, whatever they are. See [`crate::fuzzing`].

use super::{conform, conform_dropping_surplus, decode, encode, read_json};
use crate::fuzzing::{Source, Unknowns, any_type, any_value};
use crate::provider::Private;
use crate::value::{Number, Path, Type, Value};

/// Every kind of type inside one.
pub(crate) fn everything() -> Type {
    let item = Type::object([("name", Type::String), ("size", Type::Number)]);
    Type::object([
        ("any", Type::Dynamic),
        ("flag", Type::Bool),
        ("list", Type::list(item.clone())),
        ("map", Type::map(Type::set(Type::String))),
        ("pair", Type::Tuple(vec![Type::Number, Type::Dynamic])),
        ("set", Type::set(item)),
        ("text", Type::String),
    ])
}

/// A value that fits its type is the same after a journey over the wire.
fn assert_survives(value: Value, ty: &Type) {
    let encoded = encode(&value, ty);
    assert!(encoded.is_ok(), "{encoded:?}: {value:?} as {ty:?}");
    let decoded = encoded.and_then(|bytes| decode(&bytes, ty));
    assert_eq!(decoded, Ok(value));
}

/// Bytes from Terraform: refused, or read as a value that is written and read to the same.
pub fn msgpack(bytes: &[u8]) -> bool {
    let types = [everything(), Type::Dynamic];
    let read = types.map(|ty| match decode(bytes, &ty) {
        Ok(value) => {
            assert_survives(value, &ty);
            true
        }
        Err(_) => false,
    });
    read.contains(&true)
}

/// Any value of any type: it fits, is the same over the wire, and gets any other shape or none.
pub fn value(bytes: &[u8]) -> bool {
    let mut source = Source::new(bytes);
    let (ty, other) = (any_type(&mut source, 3), any_type(&mut source, 3));
    let value = any_value(&mut source, &ty, Unknowns::Refined);
    let path = Path::default();

    let conformed = conform(value.clone(), &ty, &path);
    assert!(conformed.is_ok(), "{conformed:?}: {value:?} as {ty:?}");
    for (conformed, ty) in [
        (conformed, ty),
        (conform(value.clone(), &other, &path), other.clone()),
        (conform_dropping_surplus(value, &other), other),
    ] {
        let Ok(conformed) = conformed else { continue };
        assert_eq!(
            conform(conformed.clone(), &ty, &path).as_ref(),
            Ok(&conformed)
        );
        assert_eq!(conformed.clone().normalized(), conformed);
        assert!(conformed.clone().unknown_as_null().is_wholly_known());
        assert!(!conformed.to_string().is_empty());
        assert_survives(conformed, &ty);
    }
    true
}

/// The JSON of a stored state, of any age and of any provider: refused, or it becomes a value.
pub fn state(bytes: &[u8]) -> bool {
    let Ok(stored) = read_json(bytes) else {
        return false;
    };
    for ty in [everything(), Type::Dynamic] {
        if let Ok(fitted) = conform_dropping_surplus(stored.clone(), &ty) {
            assert_survives(fitted, &ty);
        }
    }
    true
}

/// Private state of any provider: read somehow, and what is written is read to the same.
pub fn private(bytes: &[u8]) -> bool {
    let private = Private::read(bytes);
    assert_eq!(Private::read(&private.write()), private);
    !private.is_empty()
}

/// A type's JSON: refused, or read as a type that is written and read to the same.
pub fn type_constraint(bytes: &[u8]) -> bool {
    let Ok(ty) = Type::from_json(bytes) else {
        return false;
    };
    let again = ty.to_json().to_string();
    assert_eq!(Type::from_json(again.as_bytes()), Ok(ty));
    true
}

/// Text as a number, and numbers of all representations: no digit is lost, and they have an order.
pub fn number(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let parsed = Number::parse(&text);
    let mut source = Source::new(bytes);
    let mut numbers = [source.number(), source.number(), source.number()];
    if let (Ok(number), [first, ..]) = (&parsed, &mut numbers) {
        assert_eq!(Number::parse(&number.to_string()).as_ref(), Ok(number));
        *first = number.clone();
    }
    numbers.sort();
    assert!(numbers.is_sorted());
    for number in numbers {
        if let Some(whole) = number.as_i64() {
            assert_eq!(Number::from(whole), number);
        }
        if let Some(whole) = number.as_u64() {
            assert_eq!(Number::from(whole), number);
        }
        assert!(!number.to_f64().is_nan());
        assert_survives(number.into(), &Type::Number);
    }
    parsed.is_ok()
}
