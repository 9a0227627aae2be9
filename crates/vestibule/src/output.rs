//! What the command line says. Owns every word on standard output and standard error: data goes
//! to the first, talk to the second.

use std::io::{ErrorKind, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice, stderr, stdout};
use anyhow::Context;
use serde::Serialize;

/// How data is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A table for people.
    #[default]
    Table,
    /// JSON for programs.
    Json,
}

/// Prints a line of data.
///
/// # Errors
/// If it cannot be written, as on a full disk. Whoever closed the pipe does not want to hear more:
/// that is none.
pub(crate) fn data(line: &str) -> anyhow::Result<()> {
    match writeln!(stdout(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("standard output cannot be written")
        }
        _ => Ok(()),
    }
}

/// Prints a line of talk, if somebody listens.
pub(crate) fn talk(line: &str) {
    drop(writeln!(stderr(), "{line}"));
}

/// Prints a line of talk only if somebody watches: progress stays quiet in a pipe.
pub(crate) fn progress(line: &str) {
    if std::io::stderr().is_terminal() {
        talk(line);
    }
}

/// Whether talk may be coloured: somebody watches, and has not set `NO_COLOR`.
#[must_use]
pub(crate) fn talk_has_colours() -> bool {
    AutoStream::choice(&std::io::stderr()) != ColorChoice::Never
}

/// Prints a value as JSON.
///
/// # Errors
/// If it does not serialize, or as [`data`].
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> anyhow::Result<()> {
    data(&serde_json::to_string_pretty(value)?)
}

/// Prints items as a table with these columns, or as JSON.
///
/// # Errors
/// If an item does not serialize, or as [`data`].
pub(crate) fn items<T: Serialize>(
    format: Format,
    items: &[T],
    columns: &[&str],
    row: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<()> {
    match format {
        Format::Json => json(items),
        Format::Table => data(&table(columns, items.iter().map(row))),
    }
}

/// Prints one item as a table of one row, or as JSON.
///
/// # Errors
/// If the item does not serialize, or as [`data`].
pub(crate) fn item<T: Serialize>(
    format: Format,
    item: &T,
    columns: &[&str],
    row: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<()> {
    match format {
        Format::Json => json(item),
        Format::Table => data(&table(columns, std::iter::once(row(item)))),
    }
}

/// A table as text, without borders that a terminal might cut.
pub(crate) fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(columns.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    let text = table.to_string();
    let lines = text.lines().map(str::trim_end);
    // Each cell has a space on its left; that of the first column stands for nothing.
    lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}
