//! Whether a request is signed with a secret, worked out from the request as it came in.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::http::Request;

/// The parts of `Authorization`.
struct Claim<'a> {
    /// Key, day, region, service, and a word that never changes.
    credential: Vec<&'a str>,
    signed: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    fn of(request: &'a Request) -> Option<Self> {
        let text = request.header("authorization")?;
        let text = text.strip_prefix("AWS4-HMAC-SHA256 ")?;
        let part = |name: &str| {
            let mut parts = text.split(", ");
            parts.find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
        };
        Some(Self {
            credential: part("Credential")?.split('/').collect(),
            signed: part("SignedHeaders")?.split(';').collect(),
            signature: part("Signature")?,
        })
    }

    fn part(&self, index: usize) -> &'a str {
        self.credential.get(index).copied().unwrap_or_default()
    }
}

/// The key that the request names.
pub(super) fn key_id(request: &Request) -> &str {
    Claim::of(request).map_or("", |claim| claim.part(0))
}

/// The region that the request is signed for.
pub(super) fn region(request: &Request) -> String {
    Claim::of(request).map_or_else(String::new, |claim| claim.part(2).to_owned())
}

/// When the request says that it was signed.
pub(super) fn instant(request: &Request) -> Option<Timestamp> {
    let text = request.header("x-amz-date")?;
    let civil = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Checks scope, signed headers and signature; any region will do if none is given.
///
/// # Errors
/// What AWS would say.
pub(super) fn verify(
    request: &Request,
    secret: &str,
    service: &str,
    region: &str,
) -> Result<(), String> {
    let claim = Claim::of(request).ok_or("Authorization header is malformed")?;
    let date = request
        .header("x-amz-date")
        .ok_or("X-Amz-Date is missing")?;
    let [_, day, own_region, own_service, "aws4_request"] = claim.credential.as_slice() else {
        return Err("Credential should be scoped with a valid terminator".to_owned());
    };
    if !date.starts_with(&format!("{day}T")) {
        return Err("Date in Credential scope does not match X-Amz-Date".to_owned());
    }
    if *own_service != service {
        return Err("Credential should be scoped to correct service".to_owned());
    }
    if own_region.is_empty() || (!region.is_empty() && *own_region != region) {
        return Err("Credential should be scoped to a valid region".to_owned());
    }
    if !claim.signed.is_sorted() {
        return Err("Signed headers are not sorted".to_owned());
    }
    for (name, _) in &request.headers {
        let must = name == "host" || name == "content-type" || name.starts_with("x-amz-");
        if must && !claim.signed.contains(&name.as_str()) {
            return Err(format!("{name} must be signed"));
        }
    }
    let mut canonical = format!("{}\n{}\n\n", request.method, request.target);
    for name in &claim.signed {
        let value = request.header(name).ok_or("a signed header is missing")?;
        canonical += &format!("{name}:{value}\n");
    }
    canonical += &format!("\n{}\n{}", claim.signed.join(";"), sha256(&request.body));
    let scope = [day, own_region, own_service, "aws4_request"].join("/");
    let hash = sha256(canonical.as_bytes());
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in scope.split('/') {
        key = mac(&key, part);
    }
    if hex(&mac(&key, &text)) != claim.signature {
        return Err(format!(
            "The request signature we calculated does not match the signature you provided.\n\n\
             The Canonical String for this request should have been\n'{canonical}'"
        ));
    }
    Ok(())
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
