//! States that the vendors' own providers wrote, planned with ours.
//!
//! The ids in a recorded state do not exist on our server, so each state is taken with the ids of
//! invitations made for it; everything else in it stays byte for byte.

use serde_json::{Value, json};

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

fn recorded(name: &str) -> Value {
    let path = format!("{}/tests/it/vendor/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_state_of_the_vendors_confluent_provider_plans_to_no_changes() {
    if !available() {
        return;
    }
    let server = Server::start();
    let code = r#"
resource "confluent_invitation" "forget" {
  email          = "carol+x@example.org"
  allow_deletion = true
}
resource "confluent_invitation" "local" {
  email     = "bob@example.org"
  auth_type = "AUTH_TYPE_LOCAL"
}
resource "confluent_invitation" "plain" {
  email = "Ann.Lee@Example.org"
}
"#;
    let ours = Workspace::new(Loading::Reattach, &server);
    ours.write("main.tf", code);
    ours.apply();
    let mut state = recorded("confluent-created.tfstate.json");
    for resource in state["resources"].as_array_mut().unwrap() {
        let name = resource["name"].as_str().unwrap().to_owned();
        let real = ours.state_of(&format!("confluent_invitation.{name}"));
        let attributes = &mut resource["instances"][0]["attributes"];
        for key in ["id", "user", "creator", "expires_at"] {
            attributes[key] = real[key].clone();
        }
        resource["provider"] = json!("provider[\"registry.terraform.io/vestibule/confluent\"]");
    }
    let theirs = Workspace::new(Loading::Reattach, &server);
    theirs.write("main.tf", code);
    theirs.write("terraform.tfstate", &state.to_string());
    theirs.assert_no_changes();
}

#[test]
fn a_state_of_the_vendors_atlas_provider_plans_to_no_changes() {
    if !available() {
        return;
    }
    let server = Server::start();
    let code = r#"
resource "mongodbatlas_org_invitation" "plain" {
  org_id   = var.org_id
  username = "Ann.Lee@Example.org"
  roles    = ["ORG_OWNER"]
}
"#;
    let ours = Workspace::new(Loading::Reattach, &server);
    ours.write("main.tf", code);
    ours.apply();
    let real = ours.state_of("mongodbatlas_org_invitation.plain");
    let mut state = recorded("atlas-created.tfstate.json");
    let resources = state["resources"].as_array_mut().unwrap();
    resources.retain(|resource| resource["name"] == "plain");
    let resource = &mut resources[0];
    let attributes = &mut resource["instances"][0]["attributes"];
    for key in [
        "id",
        "org_id",
        "invitation_id",
        "created_at",
        "expires_at",
        "inviter_username",
    ] {
        attributes[key] = real[key].clone();
    }
    resource["provider"] = json!("provider[\"registry.terraform.io/vestibule/mongodbatlas\"]");
    let theirs = Workspace::new(Loading::Reattach, &server);
    theirs.write("main.tf", code);
    theirs.write("terraform.tfstate", &state.to_string());
    theirs.assert_no_changes();
}
