//! Client errors as Terraform diagnostics.
//!
//! Owns the wording. Summaries never change from one occurrence to the next; what varies is in the
//! detail, and so is what to do. Nothing secret is in a client error to begin with.

use tfplugin::{Context, Diagnostic, Diagnostics};
use vestibule_client::{Error, ErrorKind};

/// A failed request; `summary` says what it was for.
pub(crate) fn failed(summary: &'static str, error: &Error) -> Diagnostic {
    let mut detail = format!("{}: {error}", error.operation());
    if !detail.ends_with(['.', '!', '?']) {
        detail.push('.');
    }
    for hint in [error.hint(), advice(error.kind())].into_iter().flatten() {
        detail.push_str("\n\n");
        detail.push_str(hint);
    }
    Diagnostic::error(summary).detail(detail)
}

/// The same, as the error of a handler.
pub(crate) fn stop(summary: &'static str) -> impl Fn(Error) -> Diagnostics {
    move |error| failed(summary, &error).into()
}

/// The invitation that a data source was asked for: to it, nothing is an error.
///
/// # Errors
/// The failed request; that there is none, at the attribute that named it, with the reason.
pub(crate) fn existing_invitation<T>(
    answer: Result<Option<T>, Error>,
    named_by: &str,
    why_none: impl FnOnce() -> String,
) -> Result<T, Diagnostics> {
    let found = answer.map_err(stop("Cannot read the invitation"))?;
    found.ok_or_else(|| {
        Diagnostic::error("There is no such invitation")
            .detail(why_none())
            .at(named_by)
            .into()
    })
}

/// A failed request that was to tell whether something exists, as the error of a handler.
pub(crate) fn stop_reading(summary: &'static str) -> impl Fn(Error) -> Diagnostics {
    move |error| {
        let mut diagnostic = failed(summary, &error);
        if matches!(
            error.kind(),
            ErrorKind::Forbidden | ErrorKind::Unauthenticated
        ) {
            diagnostic.detail.push_str(
                "\n\nThe resource stays in the state: a refusal does not mean that it is gone.",
            );
        }
        diagnostic.into()
    }
}

/// Stops before something is created that an interrupted Terraform could not use.
///
/// # Errors
/// A diagnostic when the user has interrupted Terraform.
pub(crate) fn not_interrupted(cx: &Context) -> Result<(), Diagnostics> {
    if !cx.is_cancelled() {
        return Ok(());
    }
    Err(Diagnostic::error("Interrupted")
        .detail("Terraform was interrupted before the invitation was sent. Nothing was created.")
        .into())
}

fn advice(kind: ErrorKind) -> Option<&'static str> {
    match kind {
        ErrorKind::Unauthenticated => Some(
            "Check the credentials in the provider block or the environment, and that they belong \
             to the service at the configured address.",
        ),
        ErrorKind::Forbidden => Some(
            "The credentials are valid but may not do this. Give their owner the needed role, or \
             use others.",
        ),
        ErrorKind::Transport => Some(
            "Check the address in the provider block, and that the service can be reached from \
             here.",
        ),
        ErrorKind::RateLimited => Some(
            "The service limits how many requests it takes. Try again later, or with a lower \
             -parallelism.",
        ),
        ErrorKind::Gone => Some("The service no longer offers this version of its API."),
        _ => None,
    }
}
