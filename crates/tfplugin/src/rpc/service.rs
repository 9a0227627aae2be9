//! The generated service trait, implemented: each call runs on a task of its own.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tonic::{Request, Response, Status};
use tracing::Instrument as _;

use super::reply::Reply;
use super::{
    Backend, apply, configure, convert, data, describe, guard, identity, import, plan, read,
    upgrade, validate,
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
        let number = self.0.calls.fetch_add(1, Ordering::Relaxed);
        let span = tracing::info_span!(
            "rpc",
            tf_rpc = rpc,
            tf_req_id = number,
            tf_resource_type = subject,
            tf_proto_version = "6",
        );
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
}

#[tonic::async_trait]
impl ProviderRpc for Calls {
    async fn get_metadata(
        &self,
        _request: Request<proto::GetMetadataRequest>,
    ) -> Result<Response<proto::GetMetadataResponse>, Status> {
        let backend = Arc::clone(&self.0);
        self.answer(
            "GetMetadata",
            "",
            async move { describe::metadata(&backend) },
        )
        .await
    }

    async fn get_provider_schema(
        &self,
        _request: Request<proto::GetProviderSchemaRequest>,
    ) -> Result<Response<proto::GetProviderSchemaResponse>, Status> {
        let backend = Arc::clone(&self.0);
        self.answer("GetProviderSchema", "", async move {
            describe::schema(&backend)
        })
        .await
    }

    async fn get_resource_identity_schemas(
        &self,
        _request: Request<proto::GetResourceIdentitySchemasRequest>,
    ) -> Result<Response<proto::GetResourceIdentitySchemasResponse>, Status> {
        let backend = Arc::clone(&self.0);
        let call = async move { identity::schemas(&backend) };
        self.answer("GetResourceIdentitySchemas", "", call).await
    }

    async fn validate_provider_config(
        &self,
        request: Request<proto::ValidateProviderConfigRequest>,
    ) -> Result<Response<proto::ValidateProviderConfigResponse>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let call = async move { validate::provider(&backend, &request) };
        self.answer("ValidateProviderConfig", "", call).await
    }

    async fn validate_resource_config(
        &self,
        request: Request<proto::ValidateResourceConfigRequest>,
    ) -> Result<Response<proto::ValidateResourceConfigResponse>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let subject = request.type_name.clone();
        let call = async move { validate::resource(&backend, &request) };
        self.answer("ValidateResourceConfig", &subject, call).await
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<proto::ValidateDataResourceConfigRequest>,
    ) -> Result<Response<proto::ValidateDataResourceConfigResponse>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let subject = request.type_name.clone();
        let call = async move { validate::data_source(&backend, &request) };
        self.answer("ValidateDataResourceConfig", &subject, call)
            .await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::UpgradeResourceStateRequest>,
    ) -> Result<Response<proto::UpgradeResourceStateResponse>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let subject = request.type_name.clone();
        let call = async move { upgrade::upgrade(&backend, &request) };
        self.answer("UpgradeResourceState", &subject, call).await
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<proto::UpgradeResourceIdentityRequest>,
    ) -> Result<Response<proto::UpgradeResourceIdentityResponse>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let subject = request.type_name.clone();
        let call = async move { identity::upgrade(&backend, &request) };
        self.answer("UpgradeResourceIdentity", &subject, call).await
    }

    async fn configure_provider(
        &self,
        request: Request<proto::ConfigureProviderRequest>,
    ) -> Result<Response<proto::ConfigureProviderResponse>, Status> {
        let call = configure::configure(Arc::clone(&self.0), request.into_inner());
        self.answer("ConfigureProvider", "", call).await
    }

    async fn read_resource(
        &self,
        request: Request<proto::ReadResourceRequest>,
    ) -> Result<Response<proto::ReadResourceResponse>, Status> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.answer(
            "ReadResource",
            &subject,
            read::read(Arc::clone(&self.0), request),
        )
        .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::PlanResourceChangeRequest>,
    ) -> Result<Response<proto::PlanResourceChangeResponse>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let subject = request.type_name.clone();
        let call = async move { plan::plan(&backend, &request) };
        self.answer("PlanResourceChange", &subject, call).await
    }

    async fn apply_resource_change(
        &self,
        request: Request<proto::ApplyResourceChangeRequest>,
    ) -> Result<Response<proto::ApplyResourceChangeResponse>, Status> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.answer(
            "ApplyResourceChange",
            &subject,
            apply::apply(Arc::clone(&self.0), request),
        )
        .await
    }

    async fn import_resource_state(
        &self,
        request: Request<proto::ImportResourceStateRequest>,
    ) -> Result<Response<proto::ImportResourceStateResponse>, Status> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.answer(
            "ImportResourceState",
            &subject,
            import::import(Arc::clone(&self.0), request),
        )
        .await
    }

    async fn move_resource_state(
        &self,
        request: Request<proto::MoveResourceStateRequest>,
    ) -> Result<Response<proto::MoveResourceStateResponse>, Status> {
        let (backend, request) = (Arc::clone(&self.0), request.into_inner());
        let subject = request.target_type_name.clone();
        let call = async move { upgrade::move_state(&backend, &request) };
        self.answer("MoveResourceState", &subject, call).await
    }

    async fn read_data_source(
        &self,
        request: Request<proto::ReadDataSourceRequest>,
    ) -> Result<Response<proto::ReadDataSourceResponse>, Status> {
        let request = request.into_inner();
        let subject = request.type_name.clone();
        self.answer(
            "ReadDataSource",
            &subject,
            data::read(Arc::clone(&self.0), request),
        )
        .await
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
