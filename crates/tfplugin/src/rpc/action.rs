//! Planning and invoking actions.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::guard::{as_failure, guarded};
use super::{Backend, convert};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::invoke_action_event::{Progress as Told, Type};
use crate::provider::{Call, Private, Progress};
use crate::value::Object;

pub(super) async fn plan(
    backend: Arc<Backend>,
    request: proto::PlanActionRequest,
) -> proto::PlanActionResponse {
    let diagnostics = run_plan(&backend, &request)
        .await
        .unwrap_or_else(as_failure);
    proto::PlanActionResponse {
        diagnostics: convert::diagnostics(diagnostics),
    }
}

async fn run_plan(
    backend: &Backend,
    request: &proto::PlanActionRequest,
) -> Result<Diagnostics, Diagnostics> {
    let entry = backend.catalog.action(&request.action_type)?;
    let config = entry.shape().decode_object(request.config.as_ref())?;
    let context = backend
        .context(Object::new(), Private::new())
        .with_call(Call::new("plan", &request.action_type));
    let result = entry.handler.plan(&context, &config).await;
    let mut diagnostics = context.take().diagnostics;
    if let Err(errors) = result {
        diagnostics.extend(as_failure(errors));
    }
    Ok(diagnostics)
}

/// Sends how far the action is, and at last how it ended.
pub(super) async fn invoke(
    backend: Arc<Backend>,
    request: proto::InvokeActionRequest,
    sender: mpsc::Sender<proto::InvokeActionEvent>,
) {
    let diagnostics = run_invoke(&backend, &request, &sender)
        .await
        .unwrap_or_else(as_failure);
    let last = proto::InvokeActionEvent::completed(convert::diagnostics(diagnostics));
    // If the client is gone there is nobody to tell.
    drop(sender.send(last).await);
}

async fn run_invoke(
    backend: &Backend,
    request: &proto::InvokeActionRequest,
    sender: &mpsc::Sender<proto::InvokeActionEvent>,
) -> Result<Diagnostics, Diagnostics> {
    let entry = backend.catalog.action(&request.action_type)?;
    let config = entry.shape().decode_object(request.config.as_ref())?;
    let context = backend
        .context(Object::new(), Private::new())
        .with_call(Call::new("invoke", &request.action_type));
    let context = Arc::new(context);
    let (progress, mut told) = mpsc::unbounded_channel();
    let progress = Progress::new(progress);
    let handler = Arc::clone(&entry.handler);
    let of_handler = Arc::clone(&context);
    let handling = async move { handler.invoke(&of_handler, config, &progress).await };
    let forwarding = async {
        while let Some(message) = told.recv().await {
            // The action is not stopped by the loss of its audience.
            let told = Type::Progress(Told { message });
            let event = proto::InvokeActionEvent { r#type: Some(told) };
            drop(sender.send(event).await);
        }
    };
    let (result, ()) = tokio::join!(guarded("invoke", handling), forwarding);
    let mut diagnostics = context.take().diagnostics;
    if let Err(errors) = result {
        diagnostics.extend(as_failure(errors));
    }
    Ok(diagnostics)
}
