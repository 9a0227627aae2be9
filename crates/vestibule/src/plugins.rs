//! This executable as the Terraform providers that it is, on this machine's disk.
//!
//! Owns names, versions and the layout of Terraform's plugin directories. Must not run Terraform.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::Context;
use vestibule_provider::Persona;
use vestibule_server::distribution::{Distribution, platform};

/// The hosts of the registries to which a source without a host belongs: Terraform's, OpenTofu's.
pub(crate) const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];
/// The namespace of our providers.
pub(crate) const NAMESPACE: &str = "vestibule";
/// The version of executable and providers.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The providers that this executable is, for packing.
///
/// # Errors
/// If the executable cannot be opened.
pub(crate) fn distribution() -> anyhow::Result<Distribution> {
    let names = Persona::ALL.into_iter().map(Persona::name);
    Distribution::new(&executable()?, NAMESPACE, VERSION, names)
        .context("cannot open this executable")
}

fn executable() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("cannot find this executable")
}

/// Where a provider's executable is below a plugin directory.
fn place(directory: &Path, host: &str, name: &str) -> PathBuf {
    directory
        .join(host)
        .join(NAMESPACE)
        .join(name)
        .join(VERSION)
        .join(platform())
        .join(format!("terraform-provider-{name}_v{VERSION}"))
}

/// Lays out a plugin directory with links to this executable, for as long as it stays where it is.
///
/// # Errors
/// If a file cannot be made.
pub(crate) fn link_into(directory: &Path) -> anyhow::Result<()> {
    let executable = executable()?;
    lay_out(directory, &Persona::ALL.map(Persona::name), |_, to| {
        symlink(&executable, to)
    })?;
    Ok(())
}

/// Lays out a plugin directory with a copy of this executable, which stays what it is when the
/// executable is built anew or removed. The copy is made once; the other names are hard links to it
/// where the file system has them.
///
/// # Errors
/// If a file cannot be made.
pub(crate) fn copy_into(directory: &Path, names: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let executable = executable()?;
    lay_out(directory, names, |first, to| match first {
        Some(first) => fs::hard_link(first, to).or_else(|_| fs::copy(first, to).map(drop)),
        None => fs::copy(&executable, to).map(drop),
    })
}

/// Puts each under another name and then renames: Terraform never finds half a file, nor none where
/// one was.
fn lay_out(
    directory: &Path,
    names: &[&str],
    put: impl Fn(Option<&Path>, &Path) -> io::Result<()>,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut made: Vec<PathBuf> = Vec::new();
    for host in HOSTS {
        for name in names {
            let to = place(directory, host, name);
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)
                    .with_context(|| format!("cannot make {}", parent.display()))?;
            }
            let unfinished = to.with_extension("unfinished");
            forget(&unfinished)?;
            put(made.first().map(PathBuf::as_path), &unfinished)
                .and_then(|()| fs::rename(&unfinished, &to))
                .inspect_err(|_| drop(forget(&unfinished)))
                .with_context(|| format!("cannot make {}", to.display()))?;
            made.push(to);
        }
    }
    Ok(made)
}

/// Removes a file, if it is there.
///
/// # Errors
/// If it is there and stays.
pub(crate) fn forget(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot replace {}", path.display())),
    }
}
