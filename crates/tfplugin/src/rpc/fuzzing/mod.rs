//! What has to be true of answers, whatever is asked. See [`crate::fuzzing`].

mod provider;

use std::sync::Arc;

use prost::Message;
use tokio::runtime::Builder;

use super::{
    Backend, apply, configure, data, function, identity, import, plan, read, upgrade, validate,
};
use crate::proto::tfplugin6 as proto;
use provider::{Sample, THING};

/// A request as it comes over the wire, behind a byte that says which.
///
/// It is answered, and without an error the state in the answer fits the schema (with one, it may
/// be what was sent). The names of types are filled in.
pub fn rpc(bytes: &[u8]) -> bool {
    let (Some((kind, message)), Ok(runtime)) =
        (bytes.split_first(), Builder::new_current_thread().build())
    else {
        return false;
    };
    let backend = Arc::new(Backend::new(Arc::new(Sample)));
    let answered = runtime.block_on(answer(*kind, message, &backend));
    let Ok(entry) = backend.catalog.resource(THING) else {
        return false;
    };
    let Some((state, diagnostics)) = answered else {
        return false;
    };
    let is_error = |one: &proto::Diagnostic| one.severity() == proto::diagnostic::Severity::Error;
    if let (Some(state), false) = (state, diagnostics.iter().any(is_error)) {
        let decoded = entry.shape().decode(Some(&state));
        assert!(decoded.is_ok(), "{decoded:?} of {state:?}");
    }
    true
}

/// A state, if there is one, and what is said about it.
type Answer = (Option<proto::DynamicValue>, Vec<proto::Diagnostic>);

/// `None` if the request cannot be read.
async fn answer(kind: u8, message: &[u8], backend: &Arc<Backend>) -> Option<Answer> {
    let shared = || Arc::clone(backend);
    Some(match kind % 12 {
        0 => {
            let mut request = proto::PlanResourceChangeRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            let answer = plan::plan(backend, &request);
            (answer.planned_state, answer.diagnostics)
        }
        1 => {
            let mut request = proto::ApplyResourceChangeRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            let answer = apply::apply(shared(), request).await;
            (answer.new_state, answer.diagnostics)
        }
        2 => {
            let mut request = proto::ReadResourceRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            let answer = read::read(shared(), request).await;
            (answer.new_state, answer.diagnostics)
        }
        3 => {
            let mut request = proto::UpgradeResourceStateRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            let answer = upgrade::upgrade(backend, &request);
            (answer.upgraded_state, answer.diagnostics)
        }
        4 => {
            let mut request = proto::MoveResourceStateRequest::decode(message).ok()?;
            THING.clone_into(&mut request.target_type_name);
            let answer = upgrade::move_state(backend, &request);
            (answer.target_state, answer.diagnostics)
        }
        5 => {
            let mut request = proto::ImportResourceStateRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            let answer = import::import(shared(), request).await;
            let imported = answer.imported_resources.into_iter().next();
            (imported.and_then(|one| one.state), answer.diagnostics)
        }
        6 => {
            let mut request = proto::UpgradeResourceIdentityRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            (None, identity::upgrade(backend, &request).diagnostics)
        }
        7 => {
            let mut request = proto::ValidateResourceConfigRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            (None, validate::resource(backend, &request).diagnostics)
        }
        8 => {
            let mut request = proto::ReadDataSourceRequest::decode(message).ok()?;
            THING.clone_into(&mut request.type_name);
            let answer = data::read(shared(), request).await;
            (answer.state, answer.diagnostics)
        }
        9 => {
            let mut request = proto::CallFunctionRequest::decode(message).ok()?;
            THING.clone_into(&mut request.name);
            drop(function::call(backend, &request));
            Answer::default()
        }
        10 => {
            let request = proto::ConfigureProviderRequest::decode(message).ok()?;
            (
                None,
                configure::configure(shared(), request).await.diagnostics,
            )
        }
        _ => {
            let request = proto::ValidateProviderConfigRequest::decode(message).ok()?;
            (None, validate::provider(backend, &request).diagnostics)
        }
    })
}
