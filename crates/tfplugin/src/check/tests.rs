//! What Terraform's assertions object to.

use super::{Fault, apply_compatible, plan_valid};
use crate::schema::{Attribute, Block, BlockNesting, Nesting, Schema};
use crate::value::{Object, Type, Value};

fn text(faults: &[Fault]) -> String {
    faults
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

fn schema() -> Schema {
    Schema::new()
        .attribute("plain", Attribute::string().optional())
        .attribute("both", Attribute::string().optional().computed())
        .attribute("computed", Attribute::string().computed())
        .attribute("secret", Attribute::string().optional().write_only())
        .attribute(
            "nested",
            Attribute::nested(Nesting::List, [("name", Attribute::string().optional())]).optional(),
        )
        .block(
            "block",
            Block::new(BlockNesting::Set).attribute("name", Attribute::string().optional()),
        )
}

fn object(plain: &str) -> Object {
    Object::new()
        .with("plain", plain)
        .with("both", Value::Null)
        .with("computed", Value::Null)
        .with("secret", Value::Null)
        .with("nested", Value::Null)
        .with("block", Value::Set(Vec::new()))
}

#[test]
fn a_plan_may_decide_computed_attributes_and_keep_stored_spellings() {
    let config = object("A@B");
    let prior = object("a@b").with("both", "x");
    let planned = object("a@b")
        .with("both", Value::UNKNOWN)
        .with("computed", "anything");
    assert_eq!(
        text(&plan_valid(&schema(), Some(&prior), &config, &planned)),
        ""
    );
}

#[test]
fn every_invalid_plan_is_found() {
    let named = |name: &str| Object::new().with("name", name);
    let config = object("a")
        .with("both", "set")
        .with("nested", vec![named("x")])
        .with("block", Value::set([named("x")]));
    let planned = object("b")
        .with("both", "other")
        .with("secret", "leaked")
        .with("nested", vec![named("x"), named("y")])
        .with("block", Value::set([named("z")]));
    insta::assert_snapshot!(text(&plan_valid(&schema(), None, &config, &planned)), @r#"
    plain: "b" is planned for a non-computed attribute, not "a"
    both: "other" is planned, but "set" is configured
    secret: a write-only attribute is planned with a value
    nested: [{ name = "x" }, { name = "y" }] is planned, not [{ name = "x" }]
    block: the planned element { name = "z" } is not configured
    "#);
    let missing = Object::new().with("plain", "a");
    insta::assert_snapshot!(text(&plan_valid(&schema(), None, &object("a"), &missing)), @r"
    block: the attribute is missing
    block: a block is planned as null
    ");
}

#[test]
fn an_apply_must_keep_what_was_planned() {
    let planned = Object::new()
        .with("known", "a")
        .with("open", Value::UNKNOWN)
        .with("null", Value::Null)
        .with("list", vec!["x", "y"])
        .with("set", Value::set([Value::from("x"), Value::UNKNOWN]))
        .with("map", Value::map([("k", "v")]));
    let good = planned
        .clone()
        .with("open", "b")
        .with("set", Value::set(["x", "z"]));
    assert_eq!(text(&apply_compatible(&planned, &good)), "");
    let bad = Object::new()
        .with("known", "b")
        .with("open", Value::UNKNOWN)
        .with("null", "now set")
        .with("list", vec!["x"])
        .with("set", Value::set(["q"]))
        .with("map", Value::map([("l", "v")]))
        .with("surplus", true);
    insta::assert_snapshot!(text(&apply_compatible(&planned, &bad)), @r#"
    known: it was "a", but now "b"
    list: 2 elements were planned, but there are 1
    map["k"]: the element has vanished
    map["l"]: the element was not planned
    null: it was null, but now "now set"
    open: it is unknown after apply
    set: the planned element "x" has vanished
    surplus: it was not planned at all
    "#);
}

#[test]
fn values_of_any_type_are_compared_inside() {
    let dynamic = |text: &str| Value::Dynamic(Box::new((Type::String, text.into())));
    let planned = Object::new().with("a", dynamic("x"));
    assert_eq!(text(&apply_compatible(&planned, &planned)), "");
    assert_ne!(
        text(&apply_compatible(
            &planned,
            &Object::new().with("a", dynamic("y"))
        )),
        ""
    );
}
