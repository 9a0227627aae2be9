//! Any schema, and what Terraform may send of it: configurations, and states after an apply.

use super::source::Source;
use super::values::{Unknowns, any_known, any_value};
use crate::schema::{
    Attribute, Block, BlockNesting, Body, Kind, NestedObject, Nesting, PlanModifier, Schema,
};
use crate::value::{Object, Type, Value};

const ATTRIBUTES: [&str; 4] = ["a", "b", "c", "d"];
const BLOCKS: [&str; 2] = ["y", "z"];

/// A schema that obeys Terraform's rules.
pub(crate) fn any_schema(source: &mut Source<'_>) -> Schema {
    let schema = any_attributes(source, 2, false)
        .into_iter()
        .fold(Schema::new(), |schema, (name, one)| {
            schema.attribute(name, one)
        });
    any_blocks(source, 2, false)
        .into_iter()
        .fold(schema, |schema, (name, one)| schema.block(name, one))
}

fn any_blocks(source: &mut Source<'_>, depth: u8, inside_set: bool) -> Vec<(&'static str, Block)> {
    let count = usize::from(if depth == 0 { 0 } else { source.below(3) });
    let names = BLOCKS.into_iter().take(count);
    let block = |source: &mut Source<'_>| {
        let nesting = match source.below(5) {
            0 => BlockNesting::List,
            1 => BlockNesting::Set,
            2 => BlockNesting::Single,
            3 => BlockNesting::Map,
            _ => BlockNesting::Group,
        };
        let inside_set = inside_set || nesting == BlockNesting::Set;
        let attributes = any_attributes(source, depth - 1, inside_set);
        let block = attributes
            .into_iter()
            .fold(Block::new(nesting), |block, (name, one)| {
                block.attribute(name, one)
            });
        any_blocks(source, depth - 1, inside_set)
            .into_iter()
            .fold(block, |block, (name, one)| block.block(name, one))
    };
    names.map(|name| (name, block(source))).collect()
}

fn any_attributes(
    source: &mut Source<'_>,
    depth: u8,
    inside_set: bool,
) -> Vec<(&'static str, Attribute)> {
    let count = usize::from(source.below(5));
    let names = ATTRIBUTES.into_iter().take(count);
    names
        .map(|name| (name, any_attribute(source, depth, inside_set)))
        .collect()
}

fn any_attribute(source: &mut Source<'_>, depth: u8, inside_set: bool) -> Attribute {
    let nested = depth > 0 && source.one_in(3);
    let attribute = if nested {
        let nesting = match source.below(4) {
            0 => Nesting::Single,
            1 => Nesting::List,
            2 => Nesting::Map,
            _ => Nesting::Set,
        };
        let inside_set = inside_set || nesting == Nesting::Set;
        Attribute::nested(nesting, any_attributes(source, depth - 1, inside_set))
    } else {
        any_plain(source)
    };
    let ty = attribute.ty();
    let attribute = match source.below(6) {
        0 => attribute.optional(),
        1 => attribute.required(),
        2 => attribute.computed(),
        3 => attribute.optional().computed(),
        // Two elements of a set that differ by a default only are one element to Terraform.
        4 if !inside_set => attribute.default_value(any_known(source, &ty, Unknowns::None)),
        5 if !inside_set && !nested => attribute.optional().write_only(),
        _ => attribute.required(),
    };
    match source.below(8) {
        0 | 1 => attribute.use_state_for_unknown(),
        2 => attribute.modifier(PlanModifier::UseNonNullStateForUnknown),
        3 => attribute.requires_replace(),
        4 => attribute.modifier(PlanModifier::RequiresReplaceIfConfigured),
        _ => attribute,
    }
}

fn any_plain(source: &mut Source<'_>) -> Attribute {
    match source.below(8) {
        0 | 1 => Attribute::string(),
        2 => Attribute::number(),
        3 => Attribute::bool(),
        4 => Attribute::list(Type::String),
        5 => Attribute::set(Type::Number),
        6 => Attribute::map(Type::String),
        _ => Attribute::list(Type::object([("k", Type::String), ("l", Type::Bool)])),
    }
}

/// A configuration that Terraform has checked against the schema. A reference to something that is
/// not there yet makes it unknown in places.
pub(crate) fn any_config(source: &mut Source<'_>, schema: &Schema) -> Object {
    config_of_body(source, &schema.body)
}

fn config_of_body(source: &mut Source<'_>, body: &Body) -> Object {
    let mut config = config_of(source, &body.attributes);
    for (name, block) in &body.blocks {
        let objects = |source: &mut Source<'_>| -> Vec<Value> {
            let count = source.below(4);
            (0..count)
                .map(|_| config_of_body(source, &block.body).into())
                .collect()
        };
        let is_unknown = source.one_in(16);
        let value = match block.nesting {
            BlockNesting::Group => config_of_body(source, &block.body).into(),
            BlockNesting::Single if source.one_in(2) => Value::Null,
            BlockNesting::Single => config_of_body(source, &block.body).into(),
            // A dynamic block over something unknown.
            _ if is_unknown => Value::UNKNOWN,
            BlockNesting::List => Value::List(objects(source)),
            BlockNesting::Set => Value::Set(objects(source)),
            BlockNesting::Map => by_key(objects(source)),
        };
        config.set(name, value);
    }
    config
}

fn config_of(source: &mut Source<'_>, attributes: &[(String, Attribute)]) -> Object {
    let one = |source: &mut Source<'_>, attribute: &Attribute| {
        let flags = attribute.flags;
        if !flags.required && (!flags.optional || source.one_in(3)) {
            return Value::Null;
        }
        if source.one_in(12) {
            return Value::UNKNOWN;
        }
        match &attribute.kind {
            Kind::Plain(ty) => any_known(source, ty, Unknowns::Bare),
            Kind::Nested(nested) => several(source, nested, &mut |source| {
                config_of(source, &nested.attributes)
            }),
        }
    };
    attributes
        .iter()
        .map(|(name, attribute)| (name, one(source, attribute)))
        .collect()
}

/// Objects as a nested attribute holds them.
fn several(
    source: &mut Source<'_>,
    nested: &NestedObject,
    object: &mut dyn FnMut(&mut Source<'_>) -> Object,
) -> Value {
    if nested.nesting == Nesting::Single {
        return object(source).into();
    }
    let count = source.below(4);
    let objects = (0..count).map(|_| object(source).into()).collect();
    match nested.nesting {
        Nesting::Set => Value::Set(objects),
        Nesting::Map => by_key(objects),
        Nesting::List | Nesting::Single => Value::List(objects),
    }
}

fn by_key(objects: Vec<Value>) -> Value {
    Value::map(["k", "l", "m"].into_iter().zip(objects))
}

/// What an apply might make of a planned state: everything that was unknown is known.
pub(crate) fn applied(source: &mut Source<'_>, schema: &Schema, planned: &Object) -> Object {
    apply_body(source, &schema.body, planned)
}

fn apply_body(source: &mut Source<'_>, body: &Body, planned: &Object) -> Object {
    let mut state = apply(source, &body.attributes, planned);
    for (name, block) in &body.blocks {
        let value = each(planned.get(name), &mut |planned| {
            apply_body(source, &block.body, planned)
        });
        let value = value.unwrap_or_else(|| match block.nesting {
            BlockNesting::List => Value::List(Vec::new()),
            BlockNesting::Set => Value::Set(Vec::new()),
            BlockNesting::Map => by_key(Vec::new()),
            BlockNesting::Single | BlockNesting::Group => Value::Null,
        });
        state.set(name, value);
    }
    state
}

fn apply(source: &mut Source<'_>, attributes: &[(String, Attribute)], planned: &Object) -> Object {
    let one =
        |source: &mut Source<'_>, attribute: &Attribute, planned: &Value| match &attribute.kind {
            Kind::Plain(ty) => known(source, ty, planned),
            Kind::Nested(nested) => {
                let value = each(planned, &mut |planned| {
                    apply(source, &nested.attributes, planned)
                });
                value.unwrap_or_else(|| {
                    several(source, nested, &mut |source| {
                        computed(source, &nested.attributes)
                    })
                })
            }
        };
    attributes
        .iter()
        .map(|(name, attribute)| (name, one(source, attribute, planned.get(name))))
        .collect()
}

/// An object that only the provider had a part in.
fn computed(source: &mut Source<'_>, attributes: &[(String, Attribute)]) -> Object {
    let one = |source: &mut Source<'_>, attribute: &Attribute| match &attribute.kind {
        _ if !attribute.flags.computed => Value::Null,
        Kind::Plain(ty) => any_value(source, ty, Unknowns::None),
        Kind::Nested(nested) => several(source, nested, &mut |source| {
            computed(source, &nested.attributes)
        }),
    };
    attributes
        .iter()
        .map(|(name, attribute)| (name, one(source, attribute)))
        .collect()
}

/// The value with every object directly inside of it changed; `None` if it is unknown.
fn each(value: &Value, change: &mut dyn FnMut(&Object) -> Object) -> Option<Value> {
    let mut items = |items: &[Value]| -> Vec<Value> {
        let changed = items.iter().map(|item| each(item, change));
        changed.map(Option::unwrap_or_default).collect()
    };
    Some(match value {
        Value::Unknown(_) => return None,
        Value::Object(object) => change(object).into(),
        Value::List(list) => Value::List(items(list)),
        Value::Set(set) => Value::set(items(set)),
        Value::Map(entries) => {
            let objects = items(&entries.values().cloned().collect::<Vec<_>>());
            Value::map(entries.keys().zip(objects))
        }
        other => other.clone(),
    })
}

/// The value with something known in place of everything that is not.
fn known(source: &mut Source<'_>, ty: &Type, planned: &Value) -> Value {
    match (ty, planned) {
        (ty, Value::Unknown(_)) => any_value(source, ty, Unknowns::None),
        (Type::List(ty), Value::List(items)) => {
            Value::List(items.iter().map(|item| known(source, ty, item)).collect())
        }
        (Type::Set(ty), Value::Set(items)) => {
            Value::set(items.iter().map(|item| known(source, ty, item)))
        }
        (Type::Map(ty), Value::Map(entries)) => {
            let entries = entries.iter();
            Value::map(entries.map(|(key, item)| (key, known(source, ty, item))))
        }
        (Type::Object(types), Value::Object(object)) => {
            let attributes = types.iter();
            let object: Object = attributes
                .map(|(name, ty)| (name, known(source, ty, object.get(name))))
                .collect();
            object.into()
        }
        (_, other) => other.clone(),
    }
}
