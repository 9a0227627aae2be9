//! Decoding helpers for what real services send beside their own schema. Decides nothing.

use serde::{Deserialize, Deserializer};

/// Reads `null` as the type's default: Go services write a nil slice as `null`.
///
/// # Errors
/// When the value is neither `null` nor a `T`.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

/// Keeps apart a member that is absent (`None`) and one that is `null` (`Some(None)`).
///
/// Use it together with `default`, which stands for the absent member.
///
/// # Errors
/// When the value is neither `null` nor a `T`.
#[expect(
    clippy::option_option,
    reason = "absent, null and present are three different things on the wire"
)]
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Reads a count of seconds that may be a number, digits in a string, or nothing of use.
///
/// # Errors
/// When the value is an object or a list.
pub(crate) fn seconds<'de, D>(deserializer: D) -> Result<Option<u64>, D::Error>
where
    D: Deserializer<'de>,
{
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Spelling {
        Whole(u64),
        Text(String),
        Fraction(f64),
    }
    Ok(match Option::<Spelling>::deserialize(deserializer)? {
        Some(Spelling::Whole(seconds)) => Some(seconds),
        Some(Spelling::Text(text)) => text.trim().parse().ok(),
        // `3600.0` prints without its fraction; what has one, or is negative, is no count.
        Some(Spelling::Fraction(number)) => number.to_string().parse().ok(),
        None => None,
    })
}
