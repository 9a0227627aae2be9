//! The property that Terraform accepts every plan, and that planning again changes nothing.

use proptest::prelude::*;

use super::{done, fit, nested_schema, plan_of};
use crate::value::{Object, Value};

/// Configurations of [`nested_schema`].
fn any_object() -> impl Strategy<Value = Object> {
    let text = || {
        prop_oneof![
            Just(Value::from("a")),
            Just(Value::from("b")),
            Just(Value::UNKNOWN)
        ]
    };
    let size = || {
        prop_oneof![
            Just(Value::Null),
            Just(Value::from(1)),
            Just(Value::from(2))
        ]
    };
    let item = move || {
        (text(), size())
            .prop_map(|(name, size)| Object::new().with("name", name).with("size", size))
    };
    let items = move || prop::collection::vec(item(), 0..3);
    let maybe = move || prop::option::of(item());
    (
        maybe(),
        items(),
        items(),
        prop::option::of(items()),
        items(),
        items(),
        maybe(),
    )
        .prop_map(|(one, list, set, map, list_block, set_block, one_block)| {
            let map = map.map(|items| Value::map(["k", "l", "m"].into_iter().zip(items)));
            Object::new()
                .with("one", one)
                .with("list", list)
                .with("set", set)
                .with("map", map)
                .with("list_block", list_block)
                .with("set_block", set_block)
                .with("one_block", one_block)
        })
}

/// What an apply would make of a plan.
fn applied(planned: &Object) -> Object {
    fn known(value: Value, counter: &mut i32) -> Value {
        match value {
            Value::Unknown(_) => {
                *counter += 1;
                format!("id-{counter}").into()
            }
            Value::List(items) => {
                Value::List(items.into_iter().map(|v| known(v, counter)).collect())
            }
            Value::Set(items) => Value::set(
                items
                    .into_iter()
                    .map(|v| known(v, counter))
                    .collect::<Vec<_>>(),
            ),
            Value::Map(entries) => Value::Map(
                entries
                    .into_iter()
                    .map(|(k, v)| (k, known(v, counter)))
                    .collect(),
            ),
            Value::Object(object) => Value::Object(
                object
                    .into_iter()
                    .map(|(k, v)| (k, known(v, counter)))
                    .collect(),
            ),
            other => other,
        }
    }
    let mut counter = 0;
    let mut state = planned.clone();
    if state.get("map").is_unknown() {
        state.set("map", Value::map([("k", done("m", "i"))]));
    }
    state
        .into_iter()
        .map(|(name, value)| (name, known(value, &mut counter)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn terraform_accepts_every_plan_and_planning_again_changes_nothing(
        first in any_object(),
        second in any_object(),
    ) {
        let schema = nested_schema();
        let created = plan_of(&schema, None, first.clone());
        let state = fit(&schema, applied(&created.state));
        prop_assert_eq!(crate::check::apply_compatible(&created.state, &state), []);
        // A plan of something else, over the stored state: asserted inside.
        plan_of(&schema, Some(state.clone()), second);
        let known = Value::Object(first.clone()).is_wholly_known();
        if known {
            let again = plan_of(&schema, Some(state.clone()), first);
            prop_assert_eq!(again.state, state);
            prop_assert_eq!(again.requires_replace, []);
        }
    }
}
