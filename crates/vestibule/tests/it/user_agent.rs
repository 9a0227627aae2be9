//! What requests say they are for, as Terraform itself makes the provider send them.

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

const META: &str = r#"
terraform {
  provider_meta "mongodbatlas" {
    module_name      = "people"
    module_version   = "1.2.3"
    user_agent_extra = { Edition = "small" }
  }
}

resource "mongodbatlas_team" "ops" {
  org_id = var.org_id
  name   = "Operations"
}

data "mongodbatlas_team" "ops" {
  org_id  = var.org_id
  team_id = mongodbatlas_team.ops.team_id
}
"#;

#[test]
fn requests_name_terraform_module_resource_and_operation() {
    if !available() {
        return;
    }
    let server = Server::start_testing();
    let workspace = Workspace::new(Loading::DevOverrides, &server);
    workspace.write("main.tf", META);
    workspace.apply();
    workspace.destroy();
    let seen = server.call("GET", "/testing/requests", None);
    let seen = seen["data"].as_array().unwrap();
    let mut agents: Vec<&str> = seen
        .iter()
        .filter_map(|request| request["user_agent"].as_str())
        .filter(|agent| agent.starts_with("terraform-provider-mongodbatlas/"))
        .collect();
    agents.sort_unstable();
    agents.dedup();
    assert!(
        agents.iter().all(|agent| agent.contains(" Terraform/1.")),
        "{agents:#?}"
    );
    let module = "Edition/small ModuleName/people ModuleVersion/1.2.3";
    for call in [
        "Name/team Operation/create",
        "Name/team Operation/read",
        "Name/team Operation/delete",
        "Name/data.team Operation/read",
    ] {
        let end = format!(" {module} {call}");
        let is_said = agents.iter().any(|agent| agent.ends_with(&end));
        assert!(is_said, "{call}: {agents:#?}");
    }
}
