//! The commands in the guides of the registry's pages, run word for word.

use crate::terraform::{Loading, Workspace, available};

/// The shell blocks of a guide, in order.
pub(crate) fn commands(persona: &str, guide: &str) -> Vec<String> {
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/registry");
    let guide = std::fs::read_to_string(format!("{pages}/{persona}/guides/{guide}.md")).unwrap();
    guide
        .split("```shell\n")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap().0.to_owned())
        .collect()
}

/// Runs the guide for testing on a module of one invitation, at `address`; what the plan after a
/// month says.
fn a_module_is_tested(persona: &str, module: &str, address: &str) -> String {
    let workspace = Workspace::with_variables(Loading::Mirror, []);
    workspace.remove("providers.tf");
    let required = format!(
        "terraform {{\n  required_providers {{\n    {persona} = {{ source = \"vestibule/{persona}\" }}\n  }}\n}}\n"
    );
    workspace.write("main.tf", &format!("{required}{module}"));
    let test = format!(
        "run \"invited\" {{\n  assert {{\n    condition = {address}.expires_at != null\n    \
         error_message = \"It ends.\"\n  }}\n}}\n"
    );
    workspace.write("invited.tftest.hcl", &test);
    let [tested, a_month] = commands(persona, "testing").try_into().unwrap();
    let said = workspace.script(&tested);
    assert!(said.contains("Success! 1 passed, 0 failed."), "{said}");
    let said = workspace.script(&a_month);
    let (_, plan) = said.split_once("Apply complete!").expect("an apply");
    plan.to_owned()
}

#[test]
fn the_guide_for_testing_confluents_types_does_what_it_says() {
    if !available() {
        return;
    }
    let module = r#"
variable "confluent_endpoint" {}
provider "confluent" { endpoint = var.confluent_endpoint }
resource "confluent_invitation" "ann" { email = "ann@example.com" }
"#;
    let plan = a_module_is_tested("confluent", module, "confluent_invitation.ann");
    assert!(plan.contains("The invitation has expired"), "{plan}");
}

#[test]
fn the_guide_for_testing_atlas_types_does_what_it_says() {
    if !available() {
        return;
    }
    let module = r#"
variable "atlas_org_id" {}
resource "mongodbatlas_org_invitation" "ann" {
  org_id   = var.atlas_org_id
  username = "ann@example.com"
  roles    = ["ORG_MEMBER"]
}
"#;
    let plan = a_module_is_tested("mongodbatlas", module, "mongodbatlas_org_invitation.ann");
    assert!(
        plan.contains("1 to add, 0 to change, 0 to destroy"),
        "{plan}"
    );
}

#[test]
fn the_guide_for_testing_our_own_types_does_what_it_says() {
    if !available() {
        return;
    }
    let module = r#"
provider "vestibule" {}
resource "vestibule_invitation" "ann" { email = "ann@example.com" }
"#;
    let plan = a_module_is_tested("vestibule", module, "vestibule_invitation.ann");
    assert!(
        plan.contains("0 to add, 1 to change, 0 to destroy"),
        "{plan}"
    );
}
