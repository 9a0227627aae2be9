//! Versioned media types: which version of an endpoint a request asks for.
//!
//! Owns the reading of `Accept` and the media type of answers. Must not know what a version looks
//! like.

use axum::http::{HeaderMap, HeaderValue, header};
use vestibule_core::Timestamp;
use vestibule_wire::atlas::{VERSION_2023_01_01, VERSION_2024_08_05, VERSION_2025_02_19};

use super::error::{Code, Failure};

/// The versions of an endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dates {
    /// Their dates, oldest first.
    versions: &'static [&'static str],
    /// From when on all of them are gone.
    sunset: Option<Timestamp>,
}

/// Endpoints that never changed: teams, organizations, keys.
pub(super) const LEGACY: Dates = Dates::of(&[VERSION_2023_01_01]);
/// Endpoints that end on 2027-07-01: invites, `users/byName`.
pub(super) const ENDING: Dates = Dates {
    versions: &[VERSION_2023_01_01],
    sunset: Some(Timestamp::from_seconds(1_814_400_000)),
};
/// Endpoints of service accounts.
pub(super) const SERVICE_ACCOUNTS: Dates = Dates::of(&[VERSION_2024_08_05]);
/// Endpoints that came with the "cloud users".
pub(super) const CLOUD_USERS: Dates = Dates::of(&[VERSION_2025_02_19]);
/// Lists of users, and the removal of one, whose two versions differ.
pub(super) const BOTH: Dates = Dates::of(&[VERSION_2023_01_01, VERSION_2025_02_19]);

impl Dates {
    const fn of(versions: &'static [&'static str]) -> Self {
        Self {
            versions,
            sunset: None,
        }
    }

    /// Whether the day has come that the endpoint ends on.
    pub(super) fn are_over(self, now: Timestamp) -> bool {
        self.sunset.is_some_and(|end| now >= end)
    }
}

/// The media types that a request asks for, in all its headers; `None` if it does not say.
pub(super) fn accepted(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::ACCEPT).iter();
    let texts: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    (!texts.is_empty()).then(|| texts.join(","))
}

const PREFIX: &str = "application/vnd.atlas.";
const SUFFIX: &str = "+json";

/// The version that a request gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// Its date.
    pub(super) date: &'static str,
    /// Whether the answer's media type is plain `application/json`, as old clients ask for it.
    plain: bool,
}

impl Version {
    /// The version of an endpoint that is not older than it must be: for a date the newest one
    /// that is not after it, the newest of all without a date. Below `/v1.0` there is only the
    /// first version of what there was in 2023, and no header matters.
    ///
    /// # Errors
    /// 406 `INVALID_VERSION_DATE` if nothing that is asked for can be had.
    pub(super) fn of(accept: Option<&str>, dates: Dates, is_v1: bool) -> Result<Self, Failure> {
        let unacceptable = || {
            Failure::new(
                Code::InvalidVersionDate,
                "Invalid accept header or version date.",
            )
        };
        if is_v1 {
            let first = dates.versions.first();
            return match first.filter(|date| **date == VERSION_2023_01_01) {
                Some(date) => Ok(Self { date, plain: true }),
                None => Err(Failure::new(
                    Code::ResourceNotFound,
                    "Cannot find this resource below v1.0.",
                )),
            };
        }
        let Some(accept) = accept else {
            return Self::of_range("*/*", dates).ok_or_else(unacceptable);
        };
        let mut ranges: Vec<(u16, &str)> = accept.split(',').filter_map(weighted).collect();
        ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        ranges
            .into_iter()
            .find_map(|(_, range)| Self::of_range(range, dates))
            .ok_or_else(unacceptable)
    }

    fn of_range(range: &str, dates: Dates) -> Option<Self> {
        let range = range.to_ascii_lowercase();
        let newest = |plain| dates.versions.last().map(|date| Self { date, plain });
        match range.as_str() {
            "*/*" | "application/*" => return newest(false),
            "application/json" => return newest(true),
            _ => {}
        }
        let wanted = range.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        // Dates of this form sort as texts do.
        let date = dates
            .versions
            .iter()
            .rev()
            .find(|date| is_date(wanted) && **date <= wanted)?;
        Some(Self { date, plain: false })
    }

    /// The media type of the answer (the one with a date is recorded).
    pub(super) fn content_type(self) -> HeaderValue {
        if self.plain {
            return HeaderValue::from_static("application/json");
        }
        let text = format!("{PREFIX}{}{SUFFIX};charset=utf-8", self.date);
        HeaderValue::from_str(&text)
            .unwrap_or_else(|_never| HeaderValue::from_static("application/json"))
    }
}

/// A media range without its parameters, and its weight in thousandths; `None` for weight zero.
fn weighted(range: &str) -> Option<(u16, &str)> {
    let mut parts = range.split(';').map(str::trim);
    let essence = parts.next()?;
    let weight = parts.find_map(|parameter| parameter.strip_prefix("q="));
    let weight = weight.map_or(Some(1000), thousandths)?;
    (weight > 0).then_some((weight, essence))
}

fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<3}");
    let whole: u16 = whole.parse().ok()?;
    let fraction: u16 = fraction.get(..3)?.parse().ok()?;
    Some((whole.min(1) * 1000 + fraction).min(1000))
}

fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut next = |len| {
        parts
            .next()
            .is_some_and(|part| part.len() == len && part.bytes().all(|b| b.is_ascii_digit()))
    };
    next(4) && next(2) && next(2) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &[&str], dates: Dates) -> String {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, value.parse().expect("a header value"));
        }
        Version::of(accepted(&headers).as_deref(), dates, false).map_or_else(
            |_| "406".to_owned(),
            |version| version.content_type().to_str().expect("text").to_owned(),
        )
    }

    const OLD: &str = "application/vnd.atlas.2023-01-01+json;charset=utf-8";
    const NEW: &str = "application/vnd.atlas.2025-02-19+json;charset=utf-8";

    #[test]
    fn a_date_gets_the_newest_version_that_is_not_after_it() {
        for (date, expected) in [
            ("2022-12-31", "406"),
            ("2023-01-01", OLD),
            ("2025-02-18", OLD),
            ("2025-02-19", NEW),
            ("2031-05-05", NEW),
        ] {
            let accept = format!("application/vnd.atlas.{date}+json");
            assert_eq!(of(&[&accept], BOTH), expected, "{date}");
        }
        let early = "application/vnd.atlas.2023-01-01+json";
        assert_eq!(of(&[early], CLOUD_USERS), "406");
        let late = "application/vnd.atlas.2025-03-12+json";
        assert_eq!(of(&[late], LEGACY), OLD);
    }

    #[test]
    fn who_names_no_date_gets_the_newest_version() {
        assert_eq!(of(&[], BOTH), NEW);
        assert_eq!(of(&["*/*"], BOTH), NEW);
        assert_eq!(of(&["text/html, application/*;q=0.2"], BOTH), NEW);
        assert_eq!(of(&["application/json"], BOTH), "application/json");
    }

    #[test]
    fn the_range_with_the_greatest_weight_wins() {
        let old = "application/vnd.atlas.2023-01-01+json";
        assert_eq!(of(&[&format!("*/*;q=0.1, {old}")], BOTH), OLD);
        assert_eq!(of(&["*/*;q=0.1", old], BOTH), OLD);
        assert_eq!(of(&[&format!("{old}; q=0, */*; q=0.001")], BOTH), NEW);
    }

    #[test]
    fn what_is_no_version_is_not_acceptable() {
        for accept in [
            "text/html",
            "application/xml",
            "application/vnd.atlas.preview+json",
            "application/vnd.atlas.2023-01-01+csv",
            "application/vnd.atlas.2023-1-1+json",
            "application/vnd.atlas.99999-01-01+json",
            "*/*;q=0",
            "*/*;q=x",
            "",
            ",;",
        ] {
            assert_eq!(of(&[accept], BOTH), "406", "{accept:?}");
        }
    }

    #[test]
    fn below_v1_there_is_only_the_oldest_version() {
        let version = Version::of(None, BOTH, true).ok();
        assert_eq!(version.map(|v| v.date), Some(VERSION_2023_01_01));
        assert_eq!(
            version.map(Version::content_type),
            Some(HeaderValue::from_static("application/json"))
        );
    }
}
