//! Assertions that are believed, and those that are not. Signed here, but for the published ones.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_772_355_600);

/// The key and the token of RFC 7515 appendix A.3, which expired in 2011.
const RFC_KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256",
  "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
const RFC_TOKEN: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn claims() -> Value {
    json!({"iss": "https://idp.example", "exp": NOW.as_seconds() + 60})
}

/// An issuer with a P-256 key and a shared one, and what signs with each.
struct Signer {
    issuer: Issuer,
    pair: EcdsaKeyPair,
    shared: Vec<u8>,
}

impl Signer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("a key");
        let shared = vec![7; 32];
        let point = pair.public_key().as_ref();
        let keys = json!({"keys": [
            {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
            {"kty": "EC", "crv": "P-256", "kid": "curve",
             "x": URL_SAFE_NO_PAD.encode(&point[1..33]),
             "y": URL_SAFE_NO_PAD.encode(&point[33..])},
            {"kty": "oct", "kid": "shared", "k": URL_SAFE_NO_PAD.encode(&shared)},
        ]});
        let issuer = Issuer {
            name: "https://idp.example".to_owned(),
            audience: None,
            keys: KeySet::parse(&keys.to_string()).expect("a key set"),
            pools: BTreeMap::new(),
        };
        Self {
            issuer,
            pair,
            shared,
        }
    }

    fn signed(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = if header["alg"] == "HS256" {
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.shared);
            ring::hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
        } else {
            let random = SystemRandom::new();
            let signature = self.pair.sign(&random, signed.as_bytes());
            signature.expect("a signature").as_ref().to_vec()
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn check(&self, header: &Value, claims: &Value) -> Result<(), NotBelieved> {
        self.issuer.check(&self.signed(header, claims), NOW)
    }
}

#[test]
fn a_token_of_the_issuer_is_believed_with_and_without_the_name_of_its_key() {
    let signer = Signer::new();
    for header in [
        json!({"alg": "ES256"}),
        json!({"alg": "ES256", "kid": "curve", "typ": "JWT"}),
        json!({"alg": "HS256", "kid": "shared"}),
    ] {
        assert_eq!(signer.check(&header, &claims()), Ok(()), "{header}");
    }
}

#[test]
fn the_published_example_is_believed_in_its_time_only() {
    let issuer = Issuer {
        name: "joe".to_owned(),
        audience: None,
        keys: KeySet::parse(RFC_KEYS).expect("a key set"),
        pools: BTreeMap::new(),
    };
    let last = Timestamp::from_seconds(1_300_819_379);
    assert_eq!(issuer.check(RFC_TOKEN, last), Ok(()));
    let end = Timestamp::from_seconds(1_300_819_380);
    assert_eq!(issuer.check(RFC_TOKEN, end), Err(NotBelieved::Expired));
}

#[test]
fn sec_a_key_verifies_with_its_own_algorithm_only() {
    let signer = Signer::new();
    for header in [
        json!({"alg": "ES256", "kid": "shared"}),
        json!({"alg": "HS256", "kid": "curve"}),
        json!({"alg": "ES256", "kid": "another"}),
        json!({"alg": "none"}),
        json!({"alg": "RS256"}),
        json!({"alg": "es256"}),
    ] {
        let said = signer.check(&header, &claims());
        assert_eq!(said, Err(NotBelieved::Signature), "{header}");
    }
    // The public point as a shared secret: the classic confusion of the two kinds.
    let point = signer.pair.public_key().as_ref().to_vec();
    let confused = Signer {
        shared: point,
        ..Signer::new()
    };
    let token = confused.signed(&json!({"alg": "HS256"}), &claims());
    assert_eq!(
        signer.issuer.check(&token, NOW),
        Err(NotBelieved::Signature)
    );
}

#[test]
fn sec_changing_any_symbol_of_a_token_makes_it_unbelievable() {
    let signer = Signer::new();
    let token = signer.signed(&json!({"alg": "ES256"}), &claims());
    // The last symbol of a base64 text has bits that mean nothing.
    for position in 0..token.len() - 1 {
        let mut bytes = token.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).expect("text");
        assert!(signer.issuer.check(&forged, NOW).is_err(), "{position}");
    }
    for text in ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "\u{e9}.x.y"] {
        assert_eq!(signer.issuer.check(text, NOW), Err(NotBelieved::Malformed));
    }
}

#[test]
fn issuer_audience_and_time_have_to_be_right() {
    let mut signer = Signer::new();
    let header = json!({"alg": "ES256"});
    let now = NOW.as_seconds();
    for (name, value, expected) in [
        (
            "iss",
            json!("https://other.example"),
            Err(NotBelieved::Issuer),
        ),
        ("iss", Value::Null, Err(NotBelieved::Issuer)),
        ("exp", json!(now), Err(NotBelieved::Expired)),
        ("exp", json!(now + 1), Ok(())),
        ("exp", Value::Null, Err(NotBelieved::Expired)),
        ("exp", json!("2030"), Err(NotBelieved::Malformed)),
        ("exp", json!(1_772_355_600.9), Err(NotBelieved::Expired)),
        ("exp", json!(1_772_355_601.5), Ok(())),
        ("exp", json!(1e300), Err(NotBelieved::Malformed)),
        ("iat", json!(1_772_355_599.25), Ok(())),
        ("nbf", json!(now + 60), Ok(())),
        ("nbf", json!(now + 61), Err(NotBelieved::TooEarly)),
        ("iat", json!(now + 61), Err(NotBelieved::TooEarly)),
        ("aud", json!("anything"), Ok(())),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        assert_eq!(signer.check(&header, &claims), expected, "{name} {value}");
    }
    signer.issuer.audience = Some("us".to_owned());
    for (audience, expected) in [
        (json!("us"), Ok(())),
        (json!(["them", "us"]), Ok(())),
        (json!("them"), Err(NotBelieved::Audience)),
        (json!([]), Err(NotBelieved::Audience)),
        (Value::Null, Err(NotBelieved::Audience)),
    ] {
        let mut claims = claims();
        claims["aud"] = audience.clone();
        assert_eq!(signer.check(&header, &claims), expected, "{audience}");
    }
    let critical = json!({"alg": "ES256", "crit": ["b64"]});
    let said = signer.check(&critical, &claims());
    assert_eq!(said, Err(NotBelieved::Malformed));
}

#[test]
fn a_key_set_without_a_usable_key_is_none() {
    let short = URL_SAFE_NO_PAD.encode([1; 31]);
    let small = URL_SAFE_NO_PAD.encode([255; 128]);
    for text in [
        "",
        "{}",
        r#"{"keys":[]}"#,
        r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}"#,
        r#"{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}"#,
        r#"{"keys":[{"kty":"RSA"}]}"#,
        &format!(r#"{{"keys":[{{"kty":"oct","k":"{short}"}}]}}"#),
        &format!(r#"{{"keys":[{{"kty":"RSA","n":"{small}","e":"AQAB"}}]}}"#),
        &format!(r#"{{"keys":[{{"kty":"oct","use":"enc","k":"{short}{short}"}}]}}"#),
    ] {
        assert_eq!(KeySet::parse(text), None, "{text}");
    }
    let debug = format!("{:?}", Signer::new().issuer.keys);
    assert_eq!(
        debug, "KeySet(2 keys)",
        "a shared key does not print itself"
    );
}
