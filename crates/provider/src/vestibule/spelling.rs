//! The three spellings of an id, for functions that translate them.
//!
//! An id of a Vestibule server is 12 bytes. Its own API spells them `inv_` and 20 symbols of base32,
//! Confluent's `i-` and the same symbols (an organization as a UUID), Atlas's 24 hexadecimal digits.

/// The symbols of base32: digits and lower-case letters without i, l, o and u.
const SYMBOLS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Prefixes of the native spelling, and of Confluent's.
pub(super) const KINDS: [(&str, &str); 7] = [
    ("inv", "i"),
    ("usr", "u"),
    ("sva", "sa"),
    ("team", "team"),
    ("prj", "prj"),
    ("key", "key"),
    ("org", "org"),
];

/// An id, without what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id([u8; 12]);

impl Id {
    /// Reads `inv_…` and the like; the kind's native prefix beside it.
    pub(super) fn from_native(text: &str) -> Option<(&'static str, Self)> {
        let (prefix, symbols) = text.split_once('_')?;
        let (kind, _) = KINDS.into_iter().find(|(native, _)| *native == prefix)?;
        Some((kind, from_symbols(symbols)?))
    }

    /// Reads `i-…` and the like, or the UUID of an organization.
    pub(super) fn from_confluent(text: &str) -> Option<(&'static str, Self)> {
        if let Some(id) = from_uuid(text) {
            return Some(("org", id));
        }
        let (prefix, symbols) = text.split_once('-')?;
        let (kind, _) = KINDS.into_iter().find(|(_, other)| *other == prefix)?;
        Some((kind, from_symbols(symbols)?))
    }

    /// Reads 24 hexadecimal digits.
    pub(super) fn from_atlas(text: &str) -> Option<Self> {
        if text.len() != 24 {
            return None;
        }
        let mut bytes = [0; 12];
        for (byte, at) in bytes.iter_mut().zip((0..24).step_by(2)) {
            *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
        }
        Some(Self(bytes)).filter(|id| id.atlas() == text.to_ascii_lowercase())
    }

    pub(super) fn native(self, kind: &str) -> String {
        format!("{kind}_{}", self.symbols())
    }

    pub(super) fn confluent(self, kind: &str) -> String {
        if kind == "org" {
            return self.uuid();
        }
        let prefix = KINDS.into_iter().find(|(native, _)| *native == kind);
        let prefix = prefix.map_or(kind, |(_, confluent)| confluent);
        format!("{prefix}-{}", self.symbols())
    }

    pub(super) fn atlas(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The version 8 UUID of these bytes, as Confluent names an organization.
    fn uuid(self) -> String {
        let hex = self.atlas();
        let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
        format!(
            "{}-{}-8{}-8{}-{}000000",
            part(0..8),
            part(8..12),
            part(12..15),
            part(15..18),
            part(18..24)
        )
    }

    fn symbols(self) -> String {
        // 96 bits and four more, so that they make 20 symbols of five.
        let bits = self
            .0
            .iter()
            .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte))
            << 4;
        (0..20)
            .rev()
            .filter_map(|at| {
                let value = usize::try_from((bits >> (at * 5)) & 31).ok()?;
                SYMBOLS.get(value).copied().map(char::from)
            })
            .collect()
    }
}

fn from_symbols(symbols: &str) -> Option<Id> {
    if symbols.len() != 20 {
        return None;
    }
    let mut bits = 0_u128;
    for symbol in symbols.bytes() {
        let value = SYMBOLS.iter().position(|known| *known == symbol)?;
        bits = (bits << 5) | u128::try_from(value).ok()?;
    }
    if bits & 15 != 0 {
        return None;
    }
    let bytes = (bits >> 4).to_be_bytes();
    Some(Id(bytes.get(4..)?.try_into().ok()?))
}

fn from_uuid(text: &str) -> Option<Id> {
    let [a, b, c, d, e] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
    let hex = format!(
        "{a}{b}{}{}{}",
        c.strip_prefix('8')?,
        d.strip_prefix('8')?,
        e.strip_suffix("000000")?
    );
    Id::from_atlas(&hex).filter(|id| id.uuid() == text)
}
