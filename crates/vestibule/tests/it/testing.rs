//! `vestibule serve --testing` and `vestibule testing`, as a tester meets them.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::cloud::Cloud;
use crate::server::{Server, executable, pause};
use crate::terraform::{Loading, Workspace, available};

fn vestibule(arguments: &[&str], place: &Path) -> Output {
    Command::new(executable())
        .args(arguments)
        .current_dir(place)
        .output()
        .unwrap()
}

fn refused(arguments: &[&str], place: &Path) -> String {
    let done = vestibule(arguments, place);
    assert_eq!(done.status.code(), Some(1), "{arguments:?}");
    String::from_utf8(done.stderr)
        .unwrap()
        .trim_end()
        .to_owned()
}

#[test]
fn sec_a_server_for_testing_is_refused_where_others_reach_it() {
    let place = TempDir::with_prefix("vestibule-refused-").unwrap();
    let serve = ["serve", "--testing", "--listen", "0.0.0.0:0"];
    insta::assert_snapshot!(refused(&serve, place.path()), @"
    error: testing: its controls ask for no credential, and `listen` is not a loopback address
      hint: listen on 127.0.0.1, or add --testing-allow-remote if everybody may use them
    ");
    let serve = ["serve", "--testing", "--listen", "[::]:0"];
    assert!(refused(&serve, place.path()).starts_with("error: testing: "));
    let serve = ["serve", "--testing", "--keys", "k1 00"];
    insta::assert_snapshot!(refused(&serve, place.path()), @"
    error: testing: it has a key ring of its own, which everybody knows, and `keys` gives another
      hint: leave out `keys`
    ");
    let serve = ["serve", "--seed", "default"];
    insta::assert_snapshot!(refused(&serve, place.path()), @"
    error: seed: only a server for testing is seeded
      hint: add --testing
    ");
    let serve = ["serve", "--print-env", "atlas"];
    insta::assert_snapshot!(refused(&serve, place.path()), @"
    error: --print-env is for a server for testing
    hint: add --testing
    ");
    let left = std::fs::read_dir(place.path()).unwrap().count();
    assert_eq!(left, 0, "nothing was made");
}

#[test]
fn whoever_says_so_may_serve_the_controls_to_others() {
    let place = TempDir::with_prefix("vestibule-remote-").unwrap();
    let script = "curl -sf -o /dev/null -H 'x-forwarded-for: 10.1.2.3' \
                  \"$VESTIBULE_SERVER/testing/clock\"";
    let up = [
        "testing",
        "up",
        "--testing-allow-remote",
        "--",
        "sh",
        "-c",
        script,
    ];
    assert_eq!(vestibule(&up, place.path()).status.code(), Some(0));
    let up = ["testing", "up", "--", "sh", "-c", script];
    assert_eq!(vestibule(&up, place.path()).status.code(), Some(22));
}

#[test]
fn a_wrong_seed_is_refused_with_its_line() {
    let place = TempDir::with_prefix("vestibule-seed-").unwrap();
    let seed = "[[organizations]]\nname = \"Acme\"\n\n[[organizations.members]]\n\
                email = \"nobody\"\nroles = [\"owner\"]\n";
    std::fs::write(place.path().join("seed.toml"), seed).unwrap();
    let serve = [
        "serve",
        "--testing",
        "--seed",
        "seed.toml",
        "--listen",
        "127.0.0.1:0",
    ];
    let said = refused(&serve, place.path());
    let (_, said) = said.split_once("error: ").unwrap();
    insta::assert_snapshot!(said, @r#"
    seed.toml, line 5: email: this is not an e-mail address: it has no @
      expected: an e-mail address
    "#);
    let serve = [
        "serve",
        "--testing",
        "--seed",
        "none.toml",
        "--listen",
        "127.0.0.1:0",
    ];
    assert!(refused(&serve, place.path()).contains("the seed none.toml cannot be read"));
}

#[test]
fn sec_data_of_a_server_that_is_not_for_testing_is_refused() {
    let place = TempDir::with_prefix("vestibule-foreign-").unwrap();
    let data = place.path().join("data");
    drop(Server::start_on(&data, ""));
    let serve = [
        "serve",
        "--testing",
        "--data-dir",
        "data",
        "--listen",
        "127.0.0.1:0",
    ];
    let said = refused(&serve, place.path());
    let (_, said) = said.split_once("error: ").unwrap();
    insta::assert_snapshot!(said, @"
    the database has organizations that this seed has not made, and testing could empty it
    hint: name another place with --data-dir or --database; now it is data
    ");
}

#[test]
fn a_restart_changes_nothing_and_secrets_are_the_same_everywhere() {
    let place = TempDir::with_prefix("vestibule-again-").unwrap();
    let data = place.path().join("data");
    let first = Cloud::start_on(&data);
    first.must(&["invite", "create", "ann@acme.example"]);
    let secrets = |cloud: &Cloud| {
        let names = [
            "VESTIBULE_KEY",
            "CONFLUENT_CLOUD_API_SECRET",
            "MONGODB_ATLAS_PRIVATE_API_KEY",
        ];
        names.map(|name| cloud.variables[name].clone())
    };
    let before = secrets(&first);
    drop(first);
    let second = Cloud::start_on(&data);
    assert_eq!(secrets(&second), before);
    assert_eq!(second.invitations().len(), 1);
    let elsewhere = Cloud::start();
    assert_eq!(secrets(&elsewhere), before);
    insta::assert_snapshot!(before.join("\n"), @"
    vstk_cp90107aca05stp84k80fpve6ep8yhaq0qpq3mfdrdd55cy2b4hpj6rr3g
    vsts_tyn48cm8ytx1kqrjcdpegmy25tq3h20476hpdb
    vsts_3b4ne8xsyd1d2fv8qvj08198mb5cmbf1q6gb2z
    ");
}

#[test]
fn a_command_runs_against_a_cloud_of_its_own_and_its_exit_code_counts() {
    let place = TempDir::with_prefix("vestibule-up-").unwrap();
    let script = "set -e; test -n \"$MONGODB_ATLAS_BASE_URL$CONFLUENT_PLATFORM_MDS_URL\"; \
                  curl -sf --digest -u \"$MONGODB_ATLAS_PUBLIC_API_KEY:$MONGODB_ATLAS_PRIVATE_API_KEY\" \
                  \"$MONGODB_ATLAS_BASE_URL/api/atlas/v2/orgs/$MONGODB_ATLAS_ORG_ID/invites\" \
                  -H 'Accept: application/vnd.atlas.2023-01-01+json'; \
                  curl -sf -o /dev/null -u \"$CONFLUENT_CLOUD_API_KEY:$CONFLUENT_CLOUD_API_SECRET\" \
                  \"$TF_VAR_confluent_endpoint/iam/v2/invitations\"; exit 7";
    let done = vestibule(&["testing", "up", "--", "sh", "-c", script], place.path());
    assert_eq!(String::from_utf8(done.stdout).unwrap(), "[]");
    assert_eq!(
        done.status.code(),
        Some(7),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);

    let killed = vestibule(
        &["testing", "up", "--", "sh", "-c", "kill -9 $$"],
        place.path(),
    );
    assert_eq!(killed.status.code(), Some(137));
    let missing = refused(&["testing", "up", "--", "no-such-program"], place.path());
    assert!(
        missing.starts_with("error: cannot run no-such-program"),
        "{missing}"
    );
    let none = vestibule(&["testing", "up"], place.path());
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn a_stop_of_the_cloud_stops_its_command() {
    let place = TempDir::with_prefix("vestibule-stop-").unwrap();
    let script = "trap 'exit 3' TERM; touch started; while :; do sleep 0.05; done";
    let mut up = Command::new(executable())
        .args(["testing", "up", "--", "sh", "-c", script])
        .current_dir(place.path())
        .spawn()
        .unwrap();
    while !place.path().join("started").exists() {
        assert!(up.try_wait().unwrap().is_none(), "it ended");
        pause(20);
    }
    let kill = Command::new("kill")
        .arg(up.id().to_string())
        .status()
        .unwrap();
    assert!(kill.success());
    assert_eq!(up.wait().unwrap().code(), Some(3));
}

#[test]
fn every_control_is_a_command() {
    let cloud = Cloud::start();
    cloud.must(&["testing", "clock", "set", "2026-03-01T09:00:00Z"]);
    let advanced = cloud.testing(&["clock", "advance", "31d"]);
    assert!(
        advanced["now"]
            .as_str()
            .unwrap()
            .starts_with("2026-04-01T09:00:0"),
        "{advanced}"
    );

    let made = cloud.must(&["invite", "create", "ann@acme.example", "--output", "json"]);
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let id = made[0]["id"].as_str().unwrap();
    assert_eq!(cloud.mails_to("ann@acme.example"), 1);
    let table = cloud.must(&["testing", "state", id, "accepted"]);
    assert!(table.contains("ann@acme.example  accepted"), "{table}");
    let unreachable = cloud.run(&["testing", "state", id, "declined"]);
    insta::assert_snapshot!(String::from_utf8(unreachable.stderr).unwrap().trim_end(), @"
    error: 409 Conflict: the invitation is accepted, so it cannot be declined
    hint: from sent it can become accepted, declined, expired or revoked; from expired revoked; from accepted left or removed
    ");

    let fault = [
        "faults",
        "add",
        "--path",
        "/v1/*",
        "--status",
        "503",
        "--retry-after",
        "0",
    ];
    let added = cloud.testing(&fault);
    assert_eq!(added["left"], 1);
    let table = cloud.must(&["testing", "faults", "list"]);
    insta::assert_snapshot!(table.trim_end(), @"
    NUMBER  METHOD  PATH   WHAT                         LEFT  MET
    1       any     /v1/*  answer 503, retry after 0 s  1     0
    ");
    cloud.must(&["testing", "faults", "clear"]);
    let counts = cloud.must(&["testing", "requests", "count"]);
    assert!(
        counts.contains("POST    /v1/organizations/{organization}/invitations"),
        "{counts}"
    );
    cloud.must(&["testing", "requests", "clear"]);
    assert_eq!(cloud.testing(&["requests", "list"]), serde_json::json!([]));
    let keys = cloud.must(&["testing", "keys"]);
    assert!(keys.contains("ACME000000000001"), "{keys}");
    cloud.must(&["testing", "reset"]);
    assert_eq!(cloud.invitations().len(), 0);

    let seed = cloud.must(&["testing", "seed"]);
    assert!(seed.starts_with("# What `vestibule serve --testing` begins with."));
    let other = cloud.must(&["testing", "env", "atlas-cli", "--org", "Globex"]);
    let other = other.replace(cloud.url(), "URL");
    insta::assert_snapshot!(other.trim_end(), @"
    export DO_NOT_TRACK='1'
    export MONGODB_ATLAS_OPS_MANAGER_URL='URL/'
    export MONGODB_ATLAS_ORG_ID='659200800000000000000002'
    export MONGODB_ATLAS_PRIVATE_API_KEY='vsts_jzw9grrttp3k31ydeca9bn7dx3mdn03dzj4cz9'
    export MONGODB_ATLAS_PUBLIC_API_KEY='globexaa'
    ");
    let unknown = cloud.run(&["testing", "env", "--org", "Nobody"]);
    assert_eq!(unknown.status.code(), Some(1));
}

#[test]
fn a_server_without_the_controls_is_told_apart() {
    let server = Server::start();
    let done = Command::new(executable())
        .args(["testing", "clock", "show", "--server", &server.url])
        .output()
        .unwrap();
    insta::assert_snapshot!(String::from_utf8(done.stderr).unwrap().trim_end(), @"
    error: 404 Not Found: this server has no testing controls
    hint: start one with `vestibule serve --testing`
    ");
}

const BOTH: &str = r#"
resource "confluent_invitation" "a" {
  email = "ann@acme.example"
}

resource "mongodbatlas_org_invitation" "b" {
  username = "bob@acme.example"
  org_id   = var.org_id
  roles    = ["ORG_MEMBER"]
}
"#;

fn workspace(cloud: &Cloud) -> Workspace {
    let of = |name: &str| cloud.variables[name].clone();
    let variables = [
        ("server", of("VESTIBULE_SERVER")),
        ("org_id", of("TF_VAR_atlas_org_id")),
        ("cloud_api_key", of("CONFLUENT_CLOUD_API_KEY")),
        ("cloud_api_secret", of("CONFLUENT_CLOUD_API_SECRET")),
        ("public_key", of("MONGODB_ATLAS_PUBLIC_API_KEY")),
        ("private_key", of("MONGODB_ATLAS_PRIVATE_API_KEY")),
    ];
    Workspace::with_variables(Loading::DevOverrides, variables)
}

#[test]
fn an_apply_through_lost_answers_makes_one_invitation_and_one_mail() {
    if !available() {
        return;
    }
    let cloud = Cloud::start();
    let places = ["/iam/v2/invitations", "/api/atlas/v2/orgs/*/invites"];
    for fault in [
        &["--drop", "after"][..],
        &["--status", "503"],
        &["--status", "429", "--retry-after", "1"],
    ] {
        cloud.must(&["testing", "reset"]);
        for place in places {
            let add = ["faults", "add", "--method", "POST", "--path", place];
            cloud.testing(&[&add, fault].concat());
        }
        let workspace = workspace(&cloud);
        workspace.write("main.tf", BOTH);
        let said = workspace.apply();
        assert!(said.contains("Resources: 2 added"), "{fault:?}: {said}");
        let faults = cloud.testing(&["faults", "list"]);
        for met in faults["data"].as_array().unwrap() {
            assert_eq!(met["met"], 1, "{fault:?}: {faults}");
        }
        assert_eq!(cloud.invitations().len(), 2, "{fault:?}");
        for email in ["ann@acme.example", "bob@acme.example"] {
            assert_eq!(cloud.mails_to(email), 1, "{fault:?} {email}");
        }
        workspace.assert_no_changes();
    }
}

#[test]
fn days_7_30_and_31_are_what_the_seeds_say_through_the_provider() {
    if !available() {
        return;
    }
    let cloud = Cloud::start();
    let workspace = workspace(&cloud);
    workspace.write("main.tf", BOTH);
    workspace.apply();
    let status = |workspace: &Workspace| {
        workspace.must("apply", &["-refresh-only", "-auto-approve", "-input=false"]);
        let status = &workspace.state_of("confluent_invitation.a")["status"];
        status.as_str().unwrap().to_owned()
    };
    cloud.testing(&["clock", "advance", "6d23h"]);
    workspace.assert_no_changes();
    assert_eq!(status(&workspace), "INVITE_STATUS_SENT");

    cloud.testing(&["clock", "advance", "1h"]);
    workspace.assert_no_changes();
    assert_eq!(status(&workspace), "INVITE_STATUS_EXPIRED");

    // Day 30 by the second that the test took to get here: what ends then has ended.
    cloud.testing(&["clock", "advance", "23d"]);
    let bob = "mongodbatlas_org_invitation.b".to_owned();
    assert_eq!(workspace.planned(), [(bob.clone(), "create".to_owned())]);
    cloud.testing(&["clock", "advance", "1d"]);
    assert_eq!(workspace.planned(), [(bob, "create".to_owned())]);
    workspace.apply();
    workspace.assert_no_changes();
    assert_eq!(cloud.mails_to("bob@acme.example"), 2);
    assert_eq!(status(&workspace), "INVITE_STATUS_EXPIRED");
}

#[test]
fn a_postgresql_database_has_one_server_for_testing_at_a_time() {
    let Some(database) = vestibule_testkit::postgres::fresh_database() else {
        return;
    };
    let directory = TempDir::with_prefix("vestibule-shared-").unwrap();
    let flags = ["--database", database.url()];
    let first = Cloud::start_with(&directory.path().join("first"), &flags);
    let second = Command::new(executable())
        .args(["serve", "--testing", "--listen", "127.0.0.1:0"])
        .args(["--log", "warn", "--data-dir"])
        .arg(directory.path().join("second"))
        .args(flags)
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let why = String::from_utf8(second.stderr).unwrap();
    assert!(
        why.contains("another server for testing uses this database"),
        "{why}"
    );
    assert!(
        why.contains("hint: give each server for testing a database of its own"),
        "{why}"
    );
    first.testing(&["clock", "show"]);
}

/// The files of the guide, by name.
fn guide() -> Vec<(String, String)> {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/testing.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let mut files = Vec::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let name = line
            .strip_prefix('`')
            .and_then(|line| line.strip_suffix("`:"));
        let Some(name) = name else { continue };
        let block = lines
            .by_ref()
            .skip_while(|line| !line.starts_with("```"))
            .skip(1);
        let text: Vec<_> = block.take_while(|line| *line != "```").collect();
        files.push((name.to_owned(), text.join("\n") + "\n"));
    }
    files
}

#[test]
fn the_guide_does_what_it_says() {
    if !available() {
        return;
    }
    let files = guide();
    assert_eq!(files.len(), 5);
    for script in ["day31.sh", "test.sh"] {
        let workspace = Workspace::with_variables(Loading::Mirror, []);
        workspace.remove("providers.tf");
        for (name, text) in &files {
            workspace.write(name, text);
        }
        let done = workspace.run_with_tools(&["testing", "up", "--", "sh", script]);
        let said = crate::terraform::said(&done);
        assert!(done.status.success(), "{script}: {said}");
    }
}
