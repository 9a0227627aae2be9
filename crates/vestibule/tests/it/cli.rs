//! The command line against a running server.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::server::{Server, executable};

fn run(server: &Server, arguments: &[&str]) -> Output {
    Command::new(executable())
        .args(arguments)
        .env("VESTIBULE_SERVER", &server.url)
        .env("VESTIBULE_KEY", &server.owner_key)
        .env("COLUMNS", "200")
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON on standard output")
}

#[test]
fn invitations_are_made_listed_resent_and_revoked() {
    let server = Server::start();
    let made = json(&run(
        &server,
        &[
            "invite",
            "create",
            "ann@acme.example",
            "bea@acme.example",
            "--role",
            "read_only",
            "--output",
            "json",
        ],
    ));
    assert_eq!(made.as_array().unwrap().len(), 2);
    let id = made[0]["id"].as_str().unwrap();

    let table = run(&server, &["invite", "list"]);
    let text = String::from_utf8(table.stdout).unwrap();
    assert!(text.lines().next().unwrap().contains("EMAIL"), "{text}");
    assert!(
        text.contains("ann@acme.example") && text.contains("sent"),
        "{text}"
    );

    let too_soon = run(&server, &["invite", "resend", id]);
    assert_eq!(too_soon.status.code(), Some(1));
    let said = String::from_utf8(too_soon.stderr).unwrap();
    assert!(
        said.starts_with("error: ") && said.contains("a moment ago"),
        "{said}"
    );

    json(&run(&server, &["invite", "revoke", id, "--output", "json"]));
    let open = json(&run(
        &server,
        &["invite", "list", "--state", "sent", "--output", "json"],
    ));
    assert_eq!(open.as_array().unwrap().len(), 1);
    let members = json(&run(&server, &["member", "list", "--output", "json"]));
    assert_eq!(members[0]["roles"], serde_json::json!(["owner"]));
}

#[test]
fn organizations_and_keys_are_managed() {
    let server = Server::start();
    let changed = json(&run(
        &server,
        &[
            "org",
            "set",
            "--name",
            "Acme & Co",
            "--sso",
            "true",
            "--days",
            "3",
            "--output",
            "json",
        ],
    ));
    assert_eq!(changed["name"], "Acme & Co");
    assert_eq!(changed["sso_enabled"], true);
    assert_eq!(changed["invitation_lifetimes"]["native"], 3 * 86_400);
    let shown = String::from_utf8(run(&server, &["org", "show"]).stdout).unwrap();
    assert!(shown.contains("Acme & Co"), "{shown}");
    let all = json(&run(&server, &["org", "list", "--output", "json"]));
    assert_eq!(all[0]["name"], "Acme & Co");
    assert_eq!(all.as_array().unwrap().len(), 1);

    let made = json(&run(
        &server,
        &[
            "key",
            "create",
            "ci",
            "--kind",
            "atlas-service-account",
            "--role",
            "user_admin",
            "--output",
            "json",
        ],
    ));
    assert!(
        made["key"]["public_id"]
            .as_str()
            .unwrap()
            .starts_with("mdb_sa_id_")
    );
    let id = made["key"]["id"].as_str().unwrap();
    assert!(run(&server, &["key", "revoke", id]).status.success());
    let keys = String::from_utf8(run(&server, &["key", "list"]).stdout).unwrap();
    assert!(keys.contains("revoked"), "{keys}");
    // The server's own variable of this name names its first organization, and is no id.
    let listed = Command::new(executable())
        .args(["key", "list"])
        .env("VESTIBULE_SERVER", &server.url)
        .env("VESTIBULE_KEY", &server.owner_key)
        .env("VESTIBULE_ORGANIZATION", "Acme")
        .output()
        .unwrap();
    assert_eq!(listed.status.code(), Some(0));
}

#[test]
fn exit_codes_tell_success_failure_and_wrong_usage_apart() {
    let server = Server::start();
    assert_eq!(run(&server, &["version"]).status.code(), Some(0));
    assert_eq!(
        run(&server, &["invite", "create", "nobody"]).status.code(),
        Some(1)
    );
    assert_eq!(run(&server, &["invite", "crate"]).status.code(), Some(2));
    assert_eq!(run(&server, &["--help"]).status.code(), Some(0));
    let stranger = Command::new(executable())
        .args([
            "invite",
            "list",
            "--server",
            &server.url,
            "--key",
            "vstk_wrong",
        ])
        .env_remove("VESTIBULE_KEY")
        .output()
        .unwrap();
    assert_eq!(stranger.status.code(), Some(1));
    let said = String::from_utf8(stranger.stderr).unwrap();
    assert!(said.contains("hint: "), "{said}");
}

#[test]
fn a_wrong_configuration_is_refused_at_start_with_key_place_and_expectation() {
    let directory = tempfile::TempDir::with_prefix("vestibule-config-").unwrap();
    let file = directory.path().join("wrong.toml");
    std::fs::write(&file, "listen = \"everywhere\"\n").unwrap();
    let refused = Command::new(executable())
        .args(["serve", "--config", file.to_str().unwrap()])
        .current_dir(directory.path())
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    let shown = said.replace(file.to_str().unwrap(), "FILE");
    insta::assert_snapshot!(shown.trim_end(), @r#"
    error: listen: "everywhere" from the file FILE is not usable
      expected: ADDRESS:PORT
    "#);
}

#[test]
fn what_cannot_be_written_is_a_failure_and_a_closed_pipe_is_none() {
    let server = Server::start();
    let list = |stdout: Stdio| {
        Command::new(executable())
            .args(["member", "list"])
            .env("VESTIBULE_SERVER", &server.url)
            .env("VESTIBULE_KEY", &server.owner_key)
            .stdout(stdout)
            .output()
            .unwrap()
    };
    let full = std::fs::File::create("/dev/full").unwrap();
    let refused = list(full.into());
    insta::assert_snapshot!(String::from_utf8_lossy(&refused.stderr).trim_end(), @"
    error: standard output cannot be written
      because: No space left on device (os error 28)
    ");
    assert_eq!(refused.status.code(), Some(1));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let unheard = list(writer.into());
    assert_eq!(unheard.status.code(), Some(0));
    assert_eq!(unheard.stderr, b"");
}
