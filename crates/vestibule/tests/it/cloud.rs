//! A running `vestibule serve --testing`, and its controls by the command line.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::server::executable;

/// A server for testing; killed when dropped.
pub(crate) struct Cloud {
    /// What it printed with `--print-env`.
    pub(crate) variables: BTreeMap<String, String>,
    process: Child,
    // Open until the end, so that the server can print.
    _lines: BufReader<ChildStdout>,
    _directory: Option<TempDir>,
}

impl Cloud {
    /// Starts a server with the default seed.
    pub(crate) fn start() -> Self {
        let directory = TempDir::with_prefix("vestibule-cloud-").unwrap();
        let mut cloud = Self::start_on(&directory.path().join("data"));
        cloud._directory = Some(directory);
        cloud
    }

    /// Starts a server with the default seed on this data.
    pub(crate) fn start_on(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// Starts a server with the default seed on this data, and with these flags.
    pub(crate) fn start_with(data: &Path, flags: &[&str]) -> Self {
        let mut process = Command::new(executable())
            .args(["serve", "--testing", "--listen", "127.0.0.1:0"])
            .args(["--data-dir", data.to_str().unwrap(), "--mail", "memory"])
            .args(["--log", "warn", "--print-env", "confluent"])
            .args(["--print-env", "atlas", "--print-env", "vestibule"])
            .args(flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        let mut variables = BTreeMap::new();
        // They come in the order of their names.
        while !variables.contains_key("VESTIBULE_TOKEN") {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it ended");
            let line = line.trim().strip_prefix("export ").unwrap();
            let (name, value) = line.split_once('=').unwrap();
            variables.insert(name.to_owned(), value.trim_matches('\'').to_owned());
        }
        Self {
            variables,
            process,
            _lines: lines,
            _directory: None,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.variables["VESTIBULE_SERVER"]
    }

    /// Runs a command of the executable with the server's variables.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(executable())
            .args(arguments)
            .envs(&self.variables)
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed; what it printed.
    pub(crate) fn must(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{arguments:?}: {said}");
        String::from_utf8(done.stdout).unwrap()
    }

    /// Runs a `testing` command that must succeed; what it printed as JSON.
    pub(crate) fn testing(&self, arguments: &[&str]) -> Value {
        let all = [&["testing"], arguments, &["--output", "json"]].concat();
        serde_json::from_str(&self.must(&all)).unwrap_or(Value::Null)
    }

    /// The mails to this address.
    pub(crate) fn mails_to(&self, email: &str) -> usize {
        let mails = self.testing(&["mail"]);
        let mails = mails.as_array().unwrap();
        mails.iter().filter(|mail| mail["to"] == email).count()
    }

    /// The invitations, by the native API.
    pub(crate) fn invitations(&self) -> Vec<Value> {
        let listed = self.must(&["invite", "list", "--output", "json"]);
        let listed: Value = serde_json::from_str(&listed).unwrap();
        listed.as_array().unwrap().clone()
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
