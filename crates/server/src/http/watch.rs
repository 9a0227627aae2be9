//! What a server for testing does around every request: it lets faults happen, and keeps a journal.
//!
//! Stands outside of all other layers, so that the journal has what the client got. Leaves the
//! controls themselves alone, and the questions of whoever watches the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures::stream;
use tokio::time::Instant;
use vestibule_wire::native as wire;

use super::injected::Injected;
use super::{Route, Surface};
use crate::app::App;
use crate::testing::Testing;

/// The longest delay that a fault can ask for, in milliseconds.
pub(crate) const LONGEST_DELAY_MS: u64 = 120_000;

/// Ends a connection without another byte. Each connection of a server for testing has one, which
/// its requests share.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// Ends the connection.
    fn now(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the connection has ended.
    pub(crate) fn is_made(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

pub(super) async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(testing) = app.testing() else {
        return next.run(request).await;
    };
    if is_not_watched(request.uri().path()) {
        return next.run(request).await;
    }
    let began = Instant::now();
    let mut entry = entry_of(&app, &request);
    let path = super::mount::collapsed(request.uri().path());
    let fault = testing.faults.take(&entry.method, &path);
    let cut = request.extensions().get::<Cut>().cloned();
    let met = meet(testing, fault, request, next).await;
    entry.fault = met.fault;
    entry.micros = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
    if let Some(response) = &met.response {
        entry.status = (!met.is_dropped).then(|| response.status().as_u16());
        let route = response.extensions().get::<Route>();
        entry.route = route.map(|route| route.0.as_str().to_owned());
    }
    testing.journal.add(entry);
    let mut response = match met.response {
        Some(response) if !met.is_dropped => response,
        _ => nothing(cut.as_ref()),
    };
    // Clients compare it with the instants in answers, so it is told by the same clock.
    let date = app.clock().now().to_http_date();
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

/// The controls are not what is tested, nor are the questions of whoever watches the process.
fn is_not_watched(path: &str) -> bool {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    matches!(segments.next(), Some("testing" | "healthz" | "readyz"))
}

fn entry_of(app: &App, request: &Request) -> wire::TestRequest {
    let uri = request.uri();
    let agent = request.headers().get(header::USER_AGENT);
    wire::TestRequest {
        number: 0,
        at: app.clock().now().to_rfc3339(),
        method: request.method().as_str().to_owned(),
        path: uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        route: None,
        dialect: Surface::of(uri.path()).name().to_owned(),
        status: None,
        micros: 0,
        fault: None,
        user_agent: agent
            .and_then(|agent| agent.to_str().ok())
            .map(str::to_owned),
    }
}

/// What came of a request.
struct Met {
    /// The answer, if the request was handled.
    response: Option<Response>,
    /// Whether nobody gets it.
    is_dropped: bool,
    /// The number of the fault that happened.
    fault: Option<u64>,
}

/// Lets a fault happen, or the request be answered.
async fn meet(
    testing: &Testing,
    fault: Option<wire::TestFault>,
    mut request: Request,
    next: Next,
) -> Met {
    let answered = |response, fault| Met {
        response: Some(response),
        is_dropped: false,
        fault,
    };
    let Some(wire::TestFault { number, fault, .. }) = fault else {
        return answered(next.run(request).await, None);
    };
    if let Some(milliseconds) = fault.delay_ms {
        let milliseconds = milliseconds.min(LONGEST_DELAY_MS);
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    if fault.drop == Some(wire::DropMoment::Before) {
        return Met {
            response: None,
            is_dropped: true,
            fault: Some(number),
        };
    }
    if let Some(injected) = Injected::of(&fault) {
        request.extensions_mut().insert(injected);
    }
    let response = next.run(request).await;
    if fault.drop != Some(wire::DropMoment::After) {
        return answered(response, Some(number));
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        // Nothing was committed: a challenge to a Digest client, say. The fault waits for the
        // request that does something.
        testing.faults.give_back(number);
        return answered(response, None);
    }
    Met {
        response: Some(response),
        is_dropped: true,
        fault: Some(number),
    }
}

/// No answer: the connection ends. Without a connection of our own the body breaks off instead.
fn nothing(cut: Option<&Cut>) -> Response {
    if let Some(cut) = cut {
        cut.now();
        return Response::new(Body::empty());
    }
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(broken)])))
}
