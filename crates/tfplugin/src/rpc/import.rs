//! `ImportResourceState`.

use std::sync::Arc;

use super::guard::as_failure;
use super::identity::{IdentityShape, without};
use super::{Backend, convert};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::provider::{Call, Private};
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
    let identity = entry.identity();
    let wanted = wanted(&request.type_name, identity.as_deref(), request)?;
    let context = backend
        .context(Object::new(), Private::new())
        .with_identity(wanted.clone())
        .with_call(Call::new("import", &request.type_name));
    let result = match &wanted {
        Some(wanted) => {
            entry
                .handler
                .import_identity(&context, wanted.clone())
                .await
        }
        None => entry.handler.import(&context, &request.id).await,
    };
    let collected = context.take();
    diagnostics.extend(collected.diagnostics);
    let imported = result?;
    let identity = identity.and_then(|identity| {
        identity.encode_lasting(entry.handler.identity(&imported), wanted, diagnostics)
    });
    let state = entry.shape().encode_state(imported, diagnostics);
    Ok(state.map(|state| proto::ImportedResource {
        type_name: request.type_name.clone(),
        state: Some(state),
        private: collected.private.write().into(),
        identity,
    }))
}

/// The identity to import by; `None` if there is an id instead.
fn wanted(
    type_name: &str,
    shape: Option<&IdentityShape>,
    request: &proto::ImportResourceStateRequest,
) -> Result<Option<Object>, Diagnostics> {
    if !request.id.is_empty() {
        return Ok(None);
    }
    let Some(shape) = shape else {
        return match request.identity {
            Some(_) => Err(without(type_name)),
            None => Ok(None),
        };
    };
    let identity = shape.decode(request.identity.as_ref())?;
    if let Some(identity) = &identity
        && !shape.schema.is_complete(identity)
    {
        let missing = shape.schema.missing(identity).join(", ");
        return Err(Diagnostic::error("The identity is not complete")
            .detail(format!(
                "An import needs a value that is known for: {missing}."
            ))
            .into());
    }
    Ok(identity)
}
