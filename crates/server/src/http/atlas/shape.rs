//! The form of an answer: `envelope` and `pretty`, which every endpoint takes, and the operator's
//! word on errors that the vendor's page and its traffic do not agree on.
//!
//! Owns what is done to an answer when it is ready, errors and unknown paths included. Must not
//! know what it says.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::error::{Code, Failure};
use crate::http::params::QueryParams;
use crate::settings::Settings;

const ENVELOPE: &str = "envelope";
const PRETTY: &str = "pretty";

/// Checks that the flags of a query are flags.
///
/// # Errors
/// 400 `VALIDATION_ERROR`.
pub(super) fn check(query: &QueryParams) -> Result<(), Failure> {
    for name in [ENVELOPE, PRETTY] {
        if !matches!(query.get(name), None | Some("" | "true" | "false")) {
            let words = "it is true or false";
            return Err(Failure::field(Code::ValidationError, name, words));
        }
    }
    Ok(())
}

/// The answer in the form that the query asks for and the settings say.
pub(crate) async fn shaped(settings: &Settings, query: &str, response: Response) -> Response {
    let query = QueryParams::parse(query);
    let is_set = |name| query.get(name) == Some("true");
    let (envelope, pretty) = (is_set(ENVELOPE), is_set(PRETTY));
    let code = response.extensions().get::<Code>().copied();
    let documented = code
        .filter(|_| settings.atlas_documented_errors)
        .and_then(Code::documented);
    if !envelope && !pretty && documented.is_none() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    if let Some((status, name)) = documented {
        parts.status = status;
        let name = HeaderValue::from_static(name);
        parts.headers.insert("x-error-code", name);
    }
    // Answers are in memory, so reading one cannot fail.
    let bytes = body.collect().await.map(|whole| whole.to_bytes());
    let bytes = bytes.unwrap_or_default();
    let Ok(mut value) = serde_json::from_slice(&bytes) else {
        // Nothing to put into an envelope: 204, or the answer to HEAD.
        return Response::from_parts(parts, Body::from(bytes));
    };
    if let Some((status, name)) = documented {
        reword(&mut value, status, name);
    }
    if envelope {
        value = enveloped(parts.status, value);
    }
    // Recorded: a 401 is spread over several lines, whatever is asked for.
    let encoded = if pretty || code == Some(Code::Unauthenticated) {
        serde_json::to_vec_pretty(&value)
    } else {
        serde_json::to_vec(&value)
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(encoded.unwrap_or_default()))
}

/// Writes another status and code into the body of an error.
fn reword(value: &mut Value, status: StatusCode, code: &str) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    members.insert("error".to_owned(), json!(status.as_u16()));
    members.insert("errorCode".to_owned(), json!(code));
    members.insert("reason".to_owned(), json!(status.canonical_reason()));
}

/// Status and body in one: a list gets `status` beside its `results`, everything else, bare arrays
/// and errors included, becomes the `content`.
fn enveloped(status: StatusCode, body: Value) -> Value {
    let status = status.as_u16();
    match body {
        Value::Object(mut members) if members.contains_key("results") => {
            members.insert("status".to_owned(), json!(status));
            Value::Object(members)
        }
        content => json!({ "content": content, "status": status }),
    }
}
