//! Compares an answer's JSON with a golden one, member by member.
//!
//! Owns what a golden JSON may say beside values: `"<kinds>"` and `"${variables}"` in texts,
//! `"<any>"`, `"<integer>"` and `"<boolean>"` for values, `"name?"` for a member that may be
//! absent, `"...": "<any>"` for members that the contract says nothing about, and a list's first
//! element `"<contains>"`, `"<each>"` or `"<any order>"`. Everything else has to be exactly there.

use std::fmt;

use crate::json::{Json, quoted};
use crate::pattern::{Captures, Pattern, Wrong};
use crate::variables::Variables;

/// The member that stands for all others.
const OTHERS: &str = "...";

/// Something that is not as the golden file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, such as `$.errors[0].status`.
    pub path: String,
    /// What is expected, and what is there.
    pub text: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// What came of a comparison.
#[derive(Debug, Default)]
pub struct Compared {
    /// What is different, in the order of the golden file.
    pub differences: Vec<Difference>,
    /// What the golden file gave names to.
    pub captures: Captures,
}

/// Compares two values.
#[must_use]
pub fn compare(golden: &Json, actual: &Json, variables: &Variables) -> Compared {
    let mut comparison = Comparison {
        variables: variables.clone(),
        done: Compared::default(),
    };
    comparison.value("$", golden, actual);
    comparison.done
}

/// Compares a text that is no JSON, such as a header's.
pub(crate) fn compare_text(
    path: &str,
    golden: &str,
    actual: &str,
    variables: &Variables,
) -> Compared {
    let mut comparison = Comparison {
        variables: variables.clone(),
        done: Compared::default(),
    };
    comparison.text(path, golden, actual);
    comparison.done
}

/// Complains about objects whose members are not in alphabetical order.
pub(crate) fn disorder(path: &str, actual: &Json, found: &mut Vec<Difference>) {
    match actual {
        Json::Object(members) => {
            if let Some(pair) = members.windows(2).find(|pair| !is_ordered(pair)) {
                let names: Vec<&str> = pair.iter().map(|(name, _)| name.as_str()).collect();
                let text = format!(
                    "members are not in alphabetical order: {}",
                    names.join(", ")
                );
                found.push(Difference {
                    path: path.to_owned(),
                    text,
                });
            }
            for (name, value) in members {
                disorder(&format!("{path}.{name}"), value, found);
            }
        }
        Json::List(elements) => {
            for (number, element) in elements.iter().enumerate() {
                disorder(&format!("{path}[{number}]"), element, found);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => {}
    }
}

fn is_ordered(pair: &[(String, Json)]) -> bool {
    pair.is_sorted_by(|(first, _), (second, _)| first <= second)
}

struct Comparison {
    /// Those of the run, and what was captured further up.
    variables: Variables,
    done: Compared,
}

impl Comparison {
    fn differ(&mut self, path: &str, text: String) {
        let path = path.to_owned();
        self.done.differences.push(Difference { path, text });
    }

    fn expected(&mut self, path: &str, golden: impl fmt::Display, actual: &Json) {
        self.differ(path, format!("expected {golden}, got {actual}"));
    }

    fn value(&mut self, path: &str, golden: &Json, actual: &Json) {
        match (golden, actual) {
            (Json::Text(golden), _) => self.text_or_kind(path, golden, actual),
            (Json::Object(golden), Json::Object(actual)) => self.object(path, golden, actual),
            (Json::List(golden), Json::List(actual)) => self.list(path, golden, actual),
            (Json::Object(_), _) => self.expected(path, "an object", actual),
            (Json::List(_), _) => self.expected(path, "a list", actual),
            (Json::Null | Json::Bool(_) | Json::Number(_), _) => {
                if golden != actual {
                    self.expected(path, golden, actual);
                }
            }
        }
    }

    fn text_or_kind(&mut self, path: &str, golden: &str, actual: &Json) {
        let is_kind = match golden {
            "<any>" => true,
            "<integer>" => matches!(actual, Json::Number(number) if !number.is_f64()),
            "<boolean>" => matches!(actual, Json::Bool(_)),
            _ => {
                let Json::Text(actual) = actual else {
                    let shown = self.variables.fill(golden);
                    let shown = shown.unwrap_or_else(|_unknown| golden.to_owned());
                    return self.expected(path, quoted(&shown), actual);
                };
                return self.text(path, golden, actual);
            }
        };
        if !is_kind {
            self.expected(path, golden, actual);
        }
    }

    fn text(&mut self, path: &str, golden: &str, actual: &str) {
        let pattern = match Pattern::parse(golden, &self.variables) {
            Ok(pattern) => pattern,
            Err(wrong) => return self.wrong_golden(path, &wrong),
        };
        let Some(captures) = pattern.captures(actual) else {
            let (golden, actual) = (quoted(pattern.shown()), quoted(actual));
            return self.differ(path, format!("expected {golden}, got {actual}"));
        };
        for (name, value) in &captures {
            self.variables.set(name, value.clone());
        }
        self.done.captures.extend(captures);
    }

    fn wrong_golden(&mut self, path: &str, wrong: &Wrong) {
        self.differ(path, format!("the golden file is wrong: {wrong}"));
    }

    fn object(&mut self, path: &str, golden: &[(String, Json)], actual: &[(String, Json)]) {
        let mut known: Vec<&str> = Vec::new();
        for (name, value) in golden {
            if name == OTHERS {
                continue;
            }
            let (name, is_optional) = match name.strip_suffix('?') {
                Some(name) => (name, true),
                None => (name.as_str(), false),
            };
            known.push(name);
            let found = actual.iter().find(|(member, _)| member == name);
            match found {
                Some((_, actual)) => self.value(&format!("{path}.{name}"), value, actual),
                None if is_optional => {}
                None => self.differ(
                    &format!("{path}.{name}"),
                    format!("expected {value}, is missing"),
                ),
            }
        }
        if golden.iter().any(|(name, _)| name == OTHERS) {
            return;
        }
        for (name, value) in actual {
            if !known.contains(&name.as_str()) {
                let path = format!("{path}.{name}");
                self.differ(&path, format!("unexpected, with the value {value}"));
            }
        }
    }

    fn list(&mut self, path: &str, golden: &[Json], actual: &[Json]) {
        let Some((first, rest)) = golden.split_first() else {
            if !actual.is_empty() {
                self.expected(path, "[]", &Json::List(actual.to_vec()));
            }
            return;
        };
        match first.as_text() {
            Some("<each>") => {
                for (number, element) in actual.iter().enumerate() {
                    for golden in rest {
                        self.value(&format!("{path}[{number}]"), golden, element);
                    }
                }
            }
            Some("<contains>") => self.contains(path, rest, actual),
            Some("<any order>") => {
                self.contains(path, rest, actual);
                self.length(path, rest, actual);
            }
            _ => {
                for (number, (golden, actual)) in golden.iter().zip(actual).enumerate() {
                    self.value(&format!("{path}[{number}]"), golden, actual);
                }
                self.length(path, golden, actual);
            }
        }
    }

    fn length(&mut self, path: &str, golden: &[Json], actual: &[Json]) {
        if golden.len() != actual.len() {
            let text = format!(
                "expected {} elements, got {}: {}",
                golden.len(),
                actual.len(),
                Json::List(actual.to_vec())
            );
            self.differ(path, text);
        }
    }

    /// Each golden element has to look like an actual one of its own.
    fn contains(&mut self, path: &str, golden: &[Json], actual: &[Json]) {
        let mut left: Vec<&Json> = actual.iter().collect();
        for wanted in golden {
            let tried = left
                .iter()
                .map(|element| compare(wanted, element, &self.variables));
            let tried: Vec<Compared> = tried.collect();
            let found = tried.iter().position(|one| one.differences.is_empty());
            let Some(found) = found else {
                let mut text = format!("none of {} elements looks like {wanted}", left.len());
                // The one that comes nearest tells most.
                if let Some(near) = tried.iter().min_by_key(|one| one.differences.len()) {
                    let lines = near.differences.iter().map(ToString::to_string);
                    text.push_str("; nearest is one where ");
                    text.push_str(&lines.collect::<Vec<_>>().join("; "));
                }
                self.differ(path, text);
                continue;
            };
            left.remove(found);
            for (name, value) in tried
                .into_iter()
                .nth(found)
                .into_iter()
                .flat_map(|one| one.captures)
            {
                self.variables.set(&name, value.clone());
                self.done.captures.push((name, value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(golden: &str, actual: &str) -> String {
        let mut variables = Variables::default();
        variables.set("id", "i-1");
        let golden = Json::parse(golden).expect("JSON");
        let actual = Json::parse(actual).expect("JSON");
        let compared = compare(&golden, &actual, &variables);
        let lines = compared.differences.iter().map(ToString::to_string);
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_missing_an_unexpected_and_a_wrong_member_are_told_apart() {
        insta::assert_snapshot!(
            differences(
                r#"{"id":"${id}","n":1,"s":"x","gone":null,"list":[1,2],"object":{}}"#,
                r#"{"id":"i-2","n":"1","s":null,"more":[],"list":[1],"object":[]}"#,
            ),
            @r#"
        $.id: expected "i-1", got "i-2"
        $.n: expected 1, got "1"
        $.s: expected "x", got null
        $.gone: expected null, is missing
        $.list: expected 2 elements, got 1: [1]
        $.object: expected an object, got []
        $.more: unexpected, with the value []
        "#
        );
    }

    #[test]
    fn what_was_named_can_be_used_further_down() {
        assert_eq!(
            differences(r#"{"a":"<id:x>","b":"/${x}"}"#, r#"{"a":"1","b":"/1"}"#),
            ""
        );
        insta::assert_snapshot!(
            differences(r#"{"a":"<id:x>","b":"/${x}"}"#, r#"{"a":"1","b":"/2"}"#),
            @r#"$.b: expected "/1", got "/2""#
        );
    }

    #[test]
    fn kinds_of_values_are_checked() {
        assert_eq!(
            differences(
                r#"{"a":"<any>","b":"<integer>","c":"<boolean>","d?":1,"...":"<any>"}"#,
                r#"{"a":null,"b":5,"c":false,"e":[]}"#
            ),
            ""
        );
        insta::assert_snapshot!(
            differences(r#"["<integer>","<boolean>","<hex24>"]"#, r#"[1.5,"true",7]"#),
            @r#"
        $[0]: expected <integer>, got 1.5
        $[1]: expected <boolean>, got "true"
        $[2]: expected "<hex24>", got 7
        "#
        );
    }

    #[test]
    fn lists_may_hold_more_or_come_in_any_order() {
        assert_eq!(
            differences(r#"["<contains>",{"a":2}]"#, r#"[{"a":1},{"a":2}]"#),
            ""
        );
        assert_eq!(differences(r#"["<any order>",2,1]"#, "[1,2]"), "");
        assert_eq!(
            differences(r#"["<each>",{"a":"<integer>"}]"#, r#"[{"a":1},{"a":2}]"#),
            ""
        );
        insta::assert_snapshot!(differences(r#"["<any order>",2]"#, "[1,2]"), @"$: expected 1 elements, got 2: [1,2]");
        insta::assert_snapshot!(
            differences(r#"["<contains>",{"a":1,"b":1}]"#, r#"[{"a":2,"b":2},{"a":1,"b":2}]"#),
            @r#"$: none of 2 elements looks like {"a":1,"b":1}; nearest is one where $.b: expected 1, got 2"#
        );
        insta::assert_snapshot!(
            differences(r#"["<contains>",1,1]"#, "[1]"),
            @"$: none of 0 elements looks like 1"
        );
    }

    #[test]
    fn disorder_is_found_at_any_depth() {
        let mut found = Vec::new();
        let actual = Json::parse(r#"{"a":[{"b":1,"c":{"z":1,"y":1}}],"b":1}"#).expect("JSON");
        disorder("$", &actual, &mut found);
        insta::assert_snapshot!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            @"$.a[0].c: members are not in alphabetical order: z, y"
        );
    }
}
