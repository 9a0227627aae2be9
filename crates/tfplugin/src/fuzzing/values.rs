//! Any type, and any value of a type.

use super::source::Source;
use crate::value::{NumberBound, Object, Refinement, Type, Value};

/// Whether something inside of a value may be unknown.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Unknowns {
    /// Also with something known about it.
    Refined,
    /// With nothing known about it, so that it may become anything.
    Bare,
    None,
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A type that nests no deeper than `depth`.
pub(crate) fn any_type(source: &mut Source<'_>, depth: u8) -> Type {
    let kinds = if depth == 0 { 4 } else { 9 };
    let inner = depth.saturating_sub(1);
    match source.below(kinds) {
        0 => Type::String,
        1 => Type::Bool,
        2 => Type::Number,
        3 => Type::Dynamic,
        4 => Type::list(any_type(source, inner)),
        5 => Type::set(any_type(source, inner)),
        6 => Type::map(any_type(source, inner)),
        7 => {
            let count = usize::from(source.below(4));
            let names = NAMES.iter().take(count);
            Type::object(names.map(|name| (*name, any_type(source, inner))))
        }
        _ => {
            let count = source.below(4);
            Type::Tuple((0..count).map(|_| any_type(source, inner)).collect())
        }
    }
}

/// A value of the shape of a type; null now and then, wherever it may be.
pub(crate) fn any_value(source: &mut Source<'_>, ty: &Type, unknowns: Unknowns) -> Value {
    match source.below(16) {
        0 => Value::Null,
        15 if unknowns == Unknowns::Refined => Value::Unknown(any_refinement(source)),
        15 if unknowns == Unknowns::Bare => Value::UNKNOWN,
        _ => any_known(source, ty, unknowns),
    }
}

/// A value that is neither null nor unknown itself.
pub(crate) fn any_known(source: &mut Source<'_>, ty: &Type, unknowns: Unknowns) -> Value {
    let elements = |source: &mut Source<'_>, ty: &Type| -> Vec<Value> {
        let count = source.below(4);
        (0..count)
            .map(|_| any_value(source, ty, unknowns))
            .collect()
    };
    match ty {
        Type::Bool => Value::Bool(source.one_in(2)),
        Type::Number => Value::Number(source.number()),
        Type::String => source.text().into(),
        Type::Dynamic => {
            let ty = if source.may_be_dynamic() {
                any_type(source, 1)
            } else {
                Type::String
            };
            let value = any_value(source, &ty, unknowns);
            Value::Dynamic(Box::new((ty, value)))
        }
        Type::List(element) => Value::List(elements(source, element)),
        Type::Set(element) => Value::Set(elements(source, element)),
        Type::Map(element) => {
            let items = elements(source, element);
            let entries = items.into_iter().map(|item| (source.text(), item));
            Value::map(entries.collect::<Vec<_>>())
        }
        Type::Tuple(types) => Value::Tuple(
            types
                .iter()
                .map(|ty| any_value(source, ty, unknowns))
                .collect(),
        ),
        Type::Object(types) => {
            let attributes = types.iter();
            let object: Object = attributes
                .map(|(name, ty)| (name, any_value(source, ty, unknowns)))
                .collect();
            object.into()
        }
    }
}

fn any_refinement(source: &mut Source<'_>) -> Option<Box<Refinement>> {
    let maybe = |source: &mut Source<'_>| source.one_in(3);
    let refinement = Refinement {
        null: maybe(source).then_some(false),
        prefix: maybe(source).then(|| source.text().to_owned()),
        min: maybe(source).then(|| NumberBound::new(source.number(), true)),
        max: maybe(source).then(|| NumberBound::new(source.number(), false)),
        min_length: maybe(source).then(|| source.byte().into()),
        max_length: maybe(source).then_some(u64::MAX),
    };
    // One that says nothing is none.
    (refinement != Refinement::default()).then(|| Box::new(refinement))
}
