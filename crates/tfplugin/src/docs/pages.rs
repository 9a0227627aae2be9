//! The finished pages, and the folder they belong into.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{DocsError, file_error};

/// The folders that hold nothing but generated pages.
const FOLDERS: [&str; 7] = [
    "resources",
    "data-sources",
    "ephemeral-resources",
    "list-resources",
    "actions",
    "functions",
    "guides",
];

/// Pages by their path from the root of the documentation: `resources/note.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages(BTreeMap<String, String>);

impl Pages {
    pub(super) fn new(pages: BTreeMap<String, String>) -> Self {
        Self(pages)
    }

    /// A page by its path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The pages in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Writes the pages into a directory, and removes pages of ours that are no longer made.
    ///
    /// # Errors
    /// [`DocsError`] if a file cannot be written.
    pub fn write(&self, directory: &Path) -> Result<(), DocsError> {
        for stale in self.stale(directory)? {
            let path = directory.join(stale);
            fs::remove_file(&path).map_err(|error| file_error(&path, error))?;
        }
        for (page, text) in &self.0 {
            let path = directory.join(page);
            let parent = path.parent().unwrap_or(directory);
            fs::create_dir_all(parent).map_err(|error| file_error(parent, error))?;
            fs::write(&path, text).map_err(|error| file_error(&path, error))?;
        }
        Ok(())
    }

    /// The paths of pages that a directory lacks, has otherwise, or has too many.
    ///
    /// # Errors
    /// [`DocsError`] if a file cannot be read.
    pub fn differences(&self, directory: &Path) -> Result<Vec<String>, DocsError> {
        let mut differences: BTreeSet<String> = self.stale(directory)?.into_iter().collect();
        for (page, text) in &self.0 {
            let path = directory.join(page);
            match fs::read_to_string(&path) {
                Ok(found) if &found == text => {}
                Ok(_) => {
                    differences.insert(page.clone());
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    differences.insert(page.clone());
                }
                Err(error) => return Err(file_error(&path, error)),
            }
        }
        Ok(differences.into_iter().collect())
    }

    /// Pages in a directory that are not among these.
    fn stale(&self, directory: &Path) -> Result<Vec<String>, DocsError> {
        let mut stale = Vec::new();
        for folder in FOLDERS {
            for file in files(&directory.join(folder))? {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let page = format!("{folder}/{name}");
                if name.ends_with(".md") && !self.0.contains_key(&page) {
                    stale.push(page);
                }
            }
        }
        Ok(stale)
    }
}

/// The files of a directory by name; none if it is not there.
pub(super) fn files(directory: &Path) -> Result<Vec<PathBuf>, DocsError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_error(directory, error)),
    };
    let paths: Result<BTreeSet<PathBuf>, _> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let paths = paths.map_err(|error| file_error(directory, error))?;
    Ok(paths.into_iter().collect())
}
