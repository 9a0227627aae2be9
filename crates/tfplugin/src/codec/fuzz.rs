//! Mutated input for everything that reads bytes from outside.
//!
//! A bounded run is part of every test run: the same inputs each time. For a longer one, with others:
//! `TFPLUGIN_FUZZ_ITERATIONS=10000000 TFPLUGIN_FUZZ_SEED=7 cargo test --release -p tfplugin --lib fuzz`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{conform_dropping_surplus, decode, encode, read_json};
use crate::provider::Private;
use crate::value::{Number, NumberBound, Object, Refinement, Type, Value};

/// Enough to reach every branch of the decoders, and quick without optimisation.
const ITERATIONS: u64 = 20_000;

/// How many inputs that were accepted are mutated further.
const POOL: usize = 512;

/// A small generator of repeatable numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`; 0 if there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap().max(1);
        usize::try_from(self.next() % end).unwrap()
    }

    fn byte(&mut self) -> u8 {
        // Markers of MessagePack and JSON more often than others.
        const TELLING: &[u8] = b"\x00\x01\x7f\x80\x90\xa0\xc0\xc1\xc4\xc7\xcb\xcf\xd3\xd4\xd8\xdb\xdd\xdf\xff[]{}\",:-.e0";
        let any = u8::try_from(self.next() & 0xff).unwrap();
        if self.below(2) == 0 {
            return any;
        }
        TELLING[self.below(TELLING.len())]
    }

    fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let mut out = input.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(out.len());
            match self.below(6) {
                0 if !out.is_empty() => out[at] = self.byte(),
                1 if !out.is_empty() => out[at] ^= 1 << self.below(8),
                2 if !out.is_empty() => {
                    out.remove(at);
                }
                3 => out.truncate(at),
                4 => {
                    // A piece of another input, perhaps many times over.
                    let from = self.below(other.len());
                    let piece = &other[from..from + self.below(other.len() - from + 1)];
                    let piece = piece.repeat(1 + self.below(3));
                    out.splice(at..at, piece);
                }
                _ => {
                    let byte = self.byte();
                    out.insert(at, byte);
                }
            }
        }
        out
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

/// Feeds mutations of the seeds to a target, which says whether it accepted the input.
fn fuzz(seeds: Vec<Vec<u8>>, target: impl Fn(&[u8]) -> bool) {
    let iterations = setting("TFPLUGIN_FUZZ_ITERATIONS").unwrap_or(ITERATIONS);
    let mut random = Random(setting("TFPLUGIN_FUZZ_SEED").unwrap_or(1).max(1));
    let mut pool = seeds;
    for seed in &pool {
        assert!(target(seed), "a seed is not accepted: {seed:02x?}");
    }
    let mut accepted = 0;
    for _ in 0..iterations {
        let (one, other) = (random.below(pool.len()), random.below(pool.len()));
        let input = random.mutate(&pool[one], &pool[other]);
        let outcome = catch_unwind(AssertUnwindSafe(|| target(&input)));
        let is_accepted = outcome.unwrap_or_else(|_| panic!("the input was {input:02x?}"));
        if is_accepted && input.len() < 4096 {
            accepted += 1;
            if pool.len() < POOL {
                pool.push(input);
            } else {
                let at = random.below(POOL);
                pool[at] = input;
            }
        }
    }
    // Otherwise only the first bytes of the decoders were tried.
    assert!(
        accepted > iterations / 100,
        "only {accepted} inputs were accepted"
    );
}

/// Every kind of type inside one.
fn everything() -> Type {
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

fn samples() -> Vec<Value> {
    let item = |name: &str| {
        let size = Number::parse("0.10000000000000000000001").unwrap();
        Object::new()
            .with("name", name)
            .with("size", Value::Number(size))
    };
    let prefixed = Refinement {
        null: Some(false),
        prefix: Some("user-".to_owned()),
        ..Refinement::default()
    };
    let bounded = Refinement {
        min: Some(NumberBound {
            value: Number::from(1_i64),
            inclusive: true,
        }),
        ..Refinement::default()
    };
    let number = (Type::Number, Value::from(7));
    let full = Object::new()
        .with("any", Value::Dynamic(Box::new(number)))
        .with("flag", true)
        .with("list", vec![item("a"), item("b")])
        .with("map", Value::map([("k", Value::set(["x", "y"]))]))
        .with(
            "pair",
            Value::Tuple(vec![
                Value::Unknown(Some(Box::new(bounded))),
                Value::Dynamic(Box::new((Type::list(Type::Bool), vec![true].into()))),
            ]),
        )
        .with("set", Value::set([item("c"), item("d")]))
        .with("text", Value::Unknown(Some(Box::new(prefixed))));
    let unknown: Object = full
        .iter()
        .map(|(name, _)| (name, Value::UNKNOWN))
        .collect();
    let null: Object = full.iter().map(|(name, _)| (name, Value::Null)).collect();
    vec![full.into(), unknown.into(), null.into(), Value::Null]
}

#[test]
fn fuzz_what_is_decoded_is_encoded_and_decoded_to_the_same() {
    let ty = everything();
    let samples = samples();
    let seeds = samples.iter().map(|one| encode(one, &ty).unwrap());
    fuzz(seeds.collect(), |bytes| {
        let Ok(value) = decode(bytes, &ty) else {
            return false;
        };
        let again = encode(&value, &ty).unwrap();
        assert_eq!(decode(&again, &ty).unwrap(), value);
        true
    });
}

#[test]
fn fuzz_a_stored_state_that_fits_its_type_is_encoded() {
    let ty = everything();
    let seeds = [
        r#"{"any":{"type":"number","value":7},"flag":true,"list":[{"name":"a","size":1e3}],"map":{"k":["x","y"]},"pair":[1,"a"],"set":[],"text":"\u00e4","more":null}"#,
        "null",
        "[[[]],{},-1.5e-7]",
    ];
    fuzz(
        seeds.map(|seed| seed.as_bytes().to_vec()).to_vec(),
        |bytes| {
            let Ok(value) = read_json(bytes) else {
                return false;
            };
            if let Ok(fitted) = conform_dropping_surplus(value, &ty) {
                let encoded = encode(&fitted, &ty).unwrap();
                assert_eq!(decode(&encoded, &ty).unwrap(), fitted.normalized());
            }
            true
        },
    );
}

#[test]
fn fuzz_a_type_that_is_read_is_written_and_read_to_the_same() {
    let seeds = vec![
        everything().to_json().to_string().into_bytes(),
        br#"["object",{"a":"string"},["a"]]"#.to_vec(),
    ];
    fuzz(seeds, |bytes| {
        let Ok(ty) = Type::from_json(bytes) else {
            return false;
        };
        let again = ty.to_json().to_string();
        assert_eq!(Type::from_json(again.as_bytes()), Ok(ty));
        true
    });
}

#[test]
fn fuzz_any_private_state_is_read() {
    let seeds = [r#"{"schema_version":"1","x":[null,1.5]}"#, "null", ""];
    fuzz(
        seeds.map(|seed| seed.as_bytes().to_vec()).to_vec(),
        |bytes| {
            let private = Private::read(bytes);
            assert_eq!(Private::read(&private.write()), private);
            true
        },
    );
}
