//! Vectors and properties of the encodings.

use proptest::prelude::*;

use super::{conform, conform_dropping_surplus, decode, encode, read_json};
use crate::value::{Number, NumberBound, Object, Path, Refinement, Type, Value};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn round(value: &Value, ty: &Type) -> String {
    let bytes = encode(value, ty).unwrap();
    assert_eq!(&decode(&bytes, ty).unwrap(), value);
    hex(&bytes)
}

fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}

#[test]
fn scalars_have_the_expected_bytes() {
    assert_eq!(round(&Value::Null, &Type::String), "c0");
    assert_eq!(round(&Value::UNKNOWN, &Type::String), "d40000");
    assert_eq!(round(&true.into(), &Type::Bool), "c3");
    assert_eq!(round(&"ab".into(), &Type::String), "a26162");
    assert_eq!(round(&5.into(), &Type::Number), "05");
    assert_eq!(round(&Value::from(-1), &Type::Number), "ff");
    assert_eq!(
        round(&Value::from(u64::MAX), &Type::Number),
        "cfffffffffffffffff"
    );
    assert_eq!(round(&number("1.5"), &Type::Number), "cb3ff8000000000000");
    assert_eq!(round(&number("0.1"), &Type::Number), "a3302e31");
}

#[test]
fn numbers_are_read_in_every_form() {
    for (bytes, expected) in [
        (&[0xca, 0x3f, 0xc0, 0, 0][..], "1.5"),
        (&[0xcb, 0x40, 0, 0, 0, 0, 0, 0, 0], "2"),
        (&[0xa3, b'1', b'e', b'3'], "1000"),
        (&[0xd0, 0x80], "-128"),
        (&[0xcc, 0xff], "255"),
        (&[0xe0], "-32"),
    ] {
        assert_eq!(decode(bytes, &Type::Number).unwrap(), number(expected));
    }
    assert!(
        decode(&[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], &Type::Number).is_err(),
        "infinity"
    );
    assert!(decode(&[0xc3], &Type::Number).is_err(), "bool");
}

#[test]
fn a_refinement_that_says_nothing_we_know_is_none() {
    // A map with the key 11, which is none of ours.
    let bytes = [0xc7, 3, 12, 0x81, 0x0b, 0xc3];
    assert_eq!(decode(&bytes, &Type::String), Ok(Value::UNKNOWN));
}

#[test]
fn any_extension_means_unknown() {
    for bytes in [
        &[0xc7, 0, 0][..],
        &[0xd4, 0, 0],
        &[0xd4, 99, 1],
        &[0xd5, 0x80, 1, 2],
    ] {
        assert_eq!(decode(bytes, &Type::Bool).unwrap(), Value::UNKNOWN);
    }
    // A refinement that is not understood is no error either.
    assert!(
        decode(&[0xd4, 12, 0xff], &Type::String)
            .unwrap()
            .is_unknown()
    );
}

#[test]
fn refinements_are_read_and_written_back() {
    // As Terraform 1.11.4 sent `"user-${random_id.x}@y"`.
    let bytes = [&[0xc7, 10, 12, 0x82, 0x01, 0xc2, 0x02, 0xa5][..], b"user-"].concat();
    let Value::Unknown(Some(refinement)) = decode(&bytes, &Type::String).unwrap() else {
        panic!("refined unknown expected");
    };
    assert_eq!(refinement.null, Some(false));
    assert_eq!(refinement.prefix.as_deref(), Some("user-"));
    assert_eq!(
        hex(&encode(&Value::Unknown(Some(refinement)), &Type::String).unwrap()),
        hex(&bytes)
    );

    let bounds = Refinement {
        null: Some(false),
        min: Some(NumberBound::new(Number::from(1_i64), true)),
        max: Some(NumberBound::new(Number::parse("2.5").unwrap(), false)),
        min_length: Some(1),
        max_length: Some(300),
        ..Refinement::default()
    };
    round(&Value::Unknown(Some(Box::new(bounds))), &Type::Number);
}

#[test]
fn objects_need_exactly_their_attributes() {
    let ty = Type::object([("a", Type::Bool), ("b", Type::String)]);
    let object = Object::new().with("a", true).with("b", Value::Null);
    assert_eq!(round(&object.into(), &ty), "82a161c3a162c0");
    assert!(encode(&Object::new().with("a", true).into(), &ty).is_err());
    let other = Object::new().with("a", true).with("c", true).into();
    assert_eq!(encode(&other, &ty).unwrap_err().path.to_string(), "b");
    let missing = decode(b"\x81\xa1a\xc3", &ty).unwrap_err();
    assert_eq!(missing.problem, "attribute \"b\" is missing");
    let surplus = decode(b"\x82\xa1a\xc3\xa1x\xc3", &ty).unwrap_err();
    assert_eq!(surplus.problem, "there is no attribute \"x\"");
    let wrong = decode(b"\x82\xa1a\xa1x\xa1b\xc0", &ty).unwrap_err();
    assert_eq!(
        (wrong.path.to_string(), wrong.problem),
        ("a".into(), "a bool is needed".into())
    );
}

#[test]
fn sets_are_sorted_and_free_of_repetitions() {
    let ty = Type::set(Type::String);
    let decoded = decode(&[0x93, 0xa1, b'b', 0xa1, b'a', 0xa1, b'b'], &ty).unwrap();
    assert_eq!(decoded, Value::set(["a", "b"]));
    let unknowns = decode(&[0x92, 0xd4, 0, 0, 0xd4, 0, 0], &ty).unwrap();
    assert_eq!(unknowns.as_slice().map(<[Value]>::len), Some(2));
}

#[test]
fn values_of_any_type_carry_their_type() {
    let inner = (Type::list(Type::Bool), Value::from(vec![true]));
    let value = Value::Dynamic(Box::new(inner));
    assert_eq!(
        round(&value, &Type::Dynamic),
        "92c40f5b226c697374222c22626f6f6c225d91c3"
    );
    assert_eq!(decode(&[0xc0], &Type::Dynamic).unwrap(), Value::Null);
}

#[test]
fn damaged_bytes_are_refused_without_panic_or_large_allocation() {
    let ty = Type::object([
        ("l", Type::list(Type::Number)),
        ("d", Type::Dynamic),
        ("m", Type::map(Type::String)),
    ]);
    let object = Object::new()
        .with("l", vec![1, 2])
        .with("d", Value::Dynamic(Box::new((Type::String, "x".into()))))
        .with("m", Value::map([("k", "v")]));
    let bytes = encode(&object.into(), &ty).unwrap();
    for end in 0..bytes.len() {
        assert!(decode(&bytes[..end], &ty).is_err(), "cut at {end}");
    }
    assert!(decode(&[0xdd, 0xff, 0xff, 0xff, 0xff], &Type::list(Type::Bool)).is_err());
    assert!(decode(&[0xdf, 0xff, 0xff, 0xff, 0xff], &Type::map(Type::Bool)).is_err());
    assert!(
        decode(&[0xc0, 0xc0], &Type::Bool).is_err(),
        "trailing bytes"
    );
    assert!(decode(&[0xa1, 0xff], &Type::String).is_err(), "not UTF-8");
    let bottomless = b"\x92\xc4\x09\"dynamic\"".repeat(1000);
    assert!(decode(&bottomless, &Type::Dynamic).is_err());
}

#[test]
fn stored_json_keeps_every_digit() {
    let json =
        br#"{"n": 123456789012345678901234567890.5, "f": 0.1, "s": "\u00e9", "l": [null, true]}"#;
    let ty = Type::object([
        ("n", Type::Number),
        ("f", Type::Number),
        ("s", Type::String),
        ("l", Type::set(Type::Bool)),
        ("new", Type::String),
    ]);
    let value = conform_dropping_surplus(read_json(json).unwrap(), &ty).unwrap();
    let object = value.as_object().unwrap();
    assert_eq!(object.get("n"), &number("123456789012345678901234567890.5"));
    assert_eq!(object.get("f"), &number("0.1"));
    assert_eq!(object.get("s").as_str(), Some("é"));
    assert_eq!(object.get("l"), &Value::Set(vec![Value::Null, true.into()]));
    assert_eq!(object.get("new"), &Value::Null);
    for bad in [&b""[..], b"{", b"\xff", b"01", b"{}x"] {
        assert!(read_json(bad).is_err(), "{bad:?}");
    }
    let deep = "[".repeat(100) + &"]".repeat(100);
    assert!(read_json(deep.as_bytes()).is_err());
}

/// A type and a value of it.
fn typed_value() -> impl Strategy<Value = (Type, Value)> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|value| (Type::Bool, value.into())),
        any::<i64>().prop_map(|value| (Type::Number, value.into())),
        any::<u64>().prop_map(|value| (Type::Number, value.into())),
        "-?[0-9]{1,30}(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?"
            .prop_map(|text| (Type::Number, number(&text))),
        any::<f64>().prop_filter_map("finite", |value| {
            Number::try_from(value)
                .ok()
                .map(|number| (Type::Number, number.into()))
        }),
        ".{0,12}".prop_map(|text| (Type::String, text.into())),
        Just((Type::String, Value::Null)),
        Just((Type::Number, Value::UNKNOWN)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|parts| {
                let (types, values) = parts.into_iter().unzip();
                (Type::Tuple(types), Value::Tuple(values))
            }),
            prop::collection::btree_map("[a-z]{1,6}", inner.clone(), 0..4).prop_map(|parts| {
                let ty = Type::object(parts.iter().map(|(name, (ty, _))| (name, ty.clone())));
                let object = parts
                    .into_iter()
                    .map(|(name, (_, value))| (name, value))
                    .collect();
                (ty, Value::Object(object))
            }),
            (inner.clone(), 0_usize..4).prop_map(|((ty, value), count)| {
                (Type::list(ty), Value::List(vec![value; count]))
            }),
            inner
                .clone()
                .prop_map(|(ty, value)| (Type::set(ty), Value::Set(vec![value]))),
            inner
                .clone()
                .prop_map(|(ty, value)| (Type::map(ty), Value::map([("k", value)]))),
            inner.prop_map(|typed| (Type::Dynamic, Value::Dynamic(Box::new(typed)))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_value_survives_the_wire((ty, value) in typed_value()) {
        let value = conform(value, &ty, &Path::default()).unwrap();
        let bytes = encode(&value, &ty).unwrap();
        prop_assert_eq!(decode(&bytes, &ty).unwrap(), value);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), (ty, _) in typed_value()) {
        let _decoded = decode(&bytes, &ty);
        let _read = read_json(&bytes);
    }
}
