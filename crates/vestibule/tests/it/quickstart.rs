//! The README's first command.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use crate::server::{executable, free_port, interrupt};
use crate::terraform::available;

fn quickstart(data: &std::path::Path, path: Option<&str>) -> (bool, String, String) {
    quickstart_on(free_port(), data, path)
}

fn quickstart_on(port: u16, data: &std::path::Path, path: Option<&str>) -> (bool, String, String) {
    let port = port.to_string();
    let mut command = Command::new(executable());
    command.args([
        "quickstart",
        "--exit",
        "--port",
        &port,
        "--data-dir",
        data.to_str().unwrap(),
    ]);
    // What somebody has set for their own runs of Terraform does not count here.
    command
        .env("TF_CLI_CONFIG_FILE", "/nonexistent/theirs.rc")
        .env("TF_CLI_ARGS_apply", "-destroy");
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let done = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.success(), text(done.stdout), text(done.stderr))
}

fn assert_complete(done: &(bool, String, String)) {
    let (success, data, talk) = done;
    assert!(success, "{data}\n{talk}");
    for person in ["Ada.Lovelace", "bob", "carol", "dave", "erin"] {
        let line = data
            .lines()
            .find(|line| line.starts_with(&format!("{person}@")))
            .expect(data);
        assert!(
            line.contains("sent") && line.contains("handed_off"),
            "{line}"
        );
    }
    assert!(
        data.contains("/dev/mail") && data.contains("/invitations/vsti_"),
        "{data}"
    );
}

#[test]
fn it_applies_the_seeds_and_a_second_run_reuses_the_data() {
    if !available() {
        return;
    }
    let directory = tempfile::TempDir::with_prefix("vestibule-quick-").unwrap();
    let data = directory.path().join("data");
    let first = quickstart(&data, None);
    assert_complete(&first);
    assert!(first.2.contains("5 added"), "{}", first.2);
    // Whose acceptance the next plan has something to say about: of the second configuration.
    let shown = ["carol", "dave", "erin"].map(|who| format!("(for {who}@quickstart.example)"));
    assert!(
        shown.iter().any(|line| first.1.contains(line)),
        "{}",
        first.1
    );
    let second = quickstart(&data, None);
    assert_complete(&second);
    assert!(
        second.2.contains("0 added, 0 changed, 0 destroyed"),
        "{}",
        second.2
    );
    let mails = std::fs::read_dir(data.join("mail")).unwrap().count();
    assert_eq!(mails, 5, "nobody is mailed twice");
}

#[test]
fn without_terraform_it_says_so_and_makes_the_same_invitations() {
    let directory = tempfile::TempDir::with_prefix("vestibule-quick-").unwrap();
    let data = directory.path().join("data");
    // A file of that name that nobody may run.
    std::fs::write(directory.path().join("terraform"), "").unwrap();
    for _ in 0..2 {
        let done = quickstart(&data, directory.path().to_str());
        assert!(
            done.2.contains("Neither terraform nor tofu is installed"),
            "{}",
            done.2
        );
        assert_complete(&done);
    }
}

#[test]
fn a_port_that_is_taken_is_replaced_by_a_free_one() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let directory = tempfile::TempDir::with_prefix("vestibule-quick-").unwrap();
    let done = quickstart_on(port, &directory.path().join("data"), Some("/nonexistent"));
    let said = format!("Port {port} is taken: using ");
    assert!(done.2.contains(&said), "{}", done.2);
    assert_complete(&done);
}

#[test]
fn it_serves_until_ctrl_c_and_ends_well() {
    let directory = tempfile::TempDir::with_prefix("vestibule quick ").unwrap();
    let data = directory.path().join("data");
    let mut process = Command::new(executable())
        .args(["quickstart", "--port", &free_port().to_string()])
        .args(["--data-dir", data.to_str().unwrap()])
        .env("PATH", "/nonexistent")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(process.stderr.take().unwrap());
    let serving = talk
        .by_ref()
        .lines()
        .any(|line| line.unwrap().contains("Serving until Ctrl-C"));
    assert!(serving, "it ended before it served");
    interrupt(&process);
    let ended = process.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let last = talk.lines().map(Result::unwrap).last();
    assert_eq!(last.as_deref(), Some("Stopped."));
    let data = String::from_utf8(ended.stdout).unwrap();
    // What it tells people to type works where the directory has a blank in its name.
    let env = format!(". '{}/data/env' && ", directory.path().display());
    assert!(data.contains(&env), "{data}");
}
