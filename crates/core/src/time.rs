//! Instants and lifetimes. Owns the one representation of time (microseconds since 1970, UTC).
//! Must not read the system clock anywhere but in [`SystemClock`].

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::text::Short;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
///
/// Microseconds, because the Confluent API shows them and PostgreSQL keeps no more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const MICROS_PER_SECOND: i64 = 1_000_000;

impl Timestamp {
    /// The instant `micros` microseconds after 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant `seconds` seconds after 1970.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// This instant moved by a lifetime.
    #[must_use]
    pub const fn plus(self, lifetime: Lifetime) -> Self {
        Self(
            self.0
                .saturating_add(lifetime.0.saturating_mul(MICROS_PER_SECOND)),
        )
    }

    /// This instant moved by signed seconds.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(
            self.0
                .saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)),
        )
    }

    /// Whole seconds from `earlier` until this instant; negative when `earlier` is later.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0
            .saturating_sub(earlier.0)
            .div_euclid(MICROS_PER_SECOND)
    }

    /// RFC 3339, UTC, with six fraction digits: `2026-03-01T09:00:00.100000Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.rfc3339().into()
    }

    /// The same as [`Timestamp::to_rfc3339`], on the stack.
    #[must_use]
    pub fn rfc3339(self) -> Short {
        self.spelled(6)
    }

    /// RFC 3339, UTC, whole seconds (rounded down): `2026-03-01T09:00:00Z`.
    #[must_use]
    pub fn to_rfc3339_seconds(self) -> String {
        let whole = Self::from_seconds(self.as_seconds());
        whole.spelled(0).into()
    }

    /// RFC 3339 with so many digits of the fraction, all of them or none.
    fn spelled(self, fraction: usize) -> Short {
        let mut out = Short::new();
        match self.year_month_day() {
            (year @ 0..=9998, month, day) => {
                let second = self.as_seconds().rem_euclid(86_400);
                digits(&mut out, year, 4);
                for (joint, value) in [
                    (b'-', month),
                    (b'-', day),
                    (b'T', second / 3600),
                    (b':', second / 60 % 60),
                    (b':', second % 60),
                ] {
                    out.push(joint);
                    digits(&mut out, value, 2);
                }
                if fraction > 0 {
                    out.push(b'.');
                    digits(&mut out, self.0.rem_euclid(MICROS_PER_SECOND), 6);
                }
                out.push(b'Z');
            }
            // Years that RFC 3339 has no spelling for, and the end of what jiff knows.
            _ => out.push_str(&format!("{:.fraction$}", self.to_jiff())),
        }
        out
    }

    /// The form of the header `Date` (RFC 9110): `Sun, 01 Mar 2026 09:00:00 GMT`.
    #[must_use]
    pub fn to_http_date(self) -> String {
        let date = self.to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT");
        date.to_string()
    }

    /// For people: `1 March 2026, 09:00 UTC`.
    #[must_use]
    pub fn to_human(self) -> String {
        self.to_jiff().strftime("%-d %B %Y, %H:%M UTC").to_string()
    }

    /// Reads an RFC 3339 instant; fractions below a microsecond are cut off.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parsed: jiff::Timestamp = text.parse().ok()?;
        Some(Self(parsed.as_microsecond()))
    }

    /// The date in the proleptic Gregorian calendar, by Howard Hinnant's `civil_from_days`: years
    /// begin in March, so that the leap day is the last of its year, in eras of 400 years.
    const fn year_month_day(self) -> (i64, i64, i64) {
        let days = self.as_seconds().div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        let year = year_of_era + era * 400;
        (if month <= 2 { year + 1 } else { year }, month, day)
    }

    fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

/// Writes the last `count` decimal digits of a number that is not negative.
fn digits(out: &mut Short, value: i64, count: u32) {
    for place in (0..count).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or(0));
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rfc3339().as_str())
    }
}

/// How long an invitation stays open, in whole seconds, counted from its sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lifetime(i64);

impl Lifetime {
    /// The shortest lifetime that can be asked for: one minute.
    pub const MIN: Self = Self(60);
    /// The longest lifetime that can be asked for: one year.
    pub const MAX: Self = Self(365 * 86_400);

    /// A lifetime of whole days.
    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self(days.saturating_mul(86_400))
    }

    /// A lifetime of `seconds`, if it lies within [`Lifetime::MIN`] and [`Lifetime::MAX`].
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0)
            .contains(&seconds)
            .then_some(Self(seconds))
    }

    /// Whole seconds.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0
    }
}

/// The source of now. The only trait with several implementations at the edge of the process.
pub trait Clock: Send + Sync {
    /// The current instant.
    fn now(&self) -> Timestamp;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }
}

/// A clock that stands still until it is moved; for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn new(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Shows `now` from here on.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves the clock forward by whole seconds.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0
            .fetch_add(seconds.saturating_mul(MICROS_PER_SECOND), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// A clock that goes as another one does, at a distance that can be changed; for testing.
pub struct SettableClock {
    base: Arc<dyn Clock>,
    /// In microseconds; positive for a clock that is fast.
    offset: AtomicI64,
}

impl SettableClock {
    /// A clock that shows the same as `base`, until it is set.
    #[must_use]
    pub const fn over(base: Arc<dyn Clock>) -> Self {
        Self {
            base,
            offset: AtomicI64::new(0),
        }
    }

    /// What the clock underneath shows.
    #[must_use]
    pub fn base_now(&self) -> Timestamp {
        self.base.now()
    }

    /// Shows `now` from here on, and goes on from there.
    pub fn set(&self, now: Timestamp) {
        let offset = now.0.saturating_sub(self.base_now().0);
        self.offset.store(offset, Ordering::SeqCst);
    }

    /// Moves the clock forward by whole seconds.
    pub fn advance_seconds(&self, seconds: i64) {
        self.offset
            .fetch_add(seconds.saturating_mul(MICROS_PER_SECOND), Ordering::SeqCst);
    }

    /// Shows the same as the clock underneath again.
    pub fn restore(&self) {
        self.offset.store(0, Ordering::SeqCst);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        let offset = self.offset.load(Ordering::SeqCst);
        Timestamp(self.base_now().0.saturating_add(offset))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_instant_prints_as_jiff_prints_it(
            micros in prop_oneof![any::<i64>(), -62_500_000_000_000_000..254_000_000_000_000_000_i64]
        ) {
            let instant = Timestamp::from_micros(micros);
            prop_assert_eq!(instant.to_rfc3339(), format!("{:.6}", instant.to_jiff()));
            let whole = Timestamp::from_seconds(instant.as_seconds());
            let expected = format!("{:.0}", whole.to_jiff());
            prop_assert_eq!(instant.to_rfc3339_seconds(), expected);
        }
    }

    #[test]
    fn an_instant_prints_with_six_fraction_digits_and_z() {
        let instant = Timestamp::from_micros(1_772_355_600_100_000);
        insta::assert_snapshot!(instant.to_rfc3339(), @"2026-03-01T09:00:00.100000Z");
        insta::assert_snapshot!(instant.to_rfc3339_seconds(), @"2026-03-01T09:00:00Z");
        insta::assert_snapshot!(instant.to_human(), @"1 March 2026, 09:00 UTC");
        insta::assert_snapshot!(instant.to_http_date(), @"Sun, 01 Mar 2026 09:00:00 GMT");
        assert_eq!(
            Timestamp::parse("2026-03-01T10:00:00.1+01:00"),
            Some(instant)
        );
    }

    #[test]
    fn a_lifetime_outside_its_bounds_does_not_exist() {
        assert_eq!(Lifetime::from_seconds(59), None);
        assert_eq!(Lifetime::from_seconds(60), Some(Lifetime::MIN));
        assert_eq!(Lifetime::from_seconds(365 * 86_400 + 1), None);
    }

    #[test]
    fn a_settable_clock_goes_on_from_where_it_was_set() {
        let base = Arc::new(ManualClock::new(Timestamp::from_seconds(100)));
        let clock = SettableClock::over(Arc::<ManualClock>::clone(&base));
        clock.set(Timestamp::from_seconds(5000));
        base.advance_seconds(7);
        assert_eq!(clock.now(), Timestamp::from_seconds(5007));
        clock.advance_seconds(1);
        assert_eq!(clock.now(), Timestamp::from_seconds(5008));
        clock.restore();
        assert_eq!(clock.now(), Timestamp::from_seconds(107));
    }
}
