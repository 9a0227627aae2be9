//! `ConfigureProvider`.

use std::sync::Arc;

use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::provider::Private;
use crate::value::Object;

pub(super) async fn configure(
    backend: Arc<Backend>,
    request: proto::ConfigureProviderRequest,
) -> proto::ConfigureProviderResponse {
    let diagnostics = run(&backend, &request)
        .await
        .unwrap_or_else(|diagnostics| diagnostics);
    proto::ConfigureProviderResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

async fn run(
    backend: &Backend,
    request: &proto::ConfigureProviderRequest,
) -> Result<Diagnostics, Diagnostics> {
    tracing::debug!(
        terraform_version = request.terraform_version,
        "configuring the provider"
    );
    let shape = backend.catalog.provider(&*backend.provider);
    let config = shape.decode_object(request.config.as_ref())?;
    let context = backend
        .context(Object::new(), Private::new())
        .with_terraform_version(&request.terraform_version);
    let result = backend.provider.configure(&context, config).await;
    let mut diagnostics = context.take().diagnostics;
    if let Err(errors) = result {
        diagnostics.extend(super::guard::as_failure(errors));
    }
    Ok(diagnostics)
}
