//! What the command line says. Owns every word on standard output and standard error: data goes
//! to the first, talk to the second.

use std::io::{IsTerminal, Write};

use anstream::{stderr, stdout};
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
pub(crate) fn data(line: &str) {
    print(&mut stdout(), line);
}

/// Prints a line of talk.
pub(crate) fn talk(line: &str) {
    print(&mut stderr(), line);
}

/// Prints a line of talk only if somebody watches: progress stays quiet in a pipe.
pub(crate) fn progress(line: &str) {
    if std::io::stderr().is_terminal() {
        talk(line);
    }
}

fn print(to: &mut impl Write, line: &str) {
    // Whoever closed the pipe does not want to hear more.
    drop(writeln!(to, "{line}"));
}

/// Prints items as a table with these columns, or as JSON.
///
/// # Errors
/// If an item does not serialize.
pub(crate) fn items<T: Serialize>(
    format: Format,
    items: &[T],
    columns: &[&str],
    row: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<()> {
    match format {
        Format::Json => data(&serde_json::to_string_pretty(items)?),
        Format::Table => data(&table(columns, items.iter().map(row))),
    }
    Ok(())
}

/// Prints one item as a table of one row, or as JSON.
///
/// # Errors
/// If the item does not serialize.
pub(crate) fn item<T: Serialize>(
    format: Format,
    item: &T,
    columns: &[&str],
    row: impl Fn(&T) -> Vec<String>,
) -> anyhow::Result<()> {
    match format {
        Format::Json => data(&serde_json::to_string_pretty(item)?),
        Format::Table => data(&table(columns, std::iter::once(row(item)))),
    }
    Ok(())
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
