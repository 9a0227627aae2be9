//! HTTP Digest (RFC 7616) as a server, for the vendor's clients.
//!
//! Owns the challenge, which the vendor's client reads with a strict parser of its own, and the
//! check of an answer to it. Keeps nothing between requests: a nonce carries its time and a MAC,
//! so any node knows its own. A nonce may therefore be used again while it is good, with a count
//! that rises or not: the vendor's client always counts 1, and two clients that are challenged in
//! one second get one nonce. What protects a request on its way is TLS.

use std::sync::Arc;

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use subtle::ConstantTimeEq;
use vestibule_core::key::{ApiKey, KeyKind};
use vestibule_core::text;

use crate::app::App;
use crate::error::{AppError, Unauthenticated};
use crate::http::credential;

/// The realm of the vendor's API (recorded). Part of every response, so it never changes.
const REALM: &str = "MMS Public API";

/// How long a nonce is good, in seconds.
const NONCE_SECONDS: i64 = 300;

/// Why an answer to a challenge was not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// It opens nothing.
    Invalid,
    /// It is right, but answers a challenge of another time: worth another try.
    Stale,
    /// It could not be checked.
    Fault(AppError),
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Unauthenticated(
                Unauthenticated::Missing | Unauthenticated::Invalid | Unauthenticated::Expired,
            ) => Self::Invalid,
            AppError::Refused(_) | AppError::Store(_) | AppError::Inconsistent { .. } => {
                Self::Fault(error)
            }
        }
    }
}

/// The value of `WWW-Authenticate`, as recorded.
///
/// Anything more breaks the vendor's client: an unknown parameter is an error to it, as are a
/// missing space after a comma and a list of qualities.
pub(super) fn challenge(app: &App, stale: bool) -> String {
    let nonce = STANDARD.encode(app.keys().digest_nonce(app.clock().now()));
    format!(
        "Digest realm=\"{REALM}\", domain=\"\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\", stale={stale}"
    )
}

/// Checks the parameters of an `Authorization: Digest` for a request of `method` to `target`, which
/// is path and query as they were sent.
///
/// # Errors
/// [`Refused`].
pub(super) async fn verify(
    app: &App,
    parameters: &str,
    method: &Method,
    target: &str,
) -> Result<Arc<ApiKey>, Refused> {
    let answer = Answer::parse(parameters).ok_or(Refused::Invalid)?;
    if answer.realm != REALM || answer.uri != target {
        return Err(Refused::Invalid);
    }
    let key = credential::find(app, &answer.username, &[KeyKind::Atlas]).await?;
    let secret = app.keys().api_secret(&key).ok_or(Refused::Invalid)?;
    let expected = answer.expected(&secret, method);
    if !bool::from(expected.as_bytes().ct_eq(answer.response.as_bytes())) {
        return Err(Refused::Invalid);
    }
    let now = app.clock().now();
    let key = credential::usable(key, now)?;
    let age = STANDARD
        .decode(&answer.nonce)
        .ok()
        .and_then(|bytes| <[u8; 24]>::try_from(bytes).ok())
        .and_then(|nonce| app.keys().digest_nonce_age(&nonce, now));
    if age.is_some_and(|age| age <= NONCE_SECONDS) {
        Ok(key)
    } else {
        Err(Refused::Stale)
    }
}

/// An answer to a challenge.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answer {
    username: String,
    realm: String,
    nonce: String,
    uri: String,
    response: String,
    count: String,
    client_nonce: String,
}

impl Answer {
    /// Reads the parameters; `None` if one is missing or twice there, or if the answer is of an
    /// algorithm or a quality that was not offered.
    fn parse(parameters: &str) -> Option<Self> {
        let given = split(parameters)?;
        let value = |wanted: &str| {
            let mut found = given.iter().filter(|(name, _)| name == wanted);
            let (_, value) = found.next()?;
            found.next().is_none().then(|| value.clone())
        };
        let is_offered = |name: &str, offered: &str, required: bool| {
            let is_given = given.iter().any(|(known, _)| known == name);
            match value(name) {
                Some(value) => value.eq_ignore_ascii_case(offered),
                None => !is_given && !required,
            }
        };
        let count = value("nc")?;
        // Counting begins at 1 (RFC 7616 section 3.4).
        let counts = text::from_hex::<4>(&count).is_some_and(|bytes| bytes != [0; 4]);
        if !counts || !is_offered("algorithm", "MD5", false) || !is_offered("qop", "auth", true) {
            return None;
        }
        Some(Self {
            username: value("username")?,
            realm: value("realm")?,
            nonce: value("nonce")?,
            uri: value("uri")?,
            response: value("response")?,
            client_nonce: value("cnonce")?,
            count,
        })
    }

    /// The response that the holder of the secret gives.
    fn expected(&self, secret: &str, method: &Method) -> String {
        let Self {
            username,
            realm,
            nonce,
            uri,
            count,
            client_nonce,
            ..
        } = self;
        let first = md5(&format!("{username}:{realm}:{secret}"));
        let second = md5(&format!("{method}:{uri}"));
        md5(&format!(
            "{first}:{nonce}:{count}:{client_nonce}:auth:{second}"
        ))
    }
}

fn md5(text: &str) -> String {
    text::to_hex(&Md5::digest(text.as_bytes()))
}

/// Splits `name=value, name="quoted value"` into names in lower case and values without quotes.
fn split(parameters: &str) -> Option<Vec<(String, String)>> {
    let mut given = Vec::new();
    let mut rest = parameters.trim();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let (token, after) = after.split_at(after.find(',').unwrap_or(after.len()));
                (token.trim().to_owned(), after)
            }
        };
        given.push((name.trim().to_ascii_lowercase(), value));
        rest = after.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start();
        }
    }
    Some(given)
}

/// Reads up to the closing quote, and gives what comes after it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDED: &str = r#"username="abcdefgh", realm="MMS Public API", nonce="jQI2UHrfn+v//3fGO1aQEkkhJtXO1EPs", uri="/api/atlas/v2/users/byName/Ann.Lee@Example.org", response="3f1cde565815cac6c64414ce0fcb7454", algorithm="MD5", qop=auth, nc=00000001, cnonce="3aa45bb7d366dcc6""#;

    #[test]
    fn what_the_vendors_client_sends_is_read() {
        let answer = Answer::parse(RECORDED).expect("an answer");
        assert_eq!(answer.username, "abcdefgh");
        assert_eq!(answer.realm, REALM);
        assert_eq!(answer.uri, "/api/atlas/v2/users/byName/Ann.Lee@Example.org");
        assert_eq!(answer.count, "00000001");
        assert_eq!(answer.client_nonce, "3aa45bb7d366dcc6");
    }

    #[test]
    fn quoting_and_spaces_are_the_clients_choice() {
        let plain = RECORDED
            .replace(", ", ",")
            .replace("algorithm=\"MD5\"", "algorithm=md5")
            .replace("qop=auth", "QOP=\"auth\"")
            .replace("nc=00000001", "nc=\"00000001\"");
        assert_eq!(Answer::parse(&plain), Answer::parse(RECORDED));
        let without = RECORDED.replace(", algorithm=\"MD5\"", ", opaque=\"a, b=\\\"c\\\"\"");
        assert_eq!(Answer::parse(&without), Answer::parse(RECORDED));
    }

    #[test]
    fn what_was_not_offered_is_no_answer() {
        for (what, with) in [
            ("\"MD5\"", "\"SHA-256\""),
            ("\"MD5\"", "\"MD5-sess\""),
            ("qop=auth", "qop=auth-int"),
            (", qop=auth", ""),
            ("nc=00000001", "nc=00000000"),
            ("nc=00000001", "nc=1"),
            (", nc=00000001", ""),
            ("nc=00000001", "nc=+0000001"),
            (", cnonce=\"3aa45bb7d366dcc6\"", ""),
            (", qop=auth", ", qop=auth, qop=auth"),
            ("username=\"abcdefgh\"", "username=\"a\", username=\"b\""),
            ("username=\"abcdefgh\"", "username=\"abcdefgh"),
            ("username=\"abcdefgh\",", "username=\"abcdefgh\" "),
            ("username=\"abcdefgh\", ", ""),
        ] {
            let changed = RECORDED.replace(what, with);
            assert_ne!(changed, RECORDED, "{what}");
            assert_eq!(Answer::parse(&changed), None, "{changed}");
        }
        for text in ["", ",", "=", "\"", "a", "a=\"\\", "username"] {
            assert_eq!(Answer::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_response_of_rfc_7616_comes_out() {
        let answer = Answer {
            username: "Mufasa".into(),
            realm: "http-auth@example.org".into(),
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v".into(),
            uri: "/dir/index.html".into(),
            count: "00000001".into(),
            client_nonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ".into(),
            ..Answer::default()
        };
        let response = answer.expected("Circle of Life", &Method::GET);
        assert_eq!(response, "8ca523f5e9506fed4657c9700eebdbec");
    }
}
