//! What the service answers, as values of a state.
//!
//! Owns when a stored value stays: where it means the same in another spelling. A provider that
//! stores each new spelling shows differences that are none.

use jiff::Timestamp;
use tfplugin::{Object, Value};

/// Stores a text unless the stored one means the same.
pub(crate) fn keep_or_set(
    state: &mut Object,
    name: &str,
    current: &str,
    means_the_same: impl FnOnce(&str, &str) -> bool,
) {
    let stays = state
        .get(name)
        .as_str()
        .is_some_and(|stored| means_the_same(stored, current));
    if !stays {
        state.set(name, current);
    }
}

/// Stores an instant. None, an empty one and the year 1, which the vendor's provider writes for an
/// absent one, are null.
pub(crate) fn set_instant(state: &mut Object, name: &str, current: Option<&str>) {
    match current.filter(|text| is_instant(text)) {
        Some(current) => keep_or_set(state, name, current, is_same_instant),
        None => state.set(name, Value::Null),
    }
}

/// Stores a text; an absent or empty one is null.
pub(crate) fn set_text(state: &mut Object, name: &str, current: Option<&str>) {
    state.set(name, current.filter(|text| !text.is_empty()));
}

/// Stores a set of strings; an empty one is null, as in the vendor's newer types, unless an empty
/// one is stored.
pub(crate) fn set_strings(state: &mut Object, name: &str, current: &[String]) {
    let is_empty = |value: &Value| value.as_slice().is_some_and(<[Value]>::is_empty);
    if !(current.is_empty() && is_empty(state.get(name))) {
        state.set(name, set_or_null(current));
    }
}

/// A set of strings; null if there are none.
pub(crate) fn set_or_null(strings: &[String]) -> Value {
    if strings.is_empty() {
        return Value::Null;
    }
    Value::set(strings)
}

/// The strings that are stored, whatever kind of collection they are in.
pub(crate) fn stored_strings(state: &Object, name: &str) -> Vec<String> {
    let elements = state.get(name).as_slice().unwrap_or_default().iter();
    elements
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// Takes the configured values over into the state of something made or changed: they have to come
/// back as they were planned, and the next refresh shows a difference.
pub(crate) fn keep_planned(state: &mut Object, planned: &Object, names: &[&str]) {
    for name in names {
        let value = planned.get(name);
        if value.is_wholly_known() {
            state.set(*name, value.clone());
        }
    }
}

fn is_instant(text: &str) -> bool {
    !text.is_empty() && !text.starts_with("0001-")
}

fn is_same_instant(left: &str, right: &str) -> bool {
    let instants = (left.parse::<Timestamp>(), right.parse::<Timestamp>());
    matches!(instants, (Ok(left), Ok(right)) if left == right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn year_one_times_and_missing_ones_are_null() {
        for absent in [None, Some(""), Some("0001-01-01T00:00:00Z")] {
            let mut state = Object::new().with("at", "0001-01-01T00:00:00Z");
            set_instant(&mut state, "at", absent);
            assert_eq!(state.get("at"), &Value::Null, "{absent:?}");
        }
    }

    #[test]
    fn an_instant_keeps_its_stored_spelling() {
        let mut state = Object::new().with("at", "2026-11-22T05:59:56.000Z");
        set_instant(&mut state, "at", Some("2026-11-22T05:59:56Z"));
        assert_eq!(state.str("at"), Ok("2026-11-22T05:59:56.000Z"));
        set_instant(&mut state, "at", Some("2026-11-22T05:59:57Z"));
        assert_eq!(state.str("at"), Ok("2026-11-22T05:59:57Z"));
    }

    #[test]
    fn an_empty_set_is_null_unless_an_empty_one_is_stored() {
        let mut state = Object::new();
        set_strings(&mut state, "teams", &[]);
        assert_eq!(state.get("teams"), &Value::Null);
        state.set("teams", Value::Set(Vec::new()));
        set_strings(&mut state, "teams", &[]);
        assert_eq!(state.get("teams"), &Value::Set(Vec::new()));
    }
}
