//! Running Terraform (or OpenTofu) with our own provider, without touching the user's own
//! configuration.
//!
//! Owns the plugin mirror, the configuration file for the child process and its environment.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tokio::process::Command;

use super::shell;
use crate::output;

/// Registries under which the two programs look for a source without a host.
const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The program found.
pub(crate) struct Terraform {
    program: PathBuf,
}

impl Terraform {
    /// `terraform`, or else `tofu`, on the search path.
    #[must_use]
    pub(crate) fn find() -> Option<Self> {
        let path = crate::process::search_path()?;
        let find = |name: &str| {
            std::env::split_paths(&path)
                .map(|dir| dir.join(name))
                .find(|p| p.is_file())
        };
        find("terraform")
            .or_else(|| find("tofu"))
            .map(|program| Self { program })
    }

    /// The program's name, for people.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        self.program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// What to type to run it in this directory.
    #[must_use]
    pub(crate) fn command_line(&self, directory: &Path, action: &str) -> String {
        let config = directory.join(CLI_CONFIG);
        format!(
            "TF_CLI_CONFIG_FILE={} {} -chdir={} {action}",
            shell::quoted(&config),
            self.name(),
            shell::quoted(directory)
        )
    }

    /// Runs an action in this directory and waits for it; its own words are shown if it fails.
    ///
    /// # Errors
    /// If it cannot be started, or fails.
    pub(crate) async fn run(&self, directory: &Path, action: &str) -> anyhow::Result<()> {
        let name = format!("{} {action}", self.name());
        output::talk(&format!("Running {name} …"));
        let mut command = Command::new(&self.program);
        command
            .arg(format!("-chdir={}", directory.display()))
            .arg(action)
            .args(["-input=false", "-no-color"])
            .env(
                "TF_CLI_CONFIG_FILE",
                std::path::absolute(directory.join(CLI_CONFIG))?,
            )
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .kill_on_drop(true);
        for name in [
            "TF_DATA_DIR",
            "TF_WORKSPACE",
            "TF_REATTACH_PROVIDERS",
            "TF_CLI_ARGS",
            "TF_CLI_ARGS_init",
            "TF_CLI_ARGS_apply",
            // A cache keeps the executable of an earlier build under the same version.
            "TF_PLUGIN_CACHE_DIR",
        ] {
            command.env_remove(name);
        }
        if action == "apply" {
            command.arg("-auto-approve");
        }
        let done = command
            .output()
            .await
            .with_context(|| format!("cannot run {name}"))?;
        if done.status.success() {
            let words = String::from_utf8_lossy(&done.stdout);
            if let Some(summary) = words
                .lines()
                .rev()
                .find(|line| line.starts_with("Apply complete"))
            {
                output::talk(&format!("  {summary}"));
            }
            return Ok(());
        }
        output::talk(&String::from_utf8_lossy(&done.stdout));
        output::talk(&String::from_utf8_lossy(&done.stderr));
        bail!("{name} failed; it runs in {}", directory.display());
    }
}

const CLI_CONFIG: &str = "terraform.rc";

/// Puts this executable where Terraform finds it as two providers, and writes the configuration
/// file that says so.
///
/// # Errors
/// If a file cannot be made.
pub(crate) fn install(directory: &Path) -> anyhow::Result<()> {
    let directory = std::path::absolute(directory)?;
    let mirror = directory.join("plugins");
    let executable = std::env::current_exe().context("cannot find this executable")?;
    for host in HOSTS {
        for persona in ["confluent", "mongodbatlas"] {
            let place = mirror
                .join(host)
                .join("vestibule")
                .join(persona)
                .join(VERSION)
                .join(platform());
            fs::create_dir_all(&place)
                .with_context(|| format!("cannot make {}", place.display()))?;
            let link = place.join(format!("terraform-provider-{persona}_v{VERSION}"));
            replace_link(&executable, &link)?;
        }
    }
    let included = HOSTS
        .map(|host| format!("\"{host}/vestibule/*\""))
        .join(", ");
    let config = format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path    = {:?}\n    include = \
         [{included}]\n  }}\n  direct {{\n    exclude = [{included}]\n  }}\n}}\n",
        mirror.display().to_string()
    );
    let path = directory.join(CLI_CONFIG);
    fs::write(&path, config).with_context(|| format!("cannot write {}", path.display()))?;
    // The lock holds the hash of the executable, which a new build changes.
    forget(&directory.join(".terraform.lock.hcl"))
}

fn replace_link(executable: &Path, link: &Path) -> anyhow::Result<()> {
    forget(link)?;
    symlink(executable, link).with_context(|| format!("cannot make {}", link.display()))
}

fn forget(path: &Path) -> anyhow::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot replace {}", path.display())),
    }
}

/// `linux_amd64` and the like, as Terraform names platforms.
fn platform() -> OsString {
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
    format!("{os}_{architecture}").into()
}
