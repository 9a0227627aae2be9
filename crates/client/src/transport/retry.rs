//! When to try again, and after how long. Pure but for the jitter's random number.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use jiff::fmt::rfc2822;
use ring::rand::{SecureRandom, SystemRandom};

use super::Settings;

/// Whether a status is worth another attempt: 429, and 5xx but 501.
///
/// The same set as the vendor's Confluent provider retries.
pub(super) fn is_transient(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS
        || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED)
}

/// How long to wait before attempt `attempt + 1`.
///
/// `asked` is what the service asked for; it is honoured up to the configured cap. Otherwise the
/// wait doubles from attempt to attempt and is drawn from its upper half, so that many clients
/// stopped by the same fault do not come back together.
pub(super) fn wait(settings: &Settings, attempt: u32, asked: Option<Duration>) -> Duration {
    if let Some(asked) = asked {
        return asked.min(settings.longest_retry_after);
    }
    let doublings = attempt.saturating_sub(1).min(16);
    let full = settings
        .first_wait
        .saturating_mul(1 << doublings)
        .min(settings.longest_wait);
    let half = full / 2;
    half + half.mul_f64(random_fraction())
}

/// Reads `Retry-After`: seconds, or a date, which is compared with the answer's own `Date` so that
/// this machine's clock does not matter.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = http_date(text)?;
    let now = date(headers)?;
    let seconds = until.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// The service's clock when it answered.
pub(super) fn date(headers: &HeaderMap) -> Option<jiff::Timestamp> {
    http_date(headers.get(header::DATE)?.to_str().ok()?)
}

fn http_date(text: &str) -> Option<jiff::Timestamp> {
    Some(rfc2822::parse(text).ok()?.timestamp())
}

/// A number in `0.0..=1.0`; the middle if the system has no randomness to give.
fn random_fraction() -> f64 {
    let mut bytes = [0_u8; 4];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings::new("test/1")
    }

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().expect("a header value")))
            .collect()
    }

    #[test]
    fn waits_double_within_their_upper_half_and_up_to_the_cap() {
        for (attempt, full) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (99, 30)] {
            let wait = wait(&settings(), attempt, None);
            let full = Duration::from_secs(full);
            assert!(wait >= full / 2 && wait <= full, "{attempt}: {wait:?}");
        }
    }

    #[test]
    fn the_services_wish_is_honoured_up_to_the_cap() {
        let asked = |seconds| wait(&settings(), 1, Some(Duration::from_secs(seconds)));
        assert_eq!(asked(7), Duration::from_secs(7));
        assert_eq!(asked(86_400), settings().longest_retry_after);
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        assert_eq!(
            retry_after(&headers(&[(header::RETRY_AFTER, "12")])),
            Some(Duration::from_secs(12))
        );
        assert_eq!(
            retry_after(&headers(&[
                (header::RETRY_AFTER, "Sun, 22 Nov 2026 06:00:30 GMT"),
                (header::DATE, "Sun, 22 Nov 2026 06:00:00 GMT"),
            ])),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            retry_after(&headers(&[
                (header::RETRY_AFTER, "Sun, 22 Nov 2026 05:00:00 GMT"),
                (header::DATE, "Sun, 22 Nov 2026 06:00:00 GMT"),
            ])),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn an_unreadable_retry_after_counts_as_none() {
        for text in ["soon", "-1", "", "Sun, 22 Nov 2026 06:00:30 GMT"] {
            assert_eq!(retry_after(&headers(&[(header::RETRY_AFTER, text)])), None);
        }
    }

    #[test]
    fn not_implemented_is_final_and_other_server_errors_are_not() {
        assert!(is_transient(StatusCode::SERVICE_UNAVAILABLE));
        assert!(is_transient(StatusCode::TOO_MANY_REQUESTS));
        assert!(!is_transient(StatusCode::NOT_IMPLEMENTED));
        assert!(!is_transient(StatusCode::CONFLICT));
    }
}
