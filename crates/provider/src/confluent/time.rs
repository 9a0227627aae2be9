//! Instants as the vendor's provider stores them.
//!
//! Owns the spelling: Go's `time.Time.String()`, `2026-03-08 09:00:00.12 +0000 UTC`, and the year 1
//! for an instant that is not set. Ours writes the same spelling, so that the vendor's provider sees
//! no change, but null for what is not set. Both spellings are read.

use jiff::Timestamp;
use jiff::tz::Offset;
use tfplugin::Value;

/// What to store for an instant that the service gives in RFC 3339 or not at all.
///
/// The stored value stays when it means the same, in whichever spelling.
pub(crate) fn to_state(stored: &Value, current: Option<&str>) -> Value {
    let stored_instant = stored.as_str().and_then(parse);
    let Some(text) = current.filter(|text| !text.is_empty()) else {
        return Value::Null;
    };
    match parse(text) {
        // A service that writes something else knows better than we do what it means.
        None => Value::from(text),
        Some(instant) if is_zero(instant) => Value::Null,
        Some(instant) if stored_instant == Some(instant) => stored.clone(),
        Some(instant) => Value::from(go_string(instant)),
    }
}

/// What to make of a stored instant before anything is compared: the year 1 becomes null.
///
/// In this place, and not only while refreshing, so that nobody is told of a change that was none.
pub(super) fn without_year_one(stored: &Value) -> Value {
    if stored.as_str().and_then(parse).is_some_and(is_zero) {
        return Value::Null;
    }
    stored.clone()
}

/// Go's zero time, January 1 of the year 1.
fn is_zero(instant: Timestamp) -> bool {
    let date = Offset::UTC.to_datetime(instant);
    date.year() == 1 && date.month() == 1 && date.day() == 1
}

/// Reads RFC 3339 and Go's spelling.
fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| parse_go(text))
}

/// `YYYY-MM-DD HH:MM:SS[.fraction] ±hhmm ZONE`; the zone's name depends on the machine that wrote
/// it and says nothing that the offset does not.
fn parse_go(text: &str) -> Option<Timestamp> {
    let mut words = text.split(' ');
    let (date, time, offset) = (words.next()?, words.next()?, words.next()?);
    let (hours, minutes) = offset.split_at_checked(3).filter(|_| offset.len() == 5)?;
    format!("{date}T{time}{hours}:{minutes}").parse().ok()
}

/// What Go prints for an instant in UTC: the fraction without trailing zeros, if there is one.
fn go_string(instant: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(instant);
    let mut text = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    );
    let fraction = format!("{:09}", at.subsec_nanosecond());
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text.push_str(" +0000 UTC");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: &str = "0001-01-01 00:00:00 +0000 UTC";

    fn new(current: &str) -> Value {
        to_state(&Value::Null, Some(current))
    }

    #[test]
    fn instants_are_written_as_go_prints_them() {
        for (given, expected) in [
            ("2026-11-29T05:59:55Z", "2026-11-29 05:59:55 +0000 UTC"),
            (
                "2026-03-08T09:00:00.120000Z",
                "2026-03-08 09:00:00.12 +0000 UTC",
            ),
            (
                "2026-03-02T10:00:00.123456Z",
                "2026-03-02 10:00:00.123456 +0000 UTC",
            ),
            ("2026-03-02T12:00:00+02:00", "2026-03-02 10:00:00 +0000 UTC"),
        ] {
            assert_eq!(new(given), Value::from(expected));
        }
    }

    #[test]
    fn what_is_not_set_is_null() {
        assert_eq!(to_state(&Value::Null, None), Value::Null);
        assert_eq!(to_state(&Value::UNKNOWN, None), Value::Null);
        assert_eq!(new(""), Value::Null);
        assert_eq!(new("0001-01-01T00:00:00Z"), Value::Null);
        assert_eq!(
            to_state(&Value::from("2026-03-02T10:00:00Z"), None),
            Value::Null
        );
    }

    #[test]
    fn a_stored_year_one_becomes_null() {
        for stored in [ZERO, "0001-01-01T00:00:00Z"] {
            let stored = Value::from(stored);
            assert_eq!(without_year_one(&stored), Value::Null);
            assert_eq!(to_state(&stored, None), Value::Null);
            assert_eq!(to_state(&stored, Some("0001-01-01T00:00:00Z")), Value::Null);
        }
        let later = Value::from("2026-03-02 10:00:00 +0000 UTC");
        assert_eq!(without_year_one(&later), later);
        assert_eq!(to_state(&Value::from(ZERO), later.as_str()), later);
    }

    #[test]
    fn a_stored_instant_keeps_its_spelling_while_it_is_right() {
        for stored in [
            "2026-11-29 05:59:55 +0000 UTC",
            "2026-11-29T05:59:55Z",
            "2026-11-29T05:59:55.000Z",
            "2026-11-29 07:59:55 +0200 +0200",
            "2026-11-29 06:59:55 +0100 CET",
        ] {
            let stored = Value::from(stored);
            assert_eq!(to_state(&stored, Some("2026-11-29T05:59:55Z")), stored);
            assert_eq!(
                to_state(&stored, Some("2026-11-29T05:59:56Z")),
                Value::from("2026-11-29 05:59:56 +0000 UTC")
            );
        }
    }

    #[test]
    fn what_is_no_instant_is_stored_as_it_comes() {
        assert_eq!(new("soon"), Value::from("soon"));
        for text in ["2026-11-29 05:59:55", "2026-11-29 05:59:55 +é2 X", "a b c"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
