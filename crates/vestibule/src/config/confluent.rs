//! The operator's choices for the Confluent dialect.

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
    })
}

fn unknown_value(text: &str) -> Option<UnknownValue> {
    match text {
        "400" => Some(UnknownValue::Refuse),
        "ignore" => Some(UnknownValue::Ignore),
        "empty" => Some(UnknownValue::Empty),
        _ => None,
    }
}
