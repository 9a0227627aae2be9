//! What AWS answers: keys, a secret, or why not.
//!
//! Owns the reading of STS's XML and of JSON, and what of AWS's words may be repeated. A good answer
//! is never quoted: all of it is secret.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;

use super::Keys;
use crate::error::Explanation;
use crate::transport::Response;
use crate::{Error, ErrorKind, Secret};

/// How long to wait where AWS has had too many requests; it counts them by the second.
const WAIT: Duration = Duration::from_secs(1);
/// A difference between two clocks that is worth telling.
const NOTABLE: Duration = Duration::from_secs(60);
/// How much of AWS's words is repeated, in characters.
const MOST_WORDS: usize = 400;

/// The keys in STS's answer to `AssumeRole`.
///
/// # Errors
/// `Decode` when there are none.
pub(super) fn keys(response: &Response) -> Result<Keys, Error> {
    let text = String::from_utf8_lossy(&response.body);
    let keys = || {
        Some(Keys {
            access_key_id: Secret::new(element(&text, "AccessKeyId")?),
            secret_access_key: Secret::new(element(&text, "SecretAccessKey")?),
            session_token: Some(Secret::new(element(&text, "SessionToken")?)),
        })
    };
    keys().ok_or_else(|| unreadable(response, "the answer has no temporary keys in it"))
}

/// The text in the answer to `GetSecretValue`.
///
/// # Errors
/// `Decode` when there is none, for example because the secret is binary.
pub(super) fn secret_text(response: &Response) -> Result<Secret, Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Value {
        #[serde(default)]
        secret_string: Option<Secret>,
        #[serde(default)]
        secret_binary: Option<Secret>,
    }

    let value = response.error_body::<Value>();
    let value =
        value.ok_or_else(|| unreadable(response, "the answer is none of Secrets Manager"))?;
    match (value.secret_string, value.secret_binary) {
        (Some(text), _) => Ok(text),
        (None, Some(_)) => Err(unreadable(response, "the secret is binary, not text")),
        (None, None) => Err(unreadable(response, "the secret has no value")),
    }
}

/// How long to wait where AWS says that there were too many requests, which it does with status 400.
pub(super) fn throttled(response: &Response) -> Option<Duration> {
    let is_plain = response.status.is_client_error() && response.status.as_u16() != 429;
    (is_plain && is_throttling(&Refusal::read(response)?.code)).then_some(WAIT)
}

/// An answer that says no. `keys` signed the request, and `now` is what our clock shows.
pub(super) fn refusal(response: Response, keys: &Keys, now: Timestamp) -> Error {
    let refusal = Refusal::read(&response);
    let kind = refusal.as_ref().and_then(|refusal| kind(&refusal.code));
    let mut detail = match &refusal {
        Some(refusal) => Some(format!(
            "{}: {}",
            refusal.code,
            presentable(&refusal.message, keys)
        )),
        // The transport's words say where it leads.
        None if response.redirect_target().is_some() => None,
        None => Some("the answer is not one of AWS".to_owned()),
    };
    if kind == Some(ErrorKind::Unauthenticated)
        && let Some(detail) = &mut detail
        && let Some(difference) = difference(&response, now)
    {
        detail.push_str(&difference);
    }
    let explanation = Explanation {
        kind,
        code: refusal.map(|refusal| refusal.code),
        detail,
        hint: None,
    };
    // An error keeps the body, and AWS's may quote the request's head.
    let response = Response {
        body: Bytes::new(),
        ..response
    };
    Error::from_answer(&response, explanation)
}

/// Why AWS refuses.
struct Refusal {
    code: String,
    message: String,
}

impl Refusal {
    /// Reads what either service says: XML, or JSON.
    fn read(response: &Response) -> Option<Self> {
        if let Some(json) = response.error_body::<serde_json::Map<String, Json>>() {
            let text = |name| json.get(name).and_then(Json::as_str);
            // The code may have a namespace before it.
            let code = text("__type")?.rsplit('#').next()?.to_owned();
            let message = text("message").or_else(|| text("Message"));
            return Some(Self {
                code,
                message: message.unwrap_or_default().to_owned(),
            });
        }
        let text = String::from_utf8_lossy(&response.body);
        Some(Self {
            code: element(&text, "Code")?,
            message: element(&text, "Message").unwrap_or_default(),
        })
    }
}

fn is_throttling(code: &str) -> bool {
    code.starts_with("Throttl")
        || matches!(
            code,
            "RequestLimitExceeded" | "RequestThrottled" | "RequestThrottledException" | "SlowDown"
        )
}

/// What a code stands for, where the status does not say it.
fn kind(code: &str) -> Option<ErrorKind> {
    Some(match code {
        "AccessDenied" | "AccessDeniedException" => ErrorKind::Forbidden,
        "ResourceNotFoundException" => ErrorKind::NotFound,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "IncompleteSignature"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "MissingAuthenticationToken"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "SignatureDoesNotMatch"
        | "UnrecognizedClientException" => ErrorKind::Unauthenticated,
        "RegionDisabledException" => ErrorKind::Invalid,
        code if is_throttling(code) => ErrorKind::RateLimited,
        _ => return None,
    })
}

/// AWS's words without secrets: a refused signature may be explained with all that was signed, the
/// session token included.
fn presentable(words: &str, keys: &Keys) -> String {
    let mut line = words.lines().next().unwrap_or_default().to_owned();
    let own = [&keys.access_key_id, &keys.secret_access_key];
    for secret in own.into_iter().chain(&keys.session_token) {
        if !secret.is_empty() {
            line = line.replace(secret.expose(), "[redacted]");
        }
    }
    line.chars().take(MOST_WORDS).collect()
}

/// Says how far apart AWS's clock and ours are, if that is worth telling.
fn difference(response: &Response, now: Timestamp) -> Option<String> {
    let ahead = response.date()?.duration_since(now);
    if ahead.unsigned_abs() < NOTABLE {
        return None;
    }
    let direction = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    let seconds = ahead.unsigned_abs().as_secs();
    Some(format!(
        " (AWS's clock is {seconds} seconds {direction} this machine's)"
    ))
}

fn unreadable(response: &Response, reason: &str) -> Error {
    Error::without_answer(ErrorKind::Decode, response.operation.clone(), reason)
}

/// The text of the first element of this name, which has no attributes and nothing but text in it.
///
/// STS's answers are flat where it matters, and it escapes what others have written into them.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, after) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = after.split_once(&format!("</{name}>"))?;
    unescaped(text.trim())
}

/// Text with its entities replaced; `None` where that is no plain text.
fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';')?;
        plain.push(character(entity)?);
        plain.push_str(rest);
    }
    (!text.contains('<')).then_some(plain)
}

fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" => '&',
        "apos" => '\'',
        "gt" => '>',
        "lt" => '<',
        "quot" => '"',
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_read_with_its_entities() {
        let xml =
            "<?xml version=\"1.0\"?><R xmlns=\"x\"><K>\n a&amp;b&#x2F;&#43;&lt;&quot; </K></R>";
        assert_eq!(element(xml, "K").as_deref(), Some("a&b/+<\""));
    }

    #[test]
    fn what_is_no_text_is_not_taken_for_one() {
        for xml in [
            "",
            "<K>",
            "<K>a",
            "<K><L>a</L></K>",
            "<K>&nbsp;</K>",
            "<K>a & b</K>",
            "<K>&#xD800;</K>",
            "<K attribute=\"x\">a</K>",
            "K>a</K>",
        ] {
            assert_eq!(element(xml, "K"), None, "{xml}");
        }
    }

    #[test]
    fn words_lose_the_secrets_and_all_but_their_first_line() {
        let keys = Keys {
            access_key_id: Secret::new("AKIAX"),
            secret_access_key: Secret::new("s3cret"),
            session_token: Some(Secret::new("t0ken")),
        };
        let words = "AKIAX and s3cret and t0ken\nx-amz-security-token:t0ken";
        assert_eq!(
            presentable(words, &keys),
            "[redacted] and [redacted] and [redacted]"
        );
    }
}
