//! `ReadDataSource`.

use std::sync::Arc;

use super::guard::as_failure;
use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::provider::{Call, Private};
use crate::value::Object;

pub(super) async fn read(
    backend: Arc<Backend>,
    request: proto::ReadDataSourceRequest,
) -> proto::ReadDataSourceResponse {
    let mut diagnostics = Diagnostics::new();
    let state = run(&backend, &request, &mut diagnostics)
        .await
        .unwrap_or_else(|errors| {
            diagnostics.extend(as_failure(errors));
            None
        });
    proto::ReadDataSourceResponse {
        state,
        diagnostics: convert::diagnostics(diagnostics),
    }
}

async fn run(
    backend: &Backend,
    request: &proto::ReadDataSourceRequest,
    diagnostics: &mut Diagnostics,
) -> Result<Option<proto::DynamicValue>, Diagnostics> {
    let entry = backend.catalog.data_source(&request.type_name)?;
    let shape = entry.shape();
    let config = shape.decode_object(request.config.as_ref())?;
    let context = backend
        .context(Object::new(), Private::new())
        .with_call(Call::read_data(&request.type_name))
        .with_meta(backend.meta(request.provider_meta.as_ref()));
    let result = entry.handler.read(&context, config).await;
    diagnostics.extend(context.take().diagnostics);
    Ok(shape.encode_state(result?, diagnostics))
}
