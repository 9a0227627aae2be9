//! The operator's choices for the Confluent dialect.

use std::collections::BTreeMap;
use std::sync::Arc;

use vestibule_server::issuer::{Issuer, KeySet};
use vestibule_server::settings::{ConfluentSettings, UnknownValue};

use super::{ConfigError, Sources, flag};

/// Reads them.
///
/// # Errors
/// [`ConfigError`] for the first value that is not usable.
pub(super) fn load(sources: &Sources) -> Result<ConfluentSettings, ConfigError> {
    let one_of = |key, otherwise: &'static str, chosen: &'static str| {
        sources.parse(key, move |text| match text {
            text if text == otherwise => Some(false),
            text if text == chosen => Some(true),
            _ => None,
        })
    };
    Ok(ConfluentSettings {
        repeat_seconds: sources.parse("confluent_repeat_seconds", |text| {
            text.parse().ok().filter(|n| *n >= 0)
        })?,
        reinvite_resends: sources.parse("confluent_reinvite_resends", flag)?,
        coerce_auth_type: sources.parse("confluent_coerce_auth_type", flag)?,
        show_revoked: sources.parse("confluent_show_revoked", flag)?,
        ended_shows_accepted: one_of("confluent_ended_membership", "deactivated", "accepted")?,
        staged_without_mail: sources.parse("confluent_staged_without_mail", flag)?,
        delete_expired_fails: one_of("confluent_delete_expired", "204", "400")?,
        unknown_filter_value: sources.parse("confluent_unknown_filter_value", unknown_value)?,
        ignore_unknown_parameters: one_of("confluent_unknown_parameter", "400", "ignore")?,
        newest_first: one_of("confluent_list_order", "oldest", "newest")?,
        issuer: issuer(sources)?.map(Arc::new),
    })
}

/// The issuer whose tokens are exchanged; its name makes its keys and its pools necessary.
fn issuer(sources: &Sources) -> Result<Option<Issuer>, ConfigError> {
    let Some(name) = sources.optional("confluent_sts_issuer")? else {
        return Ok(None);
    };
    let missing = |key| Sources::missing(key, "confluent_sts_issuer names an issuer");
    let keys = sources.parse_optional("confluent_sts_keys", key_set)?;
    let pools = sources.parse_optional("confluent_sts_pools", pools)?;
    Ok(Some(Issuer {
        name,
        audience: sources.optional("confluent_sts_audience")?,
        keys: keys.ok_or_else(|| missing("confluent_sts_keys"))?,
        pools: pools.ok_or_else(|| missing("confluent_sts_pools"))?,
    }))
}

/// A set, or the file that holds one.
fn key_set(text: &str) -> Option<KeySet> {
    if text.trim_start().starts_with('{') {
        KeySet::parse(text)
    } else {
        KeySet::parse(&std::fs::read_to_string(text).ok()?)
    }
}

fn pools(text: &str) -> Option<BTreeMap<String, String>> {
    text.split(',')
        .map(|pair| {
            let (pool, key) = pair.split_once('=')?;
            let (pool, key) = (pool.trim(), key.trim());
            let is_whole = !pool.is_empty() && !key.is_empty();
            is_whole.then(|| (pool.to_owned(), key.to_owned()))
        })
        .collect()
}

fn unknown_value(text: &str) -> Option<UnknownValue> {
    match text {
        "400" => Some(UnknownValue::Refuse),
        "ignore" => Some(UnknownValue::Ignore),
        "empty" => Some(UnknownValue::Empty),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_are_pairs() {
        let read = pools("pool-a=KEYA, pool-b = KEYB").expect("pairs");
        assert_eq!(read.len(), 2);
        assert_eq!(read["pool-b"], "KEYB");
        for text in ["", "pool", "pool=", "=key", "a=b,", "a=b,c"] {
            assert_eq!(pools(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_set_stands_in_a_file_or_for_itself() {
        let set = r#" {"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]}"#;
        let read = key_set(set);
        assert!(read.is_some());
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("keys.json");
        std::fs::write(&file, set).expect("a file");
        assert_eq!(key_set(file.to_str().expect("text")), read);
        assert_eq!(key_set("/nowhere/keys.json"), None);
        assert_eq!(key_set("{}"), None);
    }
}
