//! A resource's life under real Terraform.

use std::process::Child;

use crate::support::Workspace;

const TWO_NOTES: &str = r#"
provider "notebook" { directory = "DATA" }
resource "notebook_note" "a" {
  title = "a"
  text  = "first"
}
resource "notebook_note" "b" {
  title = "b"
}
"#;

#[test]
fn a_resource_is_created_changed_replaced_lost_and_destroyed() {
    let workspace = Workspace::new("notebook");
    workspace.configure(TWO_NOTES);
    workspace.apply();
    assert_eq!(
        std::fs::read_to_string(workspace.data().join("a")).unwrap(),
        "first"
    );
    assert_eq!(
        std::fs::read_to_string(workspace.data().join("b")).unwrap(),
        "(empty)"
    );
    assert_eq!(workspace.planned(), "");

    workspace.configure(&TWO_NOTES.replace("first", "second"));
    assert_eq!(workspace.planned(), r#"notebook_note.a: ["update"]"#);
    workspace.apply();
    let (values, tainted) = workspace.state("notebook_note.a").unwrap();
    insta::assert_snapshot!(values, @r#"{"bytes":6,"id":"a","text":"second","title":"a"}"#);
    assert!(!tainted);

    workspace.configure(&TWO_NOTES.replace(r#""b""#, r#""c""#));
    let planned = workspace.planned();
    insta::assert_snapshot!(planned, @r#"
    notebook_note.a: ["update"]
    notebook_note.b: ["delete"]
    notebook_note.c: ["create"]
    "#);
    workspace.configure(&TWO_NOTES.replace(r#"title = "b""#, r#"title = "c""#));
    assert!(
        workspace
            .planned()
            .contains(r#"notebook_note.b: ["delete","create"]"#)
    );
    workspace.apply();
    assert!(!workspace.data().join("b").exists() && workspace.data().join("c").exists());

    std::fs::remove_file(workspace.data().join("c")).unwrap();
    assert_eq!(workspace.planned(), r#"notebook_note.b: ["create"]"#);
    workspace.run(&["destroy", "-auto-approve"]);
    assert_eq!(std::fs::read_dir(workspace.data()).unwrap().count(), 0);
    assert_eq!(workspace.left_over_sockets(), [""; 0]);
}

#[test]
fn an_object_that_exists_is_imported() {
    let workspace = Workspace::new("notebook");
    std::fs::write(workspace.data().join("a"), "first").unwrap();
    std::fs::write(workspace.data().join("b"), "(empty)").unwrap();
    workspace.configure(TWO_NOTES);
    workspace.run(&["import", "notebook_note.a", "a"]);
    workspace.run(&["import", "notebook_note.b", "b"]);
    assert_eq!(workspace.planned(), "");
    let missing = workspace.terraform(&["import", "-no-color", "notebook_note.a", "nothing"]);
    assert_ne!(missing.code, 0);
}

#[test]
fn values_that_are_known_only_after_apply_may_be_anywhere() {
    let workspace = Workspace::new("notebook");
    workspace.configure(
        r#"
resource "terraform_data" "where" {
  input = "DATA"
}
provider "notebook" { directory = terraform_data.where.output }
resource "notebook_note" "a" {
  title = "note-${terraform_data.where.id}"
  text  = terraform_data.where.output
}
"#,
    );
    workspace.apply();
    assert_eq!(workspace.planned(), "");
    let (values, _) = workspace.state("notebook_note.a").unwrap();
    assert!(values["title"].as_str().unwrap().starts_with("note-"));
    workspace.run(&["destroy", "-auto-approve"]);
}

#[test]
fn an_invalid_value_is_shown_with_its_line() {
    let workspace = Workspace::new("notebook");
    workspace.configure(&TWO_NOTES.replace(r#"title = "b""#, r#"title = """#));
    let ended = workspace.terraform(&["validate", "-no-color"]);
    assert_eq!(ended.code, 1);
    assert!(
        ended.stderr.contains("Error: Invalid value for title"),
        "{}",
        ended.stderr
    );
    assert!(
        ended.stderr.contains("on main.tf line 8, in resource"),
        "{}",
        ended.stderr
    );
}

#[test]
fn terraform_prints_the_schema_as_declared() {
    let workspace = Workspace::new("notebook");
    workspace.configure(TWO_NOTES);
    let json = workspace.run(&["providers", "schema", "-json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let schemas = &json["provider_schemas"]["example.com/acme/notebook"];
    insta::assert_snapshot!(schemas["resource_schemas"]["notebook_note"], @r#"{"block":{"attributes":{"bytes":{"computed":true,"description_kind":"plain","type":"number"},"id":{"computed":true,"description_kind":"plain","type":"string"},"text":{"computed":true,"description_kind":"plain","optional":true,"type":"string"},"title":{"description_kind":"plain","required":true,"type":"string"}},"description_kind":"plain"},"version":0}"#);
}

/// A job that is done when there is a file `slow.done`.
fn slow_job() -> Workspace {
    let workspace = Workspace::new("patient");
    workspace.configure(
        r#"
resource "patient_job" "slow" {
  name      = "slow"
  directory = "DATA"
}
"#,
    );
    workspace
}

/// Waits until the job has started.
fn wait_for_start(workspace: &Workspace, terraform: &mut Child) {
    let started = workspace.data().join("slow");
    while !started.exists() {
        assert_eq!(terraform.try_wait().unwrap(), None, "it ended too early");
        std::thread::yield_now();
    }
}

#[test]
fn a_provider_ends_when_terraform_is_killed_in_the_middle_of_a_creation() {
    let workspace = slow_job();
    let mut terraform = workspace
        .command(&["apply", "-auto-approve", "-no-color"])
        .spawn()
        .unwrap();
    wait_for_start(&workspace, &mut terraform);
    // Every process of the provider has a socket; it is unlinked at the very end.
    assert_eq!(workspace.left_over_sockets().len(), 1);
    terraform.kill().unwrap();
    terraform.wait().unwrap();
    // Nobody tells the provider to end, and no file appears that would end the job.
    while !workspace.left_over_sockets().is_empty() {
        std::thread::yield_now();
    }
    assert!(!workspace.data().join("slow.done").exists());
}

#[test]
fn an_interrupted_creation_is_in_the_state() {
    use std::os::unix::process::CommandExt as _;

    use rustix::process::{Pid, Signal, kill_process_group};

    let workspace = slow_job();
    // A process group of its own, as a terminal has it: the signal reaches Terraform and provider.
    let mut terraform = workspace
        .command(&["apply", "-auto-approve", "-no-color"])
        .process_group(0)
        .spawn()
        .unwrap();
    wait_for_start(&workspace, &mut terraform);
    kill_process_group(Pid::from_child(&terraform), Signal::INT).unwrap();
    let output = terraform.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("Interrupted while the job was running"),
        "{stderr}"
    );
    let (_, tainted) = workspace.state("patient_job.slow").unwrap();
    assert!(tainted);

    // The next run finishes the work.
    std::fs::write(workspace.data().join("slow.done"), "").unwrap();
    assert_eq!(
        workspace.planned(),
        r#"patient_job.slow: ["delete","create"]"#
    );
    workspace.apply();
    let (values, tainted) = workspace.state("patient_job.slow").unwrap();
    assert_eq!((values["result"].as_str(), tainted), (Some("done"), false));
    assert_eq!(workspace.planned(), "");
}
