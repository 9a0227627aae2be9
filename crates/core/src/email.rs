//! E-mail addresses. Owns the match key by which two spellings are the same person, and the
//! check of what an address is. Must not be bypassed: every comparison of addresses uses
//! [`EmailAddress::key`].

use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use crate::error::Refusal;
use crate::text::is_deceptive;

/// The longest address in bytes (RFC 5321, 4.5.3.1.3: a path of 256 with its brackets).
const MAX_BYTES: usize = 254;

/// An address as somebody typed it, and the key that says whom it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailAddress {
    display: String,
    key: String,
}

impl EmailAddress {
    /// Reads an address: trimmed, one mailbox, no display name, no comment, no quoted local part.
    ///
    /// The domain is mapped by UTS 46 to its A-labels; only the ASCII letters of the local part are
    /// lower-cased, and neither dots nor plus tags are folded: who `A.b+c@x` is, its owner decides.
    ///
    /// # Errors
    /// [`Refusal::InvalidEmail`] with the reason, in words for the person who typed it.
    pub fn parse(input: &str) -> Result<Self, Refusal> {
        let display = input.trim();
        let wrong = |reason| Err(Refusal::InvalidEmail { reason });
        if display.is_empty() {
            return wrong("it is empty");
        }
        if display.len() > MAX_BYTES {
            return wrong("it is longer than 254 bytes");
        }
        if display
            .chars()
            .any(|c| is_deceptive(c) || c.is_whitespace())
        {
            return wrong("it holds spaces, control or invisible characters");
        }
        let Some((local, domain)) = display.rsplit_once('@') else {
            return wrong("it has no @");
        };
        if local.contains('"') || local.contains('@') {
            return wrong("its part before the @ is quoted or holds another @");
        }
        // Normalization would make a Kelvin sign a k, and so one account of two (S29).
        if local
            .chars()
            .any(|c| !c.is_ascii() && std::iter::once(c).nfc().any(|c| c.is_ascii()))
        {
            return wrong("its part before the @ holds a symbol that imitates a letter");
        }
        let domain = domain.strip_suffix('.').unwrap_or(domain);
        let Ok(domain) = idna::domain_to_ascii_strict(domain) else {
            return wrong("its part after the @ is no domain name");
        };
        let local: String = local.nfc().map(|c| c.to_ascii_lowercase()).collect();
        let key = format!("{local}@{domain}");
        if key.len() > MAX_BYTES {
            return wrong("it is longer than 254 bytes");
        }
        if email_address::EmailAddress::from_str(&key).is_err() {
            return wrong("it is not of the form name@domain");
        }
        Ok(Self {
            display: display.to_owned(),
            key,
        })
    }

    /// An address that was parsed before it was stored.
    #[must_use]
    pub const fn from_stored(display: String, key: String) -> Self {
        Self { display, key }
    }

    /// The address as it was typed. Returned to clients verbatim: Terraform must see no difference.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The match key: equal keys are the same person.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(input: &str) -> String {
        EmailAddress::parse(input).map_or_else(|refusal| format!("refused: {refusal}"), |e| e.key)
    }

    #[test]
    fn two_spellings_of_one_person_have_one_key() {
        assert_eq!(key("Ann.Lee@Example.ORG"), "ann.lee@example.org");
        assert_eq!(key(" ann.lee@example.org. "), "ann.lee@example.org");
        assert_eq!(key("x@bücher.example"), key("x@XN--BCHER-KVA.example"));
        assert_eq!(key("e\u{301}@x.org"), key("\u{e9}@x.org"));
    }

    #[test]
    fn sec_s29_look_alike_addresses_never_merge() {
        let distinct = [
            "i@x.org",
            "\u{131}@x.org",
            "k@x.org",
            "\u{212a}@x.org",
            "ss@x.org",
            "\u{df}@x.org",
            "a.b@x.org",
            "ab@x.org",
            "a+b@x.org",
            "a@x.org",
        ];
        for (n, one) in distinct.iter().enumerate() {
            for other in distinct.iter().skip(n + 1) {
                assert_ne!(key(one), key(other), "{one} and {other}");
            }
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for input in [
            "\u{212a}elvin@x.org",
            "",
            "ann",
            "@x.org",
            "ann@",
            "a b@x.org",
            "a@b@x.org",
            "\"a b\"@x.org",
            "ann@x..org",
            "ann@x.org\r\nBcc: eve@x.org",
            "a\u{202e}nn@x.org",
            "ann@-x.org",
            "ann@[127.0.0.1]",
            "Ann <ann@x.org>",
            "ann@x_y.org",
            ".ann@x.org",
            "ann@exa mple.org",
        ] {
            assert!(
                key(input).starts_with("refused: "),
                "{input:?} -> {}",
                key(input)
            );
        }
        assert!(key(&format!("{}@x.org", "a".repeat(250))).starts_with("refused: "));
    }

    #[test]
    fn an_address_without_a_top_level_domain_is_one() {
        assert_eq!(key("root@localhost"), "root@localhost");
    }

    proptest! {
        #[test]
        fn any_text_is_an_address_or_a_refusal(text in ".{0,80}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                let again = EmailAddress::parse(address.key());
                prop_assert_eq!(again.map(|a| a.key), Ok(address.key));
            }
        }
    }
}
