//! Texts of golden answers: literal, with `${variables}`, and with `<kinds>` where only the form is
//! known. `<kind:name>` keeps what stands there under that name.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use crate::variables::{Variables, names_in};

/// Kinds that stand in a text, and the regular expression of each.
const KINDS: [(&str, &str); 9] = [
    // Anything but nothing.
    ("text", r"[\s\S]+"),
    // One segment of a path.
    ("id", r"[0-9A-Za-z._~-]+"),
    ("hex24", r"[0-9a-f]{24}"),
    (
        "uuid",
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    ("digits", r"[0-9]+"),
    ("nonce", r"[0-9A-Za-z+/=]{32}"),
    ("jws", r"[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+"),
    // RFC 3339 in UTC.
    (
        "time",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z",
    ),
    // The same in whole seconds.
    (
        "seconds",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
    ),
];

/// What a text has to look like.
pub(crate) struct Pattern {
    shown: String,
    form: Form,
}

enum Form {
    Literal,
    Regex {
        regex: Regex,
        names: Vec<String>,
    },
    /// An instant this long after another.
    After {
        instant: Timestamp,
    },
}

/// Why a golden text is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    #[error("${{{0}}} has no value")]
    NoValue(String),
    #[error("<{0}> is no kind of text")]
    NoKind(String),
}

/// What stands in a text, by the names that a pattern gives to its parts.
pub(crate) type Captures = Vec<(String, String)>;

impl Pattern {
    /// Reads a golden text.
    pub(crate) fn parse(text: &str, variables: &Variables) -> Result<Self, Wrong> {
        let shown = variables.fill(text).map_err(Wrong::NoValue)?;
        if let Some(instant) = instant_after(text, variables)? {
            return Ok(Self {
                shown,
                form: Form::After { instant },
            });
        }
        let mut expression = String::from("^");
        let mut names = Vec::new();
        let mut rest = text;
        while let Some((before, kind, after)) = next_kind(rest) {
            expression.push_str(&literal(before, variables)?);
            let (kind, name) = kind.split_once(':').unwrap_or((kind, ""));
            let piece = piece(kind, variables)?;
            if name.is_empty() {
                expression.push_str(&format!("(?:{piece})"));
            } else {
                expression.push_str(&format!("(?<{name}>{piece})"));
                names.push(name.to_owned());
            }
            rest = after;
        }
        if rest.len() == text.len() {
            return Ok(Self {
                shown,
                form: Form::Literal,
            });
        }
        expression.push_str(&literal(rest, variables)?);
        expression.push('$');
        let regex = Regex::new(&expression).map_err(|_wrong| Wrong::NoKind(text.to_owned()))?;
        let form = Form::Regex { regex, names };
        Ok(Self { shown, form })
    }

    /// What a text holds, if it looks like this.
    pub(crate) fn captures(&self, text: &str) -> Option<Captures> {
        match &self.form {
            Form::Literal => (text == self.shown).then(Vec::new),
            Form::After { instant } => {
                let parsed: Option<Timestamp> = text.parse().ok();
                let is_utc = text.ends_with('Z');
                (is_utc && parsed == Some(*instant)).then(Vec::new)
            }
            Form::Regex { regex, names } => {
                let found = regex.captures(text)?;
                let captured = names.iter().filter_map(|name| {
                    let part = found.name(name)?;
                    Some((name.clone(), part.as_str().to_owned()))
                });
                Some(captured.collect())
            }
        }
    }

    /// The golden text with its variables filled in.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }
}

/// The names that a golden text gives to its parts.
pub(crate) fn names_given(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((_, kind, after)) = next_kind(rest) {
        names.extend(kind.split_once(':').map(|(_, name)| name.to_owned()));
        rest = after;
    }
    names
}

/// The names whose values a golden text needs.
pub(crate) fn names_used(text: &str) -> BTreeSet<String> {
    let mut names = names_in(text);
    let mut rest = text;
    while let Some((_, kind, after)) = next_kind(rest) {
        names.extend(days_after(kind).map(|(_, name)| name.to_owned()));
        rest = after;
    }
    names
}

/// The days and the name of `7d after name`.
fn days_after(kind: &str) -> Option<(&str, &str)> {
    kind.split_once("d after ")
}

/// `<7d after name>`: a text on its own.
fn instant_after(text: &str, variables: &Variables) -> Result<Option<Timestamp>, Wrong> {
    let inner = text.strip_prefix('<').and_then(|t| t.strip_suffix('>'));
    let Some((days, name)) = inner.and_then(days_after) else {
        return Ok(None);
    };
    let no_kind = || Wrong::NoKind(text.to_owned());
    let days: i64 = days.parse().map_err(|_wrong| no_kind())?;
    let start = variables
        .find(name)
        .ok_or_else(|| Wrong::NoValue(name.to_owned()))?;
    let start: Timestamp = start.parse().map_err(|_wrong| no_kind())?;
    let instant = start.checked_add(SignedDuration::from_hours(24 * days));
    instant.map(Some).map_err(|_wrong| no_kind())
}

fn literal(text: &str, variables: &Variables) -> Result<String, Wrong> {
    let filled = variables.fill(text).map_err(Wrong::NoValue)?;
    Ok(regex::escape(&filled))
}

/// The regular expression of a kind; of `text with …`, a text in which that stands.
fn piece(kind: &str, variables: &Variables) -> Result<String, Wrong> {
    if let Some(part) = kind.strip_prefix("text with ") {
        let part = literal(part, variables)?;
        return Ok(format!(r"[\s\S]*{part}[\s\S]*"));
    }
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    let known = known.ok_or_else(|| Wrong::NoKind(kind.to_owned()))?;
    Ok(known.1.to_owned())
}

/// What stands before the next `<kind>`, the kind, and what stands after it.
fn next_kind(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (kind, after) = rest.split_once('>')?;
    Some((before, kind, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captures(golden: &str, text: &str) -> Option<Captures> {
        let mut variables = Variables::default();
        variables.set("id", "i-1.x");
        variables.set("made", "2026-03-01T09:00:00.100Z");
        let pattern = Pattern::parse(golden, &variables).expect("a golden text");
        pattern.captures(text)
    }

    fn named(name: &str, value: &str) -> Captures {
        vec![(name.to_owned(), value.to_owned())]
    }

    #[test]
    fn a_text_without_kinds_is_itself() {
        assert_eq!(captures("a ${id}.", "a i-1.x."), Some(Vec::new()));
        assert_eq!(captures("a ${id}", "a i-1yx"), None);
        assert_eq!(captures("a", "ab"), None);
    }

    #[test]
    fn kinds_stand_for_a_form_and_may_have_a_name() {
        assert_eq!(
            captures("crn:${id}/user=<id:user>", "crn:i-1.x/user=u-7"),
            Some(named("user", "u-7"))
        );
        assert_eq!(captures("crn:${id}/<id>", "crn:i-1yx/u"), None);
        assert_eq!(
            captures("<hex24>", "659200800000000000000001"),
            Some(Vec::new())
        );
        assert_eq!(captures("<hex24>", "65920080000000000000000A"), None);
        assert_eq!(captures("<text>", ""), None);
        assert_eq!(
            captures("<text with was here>", "he was here."),
            Some(Vec::new())
        );
        assert_eq!(captures("<text with was here>", "he is here."), None);
    }

    #[test]
    fn instants_are_in_utc_and_may_follow_from_another() {
        assert_eq!(
            captures("<seconds>", "2026-03-01T09:00:00Z"),
            Some(Vec::new())
        );
        assert_eq!(captures("<seconds>", "2026-03-01T09:00:00.0Z"), None);
        assert_eq!(captures("<time>", "2026-03-01T09:00:00+00:00"), None);
        assert_eq!(
            captures("<7d after made>", "2026-03-08T09:00:00.100000Z"),
            Some(Vec::new())
        );
        assert_eq!(captures("<7d after made>", "2026-03-08T09:00:00Z"), None);
    }

    #[test]
    fn what_is_no_golden_text_is_told() {
        let variables = Variables::default();
        let wrong = |text| Pattern::parse(text, &variables).err().expect("wrong");
        assert_eq!(
            wrong("<nothing>").to_string(),
            "<nothing> is no kind of text"
        );
        assert_eq!(wrong("a ${b}").to_string(), "${b} has no value");
    }
}
