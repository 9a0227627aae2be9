//! Terraform's merge of configuration and stored state, re-stated.
//!
//! Facts: a computed attribute that the configuration leaves null gets its stored value (unless that
//! holds values that only a configuration can have set, which must have been there before and are
//! now gone), anything else its configured one; nested objects are paired by index, by key, or (in sets) by what is
//! configured. Elements of a set that hold sets themselves are only paired if those are equal: what the provider has
//! computed inside of a set in a set is not proposed again, and a plan that wants to keep it has to find it itself.

use std::collections::BTreeMap;

use crate::plan::{Element, pair_by};
use crate::schema::{Attribute, Body, Kind, Schema};
use crate::value::{Object, Value, sorted};

/// What Terraform proposes.
pub(crate) fn proposed_new(schema: &Schema, prior: Option<&Object>, config: &Object) -> Object {
    let nothing = Object::new();
    merge_body(&schema.body, prior.unwrap_or(&nothing), config)
}

fn merge_body(body: &Body, prior: &Object, config: &Object) -> Object {
    let mut merged = merge_attributes(&body.attributes, prior, config);
    for (name, block) in &body.blocks {
        let element = Element::Block(&block.body);
        merged.set(name, merge(element, prior.get(name), config.get(name)));
    }
    merged
}

fn merge_attributes(attributes: &[(String, Attribute)], prior: &Object, config: &Object) -> Object {
    let mut merged = Object::new();
    for (name, attribute) in attributes {
        let (prior, config) = (prior.get(name), config.get(name));
        let value = match &attribute.kind {
            _ if attribute.flags.computed && config.is_null() => unset(attribute, prior),
            Kind::Nested(nested) => merge(Element::Attributes(&nested.attributes), prior, config),
            Kind::Plain(_) => config.clone(),
        };
        merged.set(name, value);
    }
    merged
}

/// The proposal for a computed attribute that is not configured.
fn unset(attribute: &Attribute, prior: &Value) -> Value {
    match &attribute.kind {
        Kind::Nested(nested)
            if attribute.flags.optional && was_configured(&nested.attributes, prior) =>
        {
            Value::Null
        }
        _ => prior.clone(),
    }
}

/// Whether a stored value holds something that the provider cannot have computed.
fn was_configured(attributes: &[(String, Attribute)], value: &Value) -> bool {
    match value {
        Value::Object(object) => attributes.iter().any(|(name, attribute)| {
            let value = object.get(name);
            match &attribute.kind {
                _ if value.is_null() => false,
                _ if !attribute.flags.computed => true,
                Kind::Nested(nested) => was_configured(&nested.attributes, value),
                Kind::Plain(_) => false,
            }
        }),
        Value::List(items) | Value::Set(items) => {
            items.iter().any(|item| was_configured(attributes, item))
        }
        Value::Map(entries) => entries
            .values()
            .any(|item| was_configured(attributes, item)),
        _ => false,
    }
}

fn merge(element: Element<'_>, prior: &Value, config: &Value) -> Value {
    let nothing = Object::new();
    let inside = |prior: &Object, config: &Object| match element {
        Element::Block(body) => merge_body(body, prior, config),
        Element::Attributes(attributes) => merge_attributes(attributes, prior, config),
    };
    let object = |prior: Option<&Value>, config: &Value| match config {
        Value::Object(config) => {
            let prior = prior.and_then(Value::as_object).unwrap_or(&nothing);
            Value::Object(inside(prior, config))
        }
        other => other.clone(),
    };
    match config {
        Value::Object(_) => object(Some(prior), config),
        Value::List(items) => {
            let priors = prior.as_slice().unwrap_or_default();
            let merged = items
                .iter()
                .enumerate()
                .map(|(i, item)| object(priors.get(i), item));
            Value::List(merged.collect())
        }
        Value::Set(items) => {
            let priors = prior.as_slice().unwrap_or_default();
            let pairs = pair_by(items, priors, &|config, prior| {
                element.is_kept(config, prior) && sets_agree(config, prior)
            });
            let merged = items
                .iter()
                .zip(pairs)
                .map(|(item, stored)| object(stored.and_then(|index| priors.get(index)), item));
            Value::Set(sorted(merged.collect()))
        }
        Value::Map(entries) => {
            let none = BTreeMap::new();
            let priors = prior.as_map().unwrap_or(&none);
            let merged = entries
                .iter()
                .map(|(k, item)| (k.clone(), object(priors.get(k), item)));
            Value::Map(merged.collect())
        }
        other => other.clone(),
    }
}

/// Whether the sets inside of an element are the same as they were.
fn sets_agree(config: &Value, prior: &Value) -> bool {
    match (config, prior) {
        (Value::Set(_), Value::Set(_)) => config == prior,
        (Value::Object(config), Value::Object(prior)) => config
            .iter()
            .all(|(name, config)| sets_agree(config, prior.get(name))),
        (Value::List(configs), Value::List(priors)) => {
            let mut pairs = configs.iter().zip(priors);
            pairs.all(|(config, prior)| sets_agree(config, prior))
        }
        (Value::Map(configs), Value::Map(priors)) => {
            let mut pairs = configs.values().zip(priors.values());
            pairs.all(|(config, prior)| sets_agree(config, prior))
        }
        _ => true,
    }
}
