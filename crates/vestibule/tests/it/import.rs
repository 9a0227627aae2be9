//! `vestibule terraform import`: what it writes, under real Terraform.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::own::workspace;
use crate::server::{Server, executable};
use crate::terraform::{available, said};

/// An organization with something of every type, and two things of one name.
fn furnish(server: &Server) {
    let make = |path: &str, body: Value| {
        let made = server.call("POST", &server.path(path), Some(&body));
        made["id"].as_str().unwrap_or_default().to_owned()
    };
    let blue = make("teams", json!({"name": "Blue ${team}"}));
    let red = make("teams", json!({"name": "Red"}));
    let payments = make("projects", json!({"name": "Payments (EU)"}));
    let search = make("projects", json!({"name": "Search"}));
    make(
        "keys",
        json!({"kind": "confluent", "name": "ci", "roles": ["member"]}),
    );
    make(
        "keys",
        json!({"kind": "native", "name": "CI", "expires_in": 86_400}),
    );
    let reader =
        |project: &str| json!([{"project": project, "roles": ["read_only", "data_reader"]}]);
    for (email, accepts) in [
        ("ann@acme.example.org", true),
        ("ann.acme@example.org", false),
    ] {
        let body = json!({
            "email": email,
            "roles": ["user_admin", "member"],
            "teams": [red, blue],
            "project_roles": reader(&payments),
            "message": "Two\nlines with \"quotes\"",
            "expires_in": 7200,
        });
        make("invitations", body);
        if accepts {
            server.answer("accept", &server.token_of(email));
        }
    }
    let to_project = json!({
        "email": "ann@acme.example.org",
        "project": search,
        "project_roles": reader(&search),
    });
    make("invitations", to_project);
    // Nobody of these is in the organization, or waits for anything.
    for (email, answers) in [
        ("bea@acme.example.org", vec!["decline"]),
        ("cleo@acme.example.org", vec!["accept", "leave"]),
    ] {
        make("invitations", json!({ "email": email }));
        let token = server.token_of(email);
        for answer in answers {
            server.answer(answer, &token);
        }
    }
}

fn import(server: &Server, arguments: &[&str]) -> Output {
    Command::new(executable())
        .args(["terraform", "import", "vestibule"])
        .args(arguments)
        .env("VESTIBULE_SERVER", &server.url)
        .env("VESTIBULE_KEY", &server.owner_key)
        .output()
        .unwrap()
}

#[test]
fn keys_that_open_nothing_any_more_are_left_out_and_counted() {
    let server = Server::start_testing();
    let make = |body: Value| {
        let made = server.call("POST", &server.path("keys"), Some(&body));
        made["key"]["id"].as_str().expect("an id").to_owned()
    };
    make(json!({"kind": "native", "name": "living", "expires_in": 86_400}));
    for name in ["over", "over too"] {
        make(json!({"kind": "native", "name": name, "expires_in": 3_600}));
    }
    let revoked = make(json!({"kind": "confluent", "name": "taken back"}));
    server.call("DELETE", &server.path(&format!("keys/{revoked}")), None);
    let none_is_over = import(&server, &[]);
    assert!(said(&none_is_over).contains("Left out: 1 key that was revoked.\n"));
    server.advance("2h");

    let done = import(&server, &[]);
    assert!(done.status.success(), "{}", said(&done));
    let code = String::from_utf8(done.stdout.clone()).unwrap();
    assert!(code.contains("\"living\""), "{code}");
    for name in ["over", "taken"] {
        assert!(!code.contains(name), "{name} in {code}");
    }
    let talk = String::from_utf8(done.stderr).unwrap();
    let left_out = "Left out: 2 keys that have expired, 1 key that was revoked.\n";
    assert!(talk.contains(left_out), "{talk}");
}

/// The number of blocks that import, and what a plan says of just so many and no more.
fn only_imports(code: &str) -> String {
    let count = code.matches("import {").count();
    format!("Plan: {count} to import, 0 to add, 0 to change, 0 to destroy.")
}

#[test]
fn everything_of_an_organization_is_imported_and_nothing_changes() {
    if !available() {
        return;
    }
    let server = Server::start_testing();
    furnish(&server);
    let workspace = workspace(&server);
    let file = workspace.path("imported.tf");
    let to_file = ["--output", file.to_str().unwrap()];
    let done = import(&server, &to_file);
    assert!(done.status.success(), "{}", said(&done));
    assert_eq!(done.stdout, b"");
    let refused = import(&server, &to_file);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("exists already"),
        "{}",
        said(&refused)
    );

    let code = std::fs::read_to_string(&file).unwrap();
    for expected in [
        "resource \"vestibule_organization\" ",
        "resource \"vestibule_team\" \"blue_team\" ",
        "resource \"vestibule_project\" \"payments_eu\" ",
        "resource \"vestibule_member\" \"ann_acme_example_org\" ",
        "resource \"vestibule_member\" \"ann_acme_example_org_usr_",
        "resource \"vestibule_invitation\" \"ann_acme_example_org\" ",
        "resource \"vestibule_api_key\" \"ci\" ",
        "resource \"vestibule_api_key\" \"ci_key_",
        "project = vestibule_project.payments_eu.id",
        "vestibule_team.blue_team.id",
    ] {
        assert!(code.contains(expected), "{expected} in {code}");
    }
    for nobody in ["bea", "cleo", "vstk_"] {
        assert!(!code.contains(nobody), "{nobody} in {code}");
    }
    assert_eq!(workspace.must("fmt", &["-check", "-diff"]), "");
    let plan = workspace.must("plan", &["-input=false"]);
    assert!(plan.contains(&only_imports(&code)), "{plan}");
    workspace.apply();
    workspace.assert_no_changes();
}

#[test]
fn the_blocks_alone_are_enough_to_have_the_configuration_generated() {
    if !available() {
        return;
    }
    let server = Server::start_testing();
    furnish(&server);
    let written = import(&server, &[]);
    assert!(written.status.success(), "{}", said(&written));
    let code = String::from_utf8(written.stdout).unwrap();
    // Where there is no resource yet, Terraform 1.16 looks for a provider of its own by the type's name.
    let blocks: Vec<String> = code
        .split("\n\n")
        .filter_map(|block| block.strip_prefix("import {"))
        .map(|block| format!("import {{\n  provider = vestibule{block}"))
        .collect();
    let workspace = workspace(&server);
    workspace.write("imports.tf", &blocks.join("\n\n"));
    let plan = workspace.must(
        "plan",
        &["-input=false", "-generate-config-out=generated.tf"],
    );
    assert!(plan.contains(&only_imports(&code)), "{plan}");
}
