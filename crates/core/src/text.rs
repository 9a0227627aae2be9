//! Small texts and alphabets shared by ids, secrets and names. Owns base32, hexadecimal and the
//! rules for names that people see. Must not know what the texts mean.

use std::fmt;

use crate::error::Refusal;

const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const HEX: &[u8; 16] = b"0123456789abcdef";

/// A short ASCII text that lives on the stack: the spelling of an id or of an instant.
///
/// A page of a list has a thousand of them, and each would be an allocation. Symbols beyond its
/// capacity of 40 are dropped; nothing that is spelled here is longer than 36.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Short {
    symbols: [u8; 40],
    len: usize,
}

impl Short {
    /// An empty text.
    #[must_use]
    pub(crate) const fn new() -> Self {
        Self {
            symbols: [0; 40],
            len: 0,
        }
    }

    pub(crate) fn push(&mut self, symbol: u8) {
        if let Some(slot) = self.symbols.get_mut(self.len) {
            *slot = symbol;
            self.len += 1;
        }
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        text.bytes().for_each(|symbol| self.push(symbol));
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let symbols = self.symbols.get(..self.len).unwrap_or_default();
        std::str::from_utf8(symbols).unwrap_or_default()
    }
}

impl From<Short> for String {
    fn from(short: Short) -> Self {
        short.as_str().to_owned()
    }
}

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl serde::Serialize for Short {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Lower-case base32 (digits first, without i, l, o, u), so that texts sort as the bytes do.
#[must_use]
pub fn to_base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(8).div_ceil(5));
    spell_base32(bytes, |symbol| out.push(char::from(symbol)));
    out
}

/// Gives the symbols of [`to_base32`] one by one.
pub(crate) fn spell_base32(bytes: &[u8], mut each: impl FnMut(u8)) {
    let mut symbol = |value: u32| {
        let index = usize::try_from(value & 31).unwrap_or(0);
        each(BASE32.get(index).copied().unwrap_or(b'0'));
    };
    let mut buffer = 0_u32;
    let mut bits = 0_u32;
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            symbol(buffer >> bits);
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        symbol(buffer << (5 - bits));
    }
}

/// Reads what [`to_base32`] wrote, if it has exactly `N` bytes and no stray bits.
#[must_use]
pub fn from_base32<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != N.saturating_mul(8).div_ceil(5) {
        return None;
    }
    let mut out = [0_u8; N];
    let mut slots = out.iter_mut();
    let mut buffer = 0_u32;
    let mut bits = 0_u32;
    for symbol in text.bytes() {
        let value = BASE32.iter().position(|known| *known == symbol)?;
        buffer = (buffer << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *slots.next()? = u8::try_from((buffer >> bits) & 255).ok()?;
            buffer &= (1 << bits) - 1;
        }
    }
    (buffer == 0).then_some(out)
}

/// Lower-case hexadecimal.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(2));
    out.extend(hex_digits(bytes).map(char::from));
    out
}

/// The digits of [`to_hex`] one by one.
pub(crate) fn hex_digits(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes
        .iter()
        .flat_map(|byte| [hex_digit(byte >> 4), hex_digit(byte & 15)])
}

fn hex_digit(nibble: u8) -> u8 {
    HEX.get(usize::from(nibble)).copied().unwrap_or(b'0')
}

/// Reads lower- or upper-case hexadecimal of exactly `N` bytes.
#[must_use]
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut out = [0_u8; N];
    for (slot, [high, low]) in out.iter_mut().zip(pairs) {
        *slot = (nibble(*high)? << 4) | nibble(*low)?;
    }
    Some(out)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Whether a character may not stand in a text that people see in mails and pages.
///
/// Control characters break mail headers and terminals; bidirectional controls and invisible
/// characters make a text look like another one.
#[must_use]
pub fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Checks a name that people will see (organization, team, person): trimmed, 1 to 64 characters,
/// nothing deceptive, no link in it (so that a mail cannot be used to send somebody's link).
///
/// # Errors
/// [`Refusal::InvalidName`] says what is wrong.
pub fn checked_name(field: &'static str, name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    let wrong = |reason| Err(Refusal::InvalidName { field, reason });
    if name.is_empty() {
        return wrong("it is empty");
    }
    if name.chars().count() > 64 {
        return wrong("it is longer than 64 characters");
    }
    if name.chars().any(is_deceptive) {
        return wrong("it holds control or invisible characters");
    }
    if holds_link(name) {
        return wrong("it holds a link");
    }
    Ok(name.to_owned())
}

/// Checks the inviter's message: plain text of at most 500 characters; line breaks are kept.
///
/// # Errors
/// [`Refusal::InvalidMessage`] says what is wrong.
pub fn checked_message(message: &str) -> Result<String, Refusal> {
    let message = message.replace("\r\n", "\n");
    let wrong = |reason| Err(Refusal::InvalidMessage { reason });
    if message.chars().count() > 500 {
        return wrong("it is longer than 500 characters");
    }
    if message.chars().any(|c| c != '\n' && is_deceptive(c)) {
        return wrong("it holds control or invisible characters");
    }
    Ok(message)
}

fn holds_link(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.contains("://") || text.contains("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_reads_back_what_it_wrote() {
        for bytes in [[0_u8; 12], [255; 12], *b"vestibule-12"] {
            assert_eq!(from_base32::<12>(&to_base32(&bytes)), Some(bytes));
        }
        assert_eq!(to_base32(&[0xff; 12]), "zzzzzzzzzzzzzzzzzzzg");
        assert_eq!(
            from_base32::<12>("zzzzzzzzzzzzzzzzzzzz"),
            None,
            "stray bits"
        );
    }

    #[test]
    fn sec_s23_a_name_cannot_carry_links_or_invisible_characters() {
        for name in [
            "",
            "  ",
            "a\r\nBcc: x",
            "a\u{202e}b",
            "see https://evil.example",
            "www.evil.example",
        ] {
            assert!(checked_name("name", name).is_err(), "{name:?}");
        }
        assert_eq!(
            checked_name("name", " Ann & Co <3 "),
            Ok("Ann & Co <3".to_owned())
        );
    }
}
