//! A listening server for the fakes: remembers requests, answers by a function.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value as Json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) authorization: Option<String>,
    pub(crate) user_agent: Option<String>,
    pub(crate) accept: Option<String>,
    pub(crate) body: Json,
}

impl Seen {
    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(key, _)| *key == name)?;
        Some(value.replace("%40", "@").replace("%2B", "+"))
    }

    /// A parameter that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.parameter(name)?.parse().ok()
    }
}

/// Status and body; an empty answer where the body is null.
pub(crate) type Answer = (u16, Json);

type Script = Box<dyn FnMut(&Seen) -> Answer + Send>;

struct Shared {
    is_vestibule: AtomicBool,
    seen: Mutex<Vec<Seen>>,
    script: Mutex<Script>,
}

/// A server that ends with its value.
pub(crate) struct Server {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(script: impl FnMut(&Seen) -> Answer + Send + 'static) -> Self {
        let shared = Arc::new(Shared {
            is_vestibule: AtomicBool::new(false),
            seen: Mutex::default(),
            script: Mutex::new(Box::new(script)),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut tasks = JoinSet::new();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            shared,
            _tasks: tasks,
        }
    }

    /// From now on the answers say that they come from Vestibule.
    pub(crate) fn pretend_to_be_vestibule(&self) {
        self.shared.is_vestibule.store(true, Ordering::Relaxed);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Forgets the requests so far and returns them as `METHOD path`.
    pub(crate) fn take_lines(&self) -> Vec<String> {
        let seen = std::mem::take(&mut *self.shared.seen.lock().unwrap());
        seen.iter()
            .map(|seen| format!("{} {}", seen.method, seen.path))
            .collect()
    }

    /// The body of the last request with this method.
    pub(crate) fn last_body(&self, method: &Method) -> Json {
        let seen = self.seen();
        let last = seen.iter().rev().find(|seen| seen.method == *method);
        last.expect("such a request").body.clone()
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: header::HeaderName| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    let seen = Seen {
        method,
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        authorization: text(header::AUTHORIZATION),
        user_agent: text(header::USER_AGENT),
        accept: text(header::ACCEPT),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    shared.seen.lock().unwrap().push(seen.clone());
    let (status, body) = (shared.script.lock().unwrap())(&seen);
    let status = StatusCode::from_u16(status).unwrap();
    let mut response = if body.is_null() {
        status.into_response()
    } else {
        let json = [(header::CONTENT_TYPE, "application/json")];
        (status, json, body.to_string()).into_response()
    };
    if shared.is_vestibule.load(Ordering::Relaxed) {
        let mark = HeaderValue::from_static("1");
        response.headers_mut().insert("x-vestibule", mark);
    }
    response
}
