//! `GetMetadata` and `GetProviderSchema`: what the provider has.

use super::{Backend, convert};
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

pub(super) fn metadata(backend: &Backend) -> proto::GetMetadataResponse {
    let resource = |name: &String| proto::ResourceMetadata {
        type_name: name.clone(),
    };
    let data_source = |name: &String| proto::DataSourceMetadata {
        type_name: name.clone(),
    };
    proto::GetMetadataResponse {
        server_capabilities: Some(CAPABILITIES),
        diagnostics: Vec::new(),
        data_sources: backend
            .catalog
            .data_sources
            .keys()
            .map(data_source)
            .collect(),
        resources: backend.catalog.resources.keys().map(resource).collect(),
    }
}

pub(super) fn schema(backend: &Backend) -> proto::GetProviderSchemaResponse {
    let mut diagnostics = Diagnostics::new();
    for name in &backend.catalog.ambiguous {
        let summary = format!("The provider defines {name} twice");
        diagnostics.push(Diagnostic::error(summary));
    }
    let mut describe = |what: &str, schema: &Schema| {
        if let Err(error) = schema.check() {
            let summary = format!("The schema of {what} is not valid");
            diagnostics.push(Diagnostic::error(summary).detail(error.violations().join("\n")));
        }
        convert::schema(schema)
    };
    let provider = backend.catalog.provider(&*backend.provider);
    let provider = describe("the provider", &provider.schema);
    let meta = backend.provider.meta_schema();
    let provider_meta = meta.map(|schema| describe("provider_meta", &schema));
    let resource_schemas = backend.catalog.resources.iter();
    let resource_schemas = resource_schemas
        .map(|(name, entry)| (name.clone(), describe(name, &entry.shape().schema)))
        .collect();
    let data_source_schemas = backend.catalog.data_sources.iter();
    let data_source_schemas = data_source_schemas
        .map(|(name, entry)| (name.clone(), describe(name, &entry.shape().schema)))
        .collect();
    proto::GetProviderSchemaResponse {
        provider: Some(provider),
        provider_meta,
        resource_schemas,
        data_source_schemas,
        diagnostics: convert::diagnostics(diagnostics),
        server_capabilities: Some(CAPABILITIES),
    }
}
