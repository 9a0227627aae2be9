//! `GenerateResourceConfig`: the configuration that would describe an existing object.

use super::guard::as_failure;
use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::plan::each_object;
use crate::proto::tfplugin6 as proto;
use crate::provider::Resource;
use crate::schema::{Attribute, Body, Kind, Schema};
use crate::value::{Object, Value};

pub(super) fn generate(
    backend: &Backend,
    request: &proto::GenerateResourceConfigRequest,
) -> proto::GenerateResourceConfigResponse {
    match run(backend, request) {
        Ok(config) => proto::GenerateResourceConfigResponse {
            config: Some(config),
            diagnostics: Vec::new(),
        },
        Err(errors) => proto::GenerateResourceConfigResponse {
            config: None,
            diagnostics: convert::diagnostics(as_failure(errors)),
        },
    }
}

fn run(
    backend: &Backend,
    request: &proto::GenerateResourceConfigRequest,
) -> Result<proto::DynamicValue, Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let shape = entry.shape();
    let state = shape.decode_object(request.state.as_ref())?;
    let config = configuration(&*entry.handler, &shape.schema, &state);
    let encoded = shape
        .complete(config)
        .and_then(|config| shape.encode(Some(config)));
    encoded.map_err(|error| {
        let summary = "The provider generated an invalid configuration";
        super::catalog::codec_diagnostic(summary, &error).into()
    })
}

/// The configuration for a state: without what only the provider sets, what is the default anyway,
/// what is deprecated, and what is never stored.
pub(crate) fn configuration(resource: &dyn Resource, schema: &Schema, state: &Object) -> Object {
    let mut config = state.clone();
    prune(&schema.body, &mut config);
    resource.generate_config(state, &mut config);
    config
}

fn prune(body: &Body, object: &mut Object) {
    prune_attributes(&body.attributes, object);
    for (name, block) in &body.blocks {
        if let Some(value) = object.get_mut(name) {
            each_object(value, &mut |object| prune(&block.body, object));
        }
    }
}

fn prune_attributes(attributes: &[(String, Attribute)], object: &mut Object) {
    for (name, attribute) in attributes {
        let Some(value) = object.get_mut(name) else {
            continue;
        };
        if is_left_out(attribute, value) {
            *value = Value::Null;
        } else if let Kind::Nested(nested) = &attribute.kind {
            each_object(value, &mut |object| {
                prune_attributes(&nested.attributes, object);
            });
        }
    }
}

fn is_left_out(attribute: &Attribute, value: &Value) -> bool {
    let flags = attribute.flags;
    if flags.write_only {
        return true;
    }
    if flags.required {
        return false;
    }
    !flags.optional
        || attribute.deprecated.is_some()
        || attribute.default.as_ref() == Some(value)
        // What the older SDK stores for "not set".
        || (flags.computed && value.as_str() == Some(""))
}
