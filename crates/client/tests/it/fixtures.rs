//! The recorded requests of the vendors' providers, and the comparison with ours.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::server::Seen;

/// One recorded request.
#[derive(Debug, Deserialize)]
pub(crate) struct Recorded {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

pub(crate) const CONFLUENT_CREATE: &str =
    include_str!("../fixtures/confluent-create.requests.jsonl");
pub(crate) const CONFLUENT_DESTROY: &str =
    include_str!("../fixtures/confluent-destroy.requests.jsonl");
pub(crate) const ATLAS_CREATE: &str = include_str!("../fixtures/atlas-create.requests.jsonl");
pub(crate) const ATLAS_UPDATE: &str = include_str!("../fixtures/atlas-update.requests.jsonl");
pub(crate) const ATLAS_IMPORT: &str = include_str!("../fixtures/atlas-import.requests.jsonl");

/// The first recorded request with this method and path and some credentials.
pub(crate) fn recorded(lines: &str, method: &str, path: &str) -> Recorded {
    lines
        .lines()
        .map(|line| serde_json::from_str::<Recorded>(line).expect("a recorded request"))
        .find(|request| {
            request.method == method
                && request.path == path
                && request.headers.contains_key("authorization")
        })
        .unwrap_or_else(|| panic!("no recorded {method} {path}"))
}

/// Fails unless our request says the same as the recorded one.
///
/// The user agent, the offer of compression and what is different every time in Digest may differ.
pub(crate) fn assert_same(ours: &Seen, theirs: &Recorded) {
    assert_eq!(ours.method, theirs.method);
    assert_eq!(ours.target, theirs.path);
    for name in ["accept", "content-type"] {
        let expected = theirs.headers.get(name).map(String::as_str);
        assert_eq!(ours.header(name), expected, "{name}");
    }
    let ours_auth = ours.header("authorization").expect("credentials");
    let theirs_auth = &theirs.headers["authorization"];
    assert_eq!(auth_shape(ours_auth), auth_shape(theirs_auth));
    let body = |text: &str| match text {
        "" => Value::Null,
        text => serde_json::from_str(text).expect("JSON"),
    };
    assert_eq!(body(&ours.body), body(&theirs.body));
    // Byte for byte too, but for the newline of Go's encoder.
    assert_eq!(ours.body, theirs.body.trim_end());
}

/// A Digest header with its changing values blanked; other headers as they are.
fn auth_shape(text: &str) -> String {
    let Some(parameters) = text.strip_prefix("Digest ") else {
        return text.to_owned();
    };
    parameters
        .split(", ")
        .map(|parameter| match parameter.split_once('=') {
            Some((name @ ("nonce" | "response" | "cnonce" | "nc"), value)) => {
                let value: String = value
                    .chars()
                    .map(|c| if c == '"' { c } else { '*' })
                    .collect();
                format!("{name}={}", value.replace('*', ""))
            }
            _ => parameter.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(", ")
}
