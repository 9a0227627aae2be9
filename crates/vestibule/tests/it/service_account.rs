//! A service account of Atlas under real Terraform: every token is given back.

use serde_json::{Value, json};

use crate::server::{Server, interrupt, pause};
use crate::terraform::{Loading, Workspace, available};

const PROVIDER: &str = r#"
terraform {
  required_providers {
    mongodbatlas = { source = "vestibule/mongodbatlas" }
  }
}

variable "server" {}
variable "org_id" {}

provider "mongodbatlas" {
  base_url = var.server
}
"#;

const MANY: &str = r#"
resource "mongodbatlas_org_invitation" "many" {
  count    = 100
  org_id   = var.org_id
  username = "person${count.index}@acme.example"
  roles    = ["ORG_MEMBER"]
}
"#;

fn workspace(server: &Server) -> Workspace {
    let body = json!({ "kind": "atlas_service_account", "name": "ci", "roles": ["owner"] });
    let made = server.call("POST", &server.path("keys"), Some(&body));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (client_id, client_secret) = (text(&made["key"]["public_id"]), text(&made["secret"]));
    let variables = [
        ("server", server.url.clone()),
        ("org_id", server.organization_hex()),
    ];
    let mut workspace = Workspace::with_variables(Loading::DevOverrides, variables);
    workspace.write("providers.tf", PROVIDER);
    workspace.write("main.tf", MANY);
    workspace.set("MONGODB_ATLAS_CLIENT_ID", &client_id);
    workspace.set("MONGODB_ATLAS_CLIENT_SECRET", &client_secret);
    workspace
}

/// How many tokens were fetched, and how many given back.
fn tokens(server: &Server) -> (usize, usize) {
    let requests = server.requests();
    let count = |path: &str| {
        let those = requests.iter().filter(|request| request.contains(path));
        those.count()
    };
    (count("/api/oauth/token"), count("/api/oauth/revoke"))
}

#[test]
fn every_process_gives_its_token_back() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let workspace = workspace(&server);
    workspace.apply();
    // One process plans, another one applies.
    assert_eq!(tokens(&server), (2, 2));
    workspace.assert_no_changes();
    assert_eq!(tokens(&server), (3, 3));
}

#[test]
fn an_interrupted_apply_gives_its_token_back() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let workspace = workspace(&server);
    let arguments = ["-auto-approve", "-input=false", "-parallelism=1"];
    let output = std::fs::File::create(workspace.path("words")).unwrap();
    let mut apply = workspace
        .command("apply", &arguments)
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .spawn()
        .unwrap();
    let invited = || {
        let requests = server.requests();
        requests
            .iter()
            .any(|request| request.starts_with("POST") && request.contains("/invites"))
    };
    while !invited() && apply.try_wait().unwrap().is_none() {
        pause(5);
    }
    interrupt(&apply);
    let status = apply.wait().unwrap();
    let words = std::fs::read_to_string(workspace.path("words")).unwrap();
    assert!(!status.success(), "{words}");
    assert_eq!(tokens(&server), (2, 2), "{words}");
}
