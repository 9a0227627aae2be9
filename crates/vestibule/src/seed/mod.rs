//! Seeds: what a server for testing begins with, from a TOML file.
//!
//! Owns the file's reading and its errors, which name line, key and what was expected. Must not
//! make anything: the server does.

mod file;
mod read;

use std::path::Path;

use anyhow::Context;
use vestibule_server::testing::Seed;

use crate::config::SeedSource;

/// The seed that is built in, as a file.
pub(crate) const DEFAULT: &str = include_str!("default.toml");

/// Reads a seed.
///
/// # Errors
/// If the file is not readable, or is no seed.
pub(crate) fn load(source: &SeedSource) -> anyhow::Result<Seed> {
    match source {
        SeedSource::Default => Ok(parse(DEFAULT, "the default seed")?),
        SeedSource::File(path) => {
            let text = read_file(path)?;
            Ok(parse(&text, &path.display().to_string())?)
        }
    }
}

fn read_file(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("the seed {} cannot be read", path.display()))
}

/// Reads a seed from the text of a file with this name.
///
/// # Errors
/// [`SeedError`] for the first thing that is not usable.
fn parse(text: &str, name: &str) -> Result<Seed, SeedError> {
    let file: file::SeedFile =
        toml::from_str(text).map_err(|error| SeedError::syntax(&error, text, name))?;
    read::seed(&file).map_err(|wrong| wrong.placed(text, name))
}

/// What is wrong with a seed, and where.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}, line {line}: {what}{}", expectation(expected))]
pub(crate) struct SeedError {
    name: String,
    line: usize,
    what: String,
    expected: String,
}

fn expectation(expected: &str) -> String {
    if expected.is_empty() {
        return String::new();
    }
    format!("\n  expected: {expected}")
}

impl SeedError {
    fn syntax(error: &toml::de::Error, text: &str, name: &str) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        let key = key_at(text, at);
        let said = error.message().trim();
        let (what, expected) = said.split_once(", expected ").unwrap_or((said, ""));
        let missing = what
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'));
        let what = match (missing, key) {
            (Some(missing), _) => format!("{missing}: it is needed, and is not there"),
            (None, Some(key)) => format!("{key}: {what}"),
            (None, None) => what.to_owned(),
        };
        Self {
            name: name.to_owned(),
            line: line_of(text, at),
            what,
            expected: expected.to_owned(),
        }
    }
}

/// The line, counted from 1, of a place in a text.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The key of the line that a place stands in, if it has one.
fn key_at(text: &str, at: usize) -> Option<&str> {
    let line = text.lines().nth(line_of(text, at) - 1)?;
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let is_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (!key.is_empty() && key.chars().all(is_key)).then_some(key)
}

#[cfg(test)]
mod tests;
