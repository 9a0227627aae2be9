//! A scripted HTTP/1.1 server. Owns reading and writing of messages; the tests own the answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use vestibule_client::Settings;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }

    /// `GET /path`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Reply {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// Close the connection without a word.
    Drop,
    /// Never answer.
    Silence,
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self::Reply {
            status,
            headers: Vec::new(),
            body: body.into(),
        }
        .with("content-type", "application/json")
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Reply { headers, .. } = &mut self {
            headers.retain(|(key, _)| key != name);
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

type Script = Box<dyn FnMut(&Seen) -> Answer + Send>;

/// A listening server; it ends with its value.
pub(crate) struct Server {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _tasks: JoinSet<()>,
}

impl Server {
    /// Answers every request by the script.
    pub(crate) async fn start(script: impl FnMut(&Seen) -> Answer + Send + 'static) -> Self {
        Self::listen(None, script).await
    }

    /// The same with TLS, if there is an acceptor.
    pub(crate) async fn listen(
        tls: Option<TlsAcceptor>,
        script: impl FnMut(&Seen) -> Answer + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, tls, Arc::clone(&seen), script));
        Self {
            url,
            seen,
            _tasks: tasks,
        }
    }

    /// Answers the first request with the first answer and so on; more requests are dropped.
    pub(crate) async fn answering(answers: impl Into<Vec<Answer>>) -> Self {
        let mut answers = answers.into().into_iter();
        Self::start(move |_| answers.next().unwrap_or(Answer::Drop)).await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("not poisoned").clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

/// Settings whose waits do not slow a test down.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::new("vestibule-test/1.0");
    settings.first_wait = Duration::from_millis(1);
    settings.longest_wait = Duration::from_millis(2);
    settings.longest_retry_after = Duration::from_millis(3);
    settings
}

async fn accept(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Mutex<Script>>,
) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let (tls, seen, script) = (tls.clone(), Arc::clone(&seen), Arc::clone(&script));
        connections.spawn(async move {
            match tls {
                None => serve(stream, seen, script).await,
                Some(tls) => {
                    // A client that does not trust us ends the handshake.
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, seen, script).await;
                    }
                }
            }
        });
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    seen: Arc<Mutex<Vec<Seen>>>,
    script: Arc<Mutex<Script>>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await {
        let answer = {
            seen.lock().expect("not poisoned").push(request.clone());
            let mut script = script.lock().expect("not poisoned");
            script(&request)
        };
        let (status, headers, body) = match answer {
            Answer::Reply {
                status,
                headers,
                body,
            } => (status, headers, body),
            Answer::Drop => return,
            Answer::Silence => std::future::pending().await,
        };
        let mut text = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        text.push_str(&body);
        let written = stream.get_mut().write_all(text.as_bytes()).await;
        if written.is_err() || stream.get_mut().flush().await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen {
        method,
        target,
        headers,
        body: String::from_utf8(body).expect("text"),
    })
}
