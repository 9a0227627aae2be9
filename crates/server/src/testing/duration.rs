//! Lengths of time as people write them: `31d`, `1d6h30m`, `90s`.

/// What a length of time looks like, for errors.
pub(crate) const EXPECTED: &str =
    "a length of time such as 31d, 12h, 30m, 90s or 1d6h, of at most 36500 days";

const MOST_SECONDS: i64 = 36_500 * 86_400;

/// The whole seconds of a length of time that is not negative; `None` if the text is none.
pub(crate) fn parse_seconds(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut number = String::new();
    let mut smallest = i64::MAX;
    for c in text.trim().chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            'w' => 7 * 86_400,
            'd' => 86_400,
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        // Each unit once, the larger ones first.
        if unit >= smallest {
            return None;
        }
        smallest = unit;
        let count: i64 = number.parse().ok()?;
        number.clear();
        total = total.checked_add(count.checked_mul(unit)?)?;
    }
    let is_whole = number.is_empty() && smallest != i64::MAX;
    (is_whole && total <= MOST_SECONDS).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_numbers_with_units() {
        assert_eq!(parse_seconds("31d"), Some(31 * 86_400));
        assert_eq!(parse_seconds(" 1d6h30m "), Some(86_400 + 6 * 3600 + 1800));
        assert_eq!(parse_seconds("2w"), Some(14 * 86_400));
        assert_eq!(parse_seconds("0s"), Some(0));
        for text in [
            "",
            "31",
            "d",
            "-1d",
            "1h1d",
            "1d1d",
            "1.5d",
            "1y",
            "1d2",
            "99999d",
            "ß",
            "99999999999999999999d",
        ] {
            assert_eq!(parse_seconds(text), None, "{text:?}");
        }
    }
}
