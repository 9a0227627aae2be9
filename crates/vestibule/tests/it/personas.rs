//! Our own persona, and the data sources of all personas, under real Terraform.

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

pub(crate) const OWN_PROVIDER: &str = r#"
terraform {
  required_providers {
    vestibule = { source = "vestibule/vestibule" }
  }
}

variable "server" {}
variable "org_id" {}
variable "cloud_api_key" {}
variable "cloud_api_secret" { sensitive = true }
variable "public_key" {}
variable "private_key" { sensitive = true }

provider "vestibule" {
  confluent = {
    endpoint         = var.server
    cloud_api_key    = var.cloud_api_key
    cloud_api_secret = var.cloud_api_secret
  }
  atlas = {
    base_url    = var.server
    public_key  = var.public_key
    private_key = var.private_key
  }
}
"#;

const RESOURCES: &str = r#"
resource "confluent_invitation" "ann" {
  PROVIDER
  email = "Ann@Acme.Example"
}

resource "mongodbatlas_org_invitation" "bea" {
  PROVIDER
  org_id   = var.org_id
  username = "Bea@Acme.Example"
  roles    = ["ORG_MEMBER", "ORG_READ_ONLY"]
}
"#;

const DATA: &str = r#"
data "confluent_invitation" "ann" {
  PROVIDER
  id = confluent_invitation.ann.id
}

data "mongodbatlas_org_invitation" "bea" {
  PROVIDER
  org_id        = var.org_id
  username      = "bea@acme.example"
  invitation_id = mongodbatlas_org_invitation.bea.invitation_id
}
"#;

const EXPLICIT: &str = "provider = vestibule";

fn assert_data_is_what_was_made(workspace: &Workspace) {
    let pairs = [
        (
            "confluent_invitation.ann",
            &[
                "id",
                "email",
                "auth_type",
                "status",
                "expires_at",
                "user",
                "creator",
            ][..],
        ),
        (
            "mongodbatlas_org_invitation.bea",
            &[
                "org_id",
                "invitation_id",
                "roles",
                "teams_ids",
                "created_at",
                "expires_at",
                "inviter_username",
            ][..],
        ),
    ];
    for (address, attributes) in pairs {
        let made = workspace.state_of(address);
        let read = workspace.state_of(&format!("data.{address}"));
        for attribute in attributes {
            assert_eq!(read[attribute], made[attribute], "{address}.{attribute}");
        }
        assert!(read[attributes[1]].is_string(), "{read}");
    }
}

#[test]
fn the_persona_vestibule_serves_the_types_of_both_vendors() {
    if !available() {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(Loading::Mirror, &server);
    workspace.write("providers.tf", OWN_PROVIDER);
    workspace.write("main.tf", &RESOURCES.replace("PROVIDER", EXPLICIT));
    workspace.must("init", &["-input=false"]);
    assert!(workspace.apply().contains("Resources: 2 added"));
    workspace.assert_no_changes();
    let code = format!("{RESOURCES}{DATA}").replace("PROVIDER", EXPLICIT);
    workspace.write("main.tf", &code);
    workspace.apply();
    assert_data_is_what_was_made(&workspace);
    assert_eq!(
        server.invitations_to("bea@acme.example")[0]["state"],
        "sent"
    );
    assert!(workspace.destroy().contains("2 destroyed"));
    for person in ["ann@acme.example", "bea@acme.example"] {
        assert_ne!(server.invitations_to(person)[0]["state"], "sent");
    }
}

#[test]
fn the_data_sources_read_what_was_made() {
    if !available() {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(Loading::Reattach, &server);
    let code = format!("{RESOURCES}{DATA}").replace("PROVIDER", "");
    workspace.write("main.tf", &code);
    workspace.apply();
    workspace.assert_no_changes();
    assert_data_is_what_was_made(&workspace);
    workspace.destroy();
}
