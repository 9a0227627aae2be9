//! `/testing/faults`.

use axum::response::Response;
use vestibule_wire::native::{ProblemError, TestFault, TestFaultCreate, TestFaults};

use super::control::Control;
use super::{Failure, answer};
use crate::http::native::call::Body;
use crate::http::watch::LONGEST_DELAY_MS;

/// Lets something go wrong with the next requests that match. The first fault that matches counts.
#[utoipa::path(
    post, path = "/faults", operation_id = "addTestFault", tag = "testing",
    request_body = TestFaultCreate,
    responses((status = 201, description = "It waits", body = TestFault)),
)]
pub(super) async fn add(
    control: Control,
    Body(fault): Body<TestFaultCreate>,
) -> Result<Response, Failure> {
    let errors = complaints(&fault);
    if !errors.is_empty() {
        return Err(Failure::members(errors));
    }
    let added = control.testing.faults.add(fault);
    Ok(answer::created("/testing/faults", &added))
}

/// Lists the faults, those that are used up included.
#[utoipa::path(
    get, path = "/faults", operation_id = "listTestFaults", tag = "testing",
    responses((status = 200, description = "In the order of matching", body = TestFaults)),
)]
pub(super) async fn list(control: Control) -> Response {
    let data = control.testing.faults.list();
    answer::ok(&TestFaults { data })
}

/// Forgets all faults.
#[utoipa::path(
    delete, path = "/faults", operation_id = "clearTestFaults", tag = "testing",
    responses((status = 204, description = "Nothing goes wrong any more")),
)]
pub(super) async fn clear(control: Control) -> Response {
    control.testing.faults.clear();
    answer::nothing()
}

/// What is wrong with a fault.
fn complaints(fault: &TestFaultCreate) -> Vec<ProblemError> {
    let mut errors = Vec::new();
    let mut expect = |holds: bool, pointer: &str, detail: &str| {
        if !holds {
            errors.push(ProblemError {
                pointer: pointer.to_owned(),
                detail: detail.to_owned(),
            });
        }
    };
    let does_something = fault.delay_ms.is_some() || fault.status.is_some() || fault.drop.is_some();
    expect(
        does_something,
        "",
        "it needs one of `delay_ms`, `status` and `drop`",
    );
    let both = fault.status.is_some() && fault.drop.is_some();
    expect(!both, "/drop", "a request is answered or dropped, not both");
    let (least, most) = (400, 599);
    let status = fault
        .status
        .is_none_or(|status| (least..=most).contains(&status));
    expect(status, "/status", "it is not from 400 to 599");
    let times = fault.times.is_none_or(|times| times > 0);
    expect(times, "/times", "it is not above 0");
    let delay = fault.delay_ms.is_none_or(|delay| delay <= LONGEST_DELAY_MS);
    expect(delay, "/delay_ms", "it is more than 120000");
    let method = fault.method.as_deref().is_none_or(is_method);
    expect(method, "/method", "it is no HTTP method");
    let path = fault.path.as_deref().is_none_or(is_pattern);
    expect(
        path,
        "/path",
        "it does not begin with / or *, or is longer than 500 characters",
    );
    for (pointer, is_given) in [
        ("/retry_after", fault.retry_after.is_some()),
        ("/code", fault.code.is_some()),
        ("/detail", fault.detail.is_some()),
    ] {
        let answered = fault.status.is_some();
        expect(
            !is_given || answered,
            pointer,
            "it belongs to an answer: give a `status`",
        );
    }
    let code = fault.code.as_deref().is_none_or(is_code);
    expect(
        code,
        "/code",
        "it is not 1 to 64 letters, digits, dots, hyphens and underscores",
    );
    let detail = fault
        .detail
        .as_deref()
        .is_none_or(|text| text.len() <= 1000);
    expect(detail, "/detail", "it is longer than 1000 bytes");
    errors
}

fn is_method(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_pattern(text: &str) -> bool {
    text.starts_with(['/', '*']) && text.len() <= 500
}

fn is_code(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(is_plain)
}
