//! `GetMetadata` and `GetProviderSchema`: what the provider has.

use std::collections::{BTreeMap, HashMap};

use super::catalog::{Entry, Typed};
use super::{Backend, convert, function};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::schema::Schema;

/// What we promise: destroys are planned too, schemas may be cached, states can be moved.
const CAPABILITIES: proto::ServerCapabilities = proto::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: false,
};

pub(super) fn metadata(
    backend: &Backend,
    _request: &proto::GetMetadataRequest,
) -> proto::GetMetadataResponse {
    let catalog = &backend.catalog;
    let resources = catalog.resources.keys().cloned();
    let data_sources = catalog.data_sources.keys().cloned();
    let ephemeral_resources = catalog.ephemeral_resources.keys().cloned();
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
    let provider = describe("the provider", &provider.schema, &mut diagnostics);
    let meta = backend.provider.meta_schema();
    let provider_meta = meta.map(|schema| describe("provider_meta", &schema, &mut diagnostics));
    proto::GetProviderSchemaResponse {
        provider: Some(provider),
        provider_meta,
        resource_schemas: schemas(&catalog.resources, &mut diagnostics),
        data_source_schemas: schemas(&catalog.data_sources, &mut diagnostics),
        ephemeral_resource_schemas: schemas(&catalog.ephemeral_resources, &mut diagnostics),
        functions: function::signatures(backend, &mut diagnostics),
        diagnostics: convert::diagnostics(diagnostics),
        server_capabilities: Some(CAPABILITIES),
    }
}

fn schemas<H: ?Sized + Typed>(
    entries: &BTreeMap<String, Entry<H>>,
    diagnostics: &mut Diagnostics,
) -> HashMap<String, proto::Schema> {
    entries
        .iter()
        .map(|(name, entry)| {
            let schema = describe(name, &entry.shape().schema, diagnostics);
            (name.clone(), schema)
        })
        .collect()
}

fn describe(what: &str, schema: &Schema, diagnostics: &mut Diagnostics) -> proto::Schema {
    if let Err(error) = schema.check() {
        let summary = format!("The schema of {what} is not valid");
        diagnostics.push(Diagnostic::error(summary).detail(error.violations().join("\n")));
    }
    convert::schema(schema)
}
