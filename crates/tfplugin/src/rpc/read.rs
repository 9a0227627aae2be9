//! `ReadResource`: what has become of a resource.

use std::sync::Arc;

use bytes::Bytes;

use super::guard::as_failure;
use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::provider::{Private, ReadOutcome};
use crate::value::Object;

pub(super) async fn read(
    backend: Arc<Backend>,
    request: proto::ReadResourceRequest,
) -> proto::ReadResourceResponse {
    let mut diagnostics = Diagnostics::new();
    let (new_state, private) = run(&backend, &request, &mut diagnostics)
        .await
        .unwrap_or_else(|errors| {
            diagnostics.extend(as_failure(errors));
            // Terraform keeps what it has when there are errors.
            (request.current_state, request.private)
        });
    proto::ReadResourceResponse {
        new_state,
        diagnostics: convert::diagnostics(diagnostics),
        private,
    }
}

async fn run(
    backend: &Backend,
    request: &proto::ReadResourceRequest,
    diagnostics: &mut Diagnostics,
) -> Result<(Option<proto::DynamicValue>, Bytes), Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let shape = entry.shape();
    let Some(state) = shape.decode(request.current_state.as_ref())? else {
        return Ok((request.current_state.clone(), request.private.clone()));
    };
    let context = backend.context(Object::new(), Private::read(&request.private));
    let result = entry.handler.read(&context, state).await;
    let collected = context.take();
    diagnostics.extend(collected.diagnostics);
    match result? {
        ReadOutcome::Keep(state) => {
            let new_state = shape.encode_state(state, diagnostics);
            Ok((new_state, collected.private.write().into()))
        }
        ReadOutcome::Gone => {
            tracing::info!("the resource is gone and leaves the state");
            let null = shape.encode(None).map_err(|error| {
                Diagnostics::from(super::catalog::codec_diagnostic("No null", &error))
            })?;
            Ok((Some(null), Bytes::new()))
        }
    }
}
