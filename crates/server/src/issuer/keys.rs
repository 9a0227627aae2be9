//! Keys that verify: a JSON Web Key Set (RFC 7517) of RSA, P-256 and shared keys.
//!
//! A key verifies with the one algorithm that its type has here, whatever a token says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::{hmac, signature};
use serde::Deserialize;

/// The shortest modulus that is taken, in bytes: RSA keys of 2048 bits.
const MIN_RSA_BYTES: usize = 256;
/// The shortest shared key that is taken, in bytes (RFC 7518 section 3.2).
const MIN_SHARED_BYTES: usize = 32;
/// The length of a coordinate on P-256, in bytes.
const P256_BYTES: usize = 32;

/// The keys of an issuer.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySet(Vec<Named>);

#[derive(Clone, PartialEq, Eq)]
struct Named {
    id: Option<String>,
    key: Key,
}

#[derive(Clone, PartialEq, Eq)]
enum Key {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { point: Vec<u8> },
    Shared(Vec<u8>),
}

/// How many keys there are, and no more: a shared one is a secret.
impl std::fmt::Debug for KeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeySet({} keys)", self.0.len())
    }
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    k: Option<String>,
}

impl KeySet {
    /// Reads a set, without the keys of types that are not known and those that do not sign;
    /// `None` if that leaves none, or if one that is left cannot be used.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let set: Set = serde_json::from_str(text).ok()?;
        let signs = |jwk: &&Jwk| jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
        let is_known = |jwk: &&Jwk| match jwk.kty.as_str() {
            "RSA" | "oct" => true,
            "EC" => jwk.crv.as_deref() == Some("P-256"),
            _ => false,
        };
        let usable = set.keys.iter().filter(signs).filter(is_known);
        let keys: Option<Vec<_>> = usable
            .map(|jwk| {
                Some(Named {
                    id: jwk.kid.clone(),
                    key: jwk.key()?,
                })
            })
            .collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }

    /// Whether one of the keys, the one with this id if the token names one, made the signature.
    pub(super) fn verify(
        &self,
        algorithm: &str,
        id: Option<&str>,
        signed: &[u8],
        signature: &[u8],
    ) -> bool {
        let is_meant = |named: &&Named| match (id, named.id.as_deref()) {
            (Some(wanted), Some(known)) => wanted == known,
            (Some(_) | None, None) | (None, Some(_)) => true,
        };
        self.0
            .iter()
            .filter(is_meant)
            .any(|named| named.key.verify(algorithm, signed, signature))
    }
}

impl Jwk {
    fn key(&self) -> Option<Key> {
        match self.kty.as_str() {
            "RSA" => {
                let modulus = number(self.n.as_deref()?)?;
                let exponent = number(self.e.as_deref()?)?;
                (modulus.len() >= MIN_RSA_BYTES).then_some(Key::Rsa { modulus, exponent })
            }
            "EC" => {
                let (x, y) = (bytes(self.x.as_deref()?)?, bytes(self.y.as_deref()?)?);
                let is_whole = x.len() == P256_BYTES && y.len() == P256_BYTES;
                // Uncompressed, as SEC 1 writes it.
                is_whole.then(|| Key::P256 {
                    point: [&[4], x.as_slice(), y.as_slice()].concat(),
                })
            }
            _ => {
                let shared = bytes(self.k.as_deref()?)?;
                (shared.len() >= MIN_SHARED_BYTES).then_some(Key::Shared(shared))
            }
        }
    }
}

impl Key {
    fn verify(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        match (algorithm, self) {
            ("RS256", Self::Rsa { modulus, exponent }) => signature::RsaPublicKeyComponents {
                n: modulus,
                e: exponent,
            }
            .verify(&signature::RSA_PKCS1_2048_8192_SHA256, signed, signature)
            .is_ok(),
            ("ES256", Self::P256 { point }) => {
                let key =
                    signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
                key.verify(signed, signature).is_ok()
            }
            ("HS256", Self::Shared(shared)) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, shared);
                hmac::verify(&key, signed, signature).is_ok()
            }
            _ => false,
        }
    }
}

/// An unsigned number without zeros in front, which ring does not take.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = bytes(text)?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
