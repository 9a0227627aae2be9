//! An error answer that a tester has asked for, before it has a dialect's shape.
//!
//! Owns what is the same in all shapes: the status, `Retry-After`, the words unless others were
//! asked for. Each dialect has an `injected` function for the rest.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use vestibule_wire::native::TestFaultCreate;

/// An error answer that a tester has asked for. Rides on the request, until a handler would be
/// called.
#[derive(Clone, Debug)]
pub(crate) struct Injected {
    /// Its status.
    pub(crate) status: StatusCode,
    /// The API's own code, if one was asked for.
    pub(crate) code: Option<String>,
    /// The words for people.
    pub(crate) detail: String,
    retry_after: Option<u32>,
}

impl Injected {
    /// The answer that a fault asks for, if it asks for one.
    pub(super) fn of(fault: &TestFaultCreate) -> Option<Self> {
        let status = StatusCode::from_u16(fault.status?).ok()?;
        let words = "a fault that was asked for under /testing/faults".to_owned();
        Some(Self {
            status,
            code: fault.code.clone(),
            detail: fault.detail.clone().unwrap_or(words),
            retry_after: fault.retry_after,
        })
    }

    /// The code that was asked for, or the one that this dialect has for the status.
    pub(crate) fn code_or(&self, usual: &'static str) -> String {
        self.code.clone().unwrap_or_else(|| usual.to_owned())
    }

    /// An answer with this body.
    pub(crate) fn answer(&self, media_type: &'static str, body: Vec<u8>) -> Response {
        let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
        let mut response = (self.status, kind, body).into_response();
        if let Some(seconds) = self.retry_after {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
