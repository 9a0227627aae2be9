//! E-mail addresses as far as a provider may judge them.
//!
//! Owns two questions: could this be an address at all, and do two spellings name one person. The
//! services decide the rest, so both answers lean towards yes and no change.

use unicode_normalization::UnicodeNormalization as _;

/// The longest address a mail can be sent to, in bytes (RFC 5321 section 4.5.3.1.3).
const LONGEST_BYTES: usize = 254;

/// Checks what no service can accept; the error is a sentence for people.
///
/// # Errors
/// For text that is empty, too long, contains blanks, or has no name or no domain.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("The address is empty. Give the address of the person to invite.".to_owned());
    }
    if text
        .chars()
        .any(|character| character.is_whitespace() || character.is_control())
    {
        return Err(format!("{text:?} contains a blank or a control character."));
    }
    if text.len() > LONGEST_BYTES {
        return Err(format!(
            "The address has {} bytes; {LONGEST_BYTES} are the most that mail allows.",
            text.len()
        ));
    }
    let Some((name, domain)) = text.rsplit_once('@') else {
        return Err(format!("{text:?} is no e-mail address: it has no \"@\"."));
    };
    if name.is_empty() || domain.is_empty() {
        return Err(format!(
            "{text:?} is no e-mail address: a part beside the \"@\" is missing."
        ));
    }
    if domain.split('.').any(str::is_empty) {
        return Err(format!(
            "{text:?} is no e-mail address: its domain has an empty part."
        ));
    }
    Ok(())
}

/// Whether two spellings mean one address: the case of ASCII letters and the Unicode form do not
/// count, in the domain no letter's case.
///
/// The services compare addresses so, while they echo the spelling that was sent. Of the name only
/// ASCII is folded: É and é may be two people, and taking them for one would hide a change.
pub(crate) fn is_same(left: &str, right: &str) -> bool {
    left == right || key(left) == key(right)
}

/// What all spellings of one address have in common.
pub(crate) fn key(text: &str) -> String {
    let text: String = text.trim().nfc().collect();
    match text.rsplit_once('@') {
        Some((name, domain)) => {
            let domain: String = domain.to_lowercase().nfc().collect();
            format!("{}@{domain}", name.to_ascii_lowercase())
        }
        None => text.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_the_same() {
        assert!(is_same("Ann.Lee@Example.org", "ann.lee@example.ORG"));
        assert!(is_same("j\u{f6}rg@example.org", "jo\u{308}rg@example.org"));
        assert!(!is_same("ann@example.org", "an.n@example.org"));
    }

    #[test]
    fn beyond_ascii_the_case_of_a_name_counts_and_that_of_a_domain_does_not() {
        assert!(!is_same("Émile@example.org", "émile@example.org"));
        assert!(is_same("éMILE@example.org", "émile@example.org"));
        assert!(is_same("ann@EXÄMPLE.org", "ann@exämple.org"));
    }

    #[test]
    fn addresses_that_could_exist_pass() {
        for text in [
            "a@b",
            "Ann.Lee+x@Example.org",
            "\"a@b\"@example.org",
            "jörg@exämple.org",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_an_address_is_refused_with_the_reason() {
        let long = format!("{}@example.org", "a".repeat(250));
        let reasons: Vec<String> = [
            "",
            " ",
            "ann",
            "@example.org",
            "ann@",
            "a b@example.org",
            "a@b..c",
            "a@.b",
            &long,
        ]
        .iter()
        .map(|text| check(text).unwrap_err())
        .collect();
        insta::assert_snapshot!(reasons.join("\n"), @r#"
        The address is empty. Give the address of the person to invite.
        The address is empty. Give the address of the person to invite.
        "ann" is no e-mail address: it has no "@".
        "@example.org" is no e-mail address: a part beside the "@" is missing.
        "ann@" is no e-mail address: a part beside the "@" is missing.
        "a b@example.org" contains a blank or a control character.
        "a@b..c" is no e-mail address: its domain has an empty part.
        "a@.b" is no e-mail address: its domain has an empty part.
        The address has 262 bytes; 254 are the most that mail allows.
        "#);
    }
}
