//! ECDSA P-521 signatures for rustls.
//!
//! Terraform's client certificates are P-521, which ring cannot verify. Verification only: no key
//! of ours is ever P-521, so timing is of no concern.

use p521::ecdsa::signature::Verifier as _;
use p521::ecdsa::{Signature, VerifyingKey};
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// The algorithms of a plugin client: what ring has, and P-521.
pub(super) fn supported_algorithms() -> WebPkiSupportedAlgorithms {
    // Go's client offers its P-521 key for this scheme only; it is the one that matters.
    WebPkiSupportedAlgorithms {
        all: ALL,
        mapping: MAPPING,
    }
}

static ALL: &[&dyn SignatureVerificationAlgorithm] = &[&EcdsaP521Sha512];
static MAPPING: &[(SignatureScheme, &[&dyn SignatureVerificationAlgorithm])] =
    &[(SignatureScheme::ECDSA_NISTP521_SHA512, &[&EcdsaP521Sha512])];

/// ECDSA on P-521 with SHA-512.
#[derive(Debug)]
struct EcdsaP521Sha512;

impl SignatureVerificationAlgorithm for EcdsaP521Sha512 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_error| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_error| InvalidSignature)?;
        key.verify(message, &signature)
            .map_err(|_error| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}

#[cfg(test)]
mod tests {
    use p521::ecdsa::SigningKey;
    use p521::ecdsa::signature::Signer as _;

    use super::*;

    #[test]
    fn only_the_right_signature_is_accepted() {
        let mut secret = [7; 66];
        secret[0] = 0;
        let key = SigningKey::from_slice(&secret).unwrap();
        let public = key.verifying_key().to_sec1_point(false);
        let signature: Signature = key.sign(b"message");
        let der = signature.to_der();
        let verify = |public: &[u8], message: &[u8], signature: &[u8]| {
            EcdsaP521Sha512.verify_signature(public, message, signature)
        };
        assert!(verify(public.as_bytes(), b"message", der.as_bytes()).is_ok());
        assert!(verify(public.as_bytes(), b"massage", der.as_bytes()).is_err());
        assert!(verify(public.as_bytes(), b"message", &der.as_bytes()[1..]).is_err());
        assert!(verify(&public.as_bytes()[1..], b"message", der.as_bytes()).is_err());
        let other = SigningKey::from_slice(&[1; 66].map(|byte| byte & 1)).unwrap();
        let other = other.verifying_key().to_sec1_point(false);
        assert!(verify(other.as_bytes(), b"message", der.as_bytes()).is_err());
    }
}
