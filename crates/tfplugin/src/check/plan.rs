//! "Provider produced invalid plan", before Terraform says it.

use super::Fault;
use crate::plan::correlate;
use crate::schema::{Attribute, Block, BlockNesting, Body, Kind, Schema};
use crate::value::{Object, Path, Value};

/// Checks a planned state against configuration and stored state.
///
/// Arguments that are set must be planned as set (or as stored), only computed attributes may get
/// values of the provider's own, and blocks must be those of the configuration.
#[must_use]
pub fn plan_valid(
    schema: &Schema,
    prior: Option<&Object>,
    config: &Object,
    planned: &Object,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let ty = schema.ty();
    if let Err(error) = crate::codec::encode(&Value::Object(planned.clone()), &ty) {
        faults.push(Fault::new(&error.path, error.problem));
    }
    check_body(
        &schema.body,
        prior,
        config,
        planned,
        &Path::default(),
        &mut faults,
    );
    faults
}

fn check_body(
    body: &Body,
    prior: Option<&Object>,
    config: &Object,
    planned: &Object,
    path: &Path,
    faults: &mut Vec<Fault>,
) {
    check_attributes(&body.attributes, prior, config, planned, path, faults);
    for (name, block) in &body.blocks {
        let path = path.clone().attribute(name);
        let prior = prior.map_or(&Value::Null, |prior| prior.get(name));
        check_block(
            block,
            prior,
            config.get(name),
            planned.get(name),
            &path,
            faults,
        );
    }
}

fn check_block(
    block: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    faults: &mut Vec<Fault>,
) {
    if config.is_unknown() {
        return;
    }
    if planned.is_unknown() || (planned.is_null() && block.nesting != BlockNesting::Single) {
        faults.push(Fault::new(
            path,
            format!("a block is planned as {}", planned.kind()),
        ));
        return;
    }
    objects(
        prior,
        config,
        planned,
        path,
        faults,
        &mut |prior, config, planned, path, faults| {
            check_body(&block.body, prior, config, planned, path, faults);
        },
    );
}

fn check_attributes(
    attributes: &[(String, Attribute)],
    prior: Option<&Object>,
    config: &Object,
    planned: &Object,
    path: &Path,
    faults: &mut Vec<Fault>,
) {
    for (name, attribute) in attributes {
        let path = path.clone().attribute(name);
        let prior = prior.map_or(&Value::Null, |prior| prior.get(name));
        check_attribute(
            attribute,
            prior,
            config.get(name),
            planned.get(name),
            &path,
            faults,
        );
    }
}

fn check_attribute(
    attribute: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    faults: &mut Vec<Fault>,
) {
    if attribute.flags.write_only {
        if !planned.is_null() {
            faults.push(Fault::new(
                path,
                "a write-only attribute is planned with a value",
            ));
        }
        return;
    }
    let provider_decides = attribute.flags.computed && config.is_null();
    let as_configured = planned == config || (config.is_unknown() && planned.is_unknown());
    let as_stored = planned == prior && !prior.is_null() && !config.is_null();
    if provider_decides || as_configured || as_stored {
        return;
    }
    let nested = match &attribute.kind {
        Kind::Nested(nested) if !config.is_null() && !config.is_unknown() => nested,
        _ => {
            let problem = if attribute.flags.computed {
                format!("{planned} is planned, but {config} is configured")
            } else {
                format!("{planned} is planned for a non-computed attribute, not {config}")
            };
            faults.push(Fault::new(path, problem));
            return;
        }
    };
    objects(
        prior,
        config,
        planned,
        path,
        faults,
        &mut |prior, config, planned, path, faults| {
            check_attributes(&nested.attributes, prior, config, planned, path, faults);
        },
    );
}

/// What to do with each object: prior, configuration, planned.
type Inside<'i> = &'i mut dyn FnMut(Option<&Object>, &Object, &Object, &Path, &mut Vec<Fault>);

/// Pairs the objects of a nested attribute or block; their number and keys must agree.
fn objects(
    prior: &Value,
    config: &Value,
    planned: &Value,
    path: &Path,
    faults: &mut Vec<Fault>,
    inside: Inside<'_>,
) {
    match (config, planned) {
        (Value::Null, Value::Null) => {}
        (Value::Object(config), Value::Object(planned)) => {
            inside(prior.as_object(), config, planned, path, faults);
        }
        (Value::List(configs), Value::List(items)) if configs.len() == items.len() => {
            let priors = prior.as_slice().unwrap_or_default();
            for (index, (config, item)) in configs.iter().zip(items).enumerate() {
                let prior = priors.get(index).unwrap_or(&Value::Null);
                objects(
                    prior,
                    config,
                    item,
                    &path.clone().index(index),
                    faults,
                    inside,
                );
            }
        }
        (Value::Map(configs), Value::Map(items)) if configs.keys().eq(items.keys()) => {
            for ((key, config), item) in configs.iter().zip(items.values()) {
                let prior = prior.as_map().and_then(|priors| priors.get(key));
                let path = path.clone().key(key);
                objects(
                    prior.unwrap_or(&Value::Null),
                    config,
                    item,
                    &path,
                    faults,
                    inside,
                );
            }
        }
        (Value::Set(configs), Value::Set(items)) if configs.len() == items.len() => {
            for item in items {
                let fits = configs.iter().any(|config| {
                    let priors = prior.as_slice().unwrap_or_default();
                    let prior = priors.iter().find(|prior| correlate(config, prior));
                    let mut found = Vec::new();
                    let prior = prior.unwrap_or(&Value::Null);
                    objects(prior, config, item, path, &mut found, inside);
                    found.is_empty()
                });
                if !fits {
                    let problem = format!("the planned element {item} is not configured");
                    faults.push(Fault::new(path, problem));
                }
            }
        }
        (Value::Unknown(_), Value::Unknown(_)) => {}
        _ => faults.push(Fault::new(
            path,
            format!("{planned} is planned, not {config}"),
        )),
    }
}
