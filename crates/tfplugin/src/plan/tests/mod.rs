//! The plan as tables.

mod property;

use super::{Planned, Proposal, plan};
use crate::check::plan_valid;
use crate::codec::conform;
use crate::harness::proposed_new;
use crate::provider::{Private, ResourcePlan};
use crate::schema::{Attribute, Block, BlockNesting, Nesting, PlanModifier, Schema};
use crate::value::{Object, Path, Type, Value};

fn fit(schema: &Schema, object: Object) -> Object {
    match conform(object.into(), &schema.ty(), &Path::default()) {
        Ok(Value::Object(mut object)) => {
            // Terraform sends empty collections of blocks, never null.
            for (name, block) in &schema.body.blocks {
                match block.nesting {
                    BlockNesting::List if object.get(name).is_null() => {
                        object.set(name, Value::List(Vec::new()));
                    }
                    BlockNesting::Set if object.get(name).is_null() => {
                        object.set(name, Value::Set(Vec::new()));
                    }
                    _ => {}
                }
            }
            object
        }
        other => panic!("{other:?}"),
    }
}

fn plan_with(
    schema: &Schema,
    prior: Option<Object>,
    config: Object,
    modify: impl FnOnce(&mut ResourcePlan<'_>),
) -> Planned {
    let prior = prior.map(|prior| fit(schema, prior));
    let config = fit(schema, config);
    let proposed = proposed_new(schema, prior.as_ref(), &config);
    let proposal = Proposal {
        schema,
        prior: prior.as_ref(),
        config: &config,
        proposed: &proposed,
    };
    let planned = plan(proposal, Private::new(), modify);
    assert_eq!(
        plan_valid(schema, prior.as_ref(), &config, &planned.state),
        []
    );
    planned
}

fn plan_of(schema: &Schema, prior: Option<Object>, config: Object) -> Planned {
    plan_with(schema, prior, config, |_plan| {})
}

fn replaced(planned: &Planned) -> Vec<String> {
    planned
        .requires_replace
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// Shaped like an invitation.
fn invitation() -> Schema {
    Schema::new()
        .attribute(
            "id",
            Attribute::string()
                .optional()
                .computed()
                .use_state_for_unknown(),
        )
        .attribute("email", Attribute::string().required().requires_replace())
        .attribute("roles", Attribute::set(Type::String).optional())
        .attribute("allow_deletion", Attribute::bool().default_value(false))
        .attribute("status", Attribute::string().computed())
        .attribute(
            "user",
            Attribute::list(Type::object([("id", Type::String)]))
                .computed()
                .use_state_for_unknown(),
        )
}

fn stored() -> Object {
    Object::new()
        .with("id", "i-1")
        .with("email", "a@b")
        .with("roles", Value::set(["x", "y"]))
        .with("allow_deletion", false)
        .with("status", "SENT")
        .with("user", vec![Object::new().with("id", "u-1")])
}

#[test]
fn a_creation_has_defaults_and_unknown_computed_attributes() {
    let planned = plan_of(&invitation(), None, Object::new().with("email", "a@b"));
    let expected = Object::new()
        .with("id", Value::UNKNOWN)
        .with("email", "a@b")
        .with("roles", Value::Null)
        .with("allow_deletion", false)
        .with("status", Value::UNKNOWN)
        .with("user", Value::UNKNOWN);
    assert_eq!(planned.state, expected);
    assert_eq!(replaced(&planned), [""; 0]);
}

#[test]
fn the_same_configuration_plans_nothing_whatever_the_order_of_a_set() {
    let config = Object::new()
        .with("email", "a@b")
        .with("roles", vec!["y", "x", "y"]);
    let planned = plan_of(&invitation(), Some(stored()), config);
    assert_eq!(planned.state, fit(&invitation(), stored()));
}

#[test]
fn a_change_makes_computed_attributes_unknown_unless_they_use_the_state() {
    let config = Object::new().with("email", "a@b").with("roles", vec!["x"]);
    let planned = plan_of(&invitation(), Some(stored()), config).state;
    assert_eq!(planned.get("id").as_str(), Some("i-1"));
    assert_eq!(
        planned.get("user"),
        fit(&invitation(), stored()).get("user")
    );
    assert!(planned.get("status").is_unknown());
}

#[test]
fn a_changed_argument_that_requires_replacement_is_reported() {
    let config = Object::new()
        .with("email", "c@d")
        .with("roles", vec!["x", "y"]);
    let planned = plan_of(&invitation(), Some(stored()), config.clone());
    assert_eq!(replaced(&planned), ["email"]);
    // Terraform then plans again, as a creation: nothing of the old object may be left.
    let again = plan_of(&invitation(), None, config);
    assert!(again.state.get("id").is_unknown());
    assert_eq!(replaced(&again), [""; 0]);
}

#[test]
fn a_default_of_a_set_is_no_change_whatever_its_order_and_kind() {
    let schema = Schema::new()
        .attribute("id", Attribute::string().computed())
        .attribute(
            "roles",
            Attribute::set(Type::String).default_value(vec!["y", "x", "y"]),
        );
    let state = Object::new()
        .with("id", "1")
        .with("roles", Value::set(["x", "y"]));
    let planned = plan_of(&schema, Some(state.clone()), Object::new());
    assert_eq!(planned.state, state);
}

#[test]
fn a_default_comes_back_when_the_argument_is_removed() {
    let prior = stored().with("allow_deletion", true);
    let config = Object::new()
        .with("email", "a@b")
        .with("roles", vec!["x", "y"]);
    let planned = plan_of(&invitation(), Some(prior), config).state;
    assert_eq!(planned.get("allow_deletion"), &Value::Bool(false));
    assert!(planned.get("status").is_unknown(), "it is a change");
}

#[test]
fn an_unknown_configured_value_is_not_answered_from_the_state() {
    let config = Object::new()
        .with("email", Value::UNKNOWN)
        .with("id", Value::UNKNOWN);
    let planned = plan_of(&invitation(), Some(stored()), config);
    assert!(planned.state.get("id").is_unknown());
    assert_eq!(replaced(&planned), ["email"]);
}

#[test]
fn use_state_for_unknown_keeps_null_and_its_sibling_does_not() {
    let schema = Schema::new()
        .attribute("a", Attribute::string().optional())
        .attribute(
            "kept",
            Attribute::string().computed().use_state_for_unknown(),
        )
        .attribute(
            "open",
            Attribute::string()
                .computed()
                .modifier(PlanModifier::UseNonNullStateForUnknown),
        );
    let prior = Object::new().with("a", "1");
    let planned = plan_of(&schema, Some(prior), Object::new().with("a", "2")).state;
    assert!(planned.get("kept").is_null());
    assert!(planned.get("open").is_unknown());
}

#[test]
fn replacement_only_if_configured_ignores_a_removed_argument() {
    let schema = Schema::new().attribute(
        "a",
        Attribute::string()
            .optional()
            .computed()
            .modifier(PlanModifier::RequiresReplaceIfConfigured),
    );
    let prior = || Some(Object::new().with("a", "1"));
    assert_eq!(replaced(&plan_of(&schema, prior(), Object::new())), [""; 0]);
    assert_eq!(
        replaced(&plan_of(&schema, prior(), Object::new().with("a", "2"))),
        ["a"]
    );
}

#[test]
fn modifiers_run_in_order_and_may_see_everything() {
    let schema = Schema::new().attribute(
        "a",
        Attribute::string()
            .optional()
            .computed()
            .modify(|plan| {
                if plan.planned.is_unknown() {
                    *plan.planned = "first".into();
                }
            })
            .modify(|plan| {
                if plan.planned.as_str() == Some("first") {
                    *plan.planned = "second".into();
                }
                if plan.is_update() && plan.is_changed() {
                    plan.require_replace();
                    plan.error("No", "really");
                }
            }),
    );
    let created = plan_of(&schema, None, Object::new());
    assert_eq!(created.state.get("a").as_str(), Some("second"));
    let changed = plan_of(
        &schema,
        Some(Object::new().with("a", "x")),
        Object::new().with("a", "y"),
    );
    assert_eq!(replaced(&changed), ["a"]);
    assert_eq!(
        changed.diagnostics.iter().next().unwrap().path,
        Some("a".into())
    );
}

#[test]
fn the_resource_has_the_last_word() {
    let config = Object::new().with("email", "a@b").with("roles", vec!["x"]);
    let planned = plan_with(&invitation(), Some(stored()), config, |plan| {
        assert!(plan.is_changed("roles") && !plan.is_changed("email") && !plan.is_create());
        plan.keep_prior("status");
        plan.set_unknown("user");
        plan.require_replace("roles");
        plan.require_replace("roles");
        plan.private.set("k", 1);
        plan.diagnostics.warning("careful", "");
    });
    assert_eq!(planned.state.get("status").as_str(), Some("SENT"));
    assert!(planned.state.get("user").is_unknown());
    assert_eq!(replaced(&planned), ["roles"]);
    assert_eq!(planned.private.write(), br#"{"k":1}"#);
    assert_eq!(planned.diagnostics.len(), 1);
}

#[test]
fn write_only_values_are_never_planned() {
    let schema = Schema::new()
        .attribute("password", Attribute::string().optional().write_only())
        .attribute("version", Attribute::number().optional());
    let config = Object::new().with("password", "secret").with("version", 1);
    let planned = plan_of(&schema, None, config.clone());
    assert!(planned.state.get("password").is_null());
    let prior = Object::new().with("version", 1);
    assert_eq!(
        plan_of(&schema, Some(prior.clone()), config).state,
        fit(&schema, prior)
    );
}

/// Every way of nesting.
fn nested_schema() -> Schema {
    let inner = || {
        [
            ("name", Attribute::string().required().requires_replace()),
            ("size", Attribute::number().default_value(1)),
            ("id", Attribute::string().computed().use_state_for_unknown()),
        ]
    };
    let block = |nesting| {
        inner()
            .into_iter()
            .fold(Block::new(nesting), |block, (name, inner)| {
                block.attribute(name, inner)
            })
    };
    let [_, size, id] = inner();
    let open = [
        ("name", Attribute::string().optional().computed()),
        size,
        id,
    ];
    Schema::new()
        .attribute(
            "one",
            Attribute::nested(Nesting::Single, inner()).optional(),
        )
        .attribute("list", Attribute::nested(Nesting::List, inner()).optional())
        .attribute("set", Attribute::nested(Nesting::Set, inner()).optional())
        .attribute(
            "map",
            Attribute::nested(Nesting::Map, open).optional().computed(),
        )
        .block("list_block", block(BlockNesting::List))
        .block("set_block", block(BlockNesting::Set))
        .block("one_block", block(BlockNesting::Single))
}

fn item(name: &str) -> Object {
    Object::new().with("name", name)
}

fn done(name: &str, id: &str) -> Object {
    item(name).with("size", 1).with("id", id)
}

#[test]
fn nested_attributes_and_blocks_follow_the_same_rules() {
    let config = Object::new()
        .with("one", item("a"))
        .with("list", vec![item("a"), item("b")])
        .with("set", vec![item("a"), item("b")])
        .with("map", Value::map([("k", item("a"))]))
        .with("list_block", vec![item("a")])
        .with("set_block", vec![item("a")])
        .with("one_block", item("a"));
    let planned = plan_of(&nested_schema(), None, config.clone()).state;
    let fresh = |name| item(name).with("size", 1).with("id", Value::UNKNOWN);
    assert_eq!(planned.get("one"), &fresh("a").into());
    assert_eq!(planned.get("list"), &vec![fresh("a"), fresh("b")].into());
    assert_eq!(planned.get("set"), &Value::set([fresh("a"), fresh("b")]));
    assert_eq!(planned.get("map"), &Value::map([("k", fresh("a"))]));
    assert_eq!(planned.get("set_block"), &Value::set([fresh("a")]));
    assert_eq!(planned.get("one_block"), &fresh("a").into());

    let prior = Object::new()
        .with("one", done("a", "1"))
        .with("list", vec![done("a", "2"), done("old", "3")])
        .with("set", vec![done("a", "4"), done("old", "5")])
        .with("map", Value::map([("k", done("a", "6"))]))
        .with("list_block", vec![done("old", "7")])
        .with("set_block", vec![done("a", "8")])
        .with("one_block", done("a", "9"));
    let planned = plan_of(&nested_schema(), Some(prior), config);
    assert_eq!(planned.state.get("one"), &done("a", "1").into());
    assert_eq!(
        planned.state.get("list"),
        &vec![done("a", "2"), done("b", "3")].into()
    );
    assert_eq!(
        planned.state.get("set"),
        &Value::set([done("a", "4"), fresh("b")])
    );
    assert_eq!(
        planned.state.get("map"),
        &Value::map([("k", done("a", "6"))])
    );
    assert_eq!(
        planned.state.get("set_block"),
        &Value::set([done("a", "8")])
    );
    // A new element has nothing stored, which differs from its name. Sets have no element paths.
    assert_eq!(
        replaced(&planned),
        ["list[1].name", "list_block[0].name", "set"]
    );
}

#[test]
fn a_computed_nested_attribute_without_configuration_is_unknown_as_a_whole() {
    let prior = Object::new().with("map", Value::map([("k", done("a", "6"))]));
    let planned = plan_of(&nested_schema(), Some(prior.clone()), Object::new()).state;
    assert_eq!(planned, fit(&nested_schema(), prior.clone()));
    let changed = Object::new().with("one", item("a"));
    let planned = plan_of(&nested_schema(), Some(prior), changed).state;
    assert!(planned.get("map").is_unknown());
}

#[test]
fn a_nested_attribute_that_is_no_longer_configured_is_planned_anew() {
    let inner = [("name", Attribute::string().required())];
    let nested = Attribute::nested(Nesting::Single, inner)
        .optional()
        .computed();
    let schema = Schema::new().attribute("one", nested);
    let prior = Object::new().with("one", item("a"));
    assert!(
        plan_of(&schema, Some(prior), Object::new())
            .state
            .get("one")
            .is_unknown()
    );
}
