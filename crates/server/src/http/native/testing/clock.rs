//! `/testing/clock`.

use axum::response::Response;
use vestibule_core::time::SettableClock;
use vestibule_core::{Clock, Timestamp};
use vestibule_wire::native::{ProblemError, TestClock, TestClockChange};

use super::control::Control;
use super::{Failure, answer};
use crate::http::native::call::Body;
use crate::testing::{CLOCK_RANGE, duration};

/// Shows the clock.
#[utoipa::path(
    get, path = "/clock", operation_id = "getTestClock", tag = "testing",
    responses((status = 200, description = "What it shows", body = TestClock)),
)]
pub(super) async fn show(control: Control) -> Response {
    answer::ok(&shown(&control.testing.clock))
}

/// Sets the clock, or moves it forward. It goes on from there, and all that waits for a time, waits
/// for this clock: mail that becomes due is sent at once.
#[utoipa::path(
    post, path = "/clock", operation_id = "setTestClock", tag = "testing",
    request_body = TestClockChange,
    responses((status = 200, description = "What it shows now", body = TestClock)),
)]
pub(super) async fn change(
    control: Control,
    Body(change): Body<TestClockChange>,
) -> Result<Response, Failure> {
    let clock = &control.testing.clock;
    match wanted(&change)? {
        Wanted::Set(instant) => clock.set(within(instant, "/set")?),
        Wanted::Advance(seconds) => {
            within(clock.now().plus_seconds(seconds), "/advance")?;
            clock.advance_seconds(seconds);
        }
    }
    control.app.mail_is_due();
    Ok(answer::ok(&shown(clock)))
}

enum Wanted {
    Set(Timestamp),
    Advance(i64),
}

fn wanted(change: &TestClockChange) -> Result<Wanted, Failure> {
    match (&change.set, &change.advance) {
        (Some(text), None) => Timestamp::parse(text).map(Wanted::Set).ok_or_else(|| {
            wrong(
                "/set",
                "it is no RFC 3339 instant such as 2026-03-01T09:00:00Z",
            )
        }),
        (None, Some(text)) => duration::parse_seconds(text)
            .map(Wanted::Advance)
            .ok_or_else(|| wrong("/advance", format!("it is not {}", duration::EXPECTED))),
        (Some(_), Some(_)) | (None, None) => Err(wrong(
            "",
            "it needs one of `set` and `advance`, and not both",
        )),
    }
}

fn within(instant: Timestamp, pointer: &str) -> Result<Timestamp, Failure> {
    let (first, last) = CLOCK_RANGE;
    if (first..last).contains(&instant) {
        return Ok(instant);
    }
    Err(wrong(
        pointer,
        "the clock goes from the year 2000 to the year 2099",
    ))
}

fn wrong(pointer: &str, detail: impl Into<String>) -> Failure {
    Failure::members(vec![ProblemError {
        pointer: pointer.to_owned(),
        detail: detail.into(),
    }])
}

fn shown(clock: &SettableClock) -> TestClock {
    // The machine's first: a clock that was not moved is never behind it.
    let machine = clock.base_now();
    let now = clock.now();
    TestClock {
        now: now.to_rfc3339(),
        machine: machine.to_rfc3339(),
        ahead_seconds: now.seconds_since(machine),
    }
}
