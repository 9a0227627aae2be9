//! `GetMetadata` and `GetProviderSchema`: what the provider has.

use std::collections::{BTreeMap, HashMap};

use super::catalog::{Entry, Typed};
use super::{Backend, convert, function, list};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::schema::{Schema, Use};

/// What we promise: destroys are planned too, schemas may be cached, and states can be moved.
/// Configurations are left to Terraform to generate: 1.14 asks for them without the state that they
/// are to be generated from.
const CAPABILITIES: proto::ServerCapabilities = proto::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
};

pub(super) fn metadata(
    backend: &Backend,
    _request: &proto::GetMetadataRequest,
) -> proto::GetMetadataResponse {
    let catalog = &backend.catalog;
    let resources = catalog.resources.keys().cloned();
    let data_sources = catalog.data_sources.keys().cloned();
    let ephemeral_resources = catalog.ephemeral_resources.keys().cloned();
    let list_resources = catalog.list_resources.keys().cloned();
    let actions = catalog.actions.keys().cloned();
    let functions = catalog.functions.keys().cloned();
    proto::GetMetadataResponse {
        server_capabilities: Some(CAPABILITIES),
        diagnostics: Vec::new(),
        data_sources: data_sources
            .map(|type_name| proto::DataSourceMetadata { type_name })
            .collect(),
        resources: resources
            .map(|type_name| proto::ResourceMetadata { type_name })
            .collect(),
        functions: functions
            .map(|name| proto::FunctionMetadata { name })
            .collect(),
        ephemeral_resources: ephemeral_resources
            .map(|type_name| proto::EphemeralResourceMetadata { type_name })
            .collect(),
        list_resources: list_resources
            .map(|type_name| proto::ListResourceMetadata { type_name })
            .collect(),
        actions: actions
            .map(|type_name| proto::ActionMetadata { type_name })
            .collect(),
    }
}

pub(super) fn schema(
    backend: &Backend,
    _request: &proto::GetProviderSchemaRequest,
) -> proto::GetProviderSchemaResponse {
    let catalog = &backend.catalog;
    let mut diagnostics = Diagnostics::new();
    for name in &catalog.ambiguous {
        let summary = format!("The provider defines {name} twice");
        diagnostics.push(Diagnostic::error(summary));
    }
    let provider = catalog.provider(&*backend.provider);
    let provider = describe(
        "the provider",
        &provider.schema,
        Use::Source,
        &mut diagnostics,
    );
    let meta = backend.provider.meta_schema();
    let provider_meta =
        meta.map(|schema| describe("provider_meta", &schema, Use::Source, &mut diagnostics));
    for name in catalog.list_resources.keys() {
        diagnostics.extend(list::check_entry(backend, name));
    }
    let actions = schemas(&catalog.actions, Use::Action, &mut diagnostics);
    let actions = actions.into_iter().map(|(name, schema)| {
        let schema = Some(schema);
        (name, proto::ActionSchema { schema })
    });
    proto::GetProviderSchemaResponse {
        provider: Some(provider),
        provider_meta,
        resource_schemas: schemas(&catalog.resources, Use::Resource, &mut diagnostics),
        data_source_schemas: schemas(&catalog.data_sources, Use::Source, &mut diagnostics),
        ephemeral_resource_schemas: schemas(
            &catalog.ephemeral_resources,
            Use::Source,
            &mut diagnostics,
        ),
        list_resource_schemas: schemas(&catalog.list_resources, Use::List, &mut diagnostics),
        action_schemas: actions.collect(),
        functions: function::signatures(backend, &mut diagnostics),
        diagnostics: convert::diagnostics(diagnostics),
        server_capabilities: Some(CAPABILITIES),
    }
}

fn schemas<H: ?Sized + Typed>(
    entries: &BTreeMap<String, Entry<H>>,
    used_as: Use,
    diagnostics: &mut Diagnostics,
) -> HashMap<String, proto::Schema> {
    entries
        .iter()
        .map(|(name, entry)| {
            let schema = describe(name, &entry.shape().schema, used_as, diagnostics);
            (name.clone(), schema)
        })
        .collect()
}

fn describe(
    what: &str,
    schema: &Schema,
    used_as: Use,
    diagnostics: &mut Diagnostics,
) -> proto::Schema {
    if let Err(error) = schema.check_as(used_as) {
        let summary = format!("The schema of {what} is not valid");
        diagnostics.push(Diagnostic::error(summary).detail(error.violations().join("\n")));
    }
    convert::schema(schema)
}
