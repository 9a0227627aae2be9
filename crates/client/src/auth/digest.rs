//! HTTP Digest (RFC 7616) as a client: one challenge serves many requests.
//!
//! Owns the parsing of challenges, the response, and the count that must rise with every use of a
//! nonce. The vendor's client asks for a challenge before each request; reusing one halves the
//! traffic. Where a service refuses that, each request asks for its own, as the vendor's does. Supports MD5 and SHA-256 with `qop=auth` or without qop, which is what the vendor's
//! cloud and client know.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, HeaderValue, header};
use md5::{Digest as _, Md5};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::Sha256;
use vestibule_wire::Secret;

use crate::Error;
use crate::transport::secret_header;

/// A key pair and what the service last asked for.
pub(crate) struct Client {
    username: String,
    password: Secret,
    state: Mutex<State>,
    /// Whether the service has answered a request without credentials.
    was_asked: tokio::sync::Mutex<bool>,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// Whether a nonce was ever accepted again.
    reuse_works: bool,
    /// How often a nonce was refused at a later use, as long as none was accepted.
    reuse_refused: u32,
}

struct Current {
    challenge: Arc<Challenge>,
    used: u32,
}

/// After so many refusals of a nonce's second use a service is taken to allow only one.
const REUSE_REFUSALS: u32 = 2;

/// The request that goes out before any challenge is known. Others wait for what it learns.
pub(crate) struct First<'a>(tokio::sync::MutexGuard<'a, bool>);

impl First<'_> {
    /// It was answered: nobody has to wait any more.
    pub(crate) fn settle(mut self) {
        *self.0 = true;
    }
}

/// The right to use a nonce once.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    challenge: Arc<Challenge>,
    count: u32,
}

/// What a service asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// `qop=auth`; without it the older formula applies.
    with_qop: bool,
    stale: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Md5,
    Sha256,
}

impl Client {
    pub(crate) fn new(username: String, password: Secret) -> Self {
        Self {
            username,
            password,
            state: Mutex::default(),
            was_asked: tokio::sync::Mutex::new(false),
        }
    }

    /// What a request goes out with. Of several that begin before the first challenge one asks for
    /// it and the others wait, so that they cost one exchange more and not each one more.
    pub(crate) async fn begin(&self) -> (Option<Ticket>, Option<First<'_>>) {
        let ticket = self.ticket();
        if ticket.is_some() {
            return (ticket, None);
        }
        let was_asked = self.was_asked.lock().await;
        let ticket = self.ticket();
        let is_first = ticket.is_none() && !*was_asked;
        (ticket, is_first.then_some(First(was_asked)))
    }

    /// The next use of the current nonce; none before the first challenge, and none where each
    /// nonce is good for one use.
    fn ticket(&self) -> Option<Ticket> {
        let mut state = self.state();
        if !state.reuse_works && state.reuse_refused >= REUSE_REFUSALS {
            return None;
        }
        let current = state.current.as_mut()?;
        current.used = current.used.checked_add(1)?;
        Some(Ticket {
            challenge: Arc::clone(&current.challenge),
            count: current.used,
        })
    }

    /// Takes the challenge of a 401; the ticket for another attempt if that can succeed. Others
    /// may use the nonce as well if it `is_shared`.
    ///
    /// A nonce that is refused at its first use, and not for its age, means that the key pair is
    /// wrong. At a later use, or if others use it as well, the service may have forgotten it, or
    /// take each nonce once, or only in the order of its count.
    pub(crate) fn learn(
        &self,
        headers: &HeaderMap,
        used: Option<&Ticket>,
        is_shared: bool,
    ) -> Option<Ticket> {
        let challenge = Arc::new(strongest_challenge(headers)?);
        let mut state = self.state();
        let is_final = used.is_some_and(|ticket| {
            ticket.count == 1 && !challenge.stale && !state.may_be_used_by_others(ticket)
        });
        if used.is_some_and(|ticket| ticket.count > 1) {
            state.reuse_refused = state.reuse_refused.saturating_add(1);
        }
        if is_shared {
            state.current = Some(Current {
                challenge: Arc::clone(&challenge),
                used: 1,
            });
        }
        (!is_final).then_some(Ticket {
            challenge,
            count: 1,
        })
    }

    /// Takes the challenge of a 401 for requests to come.
    pub(crate) fn keep(&self, headers: &HeaderMap) {
        if let Some(challenge) = strongest_challenge(headers) {
            self.state().current = Some(Current {
                challenge: Arc::new(challenge),
                used: 0,
            });
        }
    }

    /// Notes that a ticket was good.
    pub(crate) fn note_accepted(&self, ticket: Option<&Ticket>) {
        if ticket.is_some_and(|ticket| ticket.count > 1) {
            self.state().reuse_works = true;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The `Authorization` header for one request. `target` is path and query as sent.
    ///
    /// # Errors
    /// `Invalid` when the key pair has characters a header cannot carry, or the system gives no
    /// random bytes.
    pub(crate) fn authorization(
        &self,
        ticket: &Ticket,
        method: &str,
        target: &str,
    ) -> Result<HeaderValue, Error> {
        let mut bytes = [0_u8; 8];
        SystemRandom::new()
            .fill(&mut bytes)
            .map_err(|_unspecified| {
                Error::invalid("authentication", "the system gives no random bytes")
            })?;
        secret_header(&self.credentials(ticket, method, target, &hex(&bytes)))
    }

    fn credentials(&self, ticket: &Ticket, method: &str, target: &str, cnonce: &str) -> String {
        let challenge = &ticket.challenge;
        let hash = |text: &str| challenge.algorithm.hash(text);
        let first = hash(&format!(
            "{}:{}:{}",
            self.username,
            challenge.realm,
            self.password.expose()
        ));
        let second = hash(&format!("{method}:{target}"));
        let count = format!("{:08x}", ticket.count);
        let nonce = &challenge.nonce;
        let response = if challenge.with_qop {
            hash(&format!("{first}:{nonce}:{count}:{cnonce}:auth:{second}"))
        } else {
            hash(&format!("{first}:{nonce}:{second}"))
        };
        let mut text = format!(
            "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\", algorithm=\"{}\"",
            quoted(&self.username),
            quoted(&challenge.realm),
            quoted(nonce),
            quoted(target),
            challenge.algorithm.name(),
        );
        if let Some(opaque) = &challenge.opaque {
            text.push_str(", opaque=");
            text.push_str(&quoted(opaque));
        }
        if challenge.with_qop {
            text.push_str(&format!(", qop=auth, nc={count}, cnonce=\"{cnonce}\""));
        }
        text
    }
}

impl State {
    /// Whether somebody else may have used the nonce; who knows, if there is another one by now.
    fn may_be_used_by_others(&self, ticket: &Ticket) -> bool {
        self.current.as_ref().is_none_or(|current| {
            current.used > 1 || !Arc::ptr_eq(&current.challenge, &ticket.challenge)
        })
    }
}

impl Algorithm {
    fn parse(name: &str) -> Option<Self> {
        if name.eq_ignore_ascii_case("MD5") {
            return Some(Self::Md5);
        }
        name.eq_ignore_ascii_case("SHA-256").then_some(Self::Sha256)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn hash(self, text: &str) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
        }
    }
}

/// The strongest Digest challenge we can answer among all the service offers.
fn strongest_challenge(headers: &HeaderMap) -> Option<Challenge> {
    headers
        .get_all(header::WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(parse_challenges)
        .max_by_key(|challenge| challenge.algorithm)
}

/// All Digest challenges of one header line; other schemes and unusable offers are skipped.
fn parse_challenges(line: &str) -> Vec<Challenge> {
    let mut found = Vec::new();
    let mut scheme = String::new();
    let mut parameters: Vec<(String, String)> = Vec::new();
    for item in split_list(line) {
        let (name, value) = item.split_once('=').unwrap_or((item, ""));
        let mut words = name.split_whitespace();
        let (first, second) = (words.next(), words.next());
        // `Digest realm="…"` begins a challenge, `nonce="…"` continues one.
        let begins = second.is_some() || !item.contains('=');
        if begins {
            found.extend(challenge(&scheme, &parameters));
            parameters.clear();
            scheme = first.unwrap_or_default().to_owned();
        }
        let name = if begins { second } else { first };
        if let Some(name) = name {
            parameters.push((name.to_ascii_lowercase(), unquoted(value)));
        }
    }
    found.extend(challenge(&scheme, &parameters));
    found
}

fn challenge(scheme: &str, parameters: &[(String, String)]) -> Option<Challenge> {
    if !scheme.eq_ignore_ascii_case("Digest") {
        return None;
    }
    let value = |wanted: &str| {
        parameters
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.clone())
    };
    let qop = value("qop");
    let with_qop = match &qop {
        None => false,
        Some(offers) if offers.split(',').any(|offer| offer.trim() == "auth") => true,
        Some(_) => return None,
    };
    Some(Challenge {
        realm: value("realm")?,
        nonce: value("nonce")?,
        opaque: value("opaque"),
        algorithm: Algorithm::parse(&value("algorithm").unwrap_or_else(|| "MD5".to_owned()))?,
        with_qop,
        stale: value("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
    })
}

/// Splits at commas outside quotes.
fn split_list(line: &str) -> Vec<&str> {
    let mut in_quotes = false;
    let mut escaped = false;
    line.split(|character: char| {
        let was_escaped = std::mem::take(&mut escaped);
        match character {
            '\\' if in_quotes && !was_escaped => escaped = true,
            '"' if !was_escaped => in_quotes = !in_quotes,
            ',' => return !in_quotes,
            _ => {}
        }
        false
    })
    .map(str::trim)
    .filter(|item| !item.is_empty())
    .collect()
}

/// A parameter's value without its quotes and escapes.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    let Some(inner) = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        let character = match character {
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        text.push(character);
    }
    text
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        lines
            .iter()
            .map(|line| {
                let value = line.parse().expect("a header value");
                (header::WWW_AUTHENTICATE, value)
            })
            .collect()
    }

    fn client() -> Client {
        Client::new("Mufasa".to_owned(), Secret::new("Circle of Life"))
    }

    const RFC_7616: &str = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
    const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    fn response_of(credentials: &str) -> Option<&str> {
        let (_, rest) = credentials.split_once("response=\"")?;
        rest.split_once('"').map(|(response, _)| response)
    }

    #[test]
    fn the_responses_of_rfc_7616_come_out() {
        for (algorithm, expected) in [
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ] {
            let client = client();
            let line = RFC_7616.replace("SHA-256", algorithm);
            let ticket = client
                .learn(&headers(&[&line]), None, true)
                .expect("a ticket");
            let text = client.credentials(&ticket, "GET", "/dir/index.html", CNONCE);
            assert_eq!(response_of(&text), Some(expected));
        }
    }

    #[test]
    fn credentials_look_like_those_of_the_vendors_client() {
        let client = Client::new("abcdefgh".to_owned(), Secret::new("private"));
        let line = r#"Digest realm="MMS Public API", domain="", nonce="jQI2UHrfn+v//3fGO1aQEkkhJtXO1EPs", algorithm=MD5, qop="auth", stale=false"#;
        let ticket = client
            .learn(&headers(&[line]), None, true)
            .expect("a ticket");
        let target = "/api/atlas/v2/users/byName/Ann.Lee@Example.org";
        let text = client.credentials(&ticket, "GET", target, "3aa45bb7d366dcc6");
        let response = response_of(&text).expect("a response").to_owned();
        assert_eq!(
            text.replace(&response, "RESPONSE"),
            "Digest username=\"abcdefgh\", realm=\"MMS Public API\", nonce=\"jQI2UHrfn+v//3fGO1aQEkkhJtXO1EPs\", uri=\"/api/atlas/v2/users/byName/Ann.Lee@Example.org\", response=\"RESPONSE\", algorithm=\"MD5\", qop=auth, nc=00000001, cnonce=\"3aa45bb7d366dcc6\""
        );
    }

    #[test]
    fn a_nonce_is_counted_up_and_starts_again_with_the_next() {
        let client = client();
        let count = |ticket: Option<Ticket>| ticket.map(|ticket| ticket.count);
        assert!(client.ticket().is_none());
        assert_eq!(
            count(client.learn(&headers(&[RFC_7616]), None, true)),
            Some(1)
        );
        assert_eq!(count(client.ticket()), Some(2));
        let third = client.ticket();
        assert_eq!(count(third.clone()), Some(3));
        let next = client.learn(&headers(&[RFC_7616]), third.as_ref(), true);
        assert_eq!(count(next), Some(1));
        assert_eq!(count(client.ticket()), Some(2));
    }

    #[test]
    fn a_first_use_that_is_refused_is_final_unless_stale_or_shared() {
        let client = client();
        let challenge = headers(&[RFC_7616]);
        let first = client.learn(&challenge, None, true);
        assert!(client.learn(&challenge, first.as_ref(), true).is_none());

        let first = client.learn(&challenge, None, true);
        let stale = headers(&[&format!("{RFC_7616}, stale=TRUE")]);
        assert!(client.learn(&stale, first.as_ref(), true).is_some());

        // A second use may have arrived before the first.
        let first = client.learn(&challenge, None, true);
        assert!(client.ticket().is_some());
        assert!(client.learn(&challenge, first.as_ref(), true).is_some());
    }

    #[test]
    fn the_strongest_known_offer_wins_whatever_stands_around_it() {
        let weak = r#"Bearer realm="a, b=c", digest realm="r", nonce="n1""#;
        let strong =
            r#"DIGEST nonce="n\"2", charset=UTF-8, realm="r", algorithm="SHA-256", qop=auth"#;
        let unknown = r#"Digest realm="r", nonce="n3", algorithm=SHA-512-256"#;
        let found = strongest_challenge(&headers(&[weak, strong, unknown])).expect("a challenge");
        assert_eq!(found.nonce, "n\"2");
        let found = strongest_challenge(&headers(&[weak])).expect("a challenge");
        assert_eq!((found.nonce.as_str(), found.with_qop), ("n1", false));
    }

    #[test]
    fn offers_that_cannot_be_answered_are_no_offers() {
        for line in [
            "Basic realm=\"x\"",
            r#"Digest realm="r", nonce="n", qop="auth-int""#,
            r#"Digest realm="r""#,
            "Digest",
            "",
            "\"",
            "Digest realm=\"r, nonce=\"n\"\\",
        ] {
            assert_eq!(strongest_challenge(&headers(&[line])), None, "{line}");
        }
    }
}
