//! What goes wrong in the same way with several types, and what to do about it.

use tfplugin::{Context, Diagnostic, Diagnostics};
use vestibule_client::{Error, ErrorKind};

use crate::address;
use crate::failure::{existing_invitation, failed};

/// A creation that failed; where something may be in its way, with the command that imports it.
pub(crate) fn creation(
    summary: &'static str,
    error: &Error,
    type_name: &str,
    import_id: &str,
) -> Diagnostics {
    let mut diagnostic = failed(summary, error);
    let already = error.kind() == ErrorKind::Conflict
        || error.code().is_some_and(|code| code.contains("ALREADY"));
    if already || error.maybe_done() {
        diagnostic.detail.push_str(&format!(
            "\n\nIf it exists, import it:\n\n    terraform import {type_name}.NAME '{import_id}'"
        ));
    }
    diagnostic.into()
}

/// Checks that the service gave what it made an id.
///
/// # Errors
/// A diagnostic if it did not.
pub(crate) fn check_id(id: &str) -> Result<(), Diagnostics> {
    if !id.is_empty() {
        return Ok(());
    }
    Err(Diagnostic::error("The service gave what it made no id")
        .detail("Its answer has an empty id, so Terraform cannot manage it.")
        .into())
}

/// An import of what is not there.
pub(crate) fn nothing_to_import(id: &str, place: &str) -> Diagnostics {
    Diagnostic::error("There is nothing to import")
        .detail(format!(
            "Nobody in the {place} matches {id:?}: neither a member nor somebody whose invitation \
             waits for an answer."
        ))
        .into()
}

/// The open invitation that a data source was asked for by its id.
///
/// # Errors
/// The failed request, or that there is none.
pub(crate) fn open_invitation<T>(
    answer: Result<Option<T>, Error>,
    place: &str,
    id: &str,
) -> Result<T, Diagnostics> {
    existing_invitation(answer, "invitation_id", || {
        format!(
            "The {place} has no open invitation with the id {id:?}: there never was one, or it was \
             accepted, declined or deleted, or it expired."
        )
    })
}

/// Warns if the invitation that was asked for by its id is for another address than configured.
pub(crate) fn check_addressee(cx: &Context, configured: &str, found: &str) {
    if address::is_same(configured, found) {
        return;
    }
    cx.diagnostic(
        Diagnostic::warning("The invitation is for another address")
            .detail(
                "The id decides which invitation is read, and this one was sent to another \
                 address than the configured username. The data has the address of the invitation.",
            )
            .at("username"),
    );
}
