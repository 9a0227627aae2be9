//! The plugin host's own services: ending the process, and its standard output.

use std::pin::Pin;

use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::proto::plugin::grpc_controller_server::{GrpcController, GrpcControllerServer};
use crate::proto::plugin::grpc_stdio_server::{GrpcStdio, GrpcStdioServer};
use crate::proto::plugin::{Empty, StdioData};

/// The `Shutdown` call. The token is what it fires; none ignores it, as debugging sessions do.
pub(super) struct Controller(pub(super) Option<CancellationToken>);

/// The standard output stream: it stays open and silent, as our output goes to standard error.
pub(super) struct Stdio;

pub(super) type ControllerService = GrpcControllerServer<Controller>;
pub(super) type StdioService = GrpcStdioServer<Stdio>;

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        if let Some(token) = &self.0 {
            token.cancel();
        }
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    type StreamStdioStream = Pin<Box<Silence>>;

    async fn stream_stdio(
        &self,
        _request: Request<Empty>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(Box::pin(Silence)))
    }
}

/// A stream that never says anything and never ends.
pub(super) struct Silence;

impl tonic::codegen::tokio_stream::Stream for Silence {
    type Item = Result<StdioData, Status>;

    fn poll_next(
        self: Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}
