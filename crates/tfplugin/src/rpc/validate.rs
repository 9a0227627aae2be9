//! The `Validate…Config` calls.

use super::catalog::Shape;
use super::{Backend, convert};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{Walk, walk};
use crate::proto::tfplugin6 as proto;
use crate::schema::Schema;
use crate::value::Object;

pub(super) fn provider(
    backend: &Backend,
    request: &proto::ValidateProviderConfigRequest,
) -> proto::ValidateProviderConfigResponse {
    let shape = backend.catalog.provider(&*backend.provider);
    let diagnostics = check(&shape, request.config.as_ref(), |config, diagnostics| {
        backend.provider.validate(config, diagnostics);
    });
    proto::ValidateProviderConfigResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

pub(super) fn resource(
    backend: &Backend,
    request: &proto::ValidateResourceConfigRequest,
) -> proto::ValidateResourceConfigResponse {
    let write_only_allowed = request
        .client_capabilities
        .is_some_and(|capabilities| capabilities.write_only_attributes_allowed);
    let diagnostics = backend.catalog.resource(&request.type_name).map_or_else(
        |unknown| unknown,
        |entry| {
            let shape = entry.shape();
            check(&shape, request.config.as_ref(), |config, diagnostics| {
                if !write_only_allowed {
                    refuse_write_only(&shape, config, diagnostics);
                }
                entry.handler.validate(config, diagnostics);
            })
        },
    );
    proto::ValidateResourceConfigResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

pub(super) fn data_source(
    backend: &Backend,
    request: &proto::ValidateDataResourceConfigRequest,
) -> proto::ValidateDataResourceConfigResponse {
    let diagnostics = backend.catalog.data_source(&request.type_name).map_or_else(
        |unknown| unknown,
        |entry| {
            check(
                &entry.shape(),
                request.config.as_ref(),
                |config, diagnostics| {
                    entry.handler.validate(config, diagnostics);
                },
            )
        },
    );
    proto::ValidateDataResourceConfigResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

pub(super) fn ephemeral_resource(
    backend: &Backend,
    request: &proto::ValidateEphemeralResourceConfigRequest,
) -> proto::ValidateEphemeralResourceConfigResponse {
    let entry = backend.catalog.ephemeral_resource(&request.type_name);
    let diagnostics = entry.map_or_else(
        |unknown| unknown,
        |entry| {
            let config = request.config.as_ref();
            check(&entry.shape(), config, |config, diagnostics| {
                entry.handler.validate(config, diagnostics);
            })
        },
    );
    proto::ValidateEphemeralResourceConfigResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

pub(super) fn list_resource(
    backend: &Backend,
    request: &proto::ValidateListResourceConfigRequest,
) -> proto::ValidateListResourceConfigResponse {
    let entry = backend.catalog.list_resource(&request.type_name);
    let diagnostics = entry.map_or_else(
        |unknown| unknown,
        |entry| {
            let config = request.config.as_ref();
            check(&entry.shape(), config, |config, diagnostics| {
                entry.handler.validate(config, diagnostics);
            })
        },
    );
    proto::ValidateListResourceConfigResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

pub(super) fn action(
    backend: &Backend,
    request: &proto::ValidateActionConfigRequest,
) -> proto::ValidateActionConfigResponse {
    let entry = backend.catalog.action(&request.action_type);
    let diagnostics = entry.map_or_else(
        |unknown| unknown,
        |entry| {
            let config = request.config.as_ref();
            check(&entry.shape(), config, |config, diagnostics| {
                entry.handler.validate(config, diagnostics);
            })
        },
    );
    proto::ValidateActionConfigResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

/// The attributes' own validators first, then the handler's.
fn check(
    shape: &Shape,
    config: Option<&proto::DynamicValue>,
    handler: impl FnOnce(&Object, &mut Diagnostics),
) -> Diagnostics {
    let config = match shape.decode_object(config) {
        Ok(config) => config,
        Err(diagnostics) => return diagnostics,
    };
    let mut diagnostics = Diagnostics::new();
    run_validators(&shape.schema, &config, &mut diagnostics);
    handler(&config, &mut diagnostics);
    diagnostics
}

/// Runs the validators of every attribute with a known value.
pub(crate) fn run_validators(schema: &Schema, config: &Object, diagnostics: &mut Diagnostics) {
    each_configured(schema, config, &mut |step| {
        for validator in &step.attribute.validators {
            if let Err(problem) = validator.check(step.config) {
                let summary = format!("Invalid value for {}", step.path);
                diagnostics.push(
                    Diagnostic::error(summary)
                        .detail(problem)
                        .at(step.path.clone()),
                );
            }
        }
    });
}

fn refuse_write_only(shape: &Shape, config: &Object, diagnostics: &mut Diagnostics) {
    each_configured(&shape.schema, config, &mut |step| {
        if step.attribute.flags.write_only {
            let summary = format!("{} needs a newer Terraform", step.path);
            let detail = "Write-only arguments need Terraform 1.11 or later.";
            diagnostics.push(
                Diagnostic::error(summary)
                    .detail(detail)
                    .at(step.path.clone()),
            );
        }
    });
}

/// Visits the attributes that have a known value, null not counted.
fn each_configured(schema: &Schema, config: &Object, visit: &mut dyn FnMut(&Walk<'_>)) {
    let mut scratch = config.clone();
    walk(&schema.body, config, None, &mut scratch, &mut |step| {
        if !step.config.is_null() && step.config.is_wholly_known() {
            visit(step);
        }
    });
}
