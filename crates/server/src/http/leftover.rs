//! The part of a request's body that nobody has read when the answer is ready.
//!
//! Owns its reading to the end. A connection on which it is left lying is closed, and a client that
//! is still sending may find a broken connection in place of its answer: Go's does, and the
//! vendor's Digest client sends every body once before it has a credential. Must not look at what
//! it reads.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header;
use bytes::Bytes;
use futures::stream;
use http_body_util::BodyExt;
use tokio::sync::Mutex;

use super::body::MAX_BYTES;

/// How long an answer waits for the rest of its request.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is left of a body, whoever else has read of it.
pub(super) struct Leftover(Option<Arc<Mutex<Body>>>);

impl Leftover {
    /// Keeps an eye on the body of `request`.
    pub(super) fn of(request: &mut Request) -> Self {
        // Who waits to be told to send a body need not send it to get another answer.
        let waits = request.headers().contains_key(header::EXPECT);
        if waits || request.body().is_end_stream() {
            return Self(None);
        }
        let body = Arc::new(Mutex::new(std::mem::take(request.body_mut())));
        let shared = Arc::clone(&body);
        *request.body_mut() = Body::from_stream(stream::unfold(shared, async |shared| {
            let next = next(&shared).await?;
            Some((next, shared))
        }));
        Self(Some(body))
    }

    /// Reads what is left, but not more than [`MAX_BYTES`] and not for long: what is larger is
    /// refused anyway, and who has not sent it by then gets the answer all the same.
    pub(super) async fn read(self) {
        let Some(body) = self.0 else { return };
        let read = async {
            let mut read = 0_usize;
            while let Some(Ok(data)) = next(&body).await {
                read = read.saturating_add(data.len());
                if read > MAX_BYTES {
                    return;
                }
            }
        };
        let _in_time = tokio::time::timeout(PATIENCE, read).await;
    }
}

/// The next piece of a body; nothing at its end.
async fn next(body: &Mutex<Body>) -> Option<Result<Bytes, axum::Error>> {
    let frame = body.lock().await.frame().await?;
    // Trailers are no data, and nobody asks for them.
    Some(frame.map(|frame| frame.into_data().unwrap_or_default()))
}
