//! Bytes as decisions: what a fuzzer changes in its input changes one choice.

use crate::value::Number;

/// Hands out the input piece by piece. At its end everything is zero, which generators take for
/// their simplest case, so that they end.
pub(crate) struct Source<'a> {
    rest: &'a [u8],
    dynamic: u8,
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            dynamic: 0,
        }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else {
            return 0;
        };
        self.rest = rest;
        *first
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u8) -> u8 {
        self.byte() % end
    }

    /// True in one of `of` cases, and never at the end of the input.
    pub(crate) fn one_in(&mut self, of: u8) -> bool {
        self.below(of) == of.saturating_sub(1) && of > 1
    }

    /// Whether one more value may bring its own type: a few, or they would nest too deeply.
    pub(crate) fn may_be_dynamic(&mut self) -> bool {
        self.dynamic = self.dynamic.saturating_add(1);
        self.dynamic <= 16
    }

    /// One of a few short texts: some equal when normalized, one that is more than ASCII.
    pub(crate) fn text(&mut self) -> &'static str {
        const TEXTS: [&str; 8] = ["", "a", "b", "c", "\u{e9}", "e\u{301}", "1", "\u{10ffff}\0"];
        let index = usize::from(self.byte());
        TEXTS.get(index % TEXTS.len()).copied().unwrap_or_default()
    }

    /// A number of any representation.
    pub(crate) fn number(&mut self) -> Number {
        let kind = self.below(5);
        let bits = match kind {
            0 => u64::from(self.byte()),
            _ => u64::from_le_bytes(std::array::from_fn(|_| self.byte())),
        };
        let zero = Number::from(0_i64);
        match kind {
            0 | 1 => Number::from(bits),
            2 => Number::from(bits.cast_signed()),
            3 => Number::try_from(f64::from_bits(bits)).unwrap_or(zero),
            _ => Number::parse(&format!("{bits}e{}", i64::from(self.byte()) - 128)).unwrap_or(zero),
        }
    }
}
