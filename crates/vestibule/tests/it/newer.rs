//! What only newer versions of Terraform know: imports by identity (1.12), queries and actions
//! (1.14). Under older ones each test says that it is skipped; `VESTIBULE_TEST_TERRAFORM` names
//! another program to test with.

use serde_json::json;

use crate::own::workspace;
use crate::server::Server;
use crate::terraform::{Feature, Workspace, knows};

const ANN: &str =
    "resource \"vestibule_invitation\" \"ann\" {\n  email = \"ann@acme.example\"\n}\n";

/// A server on which Ann is invited, and the invitation's id.
fn invited() -> (Server, String) {
    let server = Server::start_testing();
    let body = json!({ "email": "ann@acme.example", "roles": ["member"] });
    let made = server.call("POST", &server.path("invitations"), Some(&body));
    let id = made["id"].as_str().unwrap().to_owned();
    (server, id)
}

fn identity(server: &Server, id: &str) -> String {
    let organization = &server.organization;
    format!("  identity = {{\n    organization = {organization:?}\n    id = {id:?}\n  }}\n")
}

#[test]
fn an_invitation_is_imported_by_its_identity() {
    if !knows(Feature::IdentityImport) {
        return;
    }
    let (server, id) = invited();
    let workspace: Workspace = workspace(&server);
    let import = format!(
        "import {{\n  to = vestibule_invitation.ann\n{}}}\n",
        identity(&server, &id)
    );
    workspace.write("main.tf", &format!("{ANN}{import}"));
    let said = workspace.apply();
    assert!(said.contains("1 imported, 0 added, 0 changed"), "{said}");
    workspace.assert_no_changes();
    let state = workspace.json("terraform.tfstate");
    let stored = &state["resources"][0]["instances"][0]["identity"];
    assert_eq!(
        stored,
        &json!({ "organization": server.organization, "id": id })
    );
}

#[test]
fn a_query_finds_invitations_and_writes_their_import_blocks() {
    if !knows(Feature::Query) {
        return;
    }
    let (server, id) = invited();
    let workspace = workspace(&server);
    workspace.write(
        "all.tfquery.hcl",
        "list \"vestibule_invitation\" \"all\" {\n  provider = vestibule\n}\n",
    );
    let said = workspace.must("query", &[]);
    assert!(said.contains("ann@acme.example (sent)"), "{said}");
    assert!(said.contains(&id), "{said}");
    workspace.must("query", &["-generate-config-out=generated.tf"]);
    let generated = workspace.read("generated.tf");
    for part in [
        "resource \"vestibule_invitation\"",
        "import {",
        "identity = {",
        &id,
    ] {
        assert!(generated.contains(part), "{generated}");
    }
}

#[test]
fn an_action_sends_an_invitation_again() {
    if !knows(Feature::Actions) {
        return;
    }
    let (server, id) = invited();
    let workspace = workspace(&server);
    let action = format!(
        "action \"vestibule_invitation_resend\" \"ann\" {{\n  config {{\n    invitation = {id:?}\n  }}\n}}\n"
    );
    workspace.write("main.tf", &action);
    let before = server.token_of("ann@acme.example");
    // The service wants a minute between two mails, and our client would wait for it.
    server.advance("2m");
    let invoke = "-invoke=action.vestibule_invitation_resend.ann";
    let said = workspace.must("apply", &["-auto-approve", "-input=false", invoke]);
    assert!(said.contains("Sent again"), "{said}");
    assert_ne!(
        server.token_of("ann@acme.example"),
        before,
        "older links die"
    );
}
