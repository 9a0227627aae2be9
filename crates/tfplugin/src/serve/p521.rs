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
