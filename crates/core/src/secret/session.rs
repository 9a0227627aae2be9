//! Sessions of people: the signature of their tokens, and the tokens that renew them.
//!
//! A session has a serial, which its tokens share, so that signing out kills all of them. Both kinds
//! die with the generation of the key that the person signed in with.

use ring::hmac;
use subtle::ConstantTimeEq;

use super::{KeyRing, Mac, Purpose, checked_body, sign_whole, with_checksum};
use crate::id::Id;
use crate::key::ApiKey;
use crate::organization::Organization;
use crate::text;
use crate::time::Timestamp;

/// Prefix of refresh tokens, for secret scanners. Clients of the vendor's take no token for one that
/// does not begin with `v1.`.
pub const REFRESH_PREFIX: &str = "v1.vstr_";

/// A refresh token, taken apart. Its claims mean nothing until [`KeyRing::is_refresh_token`] says so.
#[derive(Clone, Copy)]
pub struct RefreshToken {
    /// The key whose row to load.
    pub key: Id<ApiKey>,
    /// Where the session is.
    pub organization: Id<Organization>,
    /// Which session it is.
    pub serial: [u8; 8],
    expires_at: i64,
    mac: Mac,
}

impl RefreshToken {
    /// Takes a token apart; `None` if it was mistyped or is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text::from_base32::<60>(checked_body(text, REFRESH_PREFIX)?)?;
        let (key, rest) = bytes.split_first_chunk::<12>()?;
        let (organization, rest) = rest.split_first_chunk::<12>()?;
        let (expires_at, rest) = rest.split_first_chunk::<8>()?;
        let (serial, mac) = rest.split_first_chunk::<8>()?;
        Some(Self {
            key: Id::from_bytes(*key),
            organization: Id::from_bytes(*organization),
            serial: *serial,
            expires_at: i64::from_be_bytes(*expires_at),
            mac: mac.try_into().ok()?,
        })
    }

    /// When it expires by itself.
    #[must_use]
    pub const fn expires_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.expires_at)
    }
}

impl KeyRing {
    /// What signs the token of a session with this key: HMAC-SHA-256 of `signed`, with a key that is
    /// derived for the purpose and dies with the generation.
    ///
    /// `None` if the ring has lost the key that the nonce names.
    #[must_use]
    pub fn session_signature(&self, key: &ApiKey, signed: &[u8]) -> Option<[u8; 32]> {
        let subject = [
            key.id.as_bytes().as_slice(),
            &key.generation.to_be_bytes(),
            key.nonce.as_bytes(),
        ];
        let derived = sign_whole(self.key_of(&key.nonce)?, Purpose::Session, &subject);
        let derived = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        hmac::sign(&derived, signed).as_ref().try_into().ok()
    }

    /// A token that renews a session until `expires_at`.
    #[must_use]
    pub fn refresh_token(
        &self,
        key: &ApiKey,
        organization: Id<Organization>,
        serial: [u8; 8],
        expires_at: Timestamp,
    ) -> Option<String> {
        let subject = refresh_subject(key.id, organization, serial, expires_at.as_seconds());
        let mac = self.derive(Purpose::Refresh, &subject, key.generation, &key.nonce)?;
        let body = [subject.as_slice(), &mac].concat();
        Some(with_checksum(format!(
            "{REFRESH_PREFIX}{}",
            text::to_base32(&body)
        )))
    }

    /// Whether a refresh token is this key's, at whatever time.
    #[must_use]
    pub fn is_refresh_token(&self, token: &RefreshToken, key: &ApiKey) -> bool {
        let subject = refresh_subject(key.id, token.organization, token.serial, token.expires_at);
        let expected = self.derive(Purpose::Refresh, &subject, key.generation, &key.nonce);
        expected.is_some_and(|mac| bool::from(mac.ct_eq(&token.mac))) && token.key == key.id
    }
}

fn refresh_subject(
    key: Id<ApiKey>,
    organization: Id<Organization>,
    serial: [u8; 8],
    expires_at: i64,
) -> Vec<u8> {
    [
        key.as_bytes().as_slice(),
        organization.as_bytes(),
        &expires_at.to_be_bytes(),
        &serial,
    ]
    .concat()
}
