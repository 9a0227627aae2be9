//! Bugs of the vendors' providers that ours does not have, under real Terraform: each test is named
//! after its bug. What takes a service that misbehaves in its answers is in `provider/tests/it`.

use serde_json::{Value, json};

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

const CONFLUENT: &str = r#"
resource "confluent_invitation" "ann" {
  email = "Ann@Acme.Example"
}
"#;

const ATLAS: &str = r#"
resource "mongodbatlas_org_invitation" "bea" {
  org_id   = var.org_id
  username = "Bea@Acme.Example"
  roles    = ["ORG_MEMBER"]
}
"#;

const ANN: &str = "confluent_invitation.ann";
const BEA: &str = "mongodbatlas_org_invitation.bea";

/// A server whose clock and network can be played with, and a directory with this code.
fn scene(code: &str) -> Option<(Server, Workspace)> {
    if !available() {
        return None;
    }
    let server = Server::start_testing();
    let workspace = Workspace::new(Loading::DevOverrides, &server);
    workspace.write("main.tf", code);
    Some((server, workspace))
}

fn fail(server: &Server, fault: &Value) {
    server.call("POST", "/testing/faults", Some(fault));
}

fn planned(workspace: &Workspace) -> Vec<(String, String)> {
    let mut planned = workspace.planned();
    planned.sort();
    planned
}

fn actions<const N: usize>(actions: [(&str, &str); N]) -> Vec<(String, String)> {
    let owned = actions.map(|(address, action)| (address.to_owned(), action.to_owned()));
    owned.into()
}

#[test]
fn year_0001_times_are_no_difference_and_do_not_come_back() {
    let Some((_server, workspace)) = scene(CONFLUENT) else {
        return;
    };
    workspace.apply();
    let mut state = workspace.json("terraform.tfstate");
    let instance = &mut state["resources"][0]["instances"][0];
    instance["attributes"]["accepted_at"] = json!("0001-01-01 00:00:00 +0000 UTC");
    workspace.write("terraform.tfstate", &state.to_string());
    workspace.assert_no_changes();
    for _ in 0..2 {
        workspace.must("apply", &["-refresh-only", "-auto-approve", "-input=false"]);
        assert!(workspace.state_of(ANN)["accepted_at"].is_null());
        workspace.assert_no_changes();
    }
}

#[test]
fn a_change_of_auth_type_does_not_fail_at_apply_and_corrupt_the_state() {
    let Some((server, workspace)) = scene(CONFLUENT) else {
        return;
    };
    workspace.apply();
    let sso = CONFLUENT.replace(
        "Ann@Acme.Example\"",
        "Ann@Acme.Example\"\n  auth_type = \"AUTH_TYPE_SSO\"",
    );
    workspace.write("main.tf", &sso);
    assert_eq!(planned(&workspace), actions([(ANN, "delete+create")]));
    workspace.write("main.tf", CONFLUENT);
    server.answer("accept", &server.token_of("ann@acme.example"));
    workspace.write("main.tf", &sso);
    let refused = workspace.must_fail("plan", &["-input=false"]);
    assert!(refused.contains("auth_type of an accepted"), "{refused}");
    assert_eq!(workspace.state_of(ANN)["auth_type"], "AUTH_TYPE_LOCAL");
}

#[test]
fn expired_invitations_are_noticed_and_sent_again() {
    let Some((server, mut workspace)) = scene(&format!("{CONFLUENT}{ATLAS}")) else {
        return;
    };
    workspace.apply();
    server.advance("31d");
    let said = workspace.must("plan", &["-input=false"]);
    assert!(said.contains("The invitation has expired"), "{said}");
    assert_eq!(planned(&workspace), actions([(BEA, "create")]));
    // Confluent's is only told of, unless one chooses otherwise.
    workspace.set("VESTIBULE_CONFLUENT_REINVITE", "expired");
    let both = actions([(ANN, "delete+create"), (BEA, "create")]);
    assert_eq!(planned(&workspace), both);
    workspace.apply();
    workspace.assert_no_changes();
    for email in ["ann@acme.example", "bea@acme.example"] {
        assert!(!server.token_of(email).is_empty(), "an open invitation");
    }
}

#[test]
fn declined_and_deleted_invitations_are_noticed() {
    let Some((server, workspace)) = scene(&format!("{CONFLUENT}{ATLAS}")) else {
        return;
    };
    workspace.apply();
    for email in ["ann@acme.example", "bea@acme.example"] {
        server.answer("decline", &server.token_of(email));
    }
    let said = workspace.must("plan", &["-input=false"]);
    assert!(said.contains("The invitation is deactivated"), "{said}");
    assert_eq!(planned(&workspace), actions([(BEA, "create")]));
    workspace.apply();
    // Withdrawn by somebody else.
    let open = server.invitations_to("bea@acme.example");
    let open = open.iter().find(|one| one["state"] == "sent").unwrap();
    let path = format!("invitations/{}/revoke", open["id"].as_str().unwrap());
    server.call("POST", &server.path(&path), None);
    assert_eq!(planned(&workspace), actions([(BEA, "create")]));
}

#[test]
fn a_403_drops_no_state() {
    let Some((server, workspace)) = scene(&format!("{CONFLUENT}{ATLAS}")) else {
        return;
    };
    workspace.apply();
    let fault = json!({
        "method": "GET", "status": 403, "times": 100, "detail": "error 404: nothing to see here",
    });
    fail(&server, &fault);
    let refused = workspace.must_fail("apply", &["-refresh-only", "-auto-approve", "-input=false"]);
    assert!(refused.contains("nothing to see here"), "{refused}");
    server.call("DELETE", "/testing/faults", None);
    assert!(!workspace.state_of(ANN).is_null());
    assert!(!workspace.state_of(BEA).is_null());
    workspace.assert_no_changes();
}

#[test]
fn another_spelling_of_an_address_replaces_nothing_and_the_users_own_stays() {
    let code = format!("{CONFLUENT}{ATLAS}");
    let Some((_server, workspace)) = scene(&code) else {
        return;
    };
    workspace.apply();
    workspace.write(
        "main.tf",
        &code.to_lowercase().replace("org_member", "ORG_MEMBER"),
    );
    workspace.assert_no_changes();
    assert_eq!(workspace.state_of(ANN)["email"], "Ann@Acme.Example");
    assert_eq!(workspace.state_of(BEA)["username"], "Bea@Acme.Example");
}

#[test]
fn transient_errors_are_waited_out_and_lasting_ones_keep_their_words() {
    let Some((server, mut workspace)) = scene(&format!("{CONFLUENT}{ATLAS}")) else {
        return;
    };
    for path in ["/iam/v2/invitations", "/api/atlas/v2/orgs/*/invites"] {
        let busy = json!({ "method": "POST", "path": path, "status": 503, "retry_after": 0 });
        fail(&server, &busy);
    }
    workspace.apply();
    workspace.assert_no_changes();
    let fault = json!({
        "method": "GET", "status": 503, "times": 1000, "retry_after": 0,
        "detail": "the database is on holiday",
    });
    fail(&server, &fault);
    workspace.set("TF_PROVIDER_CONFLUENT_MAX_RETRIES", "1");
    let refused = workspace.must_fail("plan", &["-input=false"]);
    // Terraform breaks lines where it likes.
    let words: Vec<&str> = refused.split_whitespace().collect();
    let said = words
        .join(" ")
        .matches("the database is on holiday")
        .count();
    assert_eq!(said, 2, "{refused}");
}

#[test]
fn a_creation_that_lost_its_answer_does_not_invite_twice() {
    let Some((server, workspace)) = scene(&format!("{CONFLUENT}{ATLAS}")) else {
        return;
    };
    for path in ["/iam/v2/invitations", "/api/atlas/v2/orgs/*/invites"] {
        fail(
            &server,
            &json!({ "method": "POST", "path": path, "drop": "after" }),
        );
    }
    let said = workspace.apply();
    assert!(said.contains("Resources: 2 added"), "{said}");
    workspace.assert_no_changes();
    for email in ["ann@acme.example", "bea@acme.example"] {
        assert_eq!(server.invitations_to(email).len(), 1, "{email}");
    }
}

#[test]
fn what_one_resource_got_done_is_in_the_state_when_another_fails() {
    let Some((server, workspace)) = scene(&format!("{CONFLUENT}{ATLAS}")) else {
        return;
    };
    let path = "/api/atlas/v2/orgs/*/invites";
    let fault = json!({ "method": "POST", "path": path, "status": 400, "detail": "not today" });
    fail(&server, &fault);
    let refused = workspace.must_fail("apply", &["-auto-approve", "-input=false"]);
    assert!(refused.contains("not today"), "{refused}");
    assert!(workspace.state_of(ANN)["id"].is_string());
    assert_eq!(planned(&workspace), actions([(BEA, "create")]));
    workspace.apply();
    assert_eq!(server.invitations_to("ann@acme.example").len(), 1);
}
