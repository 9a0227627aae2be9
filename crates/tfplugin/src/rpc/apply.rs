//! `ApplyResourceChange`: create, update, delete.
//!
//! Owns the rule that nothing is lost: whatever a handler got done before it failed, panicked or
//! was interrupted is in the answer.

use std::sync::Arc;

use super::catalog::{Shape, codec_diagnostic};
use super::guard::{as_failure, guarded};
use super::identity::IdentityShape;
use super::plan::log_faults;
use super::{Backend, convert};
use crate::check;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::provider::{Call, Context, Private, Resource};
use crate::value::Object;

pub(super) async fn apply(
    backend: Arc<Backend>,
    request: proto::ApplyResourceChangeRequest,
) -> proto::ApplyResourceChangeResponse {
    match decode(&backend, &request) {
        Ok(change) => run(change, &request).await,
        Err(errors) => proto::ApplyResourceChangeResponse {
            new_state: request.prior_state,
            private: request.planned_private,
            diagnostics: convert::diagnostics(as_failure(errors)),
            new_identity: request.planned_identity,
        },
    }
}

/// A decoded request.
struct Change {
    resource: Arc<dyn Resource>,
    shape: Arc<Shape>,
    identity: Option<Arc<IdentityShape>>,
    stored_identity: Option<Object>,
    context: Arc<Context>,
    prior: Option<Object>,
    planned: Option<Object>,
}

fn decode(
    backend: &Backend,
    request: &proto::ApplyResourceChangeRequest,
) -> Result<Change, Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let shape = entry.shape();
    let config = shape.decode(request.config.as_ref())?.unwrap_or_default();
    let identity = entry.identity();
    let stored_identity = match &identity {
        Some(identity) => identity.decode(request.planned_identity.as_ref())?,
        None => None,
    };
    let private = Private::read(&request.planned_private);
    let prior = shape.decode(request.prior_state.as_ref())?;
    let planned = shape.decode(request.planned_state.as_ref())?;
    let operation = match (&prior, &planned) {
        (None, _) => "create",
        (Some(_), Some(_)) => "update",
        (Some(_), None) => "delete",
    };
    let context = backend
        .context(config, private)
        .with_identity(stored_identity.clone())
        .with_call(Call::new(operation, &request.type_name))
        .with_meta(backend.meta(request.provider_meta.as_ref()));
    Ok(Change {
        resource: Arc::clone(&entry.handler),
        context: Arc::new(context),
        identity,
        stored_identity,
        prior,
        planned,
        shape,
    })
}

async fn run(
    change: Change,
    request: &proto::ApplyResourceChangeRequest,
) -> proto::ApplyResourceChangeResponse {
    let Change {
        resource,
        shape,
        identity,
        stored_identity,
        context,
        prior,
        planned,
    } = change;
    let result = handle(
        Arc::clone(&resource),
        Arc::clone(&context),
        prior.clone(),
        planned.clone(),
    )
    .await;
    let collected = context.take();
    let mut diagnostics = collected.diagnostics;
    let new = match result {
        Ok(new) => new,
        Err(errors) => {
            diagnostics.extend(as_failure(errors));
            // What is certain: the last checkpoint, or else the state before.
            collected.checkpoint.or_else(|| prior.clone())
        }
    };
    if let (Some(planned), Some(new), false) = (&planned, &new, diagnostics.has_errors())
        && let Ok(completed) = shape.complete(new.clone())
    {
        log_faults(
            &request.type_name,
            &check::apply_compatible(planned, &completed),
        );
    }
    let new_identity = match (identity, &new) {
        (Some(identity), Some(state)) => {
            let state = state.clone();
            // On a task of its own: a panic must not lose the state.
            let of_state = async move { Ok(resource.identity(&state)) };
            match guarded("identity", of_state).await {
                Ok(found) => identity.encode_lasting(found, stored_identity, &mut diagnostics),
                Err(errors) => {
                    diagnostics.extend(errors);
                    request.planned_identity.clone()
                }
            }
        }
        _ => None,
    };
    let new_state = match new {
        Some(state) => shape.encode_state(state, &mut diagnostics),
        None => shape
            .encode(None)
            .map_err(|error| diagnostics.push(codec_diagnostic("No null", &error)))
            .ok(),
    };
    proto::ApplyResourceChangeResponse {
        // An invalid state must not make Terraform forget the resource.
        new_state: new_state.or_else(|| request.prior_state.clone()),
        private: collected.private.write().into(),
        diagnostics: convert::diagnostics(diagnostics),
        new_identity,
    }
}

/// Calls the handler that the two states ask for. `None` is "no resource".
async fn handle(
    resource: Arc<dyn Resource>,
    context: Arc<Context>,
    prior: Option<Object>,
    planned: Option<Object>,
) -> Result<Option<Object>, Diagnostics> {
    match (prior, planned) {
        (None, Some(planned)) => {
            let handler = async move { resource.create(&context, planned).await };
            guarded("create", handler).await.map(Some)
        }
        (Some(prior), Some(planned)) => {
            let handler = async move { resource.update(&context, prior, planned).await };
            guarded("update", handler).await.map(Some)
        }
        (Some(prior), None) => {
            let handler = async move { resource.delete(&context, prior).await };
            guarded("delete", handler).await.map(|()| None)
        }
        (None, None) => Err(Diagnostic::error("There is nothing to apply").into()),
    }
}
