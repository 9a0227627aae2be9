//! The vendor's state ids and import ids of invitations and teams.
//!
//! Owns their grammar. State id: for each key in byte order `base64(key):base64(value)`, joined by
//! `-`. Import id: the id of an organization or a project, a hyphen, and the rest.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The vendor writes padding; states without it are read too.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A state id out of its parts, which come in the order of their keys.
pub(crate) fn encode_parts<const N: usize>(mut parts: [(&str, &str); N]) -> String {
    parts.sort_unstable();
    parts
        .map(|(key, value)| format!("{}:{}", BASE64.encode(key), BASE64.encode(value)))
        .join("-")
}

/// The parts of a state id, which may come in any order. What is no base64 is left out.
pub(crate) fn decode_parts(text: &str) -> BTreeMap<String, String> {
    text.split('-')
        .filter_map(|part| part.split_once(':'))
        .filter_map(|(key, value)| Some((decode_text(key)?, decode_text(value)?)))
        .collect()
}

/// What the state id of an organization invitation says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StateId {
    /// The organization's id again in a placeholder.
    pub(crate) invitation_id: String,
    pub(crate) org_id: String,
    pub(crate) username: String,
}

impl StateId {
    /// The id of somebody who was a member already when the resource was created.
    pub(crate) fn placeholder(org_id: &str, username: &str) -> Self {
        Self {
            invitation_id: org_id.to_owned(),
            org_id: org_id.to_owned(),
            username: username.to_owned(),
        }
    }

    /// Whether no invitation stands behind it.
    pub(crate) fn is_placeholder(&self) -> bool {
        !self.org_id.is_empty() && self.invitation_id.eq_ignore_ascii_case(&self.org_id)
    }

    pub(crate) fn encode(&self) -> String {
        encode_parts([
            ("invitation_id", &self.invitation_id),
            ("org_id", &self.org_id),
            ("username", &self.username),
        ])
    }

    /// Reads an id, its parts in any order. What it lacks, and what is no base64, is empty.
    pub(crate) fn decode(text: &str) -> Self {
        let mut parts = decode_parts(text);
        let mut part = |key: &str| parts.remove(key).unwrap_or_default();
        Self {
            invitation_id: part("invitation_id"),
            org_id: part("org_id"),
            username: part("username"),
        }
    }
}

fn decode_text(text: &str) -> Option<String> {
    String::from_utf8(BASE64.decode(text).ok()?).ok()
}

/// Whether the text is an id of the service: 24 hexadecimal digits.
pub(crate) fn is_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Splits an import id; what follows the first id and the hyphen may contain anything.
pub(crate) fn split_import_id(text: &str) -> Option<(&str, &str)> {
    let (owner, rest) = text.split_at_checked(24)?;
    let rest = rest.strip_prefix('-')?;
    is_object_id(owner).then_some((owner, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "aW52aXRhdGlvbl9pZA==:NmE3OTNmODljMGViOWU3YTE3NzE2NWI2-\
                      b3JnX2lk:MTExMjIyMmIzYmY5OTQwMzg0MGU4OTM0-\
                      dXNlcm5hbWU=:bXlfdXNlckBtb25nb2RiLmNvbQ==";

    fn example() -> StateId {
        StateId {
            invitation_id: "6a793f89c0eb9e7a177165b6".to_owned(),
            org_id: "1112222b3bf99403840e8934".to_owned(),
            username: "my_user@mongodb.com".to_owned(),
        }
    }

    #[test]
    fn an_id_is_spelled_as_by_the_vendor() {
        assert_eq!(example().encode(), ID);
        assert_eq!(StateId::decode(ID), example());
    }

    #[test]
    fn parts_may_come_in_any_order_with_others_between_and_without_padding() {
        let mut parts: Vec<&str> = ID.split('-').collect();
        parts.reverse();
        parts.insert(1, "bmV3:bmV3");
        parts.push("nonsense");
        let text = parts.join("-").replace('=', "");
        assert_eq!(StateId::decode(&text), example());
    }

    #[test]
    fn what_is_no_id_decodes_to_nothing() {
        for text in ["", "-", ":", "i-zyw30", "!!!:???", "b3JnX2lk:/w=="] {
            assert_eq!(StateId::decode(text), StateId::default(), "{text}");
        }
    }

    #[test]
    fn a_placeholder_names_the_organization_twice() {
        let id = StateId::placeholder("5f0000000000000000000001", "carol@example.org");
        assert!(id.is_placeholder());
        assert!(!example().is_placeholder());
        assert!(!StateId::default().is_placeholder());
        assert_eq!(
            id.encode(),
            "aW52aXRhdGlvbl9pZA==:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDAx-\
             b3JnX2lk:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDAx-\
             dXNlcm5hbWU=:Y2Fyb2xAZXhhbXBsZS5vcmc="
        );
    }

    #[test]
    fn an_import_id_is_an_organization_and_anything_after_the_hyphen() {
        let org = "1112222b3BF99403840e8934";
        for username in ["my_user@mongodb.com", "a-b@x.org", "", "two\nlines", "é"] {
            let text = format!("{org}-{username}");
            assert_eq!(split_import_id(&text), Some((org, username)));
        }
        for text in [
            "",
            "a@b.c",
            "1112222b3bf99403840e893-a@b.c",
            "1112222b3bf99403840e8934",
            "1112222b3bf99403840e893g-a@b.c",
            "1112222b3bf99403840e8934/a@b.c",
            "éééééééééééé-a",
        ] {
            assert_eq!(split_import_id(text), None, "{text}");
        }
    }
}
