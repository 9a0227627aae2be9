//! The Terraform code of the quickstart: the documented examples of `confluent_invitation` and
//! `mongodbatlas_org_invitation`, with addresses and ids filled in.
//!
//! The first document's examples leave the address empty; the second's are no addresses, and two
//! of its blocks share one name. Nothing else differs from what the documents show.

use std::fs;
use std::path::Path;

use anyhow::Context;

use super::scene::Scene;
use crate::start;

const MAIN: &str = r#"# Written by `vestibule quickstart`; change it as you like, the next run writes it anew.

terraform {
  required_providers {
    confluent    = { source = "vestibule/confluent" }
    mongodbatlas = { source = "vestibule/mongodbatlas" }
  }
}

variable "server" { type = string }
variable "org_id" { type = string }
variable "team_ids" { type = list(string) }
variable "cloud_api_key" { type = string }
variable "cloud_api_secret" {
  type      = string
  sensitive = true
}
variable "public_key" { type = string }
variable "private_key" {
  type      = string
  sensitive = true
}

provider "confluent" {
  endpoint         = var.server
  cloud_api_key    = var.cloud_api_key
  cloud_api_secret = var.cloud_api_secret
}

provider "mongodbatlas" {
  base_url    = var.server
  public_key  = var.public_key
  private_key = var.private_key
}

resource "confluent_invitation" "main" {
  email = "Ada.Lovelace@quickstart.example"
}

resource "confluent_invitation" "main2" {
  email     = "bob@quickstart.example"
  auth_type = "AUTH_TYPE_LOCAL"
}

resource "mongodbatlas_org_invitation" "test0" {
  username = "carol@quickstart.example"
  org_id   = var.org_id
  roles    = ["ORG_OWNER"]
}

resource "mongodbatlas_org_invitation" "test0_two_roles" {
  username = "dave@quickstart.example"
  org_id   = var.org_id
  roles    = ["ORG_MEMBER", "ORG_BILLING_ADMIN"]
}

resource "mongodbatlas_org_invitation" "test1" {
  username  = "erin@quickstart.example"
  org_id    = var.org_id
  teams_ids = var.team_ids
  roles     = ["ORG_MEMBER"]
}
"#;

/// Writes `main.tf` and, readable to its owner only, `terraform.tfvars`.
///
/// # Errors
/// If the directory or a file cannot be written.
pub(crate) fn write(directory: &Path, url: &str, scene: &Scene) -> anyhow::Result<()> {
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let main = directory.join("main.tf");
    fs::write(&main, MAIN).with_context(|| format!("cannot write {}", main.display()))?;
    let teams = scene
        .teams
        .iter()
        .map(|id| format!("{id:?}"))
        .collect::<Vec<_>>()
        .join(", ");
    let values = format!(
        "server           = {url:?}\norg_id           = {:?}\nteam_ids         = [{teams}]\n\
         cloud_api_key    = {:?}\ncloud_api_secret = {:?}\npublic_key       = {:?}\n\
         private_key      = {:?}\n",
        scene.atlas_organization,
        scene.confluent.0,
        scene.confluent.1,
        scene.atlas.0,
        scene.atlas.1,
    );
    start::replace_private(&directory.join("terraform.tfvars"), &values)
}
