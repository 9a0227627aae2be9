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
