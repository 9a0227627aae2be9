//! A stream that is written to in one piece.
//!
//! Owns nothing but that difference.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that says it cannot write several buffers at once.
///
/// HTTP/2 then copies an answer of up to a kilobyte, which most of ours are, behind its headers and
/// writes it with its trailers: one TLS record that Terraform reads at once. Of several buffers it
/// would send the trailers apart from anything longer than 256 bytes.
pub(super) struct Contiguous<S>(pub(super) S);

impl<S: AsyncRead + Unpin> AsyncRead for Contiguous<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

/// Without the vectored methods, whose defaults write one buffer.
impl<S: AsyncWrite + Unpin> AsyncWrite for Contiguous<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use hyper_util::rt::TokioIo;
    use tokio::io::DuplexStream;
    use tonic::transport::{Endpoint, Uri};

    use super::*;
    use crate::proto::tfplugin6::GetProviderSchemaRequest;
    use crate::proto::tfplugin6::provider_client::ProviderClient;
    use crate::rpc::Backend;
    use crate::serve::connection::{Router, http2};
    use crate::serve::lifecycle::Lifecycle;
    use crate::{Attribute, Context as Call, Diagnostics, Object, Provider, Schema, async_trait};

    /// A provider whose schema takes some six hundred bytes.
    struct Wordy;

    #[async_trait]
    impl Provider for Wordy {
        fn name(&self) -> &str {
            "wordy"
        }

        fn schema(&self) -> Schema {
            let text = "word ".repeat(120);
            Schema::new().attribute("word", Attribute::string().optional().description(text))
        }

        async fn configure(&self, _cx: &Call, _config: Object) -> Result<(), Diagnostics> {
            Ok(())
        }
    }

    /// A stream that can write several buffers at once, and notes how much it writes each time.
    struct Recorded {
        stream: DuplexStream,
        lengths: Arc<Mutex<Vec<usize>>>,
    }

    impl Recorded {
        fn noted(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
            if let Poll::Ready(Ok(length)) = &written {
                self.lengths.lock().unwrap().push(*length);
            }
            written
        }
    }

    impl AsyncRead for Recorded {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_read(cx, buffer)
        }
    }

    impl AsyncWrite for Recorded {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
            self.noted(written)
        }

        fn poll_write_vectored(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buffers: &[io::IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            let whole: Vec<u8> = buffers.iter().flat_map(|buffer| buffer.to_vec()).collect();
            let written = Pin::new(&mut self.stream).poll_write(cx, &whole);
            self.noted(written)
        }

        fn is_write_vectored(&self) -> bool {
            true
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_shutdown(cx)
        }
    }

    #[tokio::test]
    async fn an_answer_of_less_than_a_kilobyte_is_written_with_its_trailers() {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let lengths = Arc::new(Mutex::new(Vec::new()));
        let recorded = Recorded {
            stream: ours,
            lengths: Arc::clone(&lengths),
        };
        let router = Router::new(
            Arc::new(Backend::new(Arc::new(Wordy))),
            &Lifecycle::embedded(),
        );
        drop(crate::tasks::spawn("server", http2(recorded, router)));
        let mut stream = Some(TokioIo::new(theirs));
        let connector = tower::service_fn(move |_uri: Uri| {
            let stream = stream.take();
            async move { stream.ok_or_else(|| io::Error::other("connected once")) }
        });
        let channel = Endpoint::from_static("http://in.memory")
            .connect_with_connector(connector)
            .await
            .unwrap();
        let mut client = ProviderClient::new(channel);
        let schema = client.get_provider_schema(GetProviderSchemaRequest {});
        let schema = schema.await.unwrap().into_inner();
        assert!(schema.provider.is_some());

        let lengths = lengths.lock().unwrap().clone();
        let answer = lengths.iter().position(|length| *length > 600).unwrap();
        assert_eq!(lengths.len(), answer + 1, "{lengths:?}");
    }
}
