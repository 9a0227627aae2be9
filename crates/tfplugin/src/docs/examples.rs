//! The written sources: examples, templates, guides.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::page::{KINDS, Kind, Subject};
use super::pages::files;
use super::template::{Scope, Variable, render};
use super::{DocsError, file_error};

/// The directory with `examples/` and `templates/`.
pub(super) struct Sources {
    root: PathBuf,
}

impl Sources {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// The examples for a subject, by file name.
    pub(super) fn examples(&self, subject: &Subject) -> Result<Vec<String>, DocsError> {
        let (stem, ending) = subject.kind.example();
        let mut found = Vec::new();
        for path in files(&self.example_folder(subject))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let is_one = name.strip_suffix(ending).is_some_and(|name| {
                name.strip_prefix(stem)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
            });
            if is_one {
                found.push(fs::read_to_string(&path).map_err(|error| file_error(&path, error))?);
            }
        }
        Ok(found)
    }

    /// One file beside the examples of a subject.
    pub(super) fn beside(
        &self,
        subject: &Subject,
        name: &str,
    ) -> Result<Option<String>, DocsError> {
        read(&self.example_folder(subject).join(name))
    }

    /// The template for a subject, with its path.
    pub(super) fn template(
        &self,
        subject: &Subject,
    ) -> Result<Option<(PathBuf, String)>, DocsError> {
        let templates = self.root.join("templates");
        let mut candidates = Vec::new();
        match subject.kind.folder() {
            None => candidates.push(templates.join("index.md.tmpl")),
            Some(folder) => {
                for name in [&subject.name, &subject.short] {
                    candidates.push(templates.join(folder).join(format!("{name}.md.tmpl")));
                }
                candidates.push(templates.join(format!("{folder}.md.tmpl")));
            }
        }
        for path in candidates {
            if let Some(text) = read(&path)? {
                return Ok(Some((path, text)));
            }
        }
        Ok(None)
    }

    /// Renders a template that may name files by their path from the root.
    pub(super) fn render(
        &self,
        path: PathBuf,
        template: &str,
        variables: BTreeMap<&'static str, Variable>,
    ) -> Result<String, DocsError> {
        let in_root = |name: &str| match read(&self.root.join(name)) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => Err(format!("{name} is not there")),
            Err(error) => Err(error.to_string()),
        };
        let scope = Scope {
            variables,
            read: &in_root,
        };
        render(template, &scope).map_err(|problem| DocsError::Template { path, problem })
    }

    /// Adds the guides.
    pub(super) fn guides(
        &self,
        title: &str,
        pages: &mut BTreeMap<String, String>,
    ) -> Result<(), DocsError> {
        for path in files(&self.root.join("templates/guides"))? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let text = fs::read_to_string(&path).map_err(|error| file_error(&path, error))?;
            if let Some(name) = name.strip_suffix(".tmpl") {
                let title = Variable::Text(title.to_owned());
                let variables = BTreeMap::from([("ProviderName", title)]);
                let text = self.render(path.clone(), &text, variables)?;
                pages.insert(format!("guides/{name}"), text);
            } else {
                pages.insert(format!("guides/{name}"), text);
            }
        }
        Ok(())
    }

    /// A misspelt name must not make an example or a template vanish without a word.
    pub(super) fn refuse_strays(&self, subjects: &[Subject]) -> Result<(), DocsError> {
        let known = |kind: Kind, name: &str| {
            let mut of_kind = subjects.iter().filter(|subject| subject.kind == kind);
            of_kind.any(|subject| subject.name == name || subject.short == name)
        };
        for kind in KINDS {
            let Some(folder) = kind.folder() else {
                continue;
            };
            for path in files(&self.root.join("examples").join(folder))? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if !known(kind, &name) {
                    return Err(DocsError::Stray { path });
                }
            }
            for path in files(&self.root.join("templates").join(folder))? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let name = name.strip_suffix(".md.tmpl").unwrap_or_default();
                if !known(kind, name) {
                    return Err(DocsError::Stray { path });
                }
            }
        }
        Ok(())
    }

    fn example_folder(&self, subject: &Subject) -> PathBuf {
        let examples = self.root.join("examples");
        match subject.kind.folder() {
            None => examples.join("provider"),
            Some(folder) => examples.join(folder).join(&subject.name),
        }
    }
}

/// The text of a file; `None` if it is not there.
fn read(path: &Path) -> Result<Option<String>, DocsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error(path, error)),
    }
}
