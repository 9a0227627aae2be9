//! A directory with a Terraform configuration and an installed example provider.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// The value that proves that a plugin host started the process.
pub(crate) const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// The example's executable, which `cargo test` has built beside the tests.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples")
        .join(name);
    assert!(
        path.exists(),
        "{} is missing: cargo build --examples",
        path.display()
    );
    path
}

/// The Terraform, or OpenTofu, to test with: `VESTIBULE_TEST_TERRAFORM`, or the one on the path.
fn terraform() -> std::ffi::OsString {
    std::env::vars_os()
        .find(|(name, _)| name == "VESTIBULE_TEST_TERRAFORM")
        .map_or_else(|| "terraform".into(), |(_, program)| program)
}

/// A working directory for Terraform.
pub(crate) struct Workspace {
    root: TempDir,
    environment: Vec<(String, String)>,
}

/// How a Terraform command ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workspace {
    /// Installs an example by `dev_overrides`: no `init`, real processes, mutual TLS.
    pub(crate) fn new(provider: &str) -> Self {
        let workspace = Self::reattached(provider);
        let bin = workspace.root.path().join("bin");
        let installed = bin.join(format!("terraform-provider-{provider}"));
        std::os::unix::fs::symlink(example(provider), installed).unwrap();
        let cli = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"example.com/acme/{provider}\" = \
             {bin:?}\n  }}\n  direct {{}}\n}}\n"
        );
        std::fs::write(workspace.root.path().join("cli.tfrc"), cli).unwrap();
        workspace
    }

    /// Installs nothing: `TF_REATTACH_PROVIDERS` is to say where the provider is.
    pub(crate) fn reattached(provider: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        for dir in ["bin", "work", "tmp", "data"] {
            std::fs::create_dir(root.path().join(dir)).unwrap();
        }
        std::fs::write(root.path().join("cli.tfrc"), "").unwrap();
        let header = format!(
            "terraform {{\n  required_providers {{\n    {provider} = {{ source = \
             \"example.com/acme/{provider}\" }}\n  }}\n}}\n"
        );
        std::fs::write(root.path().join("work/versions.tf"), header).unwrap();
        Self {
            root,
            environment: Vec::new(),
        }
    }

    /// Sets an environment variable for Terraform.
    pub(crate) fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Where the remote objects are.
    pub(crate) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    /// Where sockets are.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.path().join("tmp")
    }

    /// Replaces the configuration; `DATA` stands for the directory of [`Self::data`].
    pub(crate) fn configure(&self, text: &str) {
        let text = text.replace("DATA", self.data().to_str().unwrap());
        std::fs::write(self.root.path().join("work/main.tf"), text).unwrap();
    }

    /// A Terraform command, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(terraform());
        command
            .args(arguments)
            .current_dir(self.root.path().join("work"))
            .env_remove("TF_LOG")
            .env("HOME", self.root.path())
            .env("TMPDIR", self.tmp())
            .env("TF_CLI_CONFIG_FILE", self.root.path().join("cli.tfrc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs Terraform to its end.
    pub(crate) fn terraform(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().unwrap())
    }

    /// Runs Terraform, which must succeed; returns its standard output.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let ended = self.terraform(arguments);
        assert_eq!(
            ended.code, 0,
            "{arguments:?}\n{}\n{}",
            ended.stdout, ended.stderr
        );
        ended.stdout
    }

    pub(crate) fn apply(&self) -> String {
        self.run(&["apply", "-auto-approve", "-no-color"])
    }

    /// The planned actions, `address: [actions]` per line; empty is "No changes".
    pub(crate) fn planned(&self) -> String {
        self.run(&["plan", "-no-color", "-out=plan"]);
        let json: serde_json::Value =
            serde_json::from_str(&self.run(&["show", "-json", "plan"])).unwrap();
        let changes = json["resource_changes"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let lines = changes
            .iter()
            .filter(|change| change["change"]["actions"][0] != "no-op");
        let lines = lines.map(|change| {
            format!(
                "{}: {}",
                change["address"].as_str().unwrap(),
                change["change"]["actions"]
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The attributes of a resource in the state, and whether it is tainted.
    pub(crate) fn state(&self, address: &str) -> Option<(serde_json::Value, bool)> {
        let json: serde_json::Value = serde_json::from_str(&self.run(&["show", "-json"])).unwrap();
        let resources = json["values"]["root_module"]["resources"].as_array()?;
        let resource = resources
            .iter()
            .find(|resource| resource["address"] == address)?;
        Some((resource["values"].clone(), resource["tainted"] == true))
    }

    /// Changes the one resource in the stored state.
    pub(crate) fn edit_state(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let path = self.root.path().join("work/terraform.tfstate");
        let mut state: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        change(&mut state["resources"][0]);
        std::fs::write(&path, state.to_string()).unwrap();
    }

    /// Sockets that nobody has unlinked.
    pub(crate) fn left_over_sockets(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.tmp()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("plugin")).collect()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A provider process started as Terraform starts it, killed when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) handshake: Vec<String>,
}

impl Process {
    /// Starts an example without TLS and reads its handshake line.
    pub(crate) fn start(provider: &str, tmp: &Path, certificate: Option<&str>) -> Self {
        let mut command = Command::new(example(provider));
        command
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("TMPDIR", tmp)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(certificate) = certificate {
            command.env("PLUGIN_CLIENT_CERT", certificate);
        }
        let mut child = command.spawn().unwrap();
        let handshake = read_handshake(child.stdout.as_mut().unwrap());
        Self { child, handshake }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub(crate) fn address(&self) -> &str {
        &self.handshake[3]
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads the fields of the handshake line.
pub(crate) fn read_handshake(stdout: &mut impl std::io::Read) -> Vec<String> {
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    line.trim_end().split('|').map(str::to_owned).collect()
}
