//! What goes wrong in the same way with several types, and what to do about it.

use tfplugin::{Diagnostic, Diagnostics};
use vestibule_client::{Error, ErrorKind};

use crate::failure::failed;

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

/// A change that failed.
pub(crate) fn change(summary: &'static str, error: &Error) -> Diagnostics {
    let mut diagnostic = failed(summary, error);
    if error.is_not_found() {
        diagnostic
            .detail
            .push_str("\n\nIt is gone. Run terraform plan again to see what became of it.");
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
