//! `ReadResource`: what has become of a resource.

use std::sync::Arc;

use super::guard::as_failure;
use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::provider::{Call, Private, ReadOutcome};
use crate::value::Object;

pub(super) async fn read(
    backend: Arc<Backend>,
    request: proto::ReadResourceRequest,
) -> proto::ReadResourceResponse {
    let mut diagnostics = Diagnostics::new();
    let read = run(&backend, &request, &mut diagnostics)
        .await
        .unwrap_or_else(|errors| {
            diagnostics.extend(as_failure(errors));
            // Terraform keeps what it has when there are errors.
            unchanged(&request)
        });
    proto::ReadResourceResponse {
        diagnostics: convert::diagnostics(diagnostics),
        ..read
    }
}

fn unchanged(request: &proto::ReadResourceRequest) -> proto::ReadResourceResponse {
    proto::ReadResourceResponse {
        new_state: request.current_state.clone(),
        private: request.private.clone(),
        new_identity: request.current_identity.clone(),
        diagnostics: Vec::new(),
    }
}

async fn run(
    backend: &Backend,
    request: &proto::ReadResourceRequest,
    diagnostics: &mut Diagnostics,
) -> Result<proto::ReadResourceResponse, Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let shape = entry.shape();
    let Some(state) = shape.decode(request.current_state.as_ref())? else {
        return Ok(unchanged(request));
    };
    let identity = entry.identity();
    let stored = match &identity {
        Some(identity) => identity.decode(request.current_identity.as_ref())?,
        None => None,
    };
    let private = Private::read(&request.private);
    let context = backend
        .context(Object::new(), private)
        .with_identity(stored.clone())
        .with_call(Call::new("read", &request.type_name))
        .with_meta(backend.meta(request.provider_meta.as_ref()));
    let result = entry.handler.read(&context, state).await;
    let collected = context.take();
    diagnostics.extend(collected.diagnostics);
    match result? {
        ReadOutcome::Keep(state) => {
            let new_identity = identity.and_then(|identity| {
                identity.encode_lasting(entry.handler.identity(&state), stored, diagnostics)
            });
            Ok(proto::ReadResourceResponse {
                new_state: shape.encode_state(state, diagnostics),
                private: collected.private.write().into(),
                new_identity,
                diagnostics: Vec::new(),
            })
        }
        ReadOutcome::Gone => {
            tracing::info!("the resource is gone and leaves the state");
            let null = shape.encode(None).map_err(|error| {
                Diagnostics::from(super::catalog::codec_diagnostic("No null", &error))
            })?;
            Ok(proto::ReadResourceResponse {
                new_state: Some(null),
                ..Default::default()
            })
        }
    }
}
