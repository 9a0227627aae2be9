//! The generated service trait, implemented: each call runs on a task of its own.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use tonic::{Request, Response, Status};
use tracing::Instrument as _;

use super::reply::Reply;
use super::stream::{Events, events};
use super::{
    Backend, action, apply, configure, convert, data, describe, ephemeral, function, guard,
    identity, import, list, plan, read, upgrade, validate,
};
use crate::diagnostics::Diagnostics;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_server::{Provider as ProviderRpc, ProviderServer};
use crate::tasks;

/// What the official providers accept too; tonic's own limit of 4 MiB is too small for states.
const MAX_MESSAGE_BYTES: usize = 256 * 1024 * 1024;

/// The provider as a gRPC service.
pub(crate) type ProviderService = ProviderServer<Calls>;

/// The calls of one provider.
pub(crate) struct Calls(Arc<Backend>);

/// The service of a provider.
pub(crate) fn service(backend: Arc<Backend>) -> ProviderService {
    ProviderServer::new(Calls(backend)).max_decoding_message_size(MAX_MESSAGE_BYTES)
}

/// Counts a call as running until it is over, however it ends.
struct Running(Arc<Backend>);

impl Running {
    fn new(backend: &Arc<Backend>) -> Self {
        backend.running.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(backend))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Calls {
    async fn answer<R: Reply>(
        &self,
        rpc: &'static str,
        subject: &str,
        call: impl Future<Output = R> + Send + 'static,
    ) -> Result<Response<R>, Status> {
        let span = self.span(rpc, subject);
        let running = Running::new(&self.0);
        let task = tasks::spawn(
            rpc,
            async move {
                let _running = running;
                tracing::trace!("call received");
                let reply = call.await;
                tracing::trace!("call answered");
                reply
            }
            .instrument(span),
        );
        let reply = task.await.unwrap_or_else(|error| {
            let panicked = Diagnostics::from(guard::panicked(error));
            R::failed(convert::diagnostics(panicked))
        });
        Ok(Response::new(reply))
    }
    fn span(&self, rpc: &'static str, subject: &str) -> tracing::Span {
        let number = self.0.calls.fetch_add(1, Ordering::Relaxed);
        tracing::info_span!(
            "rpc",
            tf_rpc = rpc,
            tf_req_id = number,
            tf_resource_type = subject,
            tf_proto_version = "6",
        )
    }

    /// Answers a call by a stream, whose events come from a task of their own.
    fn in_parts<Q, E: Reply, F: Future<Output = ()> + Send + 'static>(
        &self,
        rpc: &'static str,
        subject: impl FnOnce(&Q) -> &str,
        request: Request<Q>,
        call: fn(Arc<Backend>, Q, mpsc::Sender<E>) -> F,
    ) -> Response<Events<E>> {
        let request = request.into_inner();
        let span = self.span(rpc, subject(&request));
        let running = Running::new(&self.0);
        let (sender, events) = events();
        let call = call(Arc::clone(&self.0), request, sender.clone());
        let task = async move {
            let _running = running;
            tracing::trace!("call received");
            if let Err(error) = tasks::spawn(rpc, call).await {
                let panicked = Diagnostics::from(guard::panicked(error));
                let last = E::failed(convert::diagnostics(panicked));
                // If the client is gone there is nobody to tell.
                drop(sender.send(last).await);
            }
            tracing::trace!("call answered");
        };
        drop(tasks::spawn(rpc, task.instrument(span)));
        Response::new(events)
    }

    /// Answers a call that waits for nothing.
    async fn at_once<Q: Send + 'static, R: Reply>(
        &self,
        rpc: &'static str,
        subject: impl FnOnce(&Q) -> &str,
        request: Request<Q>,
        call: fn(&Backend, &Q) -> R,
    ) -> Result<Response<R>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let subject = subject(&request).to_owned();
        let call = async move { call(&backend, &request) };
        self.answer(rpc, &subject, call).await
    }

    /// Answers a call whose handler may wait.
    async fn in_time<Q: Send + 'static, R: Reply, F: Future<Output = R> + Send + 'static>(
        &self,
        rpc: &'static str,
        subject: impl FnOnce(&Q) -> &str,
        request: Request<Q>,
        call: fn(Arc<Backend>, Q) -> F,
    ) -> Result<Response<R>, Status> {
        let request = request.into_inner();
        let subject = subject(&request).to_owned();
        let call = call(Arc::clone(&self.0), request);
        self.answer(rpc, &subject, call).await
    }
}

#[tonic::async_trait]
impl ProviderRpc for Calls {
    async fn get_metadata(
        &self,
        request: Request<proto::GetMetadataRequest>,
    ) -> Result<Response<proto::GetMetadataResponse>, Status> {
        self.at_once("GetMetadata", |_| "", request, describe::metadata)
            .await
    }

    async fn get_provider_schema(
        &self,
        request: Request<proto::GetProviderSchemaRequest>,
    ) -> Result<Response<proto::GetProviderSchemaResponse>, Status> {
        self.at_once("GetProviderSchema", |_| "", request, describe::schema)
            .await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: Request<proto::GetResourceIdentitySchemasRequest>,
    ) -> Result<Response<proto::GetResourceIdentitySchemasResponse>, Status> {
        self.at_once(
            "GetResourceIdentitySchemas",
            |_| "",
            request,
            identity::schemas,
        )
        .await
    }

    async fn validate_provider_config(
        &self,
        request: Request<proto::ValidateProviderConfigRequest>,
    ) -> Result<Response<proto::ValidateProviderConfigResponse>, Status> {
        self.at_once(
            "ValidateProviderConfig",
            |_| "",
            request,
            validate::provider,
        )
        .await
    }

    async fn validate_resource_config(
        &self,
        request: Request<proto::ValidateResourceConfigRequest>,
    ) -> Result<Response<proto::ValidateResourceConfigResponse>, Status> {
        self.at_once(
            "ValidateResourceConfig",
            |r| &r.type_name,
            request,
            validate::resource,
        )
        .await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<proto::ValidateDataResourceConfigRequest>,
    ) -> Result<Response<proto::ValidateDataResourceConfigResponse>, Status> {
        self.at_once(
            "ValidateDataResourceConfig",
            |r| &r.type_name,
            request,
            validate::data_source,
        )
        .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::UpgradeResourceStateRequest>,
    ) -> Result<Response<proto::UpgradeResourceStateResponse>, Status> {
        self.at_once(
            "UpgradeResourceState",
            |r| &r.type_name,
            request,
            upgrade::upgrade,
        )
        .await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<proto::UpgradeResourceIdentityRequest>,
    ) -> Result<Response<proto::UpgradeResourceIdentityResponse>, Status> {
        self.at_once(
            "UpgradeResourceIdentity",
            |r| &r.type_name,
            request,
            identity::upgrade,
        )
        .await
    }

    async fn configure_provider(
        &self,
        request: Request<proto::ConfigureProviderRequest>,
    ) -> Result<Response<proto::ConfigureProviderResponse>, Status> {
        self.in_time("ConfigureProvider", |_| "", request, configure::configure)
            .await
    }

    async fn read_resource(
        &self,
        request: Request<proto::ReadResourceRequest>,
    ) -> Result<Response<proto::ReadResourceResponse>, Status> {
        self.in_time("ReadResource", |r| &r.type_name, request, read::read)
            .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::PlanResourceChangeRequest>,
    ) -> Result<Response<proto::PlanResourceChangeResponse>, Status> {
        self.at_once("PlanResourceChange", |r| &r.type_name, request, plan::plan)
            .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<proto::ApplyResourceChangeRequest>,
    ) -> Result<Response<proto::ApplyResourceChangeResponse>, Status> {
        self.in_time(
            "ApplyResourceChange",
            |r| &r.type_name,
            request,
            apply::apply,
        )
        .await
    }

    async fn import_resource_state(
        &self,
        request: Request<proto::ImportResourceStateRequest>,
    ) -> Result<Response<proto::ImportResourceStateResponse>, Status> {
        self.in_time(
            "ImportResourceState",
            |r| &r.type_name,
            request,
            import::import,
        )
        .await
    }

    async fn move_resource_state(
        &self,
        request: Request<proto::MoveResourceStateRequest>,
    ) -> Result<Response<proto::MoveResourceStateResponse>, Status> {
        self.at_once(
            "MoveResourceState",
            |r| &r.target_type_name,
            request,
            upgrade::move_state,
        )
        .await
    }

    async fn read_data_source(
        &self,
        request: Request<proto::ReadDataSourceRequest>,
    ) -> Result<Response<proto::ReadDataSourceResponse>, Status> {
        self.in_time("ReadDataSource", |r| &r.type_name, request, data::read)
            .await
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<proto::ValidateEphemeralResourceConfigRequest>,
    ) -> Result<Response<proto::ValidateEphemeralResourceConfigResponse>, Status> {
        self.at_once(
            "ValidateEphemeralResourceConfig",
            |r| &r.type_name,
            request,
            validate::ephemeral_resource,
        )
        .await
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<proto::OpenEphemeralResourceRequest>,
    ) -> Result<Response<proto::OpenEphemeralResourceResponse>, Status> {
        self.in_time(
            "OpenEphemeralResource",
            |r| &r.type_name,
            request,
            ephemeral::open,
        )
        .await
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<proto::RenewEphemeralResourceRequest>,
    ) -> Result<Response<proto::RenewEphemeralResourceResponse>, Status> {
        self.in_time(
            "RenewEphemeralResource",
            |r| &r.type_name,
            request,
            ephemeral::renew,
        )
        .await
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<proto::CloseEphemeralResourceRequest>,
    ) -> Result<Response<proto::CloseEphemeralResourceResponse>, Status> {
        self.in_time(
            "CloseEphemeralResource",
            |r| &r.type_name,
            request,
            ephemeral::close,
        )
        .await
    }

    async fn get_functions(
        &self,
        request: Request<proto::GetFunctionsRequest>,
    ) -> Result<Response<proto::GetFunctionsResponse>, Status> {
        self.at_once("GetFunctions", |_| "", request, function::list)
            .await
    }

    async fn call_function(
        &self,
        request: Request<proto::CallFunctionRequest>,
    ) -> Result<Response<proto::CallFunctionResponse>, Status> {
        self.at_once("CallFunction", |r| &r.name, request, function::call)
            .await
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<proto::ValidateListResourceConfigRequest>,
    ) -> Result<Response<proto::ValidateListResourceConfigResponse>, Status> {
        self.at_once(
            "ValidateListResourceConfig",
            |r| &r.type_name,
            request,
            validate::list_resource,
        )
        .await
    }

    async fn validate_action_config(
        &self,
        request: Request<proto::ValidateActionConfigRequest>,
    ) -> Result<Response<proto::ValidateActionConfigResponse>, Status> {
        self.at_once(
            "ValidateActionConfig",
            |r| &r.action_type,
            request,
            validate::action,
        )
        .await
    }

    async fn plan_action(
        &self,
        request: Request<proto::PlanActionRequest>,
    ) -> Result<Response<proto::PlanActionResponse>, Status> {
        self.in_time("PlanAction", |r| &r.action_type, request, action::plan)
            .await
    }

    type ListResourceStream = Events<proto::ListResourceEvent>;

    async fn list_resource(
        &self,
        request: Request<proto::ListResourceRequest>,
    ) -> Result<Response<Self::ListResourceStream>, Status> {
        Ok(self.in_parts("ListResource", |r| &r.type_name, request, list::list))
    }

    type InvokeActionStream = Events<proto::InvokeActionEvent>;

    async fn invoke_action(
        &self,
        request: Request<proto::InvokeActionRequest>,
    ) -> Result<Response<Self::InvokeActionStream>, Status> {
        Ok(self.in_parts("InvokeAction", |r| &r.action_type, request, action::invoke))
    }

    async fn stop_provider(
        &self,
        _request: Request<proto::StopProviderRequest>,
    ) -> Result<Response<proto::StopProviderResponse>, Status> {
        tracing::info!("asked to stop: running handlers should finish early");
        self.0.stop();
        Ok(Response::new(proto::StopProviderResponse::default()))
    }
}
