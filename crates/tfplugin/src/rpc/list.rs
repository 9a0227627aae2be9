//! `ListResource`: objects as they are found.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::catalog::Shape;
use super::guard::{as_failure, guarded};
use super::identity::IdentityShape;
use super::{Backend, convert};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::provider::{Call, Found, ListQuery, Listed, Private};
use crate::value::Object;

/// How many objects may be found ahead of the client.
const AHEAD: usize = 16;

/// Sends what is found, and the diagnostics at the end.
pub(super) async fn list(
    backend: Arc<Backend>,
    request: proto::ListResourceRequest,
    sender: mpsc::Sender<proto::ListResourceEvent>,
) {
    let diagnostics = run(&backend, &request, &sender)
        .await
        .unwrap_or_else(as_failure);
    if !diagnostics.is_empty() {
        let last = proto::ListResourceEvent {
            diagnostic: convert::diagnostics(diagnostics),
            ..Default::default()
        };
        // A client that has what it wanted is gone by now.
        drop(sender.send(last).await);
    }
}

async fn run(
    backend: &Backend,
    request: &proto::ListResourceRequest,
    sender: &mpsc::Sender<proto::ListResourceEvent>,
) -> Result<Diagnostics, Diagnostics> {
    let entry = backend.catalog.list_resource(&request.type_name)?;
    let shapes = Shapes::of(backend, &request.type_name)?;
    let query = ListQuery {
        config: entry.shape().decode_object(request.config.as_ref())?,
        include_resource: request.include_resource_object,
        limit: u64::try_from(request.limit).ok().filter(|limit| *limit > 0),
    };
    let wanted = query.include_resource;
    let context = backend
        .context(Object::new(), Private::new())
        .with_call(Call::new("list", &request.type_name));
    let context = Arc::new(context);
    let (found, mut listed) = mpsc::channel(AHEAD);
    let mut found = Found::new(found, query.limit);
    let handler = Arc::clone(&entry.handler);
    let of_handler = Arc::clone(&context);
    let handling = async move {
        let result = handler.list(&of_handler, &query, &mut found).await;
        // Now no more can be found, which ends the forwarding.
        drop(found);
        result
    };
    let forwarding = async move {
        while let Some(one) = listed.recv().await {
            if sender.send(shapes.event(one, wanted)).await.is_err() {
                // The client is gone; that `listed` is dropped tells the handler.
                return;
            }
        }
    };
    let (result, ()) = tokio::join!(guarded("list", handling), forwarding);
    let mut diagnostics = context.take().diagnostics;
    if let Err(errors) = result {
        diagnostics.extend(as_failure(errors));
    }
    Ok(diagnostics)
}

/// What is needed to encode the objects of a type.
struct Shapes {
    state: Arc<Shape>,
    identity: Arc<IdentityShape>,
}

impl Shapes {
    fn of(backend: &Backend, type_name: &str) -> Result<Self, Diagnostics> {
        let resource = backend.catalog.resource(type_name)?;
        let identity = resource.identity();
        let identity = identity.ok_or_else(|| super::identity::without(type_name))?;
        Ok(Self {
            state: resource.shape(),
            identity,
        })
    }

    fn event(&self, listed: Listed, include_resource: bool) -> proto::ListResourceEvent {
        let mut diagnostics = listed.diagnostics;
        let identity = self.identity.encode(listed.identity, &mut diagnostics);
        if identity.is_none() && !diagnostics.has_errors() {
            let detail = format!(
                "The identity of {:?} is not complete. This is a bug in the provider; please \
                 report it.",
                listed.display_name
            );
            let error = Diagnostic::error("The provider listed an object without an identity");
            diagnostics.push(error.detail(detail));
        }
        let resource = listed.resource.filter(|_| include_resource);
        let resource_object =
            resource.and_then(|resource| self.state.encode_state(resource, &mut diagnostics));
        proto::ListResourceEvent {
            identity,
            display_name: listed.display_name,
            resource_object,
            diagnostic: convert::diagnostics(diagnostics),
        }
    }
}

/// A list resource without a resource, or whose resource has no identity: a bug in the provider.
pub(super) fn check_entry(backend: &Backend, name: &str) -> Option<Diagnostic> {
    let resource = backend.catalog.resources.get(name);
    if resource.is_some_and(|resource| resource.identity().is_some()) {
        return None;
    }
    let detail = "It needs a resource of the same name that has an identity schema.";
    Some(Diagnostic::error(format!("The list resource {name} has nothing to list")).detail(detail))
}
