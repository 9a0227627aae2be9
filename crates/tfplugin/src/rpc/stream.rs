//! Answers that come in parts.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::mpsc;
use tonic::Status;
use tonic::codegen::tokio_stream::Stream;

/// A stream of events that another task sends. It ends when that task is done.
pub(crate) struct Events<T>(mpsc::Receiver<T>);

/// How many events may wait for the client.
const WAITING: usize = 16;

/// A stream and where to send its events.
pub(super) fn events<T>() -> (mpsc::Sender<T>, Events<T>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (sender, Events(receiver))
}

impl<T> Stream for Events<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(cx).map(|event| event.map(Ok))
    }
}
