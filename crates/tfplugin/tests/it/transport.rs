//! The ways in which Terraform and a provider reach each other.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Workspace, example};

const NOTE: &str = r#"
provider "notebook" { directory = "DATA" }
resource "notebook_note" "a" {
  title = "a"
}
"#;

#[test]
fn without_tls_the_provider_works_all_the_same() {
    let workspace = Workspace::new("notebook").env("TF_DISABLE_PLUGIN_TLS", "1");
    workspace.configure(NOTE);
    workspace.apply();
    assert_eq!(workspace.planned(), "");
}

#[test]
fn where_no_unix_socket_is_possible_tcp_is_used() {
    let workspace = Workspace::new("notebook").env("TF_LOG", "debug");
    let long = workspace.tmp().join("x".repeat(120));
    std::fs::create_dir(&long).unwrap();
    let workspace = workspace.env("TMPDIR", long.to_str().unwrap());
    workspace.configure(NOTE);
    let ended = workspace.terraform(&["apply", "-auto-approve", "-no-color"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stderr.contains("trying TCP"), "{}", ended.stderr);
}

#[test]
fn logs_become_records_of_terraform() {
    let workspace = Workspace::new("notebook").env("TF_LOG_PROVIDER", "trace");
    workspace.configure(NOTE);
    let ended = workspace.terraform(&["plan", "-no-color"]);
    let record = ended
        .stderr
        .lines()
        .find(|line| line.contains("call received"));
    let record = record.unwrap_or_else(|| panic!("{}", ended.stderr));
    assert!(
        record.contains("[TRACE] provider.terraform-provider-notebook: call received"),
        "{record}"
    );
    assert!(record.contains("tf_rpc="), "{record}");
    assert!(
        !ended.stderr.contains("@message"),
        "a record was not understood: {}",
        ended.stderr
    );

    let quiet = Workspace::new("notebook");
    quiet.configure(NOTE);
    assert!(
        !quiet
            .terraform(&["plan", "-no-color"])
            .stderr
            .contains("call received")
    );
}

#[test]
fn a_debugging_session_serves_many_runs_and_ends_with_ctrl_c() {
    let workspace = Workspace::new("notebook");
    let mut session = Command::new(example("notebook"))
        .arg("--debug")
        .env("TMPDIR", workspace.tmp())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(session.stdout.take().unwrap()).lines();
    let value = lines
        .map(|line| line.unwrap())
        .find_map(|line| {
            Some(
                line.trim()
                    .strip_prefix("TF_REATTACH_PROVIDERS='")?
                    .to_owned(),
            )
        })
        .unwrap();
    let workspace = workspace
        .env("TF_REATTACH_PROVIDERS", value.strip_suffix('\'').unwrap())
        // Without the installation: the variable is enough.
        .env("TF_CLI_CONFIG_FILE", "/dev/null");
    workspace.configure(NOTE);
    workspace.run(&["init"]);
    workspace.apply();
    assert_eq!(workspace.planned(), "");
    workspace.run(&["destroy", "-auto-approve"]);
    assert_eq!(workspace.left_over_sockets().len(), 1);
    kill_process(Pid::from_child(&session), Signal::INT).unwrap();
    assert_eq!(session.wait().unwrap().code(), Some(0));
    assert_eq!(workspace.left_over_sockets(), [""; 0]);
}
