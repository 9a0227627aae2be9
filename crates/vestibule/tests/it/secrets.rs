//! No secret in state, plan files or logs, however much is logged.

use std::io::Read;
use std::process::Command;

use serde_json::json;
use vestibule_testkit::aws;

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available, said};

const CODE: &str = r#"
terraform {
  required_providers {
    vestibule    = { source = "vestibule/vestibule" }
    confluent    = { source = "vestibule/confluent" }
    mongodbatlas = { source = "vestibule/mongodbatlas" }
  }
}

variable "server" {}
variable "org_id" {}

provider "confluent" { endpoint = var.server }
provider "mongodbatlas" { base_url = var.server }

resource "confluent_invitation" "a" { email = "ann@acme.example" }

resource "mongodbatlas_org_invitation" "b" {
  org_id   = var.org_id
  username = "bea@acme.example"
  roles    = ["ORG_MEMBER"]
}

resource "vestibule_invitation" "c" { email = "cleo@acme.example" }

resource "vestibule_member" "d" { email = "dana@acme.example" }

resource "vestibule_api_key" "unknown" {
  name         = "nobody knows it"
  store_secret = STORED
}

ephemeral "vestibule_accept_link" "c" { invitation = vestibule_invitation.c.id }

ephemeral "vestibule_api_key" "run" { name = "run" }

# What uses them, so that they are opened: a provider's arguments may be ephemeral.
provider "vestibule" {
  alias = "by_link"
  confluent = {
    cloud_api_key    = "unused"
    cloud_api_secret = ephemeral.vestibule_accept_link.c.token
  }
}

data "vestibule_teams" "by_link" { provider = vestibule.by_link }

provider "vestibule" {
  alias = "by_run_key"
  token = ephemeral.vestibule_api_key.run.secret
}

data "vestibule_teams" "by_run_key" { provider = vestibule.by_run_key }
"#;

const AWS_CODE: &str = r#"
terraform {
  required_providers {
    mongodbatlas = { source = "vestibule/mongodbatlas" }
  }
}

variable "server" {}
variable "org_id" {}

provider "mongodbatlas" {
  base_url    = var.server
  secret_name = "atlas/ci"
}

resource "mongodbatlas_org_invitation" "b" {
  org_id   = var.org_id
  username = "bea@acme.example"
  roles    = ["ORG_MEMBER"]
}
"#;

/// What our secrets begin with, whichever they are: native keys and accept tokens.
const PREFIXES: [&str; 2] = ["vstk_", "vsti_"];

fn prepared(server: &Server, stored: bool) -> (Workspace, Vec<String>) {
    let mut workspace = Workspace::new(Loading::DevOverrides, server);
    workspace.write("providers.tf", "");
    workspace.write("main.tf", &CODE.replace("STORED", &stored.to_string()));
    let (key, secret) = server.key("confluent");
    let (public, private) = server.key("atlas");
    for (name, value) in [
        ("VESTIBULE_ENDPOINT", &server.url),
        ("VESTIBULE_TOKEN", &server.owner_key),
        ("CONFLUENT_CLOUD_API_KEY", &key),
        ("CONFLUENT_CLOUD_API_SECRET", &secret),
        ("MONGODB_ATLAS_PUBLIC_KEY", &public),
        ("MONGODB_ATLAS_PRIVATE_KEY", &private),
    ] {
        workspace.set(name, value);
    }
    log_all(&mut workspace);
    let secrets = vec![server.owner_key.clone(), secret, private];
    (workspace, secrets)
}

fn log_all(workspace: &mut Workspace) {
    let log = workspace.path("trace.log");
    workspace.set("TF_LOG", "TRACE");
    workspace.set("TF_LOG_PATH", log.to_str().unwrap());
}

/// Everything that Terraform leaves behind or says: files as they are, the plan unpacked.
fn traces(workspace: &Workspace) -> String {
    let mut traces = String::new();
    for name in ["trace.log", "terraform.tfstate", "terraform.tfstate.backup"] {
        if let Ok(mut file) = std::fs::File::open(workspace.path(name)) {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            traces.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    // A plan file is an archive; Python's own module reads it.
    let script = "import sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n  \
                  [sys.stdout.buffer.write(z.read(n)) for n in z.namelist()]";
    let unpacked = Command::new("python3")
        .args(["-c", script, workspace.path("plan.bin").to_str().unwrap()])
        .output()
        .unwrap();
    assert!(unpacked.status.success(), "{}", said(&unpacked));
    assert!(unpacked.stdout.len() > 1000, "the plan was unpacked");
    traces.push_str(&String::from_utf8_lossy(&unpacked.stdout));
    traces
}

fn run(workspace: &Workspace) -> String {
    let mut words = workspace.must("plan", &["-out=plan.bin", "-input=false"]);
    words += &workspace.must("apply", &["-input=false", "plan.bin"]);
    words += &workspace.must("plan", &["-out=plan.bin", "-input=false"]);
    words + &traces(workspace)
}

#[test]
fn no_secret_is_in_state_plan_files_or_logs_at_trace() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let (workspace, mut secrets) = prepared(&server, false);
    let before = server.requests();
    let traces = run(&workspace);
    let mut asked = server.requests();
    asked.drain(..before.len());
    // The link was shown, once the invitation was there, and keys were made: one by the resource, one
    // for each plan.
    for (route, count) in [("invitations/{invitation}/link", 1), ("keys", 3)] {
        let line = format!("POST \"/v1/organizations/{{organization}}/{route}\"");
        let made = asked.iter().filter(|request| **request == line).count();
        assert!(made >= count, "{line} {made} times of {asked:#?}");
    }
    for email in ["ann", "bea", "cleo", "dana"] {
        secrets.push(server.token_of(&format!("{email}@acme.example")));
    }
    assert!(
        traces.contains("@module=provider") || traces.contains("provider."),
        "logs are there"
    );
    for secret in &secrets {
        assert!(secret.len() >= 16, "a secret");
        assert!(
            !traces.contains(secret.as_str()),
            "a secret has left a trace"
        );
    }
    for prefix in PREFIXES {
        let found = traces.match_indices(prefix).next();
        let around = found.map(|(at, _)| {
            let start = traces.floor_char_boundary(at.saturating_sub(200));
            traces[start..at].to_owned()
        });
        assert_eq!(around, None, "something with {prefix} has left a trace");
    }
}

/// The keys to a secret of AWS, the role's own, and what the secret holds.
#[test]
fn credentials_out_of_aws_leave_no_trace_either() {
    if !available() {
        return;
    }
    let server = Server::start();
    let (public_key, private_key) = server.key("atlas");
    let held = json!({ "public_key": public_key, "private_key": private_key });
    let fake = aws::FakeAws::start().with_secret("atlas/ci", &held.to_string());
    let variables = [
        ("server", server.url.clone()),
        ("org_id", server.organization_hex()),
    ];
    let mut workspace = Workspace::with_variables(Loading::DevOverrides, variables);
    workspace.write("providers.tf", "");
    workspace.write("main.tf", AWS_CODE);
    for (name, value) in [
        ("ASSUME_ROLE_ARN", aws::ROLE),
        ("AWS_REGION", aws::REGION),
        ("AWS_ACCESS_KEY_ID", aws::SESSION_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", aws::SESSION_SECRET_KEY),
        ("AWS_SESSION_TOKEN", aws::TOKEN),
        ("AWS_ENDPOINT_URL", &fake.url),
    ] {
        workspace.set(name, value);
    }
    log_all(&mut workspace);
    let traces = run(&workspace);
    // Two plans and an apply, each with a process of its own.
    assert_eq!(fake.calls().len(), 6, "{:?}", fake.calls());
    assert!(traces.contains("request answered"), "logs are there");
    for secret in aws::SECRETS.into_iter().chain([private_key.as_str()]) {
        assert!(!traces.contains(secret), "a secret has left a trace");
    }
}

#[test]
fn the_search_for_secrets_finds_one_that_was_to_be_stored() {
    if !available() {
        return;
    }
    let server = Server::start();
    let (workspace, _) = prepared(&server, true);
    assert!(run(&workspace).contains("vstk_"));
}
