//! `ImportResourceState`.

use std::sync::Arc;

use super::guard::as_failure;
use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::provider::Private;
use crate::value::Object;

pub(super) async fn import(
    backend: Arc<Backend>,
    request: proto::ImportResourceStateRequest,
) -> proto::ImportResourceStateResponse {
    let mut diagnostics = Diagnostics::new();
    let imported = run(&backend, &request, &mut diagnostics)
        .await
        .unwrap_or_else(|errors| {
            diagnostics.extend(as_failure(errors));
            None
        });
    proto::ImportResourceStateResponse {
        imported_resources: imported.into_iter().collect(),
        diagnostics: convert::diagnostics(diagnostics),
    }
}

async fn run(
    backend: &Backend,
    request: &proto::ImportResourceStateRequest,
    diagnostics: &mut Diagnostics,
) -> Result<Option<proto::ImportedResource>, Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let context = backend.context(Object::new(), Private::new());
    let result = entry.handler.import(&context, &request.id).await;
    let collected = context.take();
    diagnostics.extend(collected.diagnostics);
    let state = entry.shape().encode_state(result?, diagnostics);
    Ok(state.map(|state| proto::ImportedResource {
        type_name: request.type_name.clone(),
        state: Some(state),
        private: collected.private.write().into(),
    }))
}
