//! Errors and warnings as Terraform shows them.

use crate::value::{AccessError, Path};

/// How serious a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation went on.
    Warning,
}

/// One error or warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One line, no full stop.
    pub summary: String,
    /// Paragraphs that explain and say what to do; may be empty.
    pub detail: String,
    /// The attribute it is about: Terraform then prints file and line.
    pub path: Option<Path>,
}

impl Diagnostic {
    /// An error.
    #[must_use]
    pub fn error(summary: impl Into<String>) -> Self {
        Self::new(Severity::Error, summary.into())
    }

    /// An error whose detail is another error with all its causes.
    #[must_use]
    pub fn from_error(summary: impl Into<String>, error: &dyn std::error::Error) -> Self {
        let mut detail = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            detail = format!("{detail}: {cause}");
            source = cause.source();
        }
        Self::error(summary).detail(detail)
    }

    /// A warning.
    #[must_use]
    pub fn warning(summary: impl Into<String>) -> Self {
        Self::new(Severity::Warning, summary.into())
    }

    /// The diagnostic with an explanation.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The diagnostic tied to an attribute: `.at("email")` or a longer [`Path`].
    #[must_use]
    pub fn at(mut self, path: impl Into<Path>) -> Self {
        let path = path.into();
        self.path = if path.is_root() { None } else { Some(path) };
        self
    }

    fn new(severity: Severity, summary: String) -> Self {
        Self {
            severity,
            summary,
            detail: String::new(),
            path: None,
        }
    }
}

/// A list of diagnostics, in the order in which they are shown.
///
/// As the error of a handler it should hold at least one error; if it holds only warnings the
/// framework adds one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No diagnostics.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds an error.
    pub fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.push(Diagnostic::error(summary).detail(detail));
    }

    /// Adds a warning.
    pub fn warning(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.push(Diagnostic::warning(summary).detail(detail));
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The diagnostics in order.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl From<AccessError> for Diagnostic {
    fn from(error: AccessError) -> Self {
        let path = Path::root(error.attribute());
        Self::error("Unexpected attribute value")
            .detail(format!("{error}."))
            .at(path)
    }
}

impl From<AccessError> for Diagnostics {
    fn from(error: AccessError) -> Self {
        Diagnostic::from(error).into()
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, diagnostics: I) {
        self.0.extend(diagnostics);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(diagnostics: I) -> Self {
        Self(diagnostics.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::num::ParseIntError);

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = Outer("x".parse::<i32>().unwrap_err());
        let diagnostic = Diagnostic::from_error("Failed", &error);
        assert_eq!(diagnostic.detail, "outer: invalid digit found in string");
    }

    #[test]
    fn warnings_alone_are_no_errors() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.warning("careful", "");
        assert!(!diagnostics.has_errors() && !diagnostics.is_empty());
        diagnostics.error("no", "");
        assert!(diagnostics.has_errors());
    }

    #[test]
    fn the_path_of_the_whole_value_is_no_path() {
        assert_eq!(Diagnostic::error("x").at(Path::default()).path, None);
    }
}
