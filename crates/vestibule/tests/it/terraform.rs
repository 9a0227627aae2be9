//! Terraform (or OpenTofu) in a directory of its own, with our provider loaded in one of the three
//! ways that Terraform knows.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::server::{Server, executable};

const PERSONAS: [&str; 3] = ["confluent", "mongodbatlas", "vestibule"];
const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// How Terraform comes by the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loading {
    /// `dev_overrides` in the CLI configuration.
    DevOverrides,
    /// A filesystem mirror, and `terraform init`.
    Mirror,
    /// A provider that runs already, by `TF_REATTACH_PROVIDERS`.
    Reattach,
}

/// A directory with Terraform code.
pub(crate) struct Workspace {
    directory: TempDir,
    program: String,
    reattach: Option<String>,
    running: Vec<Child>,
    variables: Vec<(String, String)>,
    environment: Vec<(String, String)>,
}

/// Whether tests with Terraform can run: `false` if they are to be skipped.
///
/// # Panics
/// If there is no Terraform and nobody said to skip.
pub(crate) fn available() -> bool {
    let skipped = std::env::vars().any(|(name, value)| {
        name == "VESTIBULE_TEST_SKIP" && value.split(',').any(|s| s == "terraform")
    });
    if skipped {
        println!("skipped: tests with Terraform");
        return false;
    }
    assert!(
        program().is_some(),
        "neither terraform nor tofu is installed; VESTIBULE_TEST_SKIP=terraform skips"
    );
    true
}

/// The Terraform or OpenTofu under test: `VESTIBULE_TEST_TERRAFORM`, or the one that is installed.
///
/// # Panics
/// If the one that was asked for does not run.
pub(crate) fn program() -> Option<String> {
    let runs = |name: &String| {
        let version = Command::new(name).arg("version").output();
        version.is_ok_and(|done| done.status.success())
    };
    let wanted = std::env::vars().find(|(name, _)| name == "VESTIBULE_TEST_TERRAFORM");
    if let Some((name, wanted)) = wanted {
        assert!(runs(&wanted), "{name} is {wanted}, which does not run");
        return Some(wanted);
    }
    let installed = ["terraform", "tofu"].map(str::to_owned);
    installed.into_iter().find(runs)
}

/// What not every version that is still in use knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature {
    /// `import` blocks with an `identity`.
    IdentityImport,
    /// `terraform query` and `list` blocks.
    Query,
    /// `action` blocks.
    Actions,
    /// `moved` between types that both have an identity: OpenTofu 1.12 keeps that of the old one, and
    /// fails as it hands it to the new one's provider.
    MoveWithIdentity,
}

/// Whether the Terraform under test knows a feature; says so if the test is skipped for that.
pub(crate) fn knows(feature: Feature) -> bool {
    if !available() {
        return false;
    }
    let said = Command::new(program().unwrap()).arg("version").output();
    let said = String::from_utf8(said.unwrap().stdout).unwrap();
    let said = said.lines().next().unwrap();
    let knows = version_knows(said, feature);
    if !knows {
        println!("skipped: {said} does not know {feature:?}");
    }
    knows
}

/// `Terraform v1.11.4` and the like. OpenTofu has none of them so far.
fn version_knows(said: &str, feature: Feature) -> bool {
    let since = match feature {
        Feature::IdentityImport => (1, 12),
        Feature::Query | Feature::Actions => (1, 14),
        Feature::MoveWithIdentity => (1, 8),
    };
    let Some(version) = said.strip_prefix("Terraform v") else {
        return false;
    };
    let mut parts = version.split(['.', '-']).map(|part| part.parse::<u32>());
    let mut next = || parts.next().unwrap().unwrap();
    (next(), next()) >= since
}

#[test]
fn a_version_tells_what_terraform_knows() {
    for (said, known) in [
        ("Terraform v1.11.4", [false, false]),
        ("Terraform v1.12.0", [true, false]),
        ("Terraform v1.14.0-beta1", [true, true]),
        ("Terraform v2.0.0", [true, true]),
        ("OpenTofu v1.14.0", [false, false]),
    ] {
        let knows = [Feature::IdentityImport, Feature::Query].map(|one| version_knows(said, one));
        assert_eq!(knows, known, "{said}");
    }
}

impl Workspace {
    /// A directory whose code uses the providers of `server`, with keys of their own.
    pub(crate) fn new(loading: Loading, server: &Server) -> Self {
        let (cloud_api_key, cloud_api_secret) = server.key("confluent");
        let (public_key, private_key) = server.key("atlas");
        let variables = [
            ("server", server.url.clone()),
            ("org_id", server.organization_hex()),
            ("cloud_api_key", cloud_api_key),
            ("cloud_api_secret", cloud_api_secret),
            ("public_key", public_key),
            ("private_key", private_key),
        ];
        Self::with_variables(loading, variables)
    }

    /// A directory whose code gets these variables.
    pub(crate) fn with_variables<const N: usize>(
        loading: Loading,
        variables: [(&str, String); N],
    ) -> Self {
        let mut workspace = Self {
            directory: TempDir::with_prefix("vestibule-tf-").unwrap(),
            program: program().expect("terraform"),
            reattach: None,
            running: Vec::new(),
            variables: variables
                .map(|(name, value)| (name.to_owned(), value))
                .into(),
            environment: Vec::new(),
        };
        workspace.write("providers.tf", PROVIDERS);
        workspace.load(loading);
        workspace
    }

    fn load(&mut self, loading: Loading) {
        let plugins = self.directory.path().join("plugins");
        let config = match loading {
            Loading::DevOverrides => {
                let mut overrides = String::new();
                for persona in PERSONAS {
                    let place = plugins.join(persona);
                    link(&place.join(format!("terraform-provider-{persona}")));
                    for host in HOSTS {
                        writeln!(overrides, "\"{host}/vestibule/{persona}\" = {place:?}").unwrap();
                    }
                }
                format!(
                    "provider_installation {{\n dev_overrides {{\n{overrides} }}\n direct {{}}\n}}\n"
                )
            }
            Loading::Mirror => {
                let platform = platform();
                for (host, persona) in HOSTS
                    .iter()
                    .flat_map(|h| PERSONAS.iter().map(move |p| (h, p)))
                {
                    let place = plugins
                        .join(host)
                        .join("vestibule")
                        .join(persona)
                        .join(VERSION)
                        .join(&platform);
                    link(&place.join(format!("terraform-provider-{persona}_v{VERSION}")));
                }
                format!(
                    "provider_installation {{\n filesystem_mirror {{\n path = {plugins:?}\n }}\n}}\n"
                )
            }
            Loading::Reattach => {
                self.reattach = Some(self.start_providers());
                String::new()
            }
        };
        self.write("terraform.rc", &config);
        if loading == Loading::Mirror {
            self.must("init", &["-input=false"]);
        }
    }

    /// Starts each provider in debug mode and joins what they say to be attached to.
    fn start_providers(&mut self) -> String {
        let mut all = serde_json::Map::new();
        for persona in PERSONAS {
            let program = self
                .directory
                .path()
                .join(format!("terraform-provider-{persona}"));
            link(&program);
            let mut process = Command::new(program)
                .arg("--debug")
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
            let line = lines
                .by_ref()
                .map(|line| line.unwrap())
                .find(|line| line.contains("TF_REATTACH_PROVIDERS"))
                .expect("how to attach");
            self.running.push(process);
            let start = line.find('{').unwrap();
            let end = line.rfind('}').unwrap();
            let said: Value = serde_json::from_str(&line[start..=end]).unwrap();
            for (source, address) in said.as_object().unwrap() {
                all.insert(source.clone(), address.clone());
                let other = source.replace(HOSTS[0], HOSTS[1]);
                all.insert(other, address.clone());
            }
        }
        Value::Object(all).to_string()
    }

    /// Sets a variable of the environment for all commands from here on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The registry that a source without a host belongs to.
    pub(crate) fn registry(&self) -> &'static str {
        HOSTS[usize::from(self.program.ends_with("tofu"))]
    }

    /// Writes a file into the directory.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What a file in the directory says.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A JSON file in the directory.
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// Removes a file from the directory.
    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Runs our executable in the directory, where scripts find it and Terraform by their names.
    pub(crate) fn run_with_tools(&self, arguments: &[&str]) -> Output {
        Command::new(executable())
            .args(arguments)
            .current_dir(self.directory.path())
            .env("PATH", self.path_with_tools())
            .env("TF_CLI_CONFIG_FILE", self.path("terraform.rc"))
            .env("CHECKPOINT_DISABLE", "1")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// Runs a shell script that must succeed, in the directory and with everything that Terraform
    /// gets there, as somebody who says yes to whatever is asked; what it said.
    pub(crate) fn script(&self, script: &str) -> String {
        let mut shell = Command::new("sh");
        shell
            .current_dir(self.directory.path())
            .args(["-e", "-c", &format!("yes yes | {{\n{script}\n}}")])
            .env("PATH", self.path_with_tools());
        self.surround(&mut shell);
        let done = shell.output().unwrap();
        let said = without_colours(&said(&done));
        assert!(done.status.success(), "{script}\n{said}");
        said
    }

    /// The search path with our executable and Terraform by their names in front.
    fn path_with_tools(&self) -> OsString {
        let tools = self.path("tools");
        if !tools.exists() {
            link(&tools.join("vestibule"));
            let found = Command::new("sh")
                .args(["-c", &format!("command -v {}", self.program)])
                .output()
                .unwrap();
            let terraform = String::from_utf8(found.stdout).unwrap();
            symlink(terraform.trim(), tools.join("terraform")).unwrap();
        }
        let path = std::env::var_os("PATH").unwrap();
        let all = std::iter::once(tools).chain(std::env::split_paths(&path));
        std::env::join_paths(all).unwrap()
    }

    /// Puts our provider into the mirror under a vendor's address and version, too.
    pub(crate) fn mirror_as(&self, source: &str, version: &str) {
        let name = source.rsplit('/').next().unwrap();
        for host in HOSTS {
            let place = self.path("plugins").join(host).join(source).join(version);
            let file = format!("terraform-provider-{name}_v{version}");
            link(&place.join(platform()).join(file));
        }
    }

    /// A file in the directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// A prepared command.
    pub(crate) fn command(&self, action: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(self.directory.path())
            .arg(action)
            .args(arguments)
            .arg("-no-color")
            .stdin(Stdio::null());
        self.surround(&mut command);
        command
    }

    /// Gives a command the environment of this directory.
    fn surround(&self, command: &mut Command) {
        command
            .env("TF_CLI_CONFIG_FILE", self.path("terraform.rc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1");
        for name in [
            "TF_LOG",
            "TF_DATA_DIR",
            "TF_WORKSPACE",
            "TF_REATTACH_PROVIDERS",
        ] {
            command.env_remove(name);
        }
        if let Some(reattach) = &self.reattach {
            command.env("TF_REATTACH_PROVIDERS", reattach);
        }
        for (name, value) in &self.variables {
            command.env(format!("TF_VAR_{name}"), value);
        }
        for (name, value) in &self.environment {
            command.env(name, value);
        }
    }

    /// Runs an action.
    pub(crate) fn run(&self, action: &str, arguments: &[&str]) -> Output {
        self.command(action, arguments).output().unwrap()
    }

    /// Runs an action that must succeed; what it said.
    pub(crate) fn must(&self, action: &str, arguments: &[&str]) -> String {
        let done = self.run(action, arguments);
        let said = said(&done);
        assert!(done.status.success(), "terraform {action} failed:\n{said}");
        said
    }

    /// Runs an action that must fail; what it said.
    pub(crate) fn must_fail(&self, action: &str, arguments: &[&str]) -> String {
        let done = self.run(action, arguments);
        let said = said(&done);
        assert!(
            !done.status.success(),
            "terraform {action} succeeded:\n{said}"
        );
        said
    }

    /// Applies the code.
    pub(crate) fn apply(&self) -> String {
        self.must("apply", &["-auto-approve", "-input=false"])
    }

    /// Destroys everything.
    pub(crate) fn destroy(&self) -> String {
        self.must("destroy", &["-auto-approve", "-input=false"])
    }

    /// Asserts that a plan changes nothing.
    pub(crate) fn assert_no_changes(&self) {
        let done = self.run("plan", &["-detailed-exitcode", "-input=false"]);
        assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    }

    /// The plan's actions by resource address: `create`, `update`, `delete`, or both for a
    /// replacement. Resources that stay are left out.
    pub(crate) fn planned(&self) -> Vec<(String, String)> {
        self.must("plan", &["-out=plan.bin", "-input=false"]);
        let shown = self.run("show", &["-json", "plan.bin"]);
        let plan: Value = serde_json::from_slice(&shown.stdout).expect("a plan as JSON");
        let changes = plan["resource_changes"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut planned = Vec::new();
        for change in changes {
            let actions: Vec<&str> = change["change"]["actions"]
                .as_array()
                .unwrap()
                .iter()
                .map(|a| a.as_str().unwrap())
                .collect();
            if actions != ["no-op"] {
                planned.push((
                    change["address"].as_str().unwrap().to_owned(),
                    actions.join("+"),
                ));
            }
        }
        planned
    }

    /// The attributes of a resource in the state; `Null` if it is not there.
    pub(crate) fn state_of(&self, address: &str) -> Value {
        let shown = self.run("show", &["-json"]);
        let state: Value = serde_json::from_slice(&shown.stdout).expect("a state as JSON");
        let resources = state["values"]["root_module"]["resources"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let found = resources
            .into_iter()
            .find(|resource| resource["address"] == address);
        found.map_or(Value::Null, |resource| resource["values"].clone())
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        for process in &mut self.running {
            drop(process.kill());
            drop(process.wait());
        }
    }
}

/// Text without the escape sequences that colour it.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        plain + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

/// Standard output and error of a run.
pub(crate) fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// `linux_amd64` and the like, as Terraform names platforms.
fn platform() -> String {
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

fn link(place: &std::path::Path) {
    fs::create_dir_all(place.parent().unwrap()).unwrap();
    symlink(executable(), place).unwrap();
}

const PROVIDERS: &str = r#"
terraform {
  required_providers {
    confluent    = { source = "vestibule/confluent" }
    mongodbatlas = { source = "vestibule/mongodbatlas" }
  }
}

variable "server" {}
variable "org_id" {}
variable "cloud_api_key" {}
variable "cloud_api_secret" { sensitive = true }
variable "public_key" {}
variable "private_key" { sensitive = true }

provider "confluent" {
  endpoint         = var.server
  cloud_api_key    = var.cloud_api_key
  cloud_api_secret = var.cloud_api_secret
}

provider "mongodbatlas" {
  base_url    = var.server
  public_key  = var.public_key
  private_key = var.private_key
}
"#;
