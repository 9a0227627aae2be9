//! Requests to the router and its answers, as tests read and write them.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;

/// An answer, read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, which all our answers have as text.
    pub body: String,
}

impl Answer {
    /// Reads an answer whole.
    ///
    /// # Panics
    /// If the body breaks off or is no text.
    pub async fn read(response: axum::response::Response) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body is whole").to_bytes();
        let body = String::from_utf8(bytes.to_vec()).expect("the body is text");
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A header's text; empty if there is none.
    ///
    /// # Panics
    /// If it is no text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("a header is text"))
    }

    /// Status and body, for a snapshot.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{}\n{}", self.status, self.body)
    }
}

/// Makes a request: method, path with query, `Authorization` (empty for none), JSON body (empty for
/// none).
///
/// # Panics
/// If the parts do not make a request.
#[must_use]
pub fn request(method: Method, path: &str, authorization: &str, json: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if !authorization.is_empty() {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    if !json.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request
        .body(Body::from(json.to_owned()))
        .expect("a request")
}
