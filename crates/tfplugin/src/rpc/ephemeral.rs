//! Opening, renewing and closing ephemeral resources.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::guard::as_failure;
use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::provider::{Call, Private};
use crate::value::Object;

pub(super) async fn open(
    backend: Arc<Backend>,
    request: proto::OpenEphemeralResourceRequest,
) -> proto::OpenEphemeralResourceResponse {
    let mut diagnostics = Diagnostics::new();
    let opened = run_open(&backend, &request, &mut diagnostics)
        .await
        .unwrap_or_else(|errors| {
            diagnostics.extend(as_failure(errors));
            proto::OpenEphemeralResourceResponse::default()
        });
    proto::OpenEphemeralResourceResponse {
        diagnostics: convert::diagnostics(diagnostics),
        ..opened
    }
}

async fn run_open(
    backend: &Backend,
    request: &proto::OpenEphemeralResourceRequest,
    diagnostics: &mut Diagnostics,
) -> Result<proto::OpenEphemeralResourceResponse, Diagnostics> {
    let entry = backend.catalog.ephemeral_resource(&request.type_name)?;
    let shape = entry.shape();
    let config = shape.decode_object(request.config.as_ref())?;
    let context = backend
        .context(Object::new(), Private::new())
        .with_call(Call::new("open", &request.type_name));
    let result = entry.handler.open(&context, config).await;
    let collected = context.take();
    diagnostics.extend(collected.diagnostics);
    let opened = result?;
    let mut faults = Diagnostics::new();
    let result = shape.encode_state(opened.result, &mut faults);
    if faults.has_errors() {
        // Terraform closes only what it was given: this would stay open.
        let private = collected.private.write();
        faults.extend(close_now(backend, &request.type_name, &private).await);
        return Err(faults);
    }
    Ok(proto::OpenEphemeralResourceResponse {
        renew_at: opened.renew_at.map(timestamp),
        result,
        private: Some(collected.private.write().into()),
        diagnostics: Vec::new(),
    })
}

pub(super) async fn renew(
    backend: Arc<Backend>,
    request: proto::RenewEphemeralResourceRequest,
) -> proto::RenewEphemeralResourceResponse {
    let mut diagnostics = Diagnostics::new();
    let renewed = run_renew(&backend, &request, &mut diagnostics).await;
    let (renew_at, private) = renewed.unwrap_or_else(|errors| {
        diagnostics.extend(as_failure(errors));
        (None, request.private.unwrap_or_default())
    });
    proto::RenewEphemeralResourceResponse {
        diagnostics: convert::diagnostics(diagnostics),
        renew_at: renew_at.map(timestamp),
        private: Some(private),
    }
}

async fn run_renew(
    backend: &Backend,
    request: &proto::RenewEphemeralResourceRequest,
    diagnostics: &mut Diagnostics,
) -> Result<(Option<SystemTime>, Bytes), Diagnostics> {
    let entry = backend.catalog.ephemeral_resource(&request.type_name)?;
    let private = Private::read(request.private.as_deref().unwrap_or_default());
    let context = backend
        .context(Object::new(), private)
        .with_call(Call::new("renew", &request.type_name));
    let result = entry.handler.renew(&context).await;
    let collected = context.take();
    diagnostics.extend(collected.diagnostics);
    Ok((result?, collected.private.write().into()))
}

pub(super) async fn close(
    backend: Arc<Backend>,
    request: proto::CloseEphemeralResourceRequest,
) -> proto::CloseEphemeralResourceResponse {
    let private = request.private.unwrap_or_default();
    let diagnostics = close_now(&backend, &request.type_name, &private).await;
    proto::CloseEphemeralResourceResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

async fn close_now(backend: &Backend, type_name: &str, private: &[u8]) -> Diagnostics {
    let entry = match backend.catalog.ephemeral_resource(type_name) {
        Ok(entry) => entry,
        Err(unknown) => return unknown,
    };
    let context = backend
        .context(Object::new(), Private::read(private))
        .with_call(Call::new("close", type_name));
    let result = entry.handler.close(&context).await;
    let mut diagnostics = context.take().diagnostics;
    if let Err(errors) = result {
        diagnostics.extend(as_failure(errors));
    }
    diagnostics
}

/// Times before 1970 are the distant past to Terraform; 1970 does as well.
fn timestamp(time: SystemTime) -> proto::Timestamp {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    proto::Timestamp {
        seconds: i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(since.subsec_nanos()).unwrap_or_default(),
    }
}
