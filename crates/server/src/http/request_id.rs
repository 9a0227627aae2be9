//! The name of a request in logs, audit and answers.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use vestibule_core::{Random, text};

/// The header that carries the name, in both directions.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request: what the caller said if it is harmless, 24 random hexadecimal digits
/// otherwise. An extractor that never fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    /// Takes the caller's, or makes one.
    pub(crate) fn of(headers: &HeaderMap, random: &Random) -> Self {
        let said = headers.get(HEADER).and_then(|value| value.to_str().ok());
        let said = said.filter(|text| is_harmless(text));
        Self(said.map_or_else(|| text::to_hex(&random.bytes::<12>()), str::to_owned))
    }
}

/// At most 64 letters, digits, dots, hyphens and underscores: nothing that a log or a header could
/// take for something else.
fn is_harmless(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

impl<S: Send + Sync> FromRequestParts<S> for RequestId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_harmless_name_is_taken_over() {
        let random = Random::seeded(1);
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, text.parse().expect("a header value"));
            RequestId::of(&headers, &random).0
        };
        assert_eq!(of("build-7.run_2"), "build-7.run_2");
        for text in ["", "a b", "a,b", &"x".repeat(65)] {
            assert_eq!(of(text).len(), 24, "{text:?}");
        }
        assert_eq!(RequestId::of(&HeaderMap::new(), &random).0.len(), 24);
    }
}
