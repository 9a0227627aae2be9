//! Teams and the places of people in them, under real Terraform against our own server.

use serde_json::json;

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

const PEOPLE: &str = r#"
resource "mongodbatlas_team" "ops" {
  org_id = var.org_id
  name   = "Operations"
}

resource "mongodbatlas_cloud_user_org_assignment" "ann" {
  org_id   = var.org_id
  username = "Ann.Lee@Acme.Example"
  roles    = { org_roles = ["ORG_MEMBER"] }
}

resource "mongodbatlas_cloud_user_team_assignment" "ann" {
  org_id  = var.org_id
  team_id = mongodbatlas_team.ops.team_id
  user_id = mongodbatlas_cloud_user_org_assignment.ann.user_id
}
"#;

const DATA: &str = r#"
data "mongodbatlas_team" "ops" {
  org_id = var.org_id
  name   = mongodbatlas_team.ops.name
  depends_on = [mongodbatlas_cloud_user_team_assignment.ann]
}

data "mongodbatlas_cloud_user_org_assignment" "ann" {
  org_id   = var.org_id
  username = mongodbatlas_cloud_user_org_assignment.ann.username
}

data "mongodbatlas_cloud_user_team_assignment" "ann" {
  org_id  = var.org_id
  team_id = mongodbatlas_team.ops.team_id
  user_id = mongodbatlas_cloud_user_team_assignment.ann.user_id
}

output "statuses" {
  value = [
    data.mongodbatlas_team.ops.users[0].org_membership_status,
    data.mongodbatlas_cloud_user_org_assignment.ann.org_membership_status,
    data.mongodbatlas_cloud_user_team_assignment.ann.org_membership_status,
  ]
}

output "usernames" {
  value = data.mongodbatlas_team.ops.usernames
}
"#;

const ANN: &str = "mongodbatlas_cloud_user_org_assignment.ann";

#[test]
fn a_person_is_one_resource_from_the_invitation_to_the_removal() {
    if !available() {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(Loading::DevOverrides, &server);
    workspace.write("main.tf", PEOPLE);
    workspace.write("data.tf", DATA);
    let said = workspace.apply();
    assert!(said.contains("Resources: 3 added"), "{said}");
    workspace.assert_no_changes();
    let invited = workspace.state_of(ANN);
    assert_eq!(invited["org_membership_status"], "PENDING");
    assert_eq!(invited["username"], "Ann.Lee@Acme.Example");
    assert!(said.contains("\"PENDING\","), "{said}");

    // Acceptance is no difference, and the user stays the same.
    server.accept("ann.lee@acme.example");
    let said = workspace.apply();
    assert!(said.contains("0 added, 0 changed, 0 destroyed"), "{said}");
    assert!(said.contains("\"ACTIVE\","), "{said}");
    let member = workspace.state_of(ANN);
    assert_eq!(member["user_id"], invited["user_id"]);
    assert_eq!(member["org_membership_status"], "ACTIVE");
    assert!(member["invitation_created_at"].is_null());
    workspace.assert_no_changes();

    // A change of roles is an update of the member.
    workspace.write("main.tf", &PEOPLE.replace("ORG_MEMBER", "ORG_READ_ONLY"));
    let mut planned = workspace.planned();
    planned.retain(|(address, _)| !address.starts_with("data."));
    assert_eq!(planned, [(ANN.to_owned(), "update".to_owned())]);
    workspace.apply();
    workspace.assert_no_changes();

    // Whoever left the organization is invited again.
    server.leave("ann.lee@acme.example");
    let said = workspace.apply();
    assert!(said.contains("Resources: 2 added"), "{said}");
    workspace.assert_no_changes();
    workspace.destroy();
    let states: Vec<_> = server
        .invitations_to("ann.lee@acme.example")
        .iter()
        .map(|invitation| invitation["state"].clone())
        .collect();
    assert!(!states.contains(&json!("sent")), "{states:?}");
}

#[test]
fn a_teams_members_change_by_address_and_the_team_by_name() {
    if !available() {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(Loading::Reattach, &server);
    let people = r#"
resource "mongodbatlas_cloud_user_org_assignment" "all" {
  for_each = toset(["ann@acme.example", "bob@acme.example", "cy@acme.example"])
  org_id   = var.org_id
  username = each.key
  roles    = { org_roles = ["ORG_MEMBER"] }
}
"#;
    workspace.write("people.tf", people);
    workspace.apply();
    server.accept("ann@acme.example");
    server.accept("bob@acme.example");
    let team = |name: &str, usernames: &str| {
        format!(
            "resource \"mongodbatlas_team\" \"ops\" {{\n  org_id = var.org_id\n  name = {name:?}\n  \
             usernames = [{usernames}]\n}}\n"
        )
    };
    // One of them is only invited.
    let both = "\"Ann@acme.example\", \"cy@acme.example\"";
    workspace.write("main.tf", &team("Operations", both));
    workspace.apply();
    workspace.assert_no_changes();
    let made = workspace.state_of("mongodbatlas_team.ops");
    let next = "\"ann@acme.example\", \"bob@acme.example\"";
    workspace.write("main.tf", &team("Support", next));
    assert_eq!(
        workspace.planned(),
        [("mongodbatlas_team.ops".to_owned(), "update".to_owned())]
    );
    workspace.apply();
    workspace.assert_no_changes();
    let changed = workspace.state_of("mongodbatlas_team.ops");
    assert_eq!(changed["team_id"], made["team_id"]);
    assert_eq!(changed["usernames"].as_array().unwrap().len(), 2);
    let id = format!(
        "{}-{}",
        server.organization_hex(),
        changed["team_id"].as_str().unwrap()
    );
    workspace.must("state", &["rm", "mongodbatlas_team.ops"]);
    workspace.must("import", &["-input=false", "mongodbatlas_team.ops", &id]);
    workspace.assert_no_changes();

    // Destroying a team that is on a project takes it off first.
    let new = json!({"name": "Apollo", "orgId": server.organization_hex()});
    let project = server.call("POST", "/api/atlas/v2/groups", Some(&new));
    let project = project["id"].as_str().unwrap();
    let teams = format!("/api/atlas/v2/groups/{project}/teams");
    let place = json!([{"teamId": changed["team_id"], "roleNames": ["GROUP_READ_ONLY"]}]);
    let placed = server.call("POST", &teams, Some(&place));
    assert_eq!(placed["totalCount"], 1);
    workspace.assert_no_changes();
    workspace.destroy();
    assert_eq!(server.call("GET", &teams, None)["totalCount"], 0);
}

#[test]
fn an_org_invitation_moves_to_its_successor_without_a_second_mail() {
    if !available() {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(Loading::Mirror, &server);
    workspace.write(
        "main.tf",
        "resource \"mongodbatlas_org_invitation\" \"ann\" {\n  org_id = var.org_id\n  \
         username = \"Ann@Acme.Example\"\n  roles = [\"ORG_MEMBER\"]\n}\n",
    );
    workspace.apply();
    workspace.write(
        "main.tf",
        "resource \"mongodbatlas_cloud_user_org_assignment\" \"ann\" {\n  org_id = var.org_id\n  \
         username = \"Ann@Acme.Example\"\n  roles = { org_roles = [\"ORG_MEMBER\"] }\n}\n\
         moved {\n  from = mongodbatlas_org_invitation.ann\n  \
         to = mongodbatlas_cloud_user_org_assignment.ann\n}\n",
    );
    let said = workspace.apply();
    assert!(said.contains("0 added, 0 changed, 0 destroyed"), "{said}");
    workspace.assert_no_changes();
    assert_eq!(server.invitations_to("ann@acme.example").len(), 1);
    let user = workspace.state_of(ANN)["user_id"]
        .as_str()
        .unwrap()
        .to_owned();

    // Imports name the person by address or by id.
    for who in ["ann@acme.example", &user] {
        workspace.must("state", &["rm", ANN]);
        let id = format!("{}/{who}", server.organization_hex());
        workspace.must("import", &["-input=false", ANN, &id]);
        workspace.assert_no_changes();
    }
}

#[test]
fn projects_take_people_and_invitations() {
    if !available() {
        return;
    }
    let server = Server::start();
    let made = server.call(
        "POST",
        &server.path("projects"),
        Some(&json!({"name": "Apollo"})),
    );
    let project = vestibule_core::Id::<vestibule_core::project::Project>::from_native(
        made["id"].as_str().unwrap(),
    )
    .unwrap()
    .to_hex();
    let workspace = Workspace::new(Loading::DevOverrides, &server);
    let code = |roles: &str| {
        format!(
            "resource \"mongodbatlas_cloud_user_project_assignment\" \"ann\" {{\n  \
             project_id = {project:?}\n  username = \"Ann@Acme.Example\"\n  roles = [{roles}]\n}}\n\
             resource \"mongodbatlas_project_invitation\" \"bob\" {{\n  \
             project_id = {project:?}\n  username = \"Bob@Acme.Example\"\n  roles = [{roles}]\n}}\n"
        )
    };
    workspace.write("main.tf", &code("\"GROUP_READ_ONLY\""));
    let said = workspace.apply();
    assert!(said.contains("Resources: 2 added"), "{said}");
    workspace.assert_no_changes();
    workspace.write("main.tf", &code("\"GROUP_OWNER\""));
    let mut planned = workspace.planned();
    planned.sort();
    assert_eq!(
        planned,
        [
            (
                "mongodbatlas_cloud_user_project_assignment.ann".to_owned(),
                "update".to_owned()
            ),
            (
                "mongodbatlas_project_invitation.bob".to_owned(),
                "update".to_owned()
            ),
        ]
    );
    workspace.apply();
    workspace.assert_no_changes();

    // The one stays when it is accepted, the other leaves the state and is not sent again.
    server.accept("ann@acme.example");
    server.accept("bob@acme.example");
    workspace.apply();
    workspace.assert_no_changes();
    let ann = workspace.state_of("mongodbatlas_cloud_user_project_assignment.ann");
    assert_eq!(ann["org_membership_status"], "ACTIVE");
    let bob = workspace.state_of("mongodbatlas_project_invitation.bob");
    assert!(bob["invitation_id"].is_null());
    workspace.destroy();
}
