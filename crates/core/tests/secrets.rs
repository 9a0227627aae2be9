//! What derived secrets open, and what they do not.
#![expect(clippy::unwrap_used, reason = "test code: a panic is the failure")]

mod common;

use common::{NOW, invitation, key};
use vestibule_core::key::KeyKind;
use vestibule_core::secret::{self, AcceptToken, AccessToken, KeyRing, KeyRingError};
use vestibule_core::{Id, Random, Timestamp};

fn ring() -> KeyRing {
    KeyRing::parse(&KeyRing::new_text(&Random::seeded(7))).unwrap()
}

fn opens(ring: &KeyRing, token: &str, invitation: &vestibule_core::invitation::Invitation) -> bool {
    AcceptToken::parse(token).is_some_and(|token| ring.opens(&token, invitation))
}

#[test]
fn an_accept_token_opens_its_invitation_and_nothing_else() {
    let ring = ring();
    let one = invitation(&ring, 1);
    let other = invitation(&ring, 2);
    let token = ring.accept_token(&one).unwrap();
    assert!(opens(&ring, &token, &one));
    assert!(!opens(&ring, &token, &other));
}

#[test]
fn sec_s01_flipping_any_symbol_of_a_token_opens_nothing() {
    let ring = ring();
    let invitation = invitation(&ring, 1);
    let token = ring.accept_token(&invitation).unwrap();
    for position in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[position] = if bytes[position] == b'0' { b'1' } else { b'0' };
        let forged = String::from_utf8(bytes).unwrap();
        assert!(!opens(&ring, &forged, &invitation), "symbol {position}");
    }
    assert!(!opens(&ring, "", &invitation));
    assert!(!opens(&ring, "vsti_", &invitation));
}

#[test]
fn sec_s27_a_resend_kills_the_old_link() {
    let ring = ring();
    let mut invitation = invitation(&ring, 1);
    let old = ring.accept_token(&invitation).unwrap();
    invitation
        .resend(ring.nonce(&Random::seeded(9)), NOW.plus_seconds(61))
        .unwrap();
    let new = ring.accept_token(&invitation).unwrap();
    assert_ne!(old, new);
    assert!(!opens(&ring, &old, &invitation));
    assert!(opens(&ring, &new, &invitation));
}

#[test]
fn sec_s03_a_secret_of_one_purpose_opens_no_other() {
    let ring = ring();
    let invitation = invitation(&ring, 1);
    let key = key(&ring, KeyKind::Native);
    let accept = ring.accept_token(&invitation).unwrap();
    let access = ring
        .access_token(&key, NOW.plus_seconds(3600), &Random::seeded(1))
        .unwrap();
    assert!(AccessToken::parse(&accept).is_none());
    assert!(AcceptToken::parse(&access).is_none());
    assert!(!ring.is_api_secret(&access, &key));
    assert!(secret::native_key_id(&access).is_none());
}

#[test]
fn sec_s17_the_key_ring_or_the_stored_nonce_alone_derive_nothing() {
    let ring = ring();
    let other_ring = KeyRing::parse(&KeyRing::new_text(&Random::seeded(8))).unwrap();
    let invitation = invitation(&ring, 1);
    let token = ring.accept_token(&invitation).unwrap();
    assert_ne!(
        other_ring.accept_token(&invitation).unwrap(),
        token,
        "another ring"
    );
    let mut other_nonce = invitation;
    other_nonce.nonce = ring.nonce(&Random::seeded(10));
    assert_ne!(
        ring.accept_token(&other_nonce).unwrap(),
        token,
        "another nonce"
    );
}

#[test]
fn a_ring_keeps_verifying_with_its_older_keys() {
    let old = KeyRing::new_text(&Random::seeded(7));
    let both = format!("k2 {}\n# older\n{old}", "ab".repeat(32));
    let old = KeyRing::parse(&old).unwrap();
    let both = KeyRing::parse(&both).unwrap();
    let invitation = invitation(&old, 1);
    assert!(opens(
        &both,
        &old.accept_token(&invitation).unwrap(),
        &invitation
    ));
    assert!(both.nonce(&Random::seeded(1)).starts_with("k2."));
}

#[test]
fn a_wrong_ring_is_refused_by_line_and_never_shown() {
    assert_eq!(KeyRing::parse("# none\n").unwrap_err(), KeyRingError::Empty);
    let error = KeyRing::parse("\nk1 abc\n").unwrap_err();
    insta::assert_snapshot!(error, @"line 2 of the key ring is not of the form NAME 64-HEX-DIGITS");
}

#[test]
fn a_key_has_the_shape_of_its_vendor_and_one_secret() {
    let ring = ring();
    let random = Random::seeded(3);
    let id = Id::from_bytes([9; 12]);
    let shapes = [
        (KeyKind::Native, 24),
        (KeyKind::Confluent, 16),
        (KeyKind::Atlas, 8),
        (KeyKind::AtlasServiceAccount, 34),
    ];
    for (kind, length) in shapes {
        assert_eq!(
            secret::public_id(kind, id, &random).len(),
            length,
            "{kind:?}"
        );
        let key = key(&ring, kind);
        let secret = ring.api_secret(&key).unwrap();
        assert!(ring.is_api_secret(&secret, &key));
        assert!(!ring.is_api_secret("", &key));
        let mut raised = key.clone();
        raised.generation += 1;
        assert!(!ring.is_api_secret(&secret, &raised), "{kind:?}");
    }
    let native = key(&ring, KeyKind::Native);
    assert_eq!(
        secret::native_key_id(&ring.api_secret(&native).unwrap()),
        Some(native.id)
    );
}

#[test]
fn an_access_token_ends_at_its_instant() {
    let ring = ring();
    let key = key(&ring, KeyKind::AtlasServiceAccount);
    let end = NOW.plus_seconds(3600);
    let random = Random::seeded(1);
    let text = ring.access_token(&key, end, &random).unwrap();
    let token = AccessToken::parse(&text).unwrap();
    assert!(ring.is_access_token(&token, &key, end.plus_seconds(-1)));
    assert!(!ring.is_access_token(&token, &key, end));
    assert_eq!(token.expires_at(), end);
    let other = ring.access_token(&key, end, &random).unwrap();
    assert_ne!(text, other, "one of two can be revoked");
    assert_ne!(AccessToken::parse(&other).unwrap().serial(), token.serial());
}

#[test]
fn a_stamped_nonce_tells_its_age_and_cannot_be_forged() {
    let ring = ring();
    let later = NOW.plus_seconds(5);
    let mut nonce = ring.digest_nonce(NOW);
    assert_eq!(ring.digest_nonce_age(&nonce, later), Some(5));
    nonce[0] ^= 1;
    assert_eq!(ring.digest_nonce_age(&nonce, later), None);
    let page = ring.page_nonce("token", NOW);
    assert_eq!(ring.page_nonce_age(&page, "token", later), Some(5));
    assert_eq!(ring.page_nonce_age(&page, "another", later), None);
    assert_eq!(
        ring.page_nonce_age(&page, "token", Timestamp::from_seconds(0)),
        None,
        "future"
    );
}
