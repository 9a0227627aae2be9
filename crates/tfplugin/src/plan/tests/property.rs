//! The property that Terraform accepts every plan, and that planning again changes nothing.

use proptest::prelude::*;

use super::{done, fit, nested_schema, plan_of};
use crate::plan::nullify_write_only;
use crate::schema::{Attribute, Block, BlockNesting, Nesting, Schema};
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

/// Write-only attributes wherever they may be, beside nested ones of every kind.
fn secretive_schema() -> Schema {
    let inner = || {
        [
            ("name", Attribute::string().required()),
            ("secret", Attribute::string().optional().write_only()),
            ("id", Attribute::string().computed().use_state_for_unknown()),
        ]
    };
    let deeper = Attribute::nested(Nesting::Map, inner()).optional();
    let deep = inner().into_iter().chain([("deeper", deeper)]);
    let block = inner()
        .into_iter()
        .fold(Block::new(BlockNesting::List), |block, (name, inner)| {
            block.attribute(name, inner)
        });
    nested_schema()
        .attribute("token", Attribute::string().optional().write_only())
        .attribute("vault", Attribute::nested(Nesting::Single, deep).optional())
        .attribute(
            "vaults",
            Attribute::nested(Nesting::List, inner()).optional(),
        )
        .block("locker", block)
}

/// Configurations of the attributes that [`secretive_schema`] adds.
fn any_secrets() -> impl Strategy<Value = Object> {
    let secret = || {
        prop_oneof![
            Just(Value::Null),
            Just(Value::from("s")),
            Just(Value::from("t")),
            Just(Value::UNKNOWN)
        ]
    };
    let item = move || {
        (prop_oneof![Just("a"), Just("b")], secret())
            .prop_map(|(name, secret)| Object::new().with("name", name).with("secret", secret))
    };
    let items = move || prop::collection::vec(item(), 0..3);
    let vault = (item(), items()).prop_map(|(vault, deeper)| {
        vault.with(
            "deeper",
            Value::map(["k", "l", "m"].into_iter().zip(deeper)),
        )
    });
    (secret(), prop::option::of(vault), items(), items()).prop_map(
        |(token, vault, vaults, locker)| {
            Object::new()
                .with("token", token)
                .with("vault", vault)
                .with("vaults", vaults)
                .with("locker", locker)
        },
    )
}

fn merged(one: Object, other: Object) -> Object {
    one.into_iter().chain(other).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn write_only_values_are_never_planned_and_never_a_change(
        plain in any_object(),
        secrets in any_secrets(),
        others in any_secrets(),
    ) {
        let schema = secretive_schema();
        let config = merged(plain.clone(), secrets.clone());
        let created = plan_of(&schema, None, config);
        let mut silent = created.state.clone();
        nullify_write_only(&schema.body, &mut silent);
        prop_assert_eq!(&silent, &created.state);

        // The same configuration with other secrets, and with none, plans nothing.
        if !Value::Object(plain.clone()).is_wholly_known() {
            return Ok(());
        }
        let state = fit(&schema, applied(&created.state));
        let mut silenced = fit(&schema, secrets);
        nullify_write_only(&schema.body, &mut silenced);
        let again = plan_of(&schema, Some(state.clone()), merged(silenced, plain.clone()));
        prop_assert_eq!(&again.state, &state);
        let changed = plan_of(&schema, Some(state), merged(plain, others));
        let mut silent = changed.state.clone();
        nullify_write_only(&schema.body, &mut silent);
        prop_assert_eq!(silent, changed.state);
    }
}
