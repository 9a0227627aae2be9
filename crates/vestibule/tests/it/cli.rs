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

#[test]
fn what_goes_wrong_on_the_way_to_the_server_is_told_with_what_to_do() {
    let server = Server::start();
    let told = |arguments: &[&str], key: &str| {
        let mut command = Command::new(executable());
        command.args(arguments).env("VESTIBULE_KEY", key);
        let done = command.env("VESTIBULE_SERVER", &server.url).output();
        let done = done.unwrap();
        assert_eq!(done.status.code(), Some(1));
        String::from_utf8(done.stderr).unwrap()
    };
    insta::assert_snapshot!(told(&["org", "list"], ""), @"
    error: this needs a key
    hint: set VESTIBULE_KEY to the key that `vestibule serve` printed at its first start
    ");
    insta::assert_snapshot!(told(&["org", "list"], "vstk_wrong"), @"
    error: 401 Unauthorized: the credential is not valid
    hint: set VESTIBULE_KEY to a valid key; an owner makes one with `vestibule key create`
    ");
    insta::assert_snapshot!(told(&["org", "list", "--server", "localhost"], "vstk_wrong"), @r#"
    error: "localhost" is no server's address
      because: the address is not a URL: relative URL without a base
    hint: give --server or VESTIBULE_SERVER a URL, such as http://127.0.0.1:8080
    "#);
    let authority = server.url.strip_prefix("http://").unwrap();
    let taken = told(
        &["serve", "--listen", authority, "--data-dir", "/proc/none"],
        "",
    );
    insta::assert_snapshot!(taken.replace(authority, "HOST:PORT"), @"
    error: cannot listen on HOST:PORT
      because: Address already in use (os error 98)
    hint: name another address with --listen
    ");
    let directory = told(
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            "/proc/none",
        ],
        "",
    );
    insta::assert_snapshot!(directory, @"
    error: cannot make the data directory /proc/none
      because: No such file or directory (os error 2)
    hint: name another place with --data-dir
    ");
}

#[test]
fn a_vendors_import_that_fails_names_flags_that_it_has() {
    let server = Server::start();
    let told = |arguments: &[&str]| {
        let import = [&["terraform", "import"], arguments].concat();
        let done = run(&server, &import);
        assert_eq!(done.status.code(), Some(1));
        String::from_utf8(done.stderr).unwrap()
    };
    let confluent = |endpoint| {
        let key = ["--cloud-api-key", "wrong", "--cloud-api-secret", "wrong"];
        told(&[&["confluent", "--endpoint", endpoint][..], &key].concat())
    };
    let atlas = |url| {
        let organization = ["--org-id", "66aaaaaaaaaaaaaaaaaaaaaa"];
        let key = ["--public-key", "wrong", "--private-key", "wrong"];
        told(
            &[
                &["mongodbatlas", "--base-url", url][..],
                &organization,
                &key,
            ]
            .concat(),
        )
    };
    insta::assert_snapshot!(confluent(&server.url), @"
    error: the invitations cannot be listed
      because: 401 Unauthorized: invalid API key: it is mistyped, revoked or of another server
    hint: give a valid key with --cloud-api-key; `--help` names the variables, too
    ");
    insta::assert_snapshot!(atlas(&server.url), @"
    error: the invitations cannot be listed
      because: 401 Unauthorized: You are not authorized for this resource.
    hint: give a valid key with --public-key; `--help` names the variables, too
    ");
    insta::assert_snapshot!(atlas("localhost"), @r#"
    error: "localhost" is no API's address
      because: the address is not a URL: relative URL without a base
    hint: give --base-url a URL that begins with https://
    "#);
}

#[test]
fn a_file_that_cannot_be_written_whole_is_not_left_by_halves() {
    let server = Server::start();
    let directory = tempfile::TempDir::with_prefix("vestibule-full-").unwrap();
    let left = || std::fs::read_dir(directory.path()).unwrap().count();
    // A limit on the size of files, in the place of a full disk.
    let limited = |arguments: &str| {
        let script = format!(
            "trap '' XFSZ; ulimit -f 0; exec {} {arguments}",
            executable().display()
        );
        let done = Command::new("sh")
            .args(["-c", &script])
            .current_dir(directory.path())
            .env("VESTIBULE_SERVER", &server.url)
            .env("VESTIBULE_KEY", &server.owner_key)
            .output()
            .unwrap();
        assert_eq!(done.status.code(), Some(1));
        String::from_utf8(done.stderr).unwrap()
    };
    insta::assert_snapshot!(limited("terraform import vestibule --output own.tf"), @"
    error: own.tf cannot be written
      because: File too large (os error 27)
    ");
    insta::assert_snapshot!(limited("serve --data-dir . --listen 127.0.0.1:0"), @"
    error: cannot write ./vestibule.keys
      because: File too large (os error 27)
    ");
    assert_eq!(left(), 0);
    let install = limited("terraform install vestibule --directory .");
    assert!(install.contains("because: File too large"), "{install}");
    let place = format!(
        "registry.terraform.io/vestibule/vestibule/{}",
        env!("CARGO_PKG_VERSION")
    );
    let platform = std::fs::read_dir(directory.path().join(place)).unwrap();
    let platform = platform.map(|entry| entry.unwrap().path()).next().unwrap();
    assert_eq!(std::fs::read_dir(platform).unwrap().count(), 0);
}

#[test]
fn a_provider_named_twice_is_installed_once() {
    let directory = tempfile::TempDir::with_prefix("vestibule-twice-").unwrap();
    let installed = Command::new(executable())
        .args(["terraform", "install", "confluent", "confluent"])
        .arg("--directory")
        .arg(directory.path())
        .output()
        .unwrap();
    assert_eq!(installed.status.code(), Some(0));
    let paths = String::from_utf8(installed.stdout).unwrap();
    assert_eq!(paths.lines().count(), 2, "{paths}");
}

#[test]
fn the_command_of_testing_up_gets_its_arguments_byte_by_byte() {
    use std::os::unix::ffi::OsStrExt as _;
    let done = Command::new(executable())
        .args(["testing", "up", "--", "printf", "%s"])
        .arg(std::ffi::OsStr::from_bytes(b"\xff"))
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(done.stdout, b"\xff");
}
