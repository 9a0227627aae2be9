//! Client errors as Terraform diagnostics.
//!
//! Owns the wording. Summaries never change from one occurrence to the next; what varies is in the
//! detail, and so is what to do. Nothing secret is in a client error to begin with.

use tfplugin::{Context, Diagnostic, Diagnostics};
use vestibule_client::{Error, ErrorKind};

/// A failed request; `summary` says what it was for.
pub(crate) fn failed(summary: &'static str, error: &Error) -> Diagnostic {
    advised(summary, error, [error.hint(), advice(error.kind())])
}

/// A failed request, with what can be done about it.
pub(crate) fn advised<const N: usize>(
    summary: &'static str,
    error: &Error,
    hints: [Option<&str>; N],
) -> Diagnostic {
    let mut detail = format!("{}: {error}", error.operation());
    if !detail.ends_with(['.', '!', '?']) {
        detail.push('.');
    }
    for hint in hints.into_iter().flatten() {
        detail.push_str("\n\n");
        detail.push_str(hint);
    }
    Diagnostic::error(summary).detail(detail)
}

/// The same, as the error of a handler.
pub(crate) fn stop(summary: &'static str) -> impl Fn(Error) -> Diagnostics {
    move |error| failed(summary, &error).into()
}

/// How deleting ends: what is not there is deleted.
///
/// # Errors
/// What else the service answers.
pub(crate) fn deleted(summary: &'static str, answer: Result<(), Error>) -> Result<(), Diagnostics> {
    match answer {
        Err(error) if !error.is_not_found() => Err(failed(summary, &error).into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What a change meets that is not there.
pub(crate) const GONE: &str = "What was to be changed is no longer there: since the plan was made \
                               it was removed, or these credentials may not see it any more.";
/// What a change of an invitation meets that waits for no answer.
const NOT_OPEN: &str = "The invitation is no longer open: since the plan was made it was accepted, \
                        declined or withdrawn, or it expired.";

/// A failed change. One of what is no longer there, or no longer open, comes of a plan that is older
/// than that, and says so.
pub(crate) fn change(summary: &'static str, error: &Error) -> Diagnostic {
    let diagnostic = failed(summary, error);
    match (error.kind(), error.code()) {
        (ErrorKind::NotFound, _) => outdated(diagnostic, GONE),
        (ErrorKind::Conflict, Some("not_open")) => outdated(diagnostic, NOT_OPEN),
        _ => diagnostic,
    }
}

/// A failed change of an invitation, at a service that shows none but open ones.
pub(crate) fn change_of_open(summary: &'static str, error: &Error) -> Diagnostic {
    let diagnostic = failed(summary, error);
    if error.is_not_found() {
        return outdated(diagnostic, NOT_OPEN);
    }
    diagnostic
}

/// Says that what happened since the plan was made stands in the way of it.
pub(crate) fn outdated(mut diagnostic: Diagnostic, what: &str) -> Diagnostic {
    let advice = "Run terraform plan again to see what became of it, and what to do now.";
    if !diagnostic.detail.is_empty() {
        diagnostic.detail.push_str("\n\n");
    }
    diagnostic.detail.push_str(&format!("{what} {advice}"));
    diagnostic
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

/// Stops before something is made or sent that an interrupted Terraform could not use.
///
/// # Errors
/// A diagnostic when the user has interrupted Terraform.
pub(crate) fn not_interrupted(cx: &Context) -> Result<(), Diagnostics> {
    if !cx.is_cancelled() {
        return Ok(());
    }
    Err(Diagnostic::error("Interrupted")
        .detail("Terraform was interrupted before the request was sent. Nothing has changed.")
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
