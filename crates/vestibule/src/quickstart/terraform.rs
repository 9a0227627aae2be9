//! Running Terraform (or OpenTofu) with our own provider, without touching the user's own
//! configuration.
//!
//! Owns the plugin mirror, the configuration file for the child process and its environment.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use tokio::process::Command;

use super::shell;
use crate::{output, plugins};

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
                .find(|path| is_program(path))
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

/// Whether this is a file that somebody may run.
fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
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
    plugins::link_into(&mirror)?;
    let included = plugins::HOSTS
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
    plugins::forget(&directory.join(".terraform.lock.hcl"))
}
