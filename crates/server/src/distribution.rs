//! The running executable as the archives from which Terraform installs its providers.
//!
//! Owns the names, the hashes and the form of an archive, and keeps the ones that were asked for in
//! a temporary directory. Must not know how they are handed out (`http/mirror.rs`), nor which
//! providers there are: whoever makes a [`Distribution`] names them.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA256, digest};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The executable, under the names that make it a provider.
#[derive(Debug)]
pub struct Distribution {
    /// Open since the start: an upgrade that puts another file in its place changes nothing here.
    executable: File,
    namespace: &'static str,
    version: &'static str,
    names: Vec<&'static str>,
    /// Made when the first archive is asked for.
    packed: Mutex<Packed>,
}

#[derive(Debug, Default)]
struct Packed {
    directory: Option<TempDir>,
    archives: Vec<(&'static str, Arc<Archive>)>,
}

/// A provider's archive: one file, which is the executable under the provider's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Its file name, as registries want it: `terraform-provider-NAME_VERSION_OS_ARCH.zip`.
    pub file_name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256 of the archive, in hexadecimal.
    pub sha256: String,
    /// The hash of what is in it, as a lock file spells it: `h1:` and base64.
    pub contents_hash: String,
}

impl Distribution {
    /// The providers of this namespace and version that the executable at `path` is when it is
    /// called by one of these names.
    ///
    /// # Errors
    /// If the executable cannot be opened.
    pub fn new(
        path: &Path,
        namespace: &'static str,
        version: &'static str,
        names: impl IntoIterator<Item = &'static str>,
    ) -> io::Result<Self> {
        Ok(Self {
            executable: File::open(path)?,
            namespace,
            version,
            names: names.into_iter().collect(),
            packed: Mutex::default(),
        })
    }

    /// The version of all the providers.
    #[must_use]
    pub const fn version(&self) -> &'static str {
        self.version
    }

    /// The names of the providers.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }

    /// Whether there is a provider with this source, whatever the registry's host.
    #[must_use]
    pub fn has(&self, namespace: &str, name: &str) -> bool {
        namespace == self.namespace && self.names().any(|known| known == name)
    }

    /// Writes a provider's archive into a directory.
    ///
    /// # Errors
    /// If the executable cannot be read or the archive not be written.
    pub fn pack(&self, name: &str, directory: &Path) -> io::Result<Archive> {
        let version = self.version;
        let file_name = format!("terraform-provider-{name}_{version}_{}.zip", platform());
        let path = directory.join(&file_name);
        let member = format!("terraform-provider-{name}_v{version}");
        let contents = write_archive(&self.executable, &member, &path)?;
        let mut archive = File::open(&path)?;
        let mut hash = Hashing::new(io::sink());
        let length = io::copy(&mut archive, &mut hash)?;
        Ok(Archive {
            file_name,
            path,
            length,
            sha256: hash.finish(),
            contents_hash: contents_hash(&member, &contents),
        })
    }

    /// A provider's archive, packed when it is asked for the first time; `None` if there is no such
    /// provider. Blocks while it packs, and goes on when whoever asked has given up: Terraform asks
    /// again.
    ///
    /// # Errors
    /// As [`Distribution::pack`].
    pub(crate) fn archive(&self, name: &str) -> io::Result<Option<Arc<Archive>>> {
        let Some(name) = self.names().find(|known| *known == name) else {
            return Ok(None);
        };
        // Nothing is half done when packing panics.
        let mut packed = self.packed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, archive)) = packed.archives.iter().find(|(known, _)| *known == name) {
            return Ok(Some(Arc::clone(archive)));
        }
        let directory = match packed.directory.take() {
            Some(directory) => directory,
            None => TempDir::with_prefix("vestibule-mirror-")?,
        };
        let archive = self.pack(name, directory.path()).map(Arc::new);
        packed.directory = Some(directory);
        let archive = archive?;
        packed.archives.push((name, Arc::clone(&archive)));
        Ok(Some(archive))
    }
}

/// `linux_amd64` and the like: this platform, as Terraform names it.
#[must_use]
pub fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{os}_{architecture}")
}

/// Writes the archive, and returns SHA-256 of the executable. The same executable gives the same
/// bytes: the only file has no time of its own.
fn write_archive(executable: &File, member: &str, path: &Path) -> io::Result<String> {
    let mut zip = ZipWriter::new(File::create(path)?);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .large_file(false)
        .unix_permissions(0o755);
    zip.start_file(member, options).map_err(io::Error::other)?;
    let mut hashing = Hashing::new(&mut zip);
    io::copy(&mut FromStart::of(executable), &mut hashing)?;
    let contents = hashing.finish();
    zip.finish().map_err(io::Error::other)?.sync_all()?;
    Ok(contents)
}

/// Go's directory hash of a package with one file: what `.terraform.lock.hcl` calls `h1:`.
fn contents_hash(member: &str, contents: &str) -> String {
    let summary = format!("{contents}  {member}\n");
    format!(
        "h1:{}",
        STANDARD.encode(digest(&SHA256, summary.as_bytes()))
    )
}

/// SHA-256 of these bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// Reads a file from its start, without moving the position that others read from.
struct FromStart<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> FromStart<'a> {
    const fn of(file: &'a File) -> Self {
        Self { file, position: 0 }
    }
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.position)?;
        self.position += u64::try_from(read).unwrap_or_default();
        Ok(read)
    }
}

/// Passes bytes on, and hashes them.
struct Hashing<W> {
    inner: W,
    hash: Context,
}

impl<W: Write> Hashing<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            hash: Context::new(&SHA256),
        }
    }

    /// The hash of all that was passed on, in hexadecimal.
    fn finish(self) -> String {
        hex(self.hash.finish().as_ref())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distribution(content: &[u8]) -> (TempDir, Distribution) {
        let directory = TempDir::new().unwrap();
        let executable = directory.path().join("executable");
        std::fs::write(&executable, content).unwrap();
        let made = Distribution::new(&executable, "acme", "1.2.3", ["one", "two"]).unwrap();
        (directory, made)
    }

    #[test]
    fn an_archive_holds_the_executable_under_the_providers_name() {
        let (directory, distribution) = distribution(b"#!/bin/true\n");
        let archive = distribution.pack("one", directory.path()).unwrap();
        assert_eq!(
            archive.file_name,
            format!("terraform-provider-one_1.2.3_{}.zip", platform())
        );
        let bytes = std::fs::read(&archive.path).unwrap();
        assert_eq!(archive.length, u64::try_from(bytes.len()).unwrap());
        assert_eq!(archive.sha256, sha256(&bytes));
        let mut zip = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 1);
        let mut file = zip.by_index(0).unwrap();
        assert_eq!(file.name().unwrap(), "terraform-provider-one_v1.2.3");
        assert_eq!(file.unix_mode().unwrap() & 0o777, 0o755);
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"#!/bin/true\n");
    }

    #[test]
    fn the_same_executable_gives_the_same_archive_also_after_it_was_replaced() {
        let (directory, distribution) = distribution(b"one build");
        let first = distribution.pack("two", directory.path()).unwrap();
        std::fs::remove_file(directory.path().join("executable")).unwrap();
        std::fs::write(directory.path().join("executable"), b"another").unwrap();
        assert_eq!(distribution.pack("two", directory.path()).unwrap(), first);
    }

    #[test]
    fn the_contents_hash_is_that_of_gos_directory_hash() {
        let contents = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(b"abc"), contents);
        // echo "$contents  m" | openssl dgst -sha256 -binary | base64
        assert_eq!(
            contents_hash("m", contents),
            "h1:QAe9E6X3NIdm9ATIY2ydjTQudKk+OgIjXR6jhC7T7QQ="
        );
    }
}
