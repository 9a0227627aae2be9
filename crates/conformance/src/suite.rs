//! Golden files: what is sent, in which order, and what is to come back.
//!
//! Owns their form (TOML) and how they are found. A file is a sequence: its steps share what they
//! capture, and its cleanup runs whatever came of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::credential::names_of;
use crate::json::Json;
use crate::pattern;
use crate::variables::names_in;

/// Which of the two APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Dialect {
    /// Confluent Cloud's.
    Confluent,
    /// MongoDB Atlas'.
    Atlas,
}

impl Dialect {
    /// The name of its folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Confluent => "confluent",
            Self::Atlas => "atlas",
        }
    }
}

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sequence {
    /// Where it stands below the dialect's folder, without `.toml`.
    #[serde(skip)]
    pub name: String,
    /// What it is about, in a sentence.
    pub title: String,
    /// What has to be given for any of it to run.
    #[serde(default)]
    pub needs: Vec<String>,
    /// The date of the media type that its requests ask for (Atlas).
    #[serde(default)]
    pub version: Option<String>,
    /// Whether members of objects come in alphabetical order.
    #[serde(default)]
    pub alphabetical: bool,
    /// What is done, in this order.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// What is sent in the end, whatever happened; nobody looks at the answers.
    #[serde(default)]
    pub cleanup: Vec<Step>,
}

/// A request, and the answer to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What it shows, as a sentence.
    #[serde(default)]
    pub name: String,
    /// What has to be given for it to run.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Method and path with query.
    pub send: String,
    /// The credential: `nobody`, or a scheme and whose (`basic key`, `digest key`, `bearer token`).
    /// The dialect's own for `key` unless said otherwise.
    #[serde(default, rename = "as")]
    pub credential: Option<String>,
    /// As for the whole sequence.
    #[serde(default)]
    pub version: Option<String>,
    /// Headers; an empty one is left out.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, byte for byte but for its variables.
    #[serde(default)]
    pub body: Option<String>,
    /// The fields of a form as body.
    #[serde(default)]
    pub form: Option<BTreeMap<String, String>>,
    /// The answer; a cleanup has none.
    #[serde(default)]
    pub expect: Option<Expect>,
}

/// What comes back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The status.
    pub status: u16,
    /// Headers; `<absent>` for one that must not be there.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How the body is written, if that matters.
    #[serde(default)]
    pub form: Option<Form>,
    /// The body as JSON; without it there is none.
    #[serde(default)]
    pub body: Option<String>,
}

/// How JSON is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// In one line, without spaces.
    Compact,
    /// Over several lines.
    Pretty,
}

impl Step {
    /// The names that it gives to parts of its answer.
    #[must_use]
    pub fn gives(&self) -> Vec<String> {
        let texts = self.golden_texts();
        texts.flat_map(|text| pattern::names_given(text)).collect()
    }

    /// The names that it uses and does not give.
    #[must_use]
    pub fn uses(&self) -> Vec<String> {
        let forms = self.form.iter().flat_map(BTreeMap::values);
        let sent = self.headers.values().chain(&self.body).chain(forms);
        let sent = sent.chain([&self.send]).flat_map(|text| names_in(text));
        let golden = self
            .golden_texts()
            .flat_map(|text| pattern::names_used(text));
        let mut names: Vec<String> = sent.chain(golden).collect();
        names.extend(self.credential.as_deref().into_iter().flat_map(names_of));
        let gives = self.gives();
        names.retain(|name| !gives.contains(name));
        names
    }

    fn golden_texts(&self) -> impl Iterator<Item = &String> {
        let expect = self.expect.iter();
        expect.flat_map(|expect| expect.headers.values().chain(&expect.body))
    }
}

/// Where this crate's golden files are.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("suites")
}

/// Why golden files cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A file or folder cannot be opened.
    #[error("{0} cannot be read")]
    File(PathBuf, #[source] std::io::Error),
    /// A file is no sequence.
    #[error("{0} is no sequence")]
    Form(PathBuf, #[source] Box<toml::de::Error>),
    /// A golden answer is no JSON.
    #[error("{0}: the answer of {1:?} is no JSON")]
    Json(PathBuf, String, #[source] serde_json::Error),
    /// A step expects nothing, or has no name; or a cleanup has.
    #[error("{0}: {1:?} is neither a step with a name and an answer nor a cleanup without")]
    Step(PathBuf, String),
}

/// The sequences of a dialect whose name holds `filter`, by name.
///
/// # Errors
/// If one of them cannot be read, whether it is asked for or not.
pub fn load(folder: &Path, dialect: Dialect, filter: &str) -> Result<Vec<Sequence>, Unreadable> {
    let root = folder.join(dialect.name());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut found = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file);
        let text = text.map_err(|error| Unreadable::File(file.clone(), error))?;
        let read: Result<Sequence, _> = toml::from_str(&text);
        let mut sequence = read.map_err(|error| Unreadable::Form(file.clone(), Box::new(error)))?;
        check(&sequence, &file)?;
        let name = file.strip_prefix(&root).unwrap_or(&file).with_extension("");
        sequence.name = name.to_string_lossy().into_owned();
        found.push(sequence);
    }
    found.retain(|sequence| sequence.name.contains(filter));
    Ok(found)
}

fn check(sequence: &Sequence, file: &Path) -> Result<(), Unreadable> {
    for step in &sequence.steps {
        let wrong = || Unreadable::Step(file.to_path_buf(), step.send.clone());
        let expect = step.expect.as_ref().filter(|_| !step.name.is_empty());
        let Some(body) = &expect.ok_or_else(wrong)?.body else {
            continue;
        };
        Json::parse(body)
            .map_err(|error| Unreadable::Json(file.to_path_buf(), step.name.clone(), error))?;
    }
    let wrong = sequence.cleanup.iter().find(|step| step.expect.is_some());
    wrong.map_or(Ok(()), |step| {
        Err(Unreadable::Step(file.to_path_buf(), step.send.clone()))
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Unreadable> {
    let unreadable = |error| Unreadable::File(folder.to_path_buf(), error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_uses_all_that_it_cannot_do_without_and_does_not_give() {
        let step = r#"
            send = "GET /${organization}/x?a=${a}"
            as = "basic reader"
            [expect]
            status = 200
            headers = { location = "/<id:made>/${made}" }
            body = '{"end": "<7d after created>", "note": "<text with ${note}>"}'
        "#;
        let step: Step = toml::from_str(step).expect("a step");
        let mut uses = step.uses();
        uses.sort();
        assert_eq!(
            uses,
            [
                "a",
                "created",
                "note",
                "organization",
                "reader",
                "reader_secret"
            ]
        );
        assert_eq!(step.gives(), ["made"]);
        let token: Step =
            toml::from_str("send = \"GET /\"\nas = \"bearer token\"").expect("a step");
        assert_eq!(token.uses(), ["token"]);
        let nobody: Step = toml::from_str("send = \"GET /\"\nas = \"nobody\"").expect("a step");
        assert_eq!(nobody.uses(), [""; 0]);
    }
}
