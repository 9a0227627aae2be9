//! Numbers of any size and precision, without loss.
//!
//! Owns parsing, printing and comparing; does no arithmetic. Terraform's own numbers are 512-bit
//! binary floats, so neither `f64` nor `i64` is enough.

use std::cmp::Ordering;
use std::fmt;

/// A number exactly as Terraform sent it.
///
/// Two numbers are equal when they are mathematically equal: `1`, `1.0` and `1e0` are one number.
/// `0.1` written in decimal and the `f64` nearest to it are different numbers, to Terraform too.
#[derive(Debug, Clone)]
pub struct Number(Repr);

#[derive(Debug, Clone)]
enum Repr {
    Int(i64),
    /// Only values above `i64::MAX`.
    UInt(u64),
    /// Finite and not an integer that fits the variants above.
    Float(f64),
    /// Decimal text that fits none of the above.
    Decimal(Decimal),
}

/// How a number travels in MessagePack.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wire {
    Int(i64),
    UInt(u64),
    Float(f64),
    Text(String),
}

/// `0.digits × 10^exponent`, without leading or trailing zeros in `digits`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// The text is not a decimal number, or its exponent is absurd.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number: {0:?}")]
pub struct InvalidNumber(String);

/// Beyond this a short text would stand for a number of a gigabyte of digits.
const MAX_EXPONENT: i64 = 100_000;

impl Number {
    /// Reads decimal text: `-12`, `0.1`, `1e400`.
    ///
    /// # Errors
    /// [`InvalidNumber`] if the text is anything else (`Infinity`, hexadecimal, blanks).
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        Decimal::parse(text)
            .map(Self::from_decimal)
            .ok_or_else(|| InvalidNumber(text.chars().take(64).collect()))
    }

    /// The number as an integer, if it is one and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The number as an unsigned integer, if it is one and fits.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Repr::Int(value) => u64::try_from(value).ok(),
            Repr::UInt(value) => Some(value),
            _ => None,
        }
    }

    /// The nearest `f64`; infinite if the number is out of range.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Float(value) => *value,
            _ => self.to_string().parse().unwrap_or(f64::NAN),
        }
    }

    pub(crate) fn wire(&self) -> Wire {
        match &self.0 {
            Repr::Int(value) => Wire::Int(*value),
            Repr::UInt(value) => Wire::UInt(*value),
            Repr::Float(value) => Wire::Float(*value),
            Repr::Decimal(decimal) => {
                // `format!` prints the exact value of a float, so equality below means "no loss".
                let nearest: f64 = decimal.to_string().parse().unwrap_or(f64::NAN);
                if nearest.is_finite() && Decimal::from_f64(nearest).as_ref() == Some(decimal) {
                    return Wire::Float(nearest);
                }
                Wire::Text(decimal.to_string())
            }
        }
    }

    fn from_decimal(decimal: Decimal) -> Self {
        if decimal.is_integer() && decimal.exponent <= 20 {
            let text = decimal.to_string();
            if let Ok(value) = text.parse::<i64>() {
                return Self(Repr::Int(value));
            }
            if let Ok(value) = text.parse::<u64>() {
                return Self(Repr::UInt(value));
            }
        }
        Self(Repr::Decimal(decimal))
    }

    fn decimal(&self) -> Decimal {
        match &self.0 {
            Repr::Int(value) => Decimal::from_digits(&value.to_string()),
            Repr::UInt(value) => Decimal::from_digits(&value.to_string()),
            Repr::Float(value) => {
                Decimal::from_f64(*value).unwrap_or_else(|| Decimal::from_digits("0"))
            }
            Repr::Decimal(decimal) => decimal.clone(),
        }
    }
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        let leading = digits.len().checked_sub(significant.len())?;
        let exponent = exponent
            .checked_add(i64::try_from(whole.len()).ok()?)?
            .checked_sub(i64::try_from(leading).ok()?)?;
        let significant = significant.trim_end_matches('0');
        if significant.is_empty() {
            return Some(Self {
                negative: false,
                digits: String::new(),
                exponent: 0,
            });
        }
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        Some(Self {
            negative,
            digits: significant.to_owned(),
            exponent,
        })
    }

    fn from_digits(text: &str) -> Self {
        Self::parse(text).unwrap_or(Self {
            negative: false,
            digits: String::new(),
            exponent: 0,
        })
    }

    /// The exact value of a finite float: at most 1074 digits after the point.
    fn from_f64(value: f64) -> Option<Self> {
        if value.is_finite() {
            Self::parse(&format!("{value:.1074}"))
        } else {
            None
        }
    }

    fn digit_count(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }

    fn is_integer(&self) -> bool {
        self.exponent >= self.digit_count()
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        let count = self.digit_count();
        if self.exponent > count.saturating_add(64) || self.exponent < -64 {
            return write!(f, "0.{}e{}", self.digits, self.exponent);
        }
        if self.exponent <= 0 {
            let zeros = usize::try_from(-self.exponent).unwrap_or(0);
            return write!(f, "0.{}{}", "0".repeat(zeros), self.digits);
        }
        if self.is_integer() {
            let zeros = usize::try_from(self.exponent.saturating_sub(count)).unwrap_or(0);
            return write!(f, "{}{}", self.digits, "0".repeat(zeros));
        }
        let point = usize::try_from(self.exponent).unwrap_or(0);
        let (whole, fraction) = self
            .digits
            .split_at_checked(point)
            .unwrap_or((&self.digits, "0"));
        write!(f, "{whole}.{fraction}")
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(value) => value.fmt(f),
            Repr::UInt(value) => value.fmt(f),
            Repr::Float(value) => value.fmt(f),
            Repr::Decimal(decimal) => decimal.fmt(f),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0) {
            return a.cmp(b);
        }
        let (left, right) = (self.decimal(), other.decimal());
        match (left.negative, right.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => left.compare_magnitude(&right),
            (true, true) => right.compare_magnitude(&left),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Int(value))
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self(Repr::UInt(value)), Self::from)
    }
}

/// Exactly the binary value. For "the decimal 0.1" use [`Number::parse`].
impl TryFrom<f64> for Number {
    type Error = InvalidNumber;

    fn try_from(value: f64) -> Result<Self, InvalidNumber> {
        let exact = Decimal::from_f64(value).ok_or_else(|| InvalidNumber(value.to_string()))?;
        let number = Self::from_decimal(exact);
        match number.0 {
            Repr::Decimal(_) => Ok(Self(Repr::Float(value))),
            _ => Ok(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        for (left, right) in [
            ("1", "1.0"),
            ("10", "1e1"),
            ("0.10", "1e-1"),
            ("-0", "0"),
            ("100", "1E+2"),
            ("007", "7"),
        ] {
            assert_eq!(number(left), number(right), "{left} {right}");
        }
        assert_ne!(number("0.1"), Number::try_from(0.1).unwrap());
        assert_eq!(number("0.5"), Number::try_from(0.5).unwrap());
    }

    #[test]
    fn the_shortest_exact_wire_form_is_chosen() {
        assert_eq!(number("1.0").wire(), Wire::Int(1));
        assert_eq!(number("18446744073709551615").wire(), Wire::UInt(u64::MAX));
        assert_eq!(number("-9223372036854775808").wire(), Wire::Int(i64::MIN));
        assert_eq!(number("1.5").wire(), Wire::Float(1.5));
        assert_eq!(number("0.1").wire(), Wire::Text("0.1".to_owned()));
        assert_eq!(
            number("18446744073709551616").wire(),
            Wire::Float(18_446_744_073_709_551_616.0)
        );
        let big = "123456789012345678901234567890.5";
        assert_eq!(number(big).wire(), Wire::Text(big.to_owned()));
        assert_eq!(number("1e400").wire(), Wire::Text("0.1e401".to_owned()));
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let mut list = [
            "1e400",
            "-2",
            "0",
            "0.001",
            "-1e9",
            "18446744073709551616",
            "2",
        ]
        .map(number)
        .to_vec();
        list.sort();
        let text: Vec<_> = list.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(
            text.join(" "),
            @"-1000000000 -2 0 0.001 2 18446744073709551616 0.1e401"
        );
    }

    #[test]
    fn text_that_is_no_number_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1e",
            "0x1",
            "Inf",
            "NaN",
            " 1",
            "1 ",
            "1e999999999999",
            "--1",
        ] {
            assert!(Number::parse(text).is_err(), "{text:?}");
        }
        assert!(Number::try_from(f64::NAN).is_err());
        assert!(Number::try_from(f64::INFINITY).is_err());
    }
}
