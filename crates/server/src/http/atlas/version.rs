//! Versioned media types: which version of an endpoint a request asks for.
//!
//! Owns the reading of `Accept` and the media type of answers. Must not know what a version looks
//! like.

use axum::http::{HeaderMap, HeaderValue, header};
use vestibule_wire::atlas::{VERSION_2023_01_01, VERSION_2025_02_19};

use super::error::{Code, Failure};

/// What the dates of an endpoint's versions are, oldest first.
pub(super) type Dates = &'static [&'static str];

/// Endpoints that never changed: invites, `users/byName`, teams.
pub(super) const LEGACY: Dates = &[VERSION_2023_01_01];
/// Endpoints that came with the "cloud users".
pub(super) const CLOUD_USERS: Dates = &[VERSION_2025_02_19];
/// The list of an organization's users, whose two versions have different bodies.
pub(super) const BOTH: Dates = &[VERSION_2023_01_01, VERSION_2025_02_19];

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
    /// oldest, and no header matters.
    ///
    /// # Errors
    /// 406 `INVALID_VERSION_DATE` if nothing that is asked for can be had.
    pub(super) fn of(headers: &HeaderMap, dates: Dates, is_v1: bool) -> Result<Self, Failure> {
        let unacceptable = || {
            Failure::new(
                Code::InvalidVersionDate,
                "Invalid accept header or version date.",
            )
        };
        if is_v1 {
            let date = dates.first().ok_or_else(unacceptable)?;
            return Ok(Self { date, plain: true });
        }
        let accept: Vec<&str> = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        if accept.is_empty() {
            return Self::of_range("*/*", dates).ok_or_else(unacceptable);
        }
        let accept = accept.join(",");
        let mut ranges: Vec<(u16, &str)> = accept.split(',').filter_map(weighted).collect();
        ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        ranges
            .into_iter()
            .find_map(|(_, range)| Self::of_range(range, dates))
            .ok_or_else(unacceptable)
    }

    fn of_range(range: &str, dates: Dates) -> Option<Self> {
        let range = range.to_ascii_lowercase();
        let newest = |plain| dates.last().map(|date| Self { date, plain });
        match range.as_str() {
            "*/*" | "application/*" => return newest(false),
            "application/json" => return newest(true),
            _ => {}
        }
        let wanted = range.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        // Dates of this form sort as texts do.
        let date = dates
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
        Version::of(&headers, dates, false).map_or_else(
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
        let headers = HeaderMap::new();
        let version = Version::of(&headers, BOTH, true).ok();
        assert_eq!(version.map(|v| v.date), Some(VERSION_2023_01_01));
        assert_eq!(
            version.map(Version::content_type),
            Some(HeaderValue::from_static("application/json"))
        );
    }
}
