//! An issuer outside of this server whose assertions about its programs are believed.
//!
//! Owns what makes a JSON Web Token (RFC 7519) credible: its signature by one of the issuer's keys,
//! its issuer, its audience, its time. Must not know what it is exchanged for, and never asks the
//! issuer: its keys are configuration.

mod keys;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};
use vestibule_core::Timestamp;

pub use keys::KeySet;

/// By how many seconds an issuer's clock may be ahead of ours.
const LEEWAY_SECONDS: i64 = 60;

/// An issuer, and for whom its programs act here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// What its tokens have as `iss`.
    pub name: String,
    /// What their `aud` has to hold; `None` for anything.
    pub audience: Option<String>,
    /// The keys that sign them.
    pub keys: KeySet,
    /// Its identity pools, by id, and for each the public half of the Cloud API key as whose
    /// service account its programs act.
    pub pools: BTreeMap<String, String>,
}

/// Why an assertion is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotBelieved {
    #[error("it is no signed JSON Web Token")]
    Malformed,
    #[error("it is not signed with RS256, ES256 or HS256 by a key of the issuer")]
    Signature,
    #[error("it is of another issuer")]
    Issuer,
    #[error("it is for another audience")]
    Audience,
    #[error("it has expired, or does not say when it will")]
    Expired,
    #[error("it is not valid yet")]
    TooEarly,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    /// Names what a reader must understand (RFC 7515 section 4.1.11); we understand nothing extra.
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    aud: Option<Audience>,
    #[serde(default, deserialize_with = "seconds")]
    exp: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    nbf: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    iat: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// An instant of RFC 7519 section 2: seconds, which some issuers write with a fraction. It is left
/// out, so that nothing is good for longer than it says.
fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    let whole = |number: Number| {
        let rounded = || format!("{:.0}", number.as_f64()?.floor()).parse().ok();
        let whole = number.as_i64().or_else(rounded);
        whole.ok_or_else(|| D::Error::custom("it is no instant"))
    };
    Option::<Number>::deserialize(from)?.map(whole).transpose()
}

impl Issuer {
    /// Checks an assertion; the signature first, so that nothing that is not the issuer's is read.
    ///
    /// # Errors
    /// [`NotBelieved`].
    pub(crate) fn check(&self, assertion: &str, now: Timestamp) -> Result<(), NotBelieved> {
        let (signed, signature) = assertion.rsplit_once('.').ok_or(NotBelieved::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(NotBelieved::Malformed)?;
        let header: Header = decode(header)?;
        let signature = bytes(signature)?;
        if header.crit.is_some() {
            return Err(NotBelieved::Malformed);
        }
        let kid = header.kid.as_deref();
        if !self
            .keys
            .verify(&header.alg, kid, signed.as_bytes(), &signature)
        {
            return Err(NotBelieved::Signature);
        }
        self.check_claims(&decode(claims)?, now)
    }

    fn check_claims(&self, claims: &Claims, now: Timestamp) -> Result<(), NotBelieved> {
        if claims.iss.as_deref() != Some(&self.name) {
            return Err(NotBelieved::Issuer);
        }
        if let Some(wanted) = &self.audience {
            let is_for_us = match &claims.aud {
                Some(Audience::One(one)) => one == wanted,
                Some(Audience::Several(several)) => several.contains(wanted),
                None => false,
            };
            if !is_for_us {
                return Err(NotBelieved::Audience);
            }
        }
        let now = now.as_seconds();
        if claims.exp.is_none_or(|end| end <= now) {
            return Err(NotBelieved::Expired);
        }
        let is_ahead = |instant: i64| instant > now.saturating_add(LEEWAY_SECONDS);
        if claims.nbf.is_some_and(is_ahead) || claims.iat.is_some_and(is_ahead) {
            return Err(NotBelieved::TooEarly);
        }
        Ok(())
    }
}

fn decode<T: DeserializeOwned>(part: &str) -> Result<T, NotBelieved> {
    serde_json::from_slice(&bytes(part)?).map_err(|_json| NotBelieved::Malformed)
}

fn bytes(part: &str) -> Result<Vec<u8>, NotBelieved> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_base64| NotBelieved::Malformed)
}

#[cfg(test)]
mod tests;
