//! Statement texts and parameters, as both engines understand them.
//!
//! Owns [`Sql`] and [`Param`]. Must not know either driver.

use std::fmt;

/// One statement, valid on SQLite and PostgreSQL alike.
///
/// Declared as a constant and listed in its module's `STATEMENTS`, so that a test can prepare it on
/// both engines. The rules that keep one text valid on both:
/// - one statement, lower case, explicit columns, no trailing semicolon;
/// - placeholders are `$1`, `$2`, … and never in a quoted text or followed by `::`;
/// - columns are TEXT and BIGINT only; `count(*)` is fine, a sum is `cast(sum(x) as bigint)`;
/// - ordered and compared with `<` are integers, and texts that are ids: the order of other texts is
///   the server's, and rarely that of their bytes;
/// - `lower` is for ASCII, and a pattern of `like` has no backslash;
/// - a query begins with `select`: only then may it be sent together with what begins the transaction;
/// - a placeholder gets its type from its [`Param`], so `$1 is null` and `limit $2` are fine.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sql {
    text: &'static str,
    /// The highest number of a placeholder.
    parameters: usize,
    /// Whether `$1` to `$n` first appear in this order.
    in_order: bool,
}

impl Sql {
    /// Makes a statement of its text.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        let (parameters, in_order) = placeholders(text.as_bytes());
        Self {
            text,
            parameters,
            in_order,
        }
    }

    /// The statement's text.
    #[must_use]
    pub const fn text(self) -> &'static str {
        self.text
    }

    /// How many parameters the statement takes.
    pub(crate) const fn parameters(self) -> usize {
        self.parameters
    }

    /// Whether `$1` to `$n` first appear in this order, so that `$n` is an engine's slot `n`.
    pub(crate) const fn is_in_order(self) -> bool {
        self.in_order
    }
}

/// The highest number that follows a `$`, and whether none comes before a lower one.
const fn placeholders(mut text: &[u8]) -> (usize, bool) {
    let mut highest = 0;
    let mut in_order = true;
    let mut number = None;
    while let [byte, rest @ ..] = text {
        number = match (number, *byte) {
            (_, b'$') => Some(0),
            // The digit as a number; a cast between integers needs `as` in a constant function.
            (Some(tens), b'0'..=b'9') => Some(tens * 10 + digit(*byte)),
            _ => None,
        };
        if let Some(number) = number
            && number > highest
            && !matches!(rest, [b'0'..=b'9', ..])
        {
            in_order = in_order && number == highest + 1;
            highest = number;
        }
        text = rest;
    }
    (highest, in_order)
}

const fn digit(byte: u8) -> usize {
    let mut value = 0;
    let mut zero = b'0';
    while zero < byte {
        zero += 1;
        value += 1;
    }
    value
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// A value for one placeholder. Every variant has a type, also when it is null.
///
/// PostgreSQL decides the meaning of a statement by the types of its parameters, so an untyped null
/// would work on SQLite and fail there. The debug form shows the type only: values are addresses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Param<'a> {
    /// A text.
    Text(&'a str),
    /// A 64-bit integer: a count, a flag (0 or 1) or an instant in microseconds.
    Int(i64),
    /// No text.
    NullText,
    /// No integer.
    NullInt,
    /// A text or none.
    OptText(Option<&'a str>),
    /// An integer or none.
    OptInt(Option<i64>),
}

/// What a parameter comes down to: a type and perhaps a value.
#[derive(Clone, Copy)]
pub(crate) enum Plain<'a> {
    Text(Option<&'a str>),
    Int(Option<i64>),
}

impl<'a> Param<'a> {
    pub(crate) const fn plain(self) -> Plain<'a> {
        match self {
            Self::Text(text) => Plain::Text(Some(text)),
            Self::Int(int) => Plain::Int(Some(int)),
            Self::NullText => Plain::Text(None),
            Self::NullInt => Plain::Int(None),
            Self::OptText(text) => Plain::Text(text),
            Self::OptInt(int) => Plain::Int(int),
        }
    }
}

impl fmt::Debug for Param<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.plain() {
            Plain::Text(_) => "text",
            Plain::Int(_) => "bigint",
        })
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Param<'_> {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<u32> for Param<'_> {
    fn from(count: u32) -> Self {
        Self::Int(i64::from(count))
    }
}

impl From<bool> for Param<'_> {
    fn from(flag: bool) -> Self {
        Self::Int(i64::from(flag))
    }
}

impl<'a> From<Option<&'a str>> for Param<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self::OptText(text)
    }
}

impl<'a> From<&'a Option<String>> for Param<'a> {
    fn from(text: &'a Option<String>) -> Self {
        Self::OptText(text.as_deref())
    }
}

impl From<Option<i64>> for Param<'_> {
    fn from(int: Option<i64>) -> Self {
        Self::OptInt(int)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_takes_as_many_parameters_as_its_highest_placeholder_says() {
        assert_eq!(Sql::new("select 1").parameters(), 0);
        assert_eq!(Sql::new("select $2, $1, $2").parameters(), 2);
        assert_eq!(Sql::new("select $9,$10,$11, 345").parameters(), 11);
    }

    #[test]
    fn the_order_of_placeholders_is_that_of_their_first_appearance() {
        for text in [
            "select 1",
            "select $1, $2, $1",
            "values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
        ] {
            assert!(Sql::new(text).is_in_order(), "{text}");
        }
        for text in ["select $2, $1", "select $1, $3, $2", "select $10, $1"] {
            assert!(!Sql::new(text).is_in_order(), "{text}");
        }
    }

    #[test]
    fn the_debug_form_of_a_parameter_has_no_value() {
        let params = [
            Param::from("ann@example.org"),
            Param::from(7_i64),
            Param::NullText,
        ];
        insta::assert_snapshot!(format!("{params:?}"), @"[text, bigint, text]");
    }
}
