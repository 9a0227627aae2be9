//! Bodies for all dialects: of requests, read once and bounded, and of answers, as JSON.
//!
//! Owns the size limit, the media type and where in a body something is wrong. Must not know how a
//! dialect words an error: each maps every [`BodyError`] itself.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use vestibule_wire::Object;

/// The largest body in bytes that is read: 1 MiB.
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// How many bytes of a body that is too large are read and thrown away, so that the client gets to
/// read the answer instead of a broken connection.
const DRAIN_BYTES: usize = 16 << 20;

/// How long a body may take. Less than a request may: who sends too slowly is told so, and it is no
/// fault of the server's.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a body is not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// It is larger than [`MAX_BYTES`].
    TooLarge,
    /// Its media type is not JSON, or it has none.
    MediaType,
    /// There is no body.
    Missing,
    /// The connection broke before its end, or it did not come to one within [`PATIENCE`].
    Interrupted,
    /// It is not JSON.
    Malformed {
        /// Where reading stopped, counted from 1.
        line: usize,
        /// Where in that line, counted from 1; 0 at the end of the line before.
        column: usize,
    },
    /// It is JSON, but a member of it is not what it should be.
    Mismatch {
        /// JSON pointer (RFC 6901) to the member; empty for the whole body.
        pointer: String,
        /// What is wrong with it, for people.
        reason: String,
    },
}

/// Reads a JSON object of at most [`MAX_BYTES`].
///
/// Nesting is limited to 128 levels by the parser; deeper bodies are [`BodyError::Malformed`].
pub(crate) async fn read_json<T: DeserializeOwned>(request: Request) -> Result<T, BodyError> {
    parse_json(&json_bytes(request).await?)
}

/// Reads a JSON array of objects, within the same limits.
pub(crate) async fn read_json_array<T: DeserializeOwned>(
    request: Request,
) -> Result<Vec<T>, BodyError> {
    let elements: Vec<Object<T>> = parse(&json_bytes(request).await?)?;
    Ok(elements.into_iter().map(|Object(value)| value).collect())
}

async fn json_bytes(request: Request) -> Result<Bytes, BodyError> {
    let (parts, body) = request.into_parts();
    let bytes = read_bytes(body).await?;
    if bytes.is_empty() {
        return Err(BodyError::Missing);
    }
    if !is_json(&parts.headers) {
        return Err(BodyError::MediaType);
    }
    Ok(bytes)
}

/// Reads a body of at most [`MAX_BYTES`], whatever its media type; empty if there is none.
pub(crate) async fn read_bytes(body: Body) -> Result<Bytes, BodyError> {
    let read = tokio::time::timeout(PATIENCE, read_to_end(body)).await;
    read.unwrap_or(Err(BodyError::Interrupted))
}

async fn read_to_end(mut body: Body) -> Result<Bytes, BodyError> {
    let mut read = BytesMut::new();
    let mut dropped = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Err(BodyError::Interrupted);
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if dropped == 0 && read.len().saturating_add(data.len()) <= MAX_BYTES {
            read.extend_from_slice(&data);
            continue;
        }
        dropped = dropped.saturating_add(data.len());
        if dropped > DRAIN_BYTES {
            break;
        }
    }
    if dropped > 0 {
        return Err(BodyError::TooLarge);
    }
    Ok(read.freeze())
}

/// Writes JSON into memory, where `room` is about what it takes; `None` for what has no spelling in
/// JSON, which our shapes have.
pub(crate) fn written<T: Serialize>(content: &T, room: usize) -> Option<Bytes> {
    let mut bytes = Vec::with_capacity(room);
    serde_json::to_writer(&mut bytes, content).ok()?;
    Some(bytes.into())
}

/// Whether a body is said to be a form.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    let essence = value
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| {
        essence
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// Parses a JSON object, and says by a pointer what is wrong with it.
pub(crate) fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BodyError> {
    parse(bytes).map(|Object(value)| value)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BodyError> {
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut parser);
    match parsed {
        Ok(value) => match parser.end() {
            Ok(()) => Ok(value),
            Err(error) => Err(explain(&error, String::new())),
        },
        Err(error) => {
            // What is no JSON is not blamed for its members, wherever it breaks off.
            serde_json::from_slice::<IgnoredAny>(bytes)
                .map_err(|error| explain(&error, String::new()))?;
            Err(explain(error.inner(), pointer(error.path())))
        }
    }
}

/// Whether the media type is `application/json` or another that ends in `+json`.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return false;
    };
    let Ok(value) = value.to_str() else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return false;
    };
    let subtype = subtype.to_ascii_lowercase();
    kind.eq_ignore_ascii_case("application") && (subtype == "json" || subtype.ends_with("+json"))
}

fn explain(error: &serde_json::Error, pointer: String) -> BodyError {
    use serde_json::error::Category;
    match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => BodyError::Malformed {
            line: error.line(),
            column: error.column(),
        },
        Category::Data => mismatch(&error.to_string(), pointer),
    }
}

/// Turns the parser's words into a pointer and a reason. A missing member is pointed at as if it
/// were there, and so is one that is there twice.
fn mismatch(message: &str, mut pointer: String) -> BodyError {
    let reason = message
        .rfind(" at line ")
        .and_then(|end| message.get(..end))
        .unwrap_or(message);
    let named = |prefix| {
        let rest = reason.strip_prefix(prefix);
        rest.and_then(|rest: &str| rest.strip_suffix('`'))
    };
    let reason = if let Some(member) = named("missing field `") {
        push(&mut pointer, member);
        "it is required"
    } else if let Some(member) = named("duplicate field `") {
        push(&mut pointer, member);
        "it is given more than once"
    } else {
        reason
    };
    BodyError::Mismatch {
        pointer,
        reason: reason.to_owned(),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => push(&mut out, &index.to_string()),
            Segment::Map { key } => push(&mut out, key),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    out
}

fn push(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(&segment.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Shape {
        email: String,
        #[serde(default)]
        teams: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Inner {
        id: u8,
    }

    fn error(text: &str) -> String {
        format!("{:?}", parse_json::<Shape>(text.as_bytes()).unwrap_err())
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        insta::assert_snapshot!(error("{}"), @r#"Mismatch { pointer: "/email", reason: "it is required" }"#);
        insta::assert_snapshot!(error(r#"{"email":1}"#), @r#"Mismatch { pointer: "/email", reason: "invalid type: integer `1`, expected a string" }"#);
        insta::assert_snapshot!(error(r#"{"email":"a","teams":[{"id":1},{"id":300}]}"#), @r#"Mismatch { pointer: "/teams/1/id", reason: "invalid value: integer `300`, expected u8" }"#);
        insta::assert_snapshot!(error(r#"{"email":"a","teams":[{}]}"#), @r#"Mismatch { pointer: "/teams/0/id", reason: "it is required" }"#);
        insta::assert_snapshot!(error(r#"{"email":"a","ro/les":[]}"#), @r#"Mismatch { pointer: "/ro~1les", reason: "unknown field `ro/les`, expected `email` or `teams`" }"#);
        insta::assert_snapshot!(error(r#"{"email":"a","email":"b"}"#), @r#"Mismatch { pointer: "/email", reason: "it is given more than once" }"#);
        insta::assert_snapshot!(error("[]"), @r#"Mismatch { pointer: "", reason: "invalid type: sequence, expected an object" }"#);
        insta::assert_snapshot!(error("null"), @r#"Mismatch { pointer: "", reason: "invalid type: null, expected an object" }"#);
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        insta::assert_snapshot!(error("{"), @"Malformed { line: 1, column: 1 }");
        insta::assert_snapshot!(error("{\"email\":\"a\"} x"), @"Malformed { line: 1, column: 15 }");
        insta::assert_snapshot!(error("{\n\"email\": nope}"), @"Malformed { line: 2, column: 11 }");
        insta::assert_snapshot!(error("{\"email\":\"\\ud800\"}"), @"Malformed { line: 1, column: 17 }");
    }

    #[test]
    fn a_bomb_of_brackets_is_malformed_and_harmless() {
        let bomb = "[".repeat(200_000);
        let text = format!("{{\"email\":\"a\",\"teams\":{bomb}");
        assert!(error(&text).starts_with("Malformed"), "{}", error(&text));
        assert!(parse_json::<serde_json::Value>(bomb.as_bytes()).is_err());
    }

    #[test]
    fn json_has_several_media_types() {
        let is = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, text.parse().expect("a header value"));
            is_json(&headers)
        };
        assert!(is("application/json"));
        assert!(is("Application/JSON; charset=utf-8"));
        assert!(is("application/vnd.atlas.2023-01-01+json"));
        assert!(!is("text/json"));
        assert!(!is("application/x-www-form-urlencoded"));
        assert!(!is("application/jsonp"));
        assert!(!is("json"));
        assert!(!is_json(&HeaderMap::new()));
    }
}
