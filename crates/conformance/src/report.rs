//! What came of a run, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

/// A whole run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// `confluent` or `atlas`.
    pub dialect: &'static str,
    /// The server.
    pub base_url: String,
    /// The part of each address and name that is this run's own.
    pub run: String,
    /// Steps that went as the golden files say.
    pub passed: usize,
    /// Steps that did not, or that something before them kept from running.
    pub failed: usize,
    /// Steps that were left out, because something for them is not given.
    pub skipped: usize,
    /// One for each file.
    pub sequences: Vec<Ran>,
}

/// What came of a file.
#[derive(Debug, Serialize)]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// One for each step.
    pub steps: Vec<RanStep>,
}

/// What came of a step.
#[derive(Debug, Serialize)]
pub struct RanStep {
    /// Its name.
    pub name: String,
    /// Method and path, as sent.
    pub request: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "lowercase")]
pub enum Outcome {
    /// All is as the golden file says.
    Passed,
    /// Something is not.
    Failed {
        /// What is not.
        differences: Vec<String>,
        /// Status and body that came; empty if none did.
        answer: String,
    },
    /// It was not sent, because what a step before it should have captured is missing.
    Blocked {
        /// What is missing.
        reason: String,
    },
    /// It was left out, because something for it is not given.
    Skipped {
        /// What is not given.
        reason: String,
    },
}

impl Report {
    /// Adds what came of a file.
    pub(crate) fn add(&mut self, ran: Ran) {
        for step in &ran.steps {
            match step.outcome {
                Outcome::Passed => self.passed += 1,
                Outcome::Failed { .. } | Outcome::Blocked { .. } => self.failed += 1,
                Outcome::Skipped { .. } => self.skipped += 1,
            }
        }
        self.sequences.push(ran);
    }

    /// Whether anything is not as the golden files say.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.failed > 0
    }

    /// A line for each file, and more for what failed or was skipped.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for ran in &self.sequences {
            ran.write(&mut text);
        }
        let Self {
            dialect,
            base_url,
            passed,
            failed,
            skipped,
            ..
        } = self;
        writeln!(
            text,
            "{dialect} at {base_url}: {passed} steps passed, {failed} failed, {skipped} skipped"
        )
        .unwrap_or_default();
        text
    }
}

impl Ran {
    fn write(&self, text: &mut String) {
        let is = |wanted: fn(&Outcome) -> bool| self.steps.iter().any(|step| wanted(&step.outcome));
        let word = if is(|o| matches!(o, Outcome::Failed { .. } | Outcome::Blocked { .. })) {
            "FAILED "
        } else if is(|o| *o == Outcome::Passed) {
            "ok     "
        } else {
            "skipped"
        };
        let (name, title, count) = (&self.name, &self.title, self.steps.len());
        let mut lines = vec![format!("{word} {name} ({count}): {title}")];
        let mut said = "";
        for step in &self.steps {
            let (name, request) = (&step.name, &step.request);
            match &step.outcome {
                Outcome::Passed => {}
                Outcome::Skipped { reason } if reason == said => {}
                Outcome::Skipped { reason } => {
                    said = reason;
                    lines.push(format!("    skipped from \"{name}\" on: {reason}"));
                }
                Outcome::Blocked { reason } => {
                    lines.push(format!("    not sent: \"{name}\": {reason}"));
                }
                Outcome::Failed {
                    differences,
                    answer,
                } => {
                    lines.push(format!("    failed: \"{name}\": {request}"));
                    lines.extend(differences.iter().map(|one| format!("      {one}")));
                    if !answer.is_empty() {
                        lines.push(format!("      answered: {answer}"));
                    }
                }
            }
        }
        for line in lines {
            writeln!(text, "{line}").unwrap_or_default();
        }
    }
}
