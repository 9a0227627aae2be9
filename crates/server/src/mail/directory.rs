//! Mails as files. Owns the directory's names and that a file appears whole or not at all.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::compose::Composed;
use super::deliver::{Later, NotDelivered};
use super::stored::Stored;

const EXTENSION: &str = "eml";

/// A directory of mails, one `.eml` file each, whose names sort by time and hold no address.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// Mails go into this directory, which is made when the first one comes.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) async fn deliver(&self, mail: Composed) -> Result<(), NotDelivered> {
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || write(&path, &mail)).await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Later::Directory(error.kind()).into()),
            Err(_gone) => Err(Later::Directory(io::ErrorKind::Other).into()),
        }
    }

    pub(super) async fn stored(&self) -> io::Result<Vec<Stored>> {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || list(&path)).await;
        read.map_err(io::Error::other)?
    }

    /// Removes the mails; what cannot be removed stays.
    pub(super) async fn forget(&self) {
        let path = self.path.clone();
        let _done = tokio::task::spawn_blocking(move || {
            for path in paths(&path).unwrap_or_default() {
                drop(fs::remove_file(path));
            }
        })
        .await;
    }
}

fn write(directory: &Path, mail: &Composed) -> io::Result<()> {
    // The mails hold live links: they are their owner's alone.
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    let time = mail.dated.to_rfc3339().replace([':', '-'], "");
    let name = format!("{time}-{}.{EXTENSION}", mail.file_stem);
    // Whoever watches the directory for `.eml` files never sees half of one.
    let partial = directory.join(format!(".{name}.partial"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)?;
    file.write_all(&mail.bytes)?;
    file.sync_all()?;
    fs::rename(&partial, directory.join(name))
}

fn list(directory: &Path) -> io::Result<Vec<Stored>> {
    let read = |path: PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        // Whoever removes a file while we list has nothing to be told about it.
        let bytes = fs::read(&path).ok()?;
        Some(Stored { name, bytes })
    };
    Ok(paths(directory)?.into_iter().filter_map(read).collect())
}

/// The mails in a directory, in the order of their names.
fn paths(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == EXTENSION) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
