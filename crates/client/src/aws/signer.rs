//! AWS Signature Version 4, for requests without a query.
//!
//! Owns the canonical form and the signature of a request, and how far AWS's clock is from ours.
//! Facts: AWS's "Create a signed AWS API request" and its test suite, of which the tests have some.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};

use http::{HeaderName, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use ring::hmac;
use url::Url;

use super::Keys;
use crate::Error;
use crate::transport::{Request, Response, secret_header};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// AWS takes a signature for five minutes, before and after.
const MOST_SKEW_S: u64 = 240;

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// Signs requests to one service in one region.
pub(crate) struct Signer {
    keys: Keys,
    service: &'static str,
    region: String,
    clock: fn() -> Timestamp,
    /// How many seconds AWS's clock is ahead of ours, as far as it matters.
    ahead_s: AtomicI64,
}

impl Signer {
    pub(super) fn new(
        keys: Keys,
        service: &'static str,
        region: String,
        clock: fn() -> Timestamp,
    ) -> Self {
        Self {
            keys,
            service,
            region,
            clock,
            ahead_s: AtomicI64::new(0),
        }
    }

    /// The request with its signature, which is good for some minutes.
    ///
    /// # Errors
    /// `Invalid` when keys or region have characters that a header cannot carry.
    pub(crate) fn sign(&self, request: &Request, url: &Url) -> Result<Request, Error> {
        let ahead = SignedDuration::from_secs(self.ahead_s.load(Ordering::Relaxed));
        let now = (self.clock)();
        let now = now.checked_add(ahead).unwrap_or(now);
        let instant = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let mut request = request.clone();
        request.headers.insert(DATE, plain(&instant)?);
        if let Some(token) = &self.keys.session_token {
            request
                .headers
                .insert(TOKEN, secret_header(token.expose())?);
        }
        let authorization = self.authorization(&request, url, &instant);
        request
            .headers
            .insert(header::AUTHORIZATION, secret_header(&authorization)?);
        Ok(request)
    }

    /// Takes over AWS's clock where ours is so far off that a signature was refused for it; `true`
    /// if that makes another attempt worth while. AWS's own libraries do the same.
    pub(crate) fn learn(&self, response: &Response) -> bool {
        let date = response.status.is_client_error().then(|| response.date());
        let Some(date) = date.flatten() else {
            return false;
        };
        let ahead_s = date.duration_since((self.clock)()).as_secs();
        let before_s = self.ahead_s.load(Ordering::Relaxed);
        let is_far = ahead_s.abs_diff(before_s) > MOST_SKEW_S;
        if is_far {
            self.ahead_s.store(ahead_s, Ordering::Relaxed);
        }
        is_far
    }

    /// The value of `Authorization`.
    fn authorization(&self, request: &Request, url: &Url, instant: &str) -> String {
        let day = instant.split('T').next().unwrap_or_default();
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let headers = signed_headers(request, url);
        let names = headers.keys().copied().collect::<Vec<_>>().join(";");
        let canonical = canonical(request, url, &headers, &names);
        let text = format!(
            "{ALGORITHM}\n{instant}\n{scope}\n{}",
            hash(canonical.as_bytes())
        );
        let signature = hex(mac(&self.signing_key(day), &text).as_ref());
        let key_id = self.keys.access_key_id.expose();
        format!(
            "{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
    }

    /// A key that is good for this day, region and service only.
    fn signing_key(&self, day: &str) -> hmac::Key {
        let secret = format!("AWS4{}", self.keys.secret_access_key.expose());
        let mut key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        for part in [day, &self.region, self.service, "aws4_request"] {
            key = hmac::Key::new(hmac::HMAC_SHA256, mac(&key, part).as_ref());
        }
        key
    }
}

/// All that is signed: where the request goes, what it carries, and the headers that say what it is.
fn signed_headers<'a>(request: &'a Request, url: &Url) -> BTreeMap<&'a str, String> {
    let mut headers = BTreeMap::new();
    let host = url.host_str().unwrap_or_default();
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    headers.insert("host", host);
    if let Some(content_type) = request.content_type {
        headers.insert("content-type", content_type.to_owned());
    }
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.insert(name.as_str(), value.trim().to_owned());
    }
    headers
}

fn canonical(
    request: &Request,
    url: &Url,
    headers: &BTreeMap<&str, String>,
    names: &str,
) -> String {
    let method = &request.method;
    let path = escaped(url.path());
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let body = hash(&request.body);
    format!("{method}\n{path}\n\n{headers}\n{names}\n{body}")
}

/// A path as it is sent, escaped once more, as every service but S3 wants it.
fn escaped(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

fn plain(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|error| Error::invalid("configuration", error.to_string()))
}

fn mac(key: &hmac::Key, text: &str) -> hmac::Tag {
    hmac::sign(key, text.as_bytes())
}

fn hash(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::Secret;

    const SUITE_TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    /// Of AWS's test suite.
    fn suite() -> Signer {
        signer("service")
    }

    fn signer(service: &'static str) -> Signer {
        let keys = Keys {
            access_key_id: Secret::new("AKIDEXAMPLE"),
            secret_access_key: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            session_token: None,
        };
        let clock = || "2015-08-30T12:36:00Z".parse().expect("an instant");
        Signer::new(keys, service, "us-east-1".to_owned(), clock)
    }

    fn signature(signer: &Signer, request: &Request) -> String {
        let url = "https://example.amazonaws.com/"
            .parse()
            .expect("an address");
        let signed = signer.sign(request, &url).expect("a request");
        let authorization = &signed.headers[header::AUTHORIZATION];
        assert!(authorization.is_sensitive());
        authorization.to_str().expect("text").to_owned()
    }

    #[test]
    fn the_signing_key_is_the_one_of_the_manual() {
        let key = signer("iam").signing_key("20150830");
        // What the key signs shows the key: it is not given out.
        let expected = "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9";
        let digits = expected.as_bytes().chunks(2);
        let expected: Vec<u8> = digits
            .map(|pair| str::from_utf8(pair).expect("text"))
            .map(|pair| u8::from_str_radix(pair, 16).expect("hex"))
            .collect();
        let expected = hmac::Key::new(hmac::HMAC_SHA256, &expected);
        assert_eq!(mac(&key, "x").as_ref(), mac(&expected, "x").as_ref());
    }

    #[test]
    fn signatures_are_those_of_the_test_suite() {
        let post = || Request::new(Method::POST, "/", "*/*");
        let mut with_token = suite();
        with_token.keys.session_token = Some(Secret::new(SUITE_TOKEN));
        for (signer, request, headers, expected) in [
            // get-vanilla
            (
                suite(),
                Request::new(Method::GET, "/", "*/*"),
                "host;x-amz-date",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            // post-vanilla
            (
                suite(),
                post(),
                "host;x-amz-date",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            // post-x-www-form-urlencoded
            (
                suite(),
                post().form(&[("Param1", "value1")]),
                "content-type;host;x-amz-date",
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
            // post-sts-header-before
            (
                with_token,
                post(),
                "host;x-amz-date;x-amz-security-token",
                "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
            ),
        ] {
            let scope = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";
            assert_eq!(
                signature(&signer, &request),
                format!(
                    "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={headers}, \
                     Signature={expected}"
                )
            );
        }
    }

    #[test]
    fn the_path_is_signed_as_it_is_sent_escaped_once_more() {
        assert_eq!(escaped("/a%20b/c~d:1"), "/a%2520b/c~d%3A1");
    }
}
