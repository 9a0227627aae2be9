//! The plan of one resource, as a pure function.
//!
//! Owns the order of steps between Terraform's proposal and the answer (see [`plan`]). No I/O, no
//! protocol types. Facts: the order is that of the official plugin framework, which Terraform's own
//! assertions (re-stated in [`crate::check`]) were made for.

mod correlate;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use correlate::{Element, correlate, pair_by};
pub(crate) use walk::{Walk, walk};

use crate::diagnostics::Diagnostics;
use crate::provider::{Private, ResourcePlan};
use crate::schema::{Attribute, AttributePlan, Body, Kind, Schema};
use crate::value::{Object, Path, Value};

/// What Terraform asks: the stored state, the configuration, and the two merged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proposal<'a> {
    pub(crate) schema: &'a Schema,
    /// `None`: the resource is to be created.
    pub(crate) prior: Option<&'a Object>,
    pub(crate) config: &'a Object,
    pub(crate) proposed: &'a Object,
}

/// The answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Planned {
    pub(crate) state: Object,
    pub(crate) requires_replace: Vec<Path>,
    pub(crate) private: Private,
    pub(crate) diagnostics: Diagnostics,
}

/// Plans a creation or an update:
///
/// 1. start from the proposal,
/// 2. defaults where the configuration is null,
/// 3. write-only attributes become null,
/// 4. if anything changes, computed attributes without configuration become unknown,
/// 5. the attributes' plan modifiers, parents before children,
/// 6. the resource's own `modify_plan`,
/// 7. the paths that require replacement, sorted, each once.
pub(crate) fn plan(
    proposal: Proposal<'_>,
    private: Private,
    modify_plan: impl FnOnce(&mut ResourcePlan<'_>),
) -> Planned {
    let Proposal {
        schema,
        prior,
        config,
        proposed,
    } = proposal;
    let mut planned = Planned {
        state: proposed.clone(),
        private,
        ..Planned::default()
    };
    let body = &schema.body;
    walk(body, config, prior, &mut planned.state, &mut defaults);
    nullify_write_only(body, &mut planned.state);
    if prior != Some(&planned.state) {
        walk(body, config, prior, &mut planned.state, &mut mark_unknown);
    }
    let mut replace = Vec::new();
    walk(
        body,
        config,
        prior,
        &mut planned.state,
        &mut |step: &mut Walk<'_>| {
            modify_attribute(
                step,
                prior.is_some(),
                &mut replace,
                &mut planned.diagnostics,
            );
        },
    );
    modify_plan(&mut ResourcePlan {
        config,
        prior,
        planned: &mut planned.state,
        private: &mut planned.private,
        diagnostics: &mut planned.diagnostics,
        replace: &mut replace,
    });
    nullify_write_only(body, &mut planned.state);
    replace.sort();
    replace.dedup();
    planned.requires_replace = replace;
    planned
}

fn defaults(step: &mut Walk<'_>) {
    if let (Some(default), true) = (&step.attribute.default, step.config.is_null()) {
        *step.planned = default.clone();
    }
}

fn mark_unknown(step: &mut Walk<'_>) {
    let attribute = step.attribute;
    if attribute.flags.computed && attribute.default.is_none() && step.config.is_null() {
        *step.planned = Value::UNKNOWN;
    }
}

fn modify_attribute(
    step: &mut Walk<'_>,
    updating: bool,
    replace: &mut Vec<Path>,
    diagnostics: &mut Diagnostics,
) {
    let mut plan = AttributePlan {
        path: step.path,
        config: step.config,
        prior: step.prior,
        planned: &mut *step.planned,
        diagnostics,
        updating,
        replace: false,
    };
    for modifier in &step.attribute.modifiers {
        modifier.apply(&mut plan);
    }
    if plan.replace {
        replace.push(step.path.clone());
    }
}

/// Makes every write-only attribute null: they exist in the configuration only.
pub(crate) fn nullify_write_only(body: &Body, object: &mut Object) {
    nullify_attributes(&body.attributes, object);
    for (name, block) in &body.blocks {
        if let Some(value) = object.get_mut(name) {
            each_object(value, &mut |object| nullify_write_only(&block.body, object));
        }
    }
}

fn nullify_attributes(attributes: &[(String, Attribute)], object: &mut Object) {
    for (name, attribute) in attributes {
        let Some(value) = object.get_mut(name) else {
            continue;
        };
        if attribute.flags.write_only {
            *value = Value::Null;
        } else if let Kind::Nested(nested) = &attribute.kind {
            each_object(value, &mut |object| {
                nullify_attributes(&nested.attributes, object);
            });
        }
    }
}

/// Calls `change` with every object directly inside a nested attribute's or block's value.
pub(crate) fn each_object(value: &mut Value, change: &mut impl FnMut(&mut Object)) {
    match value {
        Value::Object(object) => change(object),
        Value::List(items) | Value::Set(items) | Value::Tuple(items) => {
            items.iter_mut().for_each(|item| each_object(item, change));
        }
        Value::Map(entries) => entries
            .values_mut()
            .for_each(|item| each_object(item, change)),
        _ => {}
    }
}
