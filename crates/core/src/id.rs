//! Ids. Owns the 12 bytes and their three spellings (native, Confluent, Atlas). Must not know
//! tables or routes; a spelling is a parse and a print, never a lookup.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use sha2::{Digest, Sha256};

use crate::random::Random;
use crate::text::{self, Short};
use crate::time::Timestamp;

/// What an id can belong to: names the prefixes of its spellings.
pub trait Kind {
    /// Prefix of the native spelling, without the underscore: `inv`.
    const NATIVE: &'static str;
    /// Prefix of the Confluent spelling, without the hyphen: `i`.
    const CONFLUENT: &'static str;
    /// What a person calls it: `invitation`.
    const NOUN: &'static str;
}

/// The id of a `K`: 4 bytes of seconds since 1970, then 8 random bytes.
pub struct Id<K> {
    bytes: [u8; 12],
    kind: PhantomData<fn() -> K>,
}

impl<K> Id<K> {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self {
            bytes,
            kind: PhantomData,
        }
    }

    /// A new id for something made at `now`.
    ///
    /// Its hexadecimal spelling never contains `404`: the vendor's Atlas provider looks for that
    /// text in error messages that contain the URL, and takes the resource for gone.
    #[must_use]
    pub fn generate(now: Timestamp, random: &Random) -> Self {
        let seconds = u32::try_from(now.as_seconds()).unwrap_or(u32::MAX);
        // A second whose own hexadecimal holds 404 is replaced by the next one that does not.
        let seconds = (seconds..=u32::MAX)
            .find(|s| !holds_404(&s.to_be_bytes()))
            .unwrap_or(seconds);
        loop {
            let mut bytes = [0; 12];
            let (time, rest) = bytes.split_at_mut(4);
            time.copy_from_slice(&seconds.to_be_bytes());
            rest.copy_from_slice(&random.bytes::<8>());
            if !holds_404(&bytes) {
                return Self::from_bytes(bytes);
            }
        }
    }

    /// The same id for the same text, for what stands in a seed without an id: made, as far as it
    /// tells, at 2024-01-01T00:00:00Z. Never contains `404`, as [`Id::generate`].
    #[must_use]
    pub fn derived(text: &str) -> Self {
        const SECONDS: u32 = 1_704_067_200;
        let mut bytes = [0; 12];
        for round in 0_u32.. {
            let mut hash = Sha256::new();
            hash.update(round.to_be_bytes());
            hash.update(text.as_bytes());
            let random = hash.finalize();
            let whole = SECONDS.to_be_bytes().into_iter().chain(random);
            for (to, from) in bytes.iter_mut().zip(whole) {
                *to = from;
            }
            if !holds_404(&bytes) {
                break;
            }
        }
        Self::from_bytes(bytes)
    }

    /// Whether the hexadecimal spelling contains `404`; see [`Id::generate`].
    #[must_use]
    pub fn holds_404(&self) -> bool {
        holds_404(&self.bytes)
    }

    /// The least id that something made in the second of `at` can have.
    #[must_use]
    pub fn first_of(at: Timestamp) -> Self {
        let seconds = u32::try_from(at.as_seconds().max(0)).unwrap_or(u32::MAX);
        let mut bytes = [0; 12];
        bytes
            .iter_mut()
            .zip(seconds.to_be_bytes())
            .for_each(|(byte, of_seconds)| *byte = of_seconds);
        Self::from_bytes(bytes)
    }

    /// The 12 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 12] {
        &self.bytes
    }

    /// The Atlas spelling, which is also how it stands in the database: 24 hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        text::to_hex(&self.bytes)
    }

    /// Reads 24 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        text::from_hex(text).map(Self::from_bytes)
    }

    /// The form of a UUID (version 8), as Confluent names an organization.
    #[must_use]
    pub fn to_uuid(self) -> String {
        self.uuid().into()
    }

    /// The same as [`Id::to_uuid`], on the stack.
    #[must_use]
    pub fn uuid(self) -> Short {
        let mut out = Short::new();
        for (place, digit) in text::hex_digits(&self.bytes).enumerate() {
            match place {
                8 => out.push(b'-'),
                12 | 15 => out.push_str("-8"),
                18 => out.push(b'-'),
                _ => {}
            }
            out.push(digit);
        }
        out.push_str("000000");
        out
    }

    /// Reads what [`Id::to_uuid`] wrote.
    #[must_use]
    pub fn from_uuid(text: &str) -> Option<Self> {
        let [a, b, c, d, e] = text.split('-').collect::<Vec<_>>().try_into().ok()?;
        let hex = format!(
            "{a}{b}{}{}{}",
            c.strip_prefix('8')?,
            d.strip_prefix('8')?,
            e.strip_suffix("000000")?
        );
        Self::from_hex(&hex).filter(|id| id.to_uuid() == text)
    }
}

fn holds_404(bytes: &[u8]) -> bool {
    text::to_hex(bytes).contains("404")
}

impl<K: Kind> Id<K> {
    /// The native spelling: `inv_` and 20 symbols of base32.
    #[must_use]
    pub fn to_native(self) -> String {
        self.native().into()
    }

    /// The native spelling on the stack.
    #[must_use]
    pub fn native(self) -> Short {
        self.spelled(K::NATIVE, b'_')
    }

    /// Reads the native spelling.
    #[must_use]
    pub fn from_native(text: &str) -> Option<Self> {
        let symbols = text.strip_prefix(K::NATIVE)?.strip_prefix('_')?;
        text::from_base32(symbols).map(Self::from_bytes)
    }

    /// The Confluent spelling: `i-` and 20 symbols of base32.
    #[must_use]
    pub fn to_confluent(self) -> String {
        self.confluent().into()
    }

    /// The Confluent spelling on the stack.
    #[must_use]
    pub fn confluent(self) -> Short {
        self.spelled(K::CONFLUENT, b'-')
    }

    fn spelled(self, prefix: &str, joint: u8) -> Short {
        let mut out = Short::new();
        out.push_str(prefix);
        out.push(joint);
        text::spell_base32(&self.bytes, |symbol| out.push(symbol));
        out
    }

    /// Reads the Confluent spelling.
    #[must_use]
    pub fn from_confluent(text: &str) -> Option<Self> {
        let symbols = text.strip_prefix(K::CONFLUENT)?.strip_prefix('-')?;
        text::from_base32(symbols).map(Self::from_bytes)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes.cmp(&other.bytes)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes.hash(state);
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.native().as_str())
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.native().as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::invitation::Invitation;

    #[test]
    fn one_id_has_three_spellings() {
        let id =
            Id::<Invitation>::generate(Timestamp::from_seconds(1_786_330_000), &Random::seeded(1));
        insta::assert_snapshot!(id.to_native(), @"inv_d9wkq43r70jr4akfksh0");
        insta::assert_snapshot!(id.to_confluent(), @"i-d9wkq43r70jr4akfksh0");
        insta::assert_snapshot!(id.to_hex(), @"6a793b90783825822a6f9e62");
        insta::assert_snapshot!(id.to_uuid(), @"6a793b90-7838-8258-822a-6f9e62000000");
    }

    proptest! {
        #[test]
        fn each_spelling_reads_back(bytes: [u8; 12]) {
            let id = Id::<Invitation>::from_bytes(bytes);
            prop_assert_eq!(Id::from_native(&id.to_native()), Some(id));
            prop_assert_eq!(Id::from_confluent(&id.to_confluent()), Some(id));
            prop_assert_eq!(Id::from_hex(&id.to_hex()), Some(id));
            prop_assert_eq!(Id::from_uuid(&id.to_uuid()), Some(id));
        }

        #[test]
        fn a_generated_id_never_holds_404(seconds in 0_u32..u32::MAX, seed: u64) {
            let random = Random::seeded(seed);
            for _ in 0..64 {
                let id = Id::<Invitation>::generate(Timestamp::from_seconds(seconds.into()), &random);
                prop_assert!(!id.to_hex().contains("404"));
            }
        }

        #[test]
        fn any_text_parses_or_is_refused_without_a_panic(text in ".{0,40}") {
            let _ = Id::<Invitation>::from_native(&text);
            let _ = Id::<Invitation>::from_confluent(&text);
            let _ = Id::<Invitation>::from_hex(&text);
            let _ = Id::<Invitation>::from_uuid(&text);
        }
    }

    #[test]
    fn a_text_stands_for_one_id() {
        let id = Id::<Invitation>::derived("team/Acme/Engineering");
        insta::assert_snapshot!(id.to_hex(), @"6592008060d7ce39be715ea6");
        assert_eq!(id, Id::derived("team/Acme/Engineering"));
        for n in 0..2000 {
            assert!(!Id::<Invitation>::derived(&n.to_string()).holds_404());
        }
    }

    #[test]
    fn an_id_of_another_kind_is_not_read() {
        assert_eq!(
            Id::<Invitation>::from_native("usr_00000000000000000000"),
            None
        );
        assert_eq!(
            Id::<Invitation>::from_confluent("u-00000000000000000000"),
            None
        );
    }
}
