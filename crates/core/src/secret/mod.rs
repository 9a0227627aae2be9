//! Derived secrets: accept tokens, API secrets, access tokens.
//!
//! None of them is stored. Each is `HMAC-SHA-256(key, purpose ‖ id ‖ generation ‖ nonce)`, where
//! the key comes from a ring outside of the database and the nonce stands in the database: neither
//! a dump of the database nor the key ring alone opens anything, and a mail worker can derive a link
//! again after a crash. Raising the generation kills the old secret. Owns the texts' form and the
//! comparison in constant time; must not decide what a secret opens.

mod session;

use std::fmt;

use ring::hmac;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::id::Id;
use crate::invitation::Invitation;
use crate::key::{ApiKey, KeyKind};
use crate::organization::Organization;
use crate::random::Random;
use crate::text;
use crate::time::Timestamp;

pub use session::{REFRESH_PREFIX, RefreshToken};

/// Prefix of accept tokens, for secret scanners.
pub const ACCEPT_PREFIX: &str = "vsti_";
/// Prefix of native API keys, for secret scanners.
pub const KEY_PREFIX: &str = "vstk_";
/// Prefix of the secret halves of Confluent and Atlas keys, for secret scanners.
pub const SECRET_PREFIX: &str = "vsts_";
/// Prefix of access tokens, for secret scanners.
pub const ACCESS_PREFIX: &str = "vsta_";

/// How many symbols of checksum a secret ends with: the first six of the base32 spelling of the
/// SHA-256 of all that stands before them.
const CHECKSUM_LEN: usize = 6;

/// The keys that secrets are derived with. The first one derives, all of them verify.
#[derive(Clone)]
pub struct KeyRing {
    keys: Vec<(String, hmac::Key)>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

/// Why a text is no key ring.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no key in it.
    #[error("the key ring holds no key")]
    Empty,
    /// A line is not `NAME 64-HEX-DIGITS`.
    #[error("line {line} of the key ring is not of the form NAME 64-HEX-DIGITS")]
    Line {
        /// Which line, counted from 1.
        line: usize,
    },
}

/// What a derived secret is for. A secret of one purpose never opens another.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    Accept,
    ApiSecret,
    AccessToken,
    DigestNonce,
    PageNonce,
    Session,
    Refresh,
}

impl Purpose {
    const fn name(self) -> &'static [u8] {
        match self {
            Self::Accept => b"accept",
            Self::ApiSecret => b"api-secret",
            Self::AccessToken => b"access-token",
            Self::DigestNonce => b"digest-nonce",
            Self::PageNonce => b"page-nonce",
            Self::Session => b"session",
            Self::Refresh => b"refresh",
        }
    }
}

impl KeyRing {
    /// Reads a ring: one `NAME 64-HEX-DIGITS` a line, newest first; `#` starts a comment.
    ///
    /// # Errors
    /// [`KeyRingError`], which names the line and never shows it.
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let mut keys = Vec::new();
        for (n, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let parsed = line.split_once(' ').and_then(|(name, hex)| {
                let plain = name.bytes().all(|b| b.is_ascii_alphanumeric());
                let bytes = text::from_hex::<32>(hex.trim())?;
                plain.then(|| (name.to_owned(), hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
            });
            keys.push(parsed.ok_or(KeyRingError::Line { line: n + 1 })?);
        }
        if keys.is_empty() {
            Err(KeyRingError::Empty)
        } else {
            Ok(Self { keys })
        }
    }

    /// The text of a new ring with one random key.
    #[must_use]
    pub fn new_text(random: &Random) -> String {
        format!("k1 {}\n", text::to_hex(&random.bytes::<32>()))
    }

    /// A fresh nonce, which also names the key to derive with.
    #[must_use]
    pub fn nonce(&self, random: &Random) -> String {
        let name = self.keys.first().map_or("", |(name, _)| name.as_str());
        format!("{name}.{}", text::to_hex(&random.bytes::<16>()))
    }

    fn derive(
        &self,
        purpose: Purpose,
        subject: &[u8],
        generation: i64,
        nonce: &str,
    ) -> Option<Mac> {
        let parts = [subject, &generation.to_be_bytes(), nonce.as_bytes()];
        Some(sign(self.key_of(nonce)?, purpose, &parts))
    }

    /// The key that a nonce names, if the ring still has it.
    fn key_of(&self, nonce: &str) -> Option<&hmac::Key> {
        let (name, _) = nonce.split_once('.')?;
        let found = self.keys.iter().find(|(known, _)| known == name);
        found.map(|(_, key)| key)
    }

    /// The accept token of an invitation's current generation. It carries the ids, so that finding
    /// the row is one look-up, and a MAC over them.
    ///
    /// `None` if the ring has lost the key that the nonce names.
    #[must_use]
    pub fn accept_token(&self, invitation: &Invitation) -> Option<String> {
        let mac = self.accept_mac(invitation)?;
        let body = [
            invitation.organization.as_bytes().as_slice(),
            invitation.id.as_bytes(),
            &u32::try_from(invitation.generation).ok()?.to_be_bytes(),
            &mac,
        ]
        .concat();
        Some(with_checksum(format!(
            "{ACCEPT_PREFIX}{}",
            text::to_base32(&body)
        )))
    }

    fn accept_mac(&self, invitation: &Invitation) -> Option<Mac> {
        self.derive(
            Purpose::Accept,
            &subject_of(invitation),
            invitation.generation,
            &invitation.nonce,
        )
    }

    /// Whether `token` is the accept token of this invitation's current generation.
    #[must_use]
    pub fn opens(&self, token: &AcceptToken, invitation: &Invitation) -> bool {
        let same_row =
            token.organization == invitation.organization && token.invitation == invitation.id;
        let expected = self.accept_mac(invitation);
        same_row
            && i64::from(token.generation) == invitation.generation
            && expected.is_some_and(|mac| bool::from(mac.ct_eq(&token.mac)))
    }

    /// The secret half of a key, or the whole of a native one.
    ///
    /// `None` if the ring has lost the key that the nonce names.
    #[must_use]
    pub fn api_secret(&self, key: &ApiKey) -> Option<String> {
        let mac = self.derive(
            Purpose::ApiSecret,
            key.id.as_bytes(),
            key.generation,
            &key.nonce,
        )?;
        Some(match key.kind {
            KeyKind::Native => {
                let id = text::to_base32(key.id.as_bytes());
                with_checksum(format!("{KEY_PREFIX}{id}{}", text::to_base32(&mac)))
            }
            KeyKind::Confluent | KeyKind::Atlas | KeyKind::AtlasServiceAccount => {
                with_checksum(format!("{SECRET_PREFIX}{}", text::to_base32(&mac)))
            }
        })
    }

    /// Whether `secret` is the secret of this key; in constant time.
    #[must_use]
    pub fn is_api_secret(&self, secret: &str, key: &ApiKey) -> bool {
        let expected = self.api_secret(key);
        expected.is_some_and(|text| bool::from(text.as_bytes().ct_eq(secret.as_bytes())))
    }

    /// An access token for a key, good until `expires_at`; it dies with the key's generation.
    ///
    /// No two are the same, so that one can be revoked without the others.
    #[must_use]
    pub fn access_token(
        &self,
        key: &ApiKey,
        expires_at: Timestamp,
        random: &Random,
    ) -> Option<String> {
        let serial = random.bytes::<8>();
        let mac = self.access_mac(key, expires_at.as_seconds(), serial)?;
        let body = [
            key.id.as_bytes().as_slice(),
            &expires_at.as_seconds().to_be_bytes(),
            &serial,
            &mac,
        ]
        .concat();
        Some(with_checksum(format!(
            "{ACCESS_PREFIX}{}",
            text::to_base32(&body)
        )))
    }

    fn access_mac(&self, key: &ApiKey, expires_at: i64, serial: [u8; 8]) -> Option<Mac> {
        let subject = [
            key.id.as_bytes().as_slice(),
            &expires_at.to_be_bytes(),
            &serial,
        ]
        .concat();
        self.derive(Purpose::AccessToken, &subject, key.generation, &key.nonce)
    }

    /// Whether an access token is this key's and still good at `now`.
    #[must_use]
    pub fn is_access_token(&self, token: &AccessToken, key: &ApiKey, now: Timestamp) -> bool {
        let expected = self.access_mac(key, token.expires_at, token.serial);
        token.key == key.id
            && now.as_seconds() < token.expires_at
            && expected.is_some_and(|mac| bool::from(mac.ct_eq(&token.mac)))
    }

    /// A challenge nonce for HTTP Digest made at `now`: 24 bytes, to be written in base64.
    #[must_use]
    pub fn digest_nonce(&self, now: Timestamp) -> [u8; 24] {
        self.stamp(Purpose::DigestNonce, &[], now)
    }

    /// How many seconds ago this server made a challenge nonce; `None` if it did not.
    #[must_use]
    pub fn digest_nonce_age(&self, nonce: &[u8; 24], now: Timestamp) -> Option<i64> {
        self.stamp_age(Purpose::DigestNonce, &[], nonce, now)
    }

    /// A nonce for the form of an acceptance page: only a page that was shown can be posted.
    #[must_use]
    pub fn page_nonce(&self, token: &str, now: Timestamp) -> String {
        text::to_hex(&self.stamp(Purpose::PageNonce, token.as_bytes(), now))
    }

    /// How many seconds ago a page with this nonce was shown for this token; `None` if never.
    #[must_use]
    pub fn page_nonce_age(&self, nonce: &str, token: &str, now: Timestamp) -> Option<i64> {
        let nonce = text::from_hex::<24>(nonce)?;
        self.stamp_age(Purpose::PageNonce, token.as_bytes(), &nonce, now)
    }

    fn stamp(&self, purpose: Purpose, subject: &[u8], now: Timestamp) -> [u8; 24] {
        let mut out = [0; 24];
        if let Some((_, key)) = self.keys.first() {
            let time = now.as_seconds().to_be_bytes();
            let mac = sign(key, purpose, &[subject, &time]);
            for (to, from) in out.iter_mut().zip(time.iter().chain(&mac)) {
                *to = *from;
            }
        }
        out
    }

    fn stamp_age(
        &self,
        purpose: Purpose,
        subject: &[u8],
        stamp: &[u8; 24],
        now: Timestamp,
    ) -> Option<i64> {
        let (time, _) = stamp.split_first_chunk::<8>()?;
        let made_at = Timestamp::from_seconds(i64::from_be_bytes(*time));
        let expected = self.stamp(purpose, subject, made_at);
        let age = now.seconds_since(made_at);
        (bool::from(expected.ct_eq(stamp)) && age >= 0).then_some(age)
    }
}

type Mac = [u8; 20];

fn sign(key: &hmac::Key, purpose: Purpose, parts: &[&[u8]]) -> Mac {
    let mut mac = [0; 20];
    for (to, from) in mac.iter_mut().zip(sign_whole(key, purpose, parts).as_ref()) {
        *to = *from;
    }
    mac
}

/// The MAC at its full length of 32 bytes.
fn sign_whole(key: &hmac::Key, purpose: Purpose, parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    for part in std::iter::once(&purpose.name()).chain(parts) {
        // Each part with its length in front: no two lists of parts sign the same bytes.
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    context.sign()
}

fn subject_of(invitation: &Invitation) -> Vec<u8> {
    [
        invitation.organization.as_bytes().as_slice(),
        invitation.id.as_bytes(),
    ]
    .concat()
}

fn checksum(body: &str) -> String {
    let mut sum = text::to_base32(&Sha256::digest(body.as_bytes()));
    sum.truncate(CHECKSUM_LEN);
    sum
}

fn with_checksum(body: String) -> String {
    let sum = checksum(&body);
    body + &sum
}

/// The symbols between prefix and checksum, if the checksum is right.
fn checked_body<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (body, sum) = text.split_at_checked(text.len().checked_sub(CHECKSUM_LEN)?)?;
    let symbols = body.strip_prefix(prefix)?;
    (checksum(body) == sum).then_some(symbols)
}

/// An accept token, taken apart. Its claims mean nothing until [`KeyRing::opens`] says so.
#[derive(Clone, Copy)]
pub struct AcceptToken {
    /// The organization whose row to load.
    pub organization: Id<Organization>,
    /// The invitation to load.
    pub invitation: Id<Invitation>,
    generation: u32,
    mac: Mac,
}

impl AcceptToken {
    /// Takes a token apart; `None` if it was mistyped or is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text::from_base32::<48>(checked_body(text, ACCEPT_PREFIX)?)?;
        let (organization, rest) = bytes.split_first_chunk::<12>()?;
        let (invitation, rest) = rest.split_first_chunk::<12>()?;
        let (generation, mac) = rest.split_first_chunk::<4>()?;
        Some(Self {
            organization: Id::from_bytes(*organization),
            invitation: Id::from_bytes(*invitation),
            generation: u32::from_be_bytes(*generation),
            mac: mac.try_into().ok()?,
        })
    }
}

/// An access token, taken apart. Its claims mean nothing until [`KeyRing::is_access_token`] says so.
#[derive(Clone, Copy)]
pub struct AccessToken {
    /// The key whose row to load.
    pub key: Id<ApiKey>,
    expires_at: i64,
    serial: [u8; 8],
    mac: Mac,
}

impl AccessToken {
    /// Takes a token apart; `None` if it was mistyped or is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text::from_base32::<48>(checked_body(text, ACCESS_PREFIX)?)?;
        let (key, rest) = bytes.split_first_chunk::<12>()?;
        let (expires_at, rest) = rest.split_first_chunk::<8>()?;
        let (serial, mac) = rest.split_first_chunk::<8>()?;
        Some(Self {
            key: Id::from_bytes(*key),
            expires_at: i64::from_be_bytes(*expires_at),
            serial: *serial,
            mac: mac.try_into().ok()?,
        })
    }

    /// What tells this token from the key's others.
    #[must_use]
    pub const fn serial(&self) -> [u8; 8] {
        self.serial
    }

    /// When it expires by itself.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.expires_at)
    }
}

/// The id that a native API key names; `None` if the text was mistyped or is none.
#[must_use]
pub fn native_key_id(text: &str) -> Option<Id<ApiKey>> {
    let symbols = checked_body(text, KEY_PREFIX)?;
    text::from_base32(symbols.get(..20)?).map(Id::from_bytes)
}

/// The public half of a new key.
///
/// It has 16 capitals and digits for Confluent, 8 lower-case letters for
/// Atlas, it is `mdb_sa_id_` and 24 hexadecimal digits for an Atlas service account (shapes observed in
/// the vendors' recordings), the id for a native key.
#[must_use]
pub fn public_id(kind: KeyKind, id: Id<ApiKey>, random: &Random) -> String {
    match kind {
        KeyKind::Native => id.to_native(),
        KeyKind::Confluent => text::to_base32(&random.bytes::<10>()).to_ascii_uppercase(),
        KeyKind::Atlas => random
            .bytes::<8>()
            .iter()
            .map(|b| char::from(b'a' + b % 26))
            .collect(),
        KeyKind::AtlasServiceAccount => format!("mdb_sa_id_{}", id.to_hex()),
    }
}
