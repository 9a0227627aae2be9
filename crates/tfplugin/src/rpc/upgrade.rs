//! `UpgradeResourceState` and `MoveResourceState`: states that others wrote.

use super::catalog::{Shape, codec_diagnostic};
use super::guard::as_failure;
use super::{Backend, convert};
use crate::codec::{CodecError, conform_dropping_surplus, read_json};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::provider::{MoveSource, Private};
use crate::value::{Object, Value};

pub(super) fn upgrade(
    backend: &Backend,
    request: &proto::UpgradeResourceStateRequest,
) -> proto::UpgradeResourceStateResponse {
    match run_upgrade(backend, request) {
        Ok(state) => proto::UpgradeResourceStateResponse {
            upgraded_state: Some(state),
            diagnostics: Vec::new(),
        },
        Err(errors) => proto::UpgradeResourceStateResponse {
            upgraded_state: None,
            diagnostics: convert::diagnostics(as_failure(errors)),
        },
    }
}

pub(super) fn move_state(
    backend: &Backend,
    request: &proto::MoveResourceStateRequest,
) -> proto::MoveResourceStateResponse {
    run_move(backend, request).unwrap_or_else(|errors| proto::MoveResourceStateResponse {
        diagnostics: convert::diagnostics(as_failure(errors)),
        ..Default::default()
    })
}

fn run_upgrade(
    backend: &Backend,
    request: &proto::UpgradeResourceStateRequest,
) -> Result<proto::DynamicValue, Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let shape = entry.shape();
    let stored = stored(request.raw_state.as_ref())?;
    check_version("state", request.version, shape.schema.version)?;
    let upgraded = entry.handler.upgrade(request.version, stored)?;
    encode(&shape, fit(&shape, upgraded)?)
}

/// Refuses what a newer version of the provider stored.
pub(super) fn check_version(what: &str, version: i64, current: i64) -> Result<(), Diagnostics> {
    if version <= current {
        return Ok(());
    }
    let detail = format!(
        "The {what} was written by version {version} of the schema, but this provider knows \
         {current} only. Use the provider version that wrote it, or a newer one."
    );
    let summary = format!("The {what} is newer than the provider");
    Err(Diagnostic::error(summary).detail(detail).into())
}

fn run_move(
    backend: &Backend,
    request: &proto::MoveResourceStateRequest,
) -> Result<proto::MoveResourceStateResponse, Diagnostics> {
    let entry = backend.catalog.resource(&request.target_type_name)?;
    let identity = match &request.source_identity {
        Some(raw) if !raw.json.is_empty() => Some(stored(Some(raw))?),
        _ => None,
    };
    let source = MoveSource {
        provider_address: request.source_provider_address.clone(),
        type_name: request.source_type_name.clone(),
        schema_version: request.source_schema_version,
        state: stored(request.source_state.as_ref())?,
        private: Private::read(&request.source_private),
        identity,
        identity_schema_version: request.source_identity_schema_version,
    };
    let Some(state) = entry.handler.move_from(&source)? else {
        let detail = format!(
            "{} of {} cannot be moved to {}. Remove the moved block, and import the object instead.",
            source.type_name, source.provider_address, request.target_type_name
        );
        return Err(Diagnostic::error("The resource cannot be moved")
            .detail(detail)
            .into());
    };
    let shape = entry.shape();
    let state = fit(&shape, state)?;
    let mut diagnostics = Diagnostics::new();
    let target_identity = entry
        .identity()
        .and_then(|identity| identity.encode(entry.handler.identity(&state), &mut diagnostics));
    Ok(proto::MoveResourceStateResponse {
        target_state: Some(encode(&shape, state)?),
        target_identity,
        diagnostics: convert::diagnostics(diagnostics),
        ..Default::default()
    })
}

/// Reads what Terraform has stored as JSON.
pub(super) fn stored(raw: Option<&proto::RawState>) -> Result<Object, Diagnostics> {
    let raw = raw.ok_or_else(|| super::shape::protocol_error("a stored state is missing"))?;
    if raw.json.is_empty() {
        let detail = "It was written by Terraform 0.11 or earlier. Upgrade it with Terraform 0.12.";
        return Err(Diagnostic::error("The state is too old")
            .detail(detail)
            .into());
    }
    match read_json(&raw.json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(super::shape::protocol_error("a stored state is no object")),
        Err(error) => Err(codec_diagnostic("The stored state cannot be read", &error).into()),
    }
}

fn fit(shape: &Shape, state: Object) -> Result<Object, Diagnostics> {
    conform_dropping_surplus(Value::Object(state), &shape.ty)
        .and_then(|state| match state {
            Value::Object(object) => shape.complete(object),
            _ => Ok(Object::new()),
        })
        .map_err(|error| unfit(&error))
}

fn encode(shape: &Shape, state: Object) -> Result<proto::DynamicValue, Diagnostics> {
    shape.encode(Some(state)).map_err(|error| unfit(&error))
}

fn unfit(error: &CodecError) -> Diagnostics {
    codec_diagnostic("The stored state does not fit the schema", error).into()
}
