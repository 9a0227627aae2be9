//! Documentation for the registry, from the schemas, `examples/` and `templates/`.
//!
//! Owns the layout and the front matter that the registry reads: `index.md`, and a folder for each
//! kind of thing. The same sources always give the same pages. Nothing of it runs when a provider is
//! served.
//!
//! ```no_run
//! # fn documented(provider: &dyn tfplugin::Provider) -> Result<(), tfplugin::docs::DocsError> {
//! let pages = tfplugin::docs::Generator::new(provider, ".").title("Acme").pages()?;
//! // In a test: assert_eq!(pages.differences("docs".as_ref())?, [""; 0]);
//! pages.write("docs".as_ref())?;
//! # Ok(()) }
//! ```

mod examples;
mod page;
mod pages;
mod schema;
mod template;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub use pages::Pages;

use crate::provider::Provider;
use examples::Sources;
use page::Subject;

/// The registry shows no page that is larger, in bytes.
const MAX_PAGE: usize = 500_000;

/// The documentation cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocsError {
    /// A file cannot be read or written.
    #[error("{} cannot be read or written", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A template is not valid.
    #[error("{}: {problem}", path.display())]
    Template {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A template or an example is for something that the provider does not have.
    #[error("{} belongs to nothing that the provider has", path.display())]
    Stray {
        /// Which.
        path: PathBuf,
    },
    /// A page is larger than the registry shows.
    #[error("{page} is larger than 500 KB")]
    TooLarge {
        /// Which, from the root of the documentation.
        page: String,
    },
}

/// Makes the pages of one provider.
pub struct Generator<'a> {
    provider: &'a dyn Provider,
    sources: Sources,
    title: String,
    subcategory: Box<dyn Fn(&str) -> String + 'a>,
}

impl<'a> Generator<'a> {
    /// A generator for a provider, whose examples and templates are in `examples/` and `templates/`
    /// below `root`; both may be missing.
    ///
    /// Examples: `examples/provider/provider.tf`, `examples/resources/<type>/resource.tf`, `import.sh`,
    /// `import.tf` and `import-by-identity.tf`, `examples/data-sources/<type>/data-source.tf`,
    /// `examples/ephemeral-resources/<type>/ephemeral-resource.tf`,
    /// `examples/list-resources/<type>/list-resource.tfquery.hcl`, `examples/actions/<type>/action.tf`,
    /// `examples/functions/<name>/function.tf`, each also as several (`resource_first.tf`, …).
    ///
    /// Templates replace whole pages: `templates/index.md.tmpl`, `templates/resources/<type>.md.tmpl` and
    /// so on, or `templates/resources.md.tmpl` for all of a kind. What is in `templates/guides/` becomes
    /// the guides. Their language is a small part of Go's (see the crate's README).
    #[must_use]
    pub fn new(provider: &'a dyn Provider, root: impl Into<PathBuf>) -> Self {
        Self {
            provider,
            sources: Sources::new(root.into()),
            title: provider.name().to_owned(),
            subcategory: Box::new(|_name| String::new()),
        }
    }

    /// Sets what the provider is called in titles; by default it is its short name.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Sets the registry's subcategory of each resource, data source and so on, by its name.
    #[must_use]
    pub fn subcategory(mut self, subcategory: impl Fn(&str) -> String + 'a) -> Self {
        self.subcategory = Box::new(subcategory);
        self
    }

    /// Makes the pages.
    ///
    /// # Errors
    /// [`DocsError`] if a file cannot be read, a template is not valid, an example or template belongs
    /// to nothing, or a page is too large.
    pub fn pages(&self) -> Result<Pages, DocsError> {
        let subjects = self.subjects();
        self.sources.refuse_strays(&subjects)?;
        let mut pages = BTreeMap::new();
        for subject in &subjects {
            let text = page::page(subject, &self.title, &self.sources)?;
            pages.insert(subject.file(), text);
        }
        self.sources.guides(&self.title, &mut pages)?;
        for (page, text) in &pages {
            if text.len() > MAX_PAGE {
                let page = page.clone();
                return Err(DocsError::TooLarge { page });
            }
        }
        Ok(Pages::new(pages))
    }

    /// Everything that has no description: `resource acme_note: title`. For a test that it is empty.
    #[must_use]
    pub fn undescribed(&self) -> Vec<String> {
        let subjects = self.subjects();
        subjects.iter().flat_map(Subject::undescribed).collect()
    }

    fn subjects(&self) -> Vec<Subject> {
        let mut subjects = Subject::all(self.provider);
        for subject in subjects
            .iter_mut()
            .filter(|one| one.kind.folder().is_some())
        {
            subject.subcategory = (self.subcategory)(&subject.name);
        }
        subjects
    }
}

fn file_error(path: &Path, source: io::Error) -> DocsError {
    DocsError::File {
        path: path.to_owned(),
        source,
    }
}
