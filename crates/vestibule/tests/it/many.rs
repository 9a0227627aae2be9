//! Many of everything under real Terraform, and how many requests they take.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vestibule_client::atlas::{Atlas, Credentials};
use vestibule_client::{Secret, Settings};
use vestibule_core::Id;
use vestibule_core::invitation::Invitation;
use vestibule_core::project::Project;
use vestibule_wire::atlas::OrgInvitationRequest;

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

const COUNT: usize = 1000;

/// So many invitations of each kind, to the same people or to others.
fn code(count: usize, domains: [&str; 2]) -> String {
    let [confluent, atlas] = domains;
    format!(
        r#"
resource "confluent_invitation" "many" {{
  count = {count}
  email = "Person${{count.index}}@{confluent}"
}}

resource "mongodbatlas_org_invitation" "many" {{
  count    = {count}
  org_id   = var.org_id
  username = "Person${{count.index}}@{atlas}"
  roles    = ["ORG_MEMBER"]
}}
"#
    )
}

/// How many requests since then went to the Confluent and to the Atlas API, and how many others.
fn counted(server: &Server, before: usize) -> (usize, usize, usize) {
    let requests = server.requests().split_off(before);
    let of = |api: &str| {
        let of_api = requests.iter().filter(|request| request.contains(api));
        of_api.count()
    };
    let (confluent, atlas) = (of("/iam/v2/"), of("/api/atlas/v2/"));
    (confluent, atlas, requests.len() - confluent - atlas)
}

fn address(number: usize) -> String {
    format!("Person{number}@many.example")
}

/// Invites a thousand people; their ids.
async fn invite(server: &Server) -> Vec<Id<Invitation>> {
    let (public_key, private_key) = server.key("atlas");
    let credentials = Credentials::ApiKey {
        public_key,
        private_key: Secret::new(private_key),
    };
    let client = Atlas::new(&server.url, &credentials, Settings::new("test")).unwrap();
    let client = Arc::new(client);
    let organization = server.organization_hex();
    let mut created = Vec::new();
    for chunk in (0..COUNT).collect::<Vec<_>>().chunks(50) {
        let mut creates = JoinSet::new();
        for number in chunk.iter().copied() {
            let (client, organization) = (Arc::clone(&client), organization.clone());
            creates.spawn(async move {
                let request = OrgInvitationRequest {
                    roles: Some(vec!["ORG_MEMBER".to_owned()]),
                    username: Some(address(number)),
                    ..OrgInvitationRequest::default()
                };
                let made = client.create_org_invitation(&organization, &request).await;
                (number, Id::from_hex(&made.unwrap().id).unwrap())
            });
        }
        created.extend(creates.join_all().await);
    }
    created.sort_by_key(|(number, _)| *number);
    created.into_iter().map(|(_, id)| id).collect()
}

/// A state as an import leaves it.
fn state(registry: &str, server: &Server, ids: &[Id<Invitation>]) -> Value {
    let instances = |attributes: &dyn Fn(usize, &Id<Invitation>) -> Value| -> Vec<Value> {
        let instance = |(number, id)| {
            json!({
                "index_key": number,
                "schema_version": 0,
                "attributes": attributes(number, id),
            })
        };
        ids.iter().enumerate().map(instance).collect()
    };
    let resource = |provider: &str, kind: &str, instances: Vec<Value>| {
        json!({
            "mode": "managed",
            "type": kind,
            "name": "many",
            "provider": format!("provider[\"{registry}/vestibule/{provider}\"]"),
            "instances": instances,
        })
    };
    let confluent = instances(
        &|number, id| json!({ "id": id.to_confluent(), "email": address(number), "allow_deletion": false }),
    );
    let organization = server.organization_hex();
    let atlas = instances(&|number, id| {
        json!({
            "org_id": organization,
            "invitation_id": id.to_hex(),
            "username": address(number),
            "roles": ["ORG_MEMBER"],
        })
    });
    json!({
        "version": 4,
        "terraform_version": "1.11.0",
        "serial": 1,
        "lineage": "0a4b3c6e-7a4f-4e0e-8f5d-1d6f3f0a7c11",
        "outputs": {},
        "resources": [
            resource("confluent", "confluent_invitation", confluent),
            resource("mongodbatlas", "mongodbatlas_org_invitation", atlas),
        ],
    })
}

#[test]
fn a_plan_of_a_thousand_invitations_of_each_kind_takes_four_requests_each() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ids = runtime.block_on(invite(&server));
    let workspace = Workspace::new(Loading::DevOverrides, &server);
    workspace.write("main.tf", &code(COUNT, ["many.example"; 2]));
    let state = state(workspace.registry(), &server, &ids);
    workspace.write("terraform.tfstate", &state.to_string());

    let before = server.requests().len();
    workspace.assert_no_changes();
    // Two single reads, and two pages or one, as the first was asked for before or after an answer
    // told whose service it is; a challenge, one list and two single reads.
    let (confluent, atlas, others) = counted(&server, before);
    assert!(matches!(confluent, 3 | 4), "{confluent}");
    assert_eq!((atlas, others), (4, 0));
}

#[test]
fn creating_and_destroying_take_one_request_each() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let workspace = Workspace::new(Loading::DevOverrides, &server);
    workspace.write("main.tf", &code(20, ["one.example", "other.example"]));

    let before = server.requests().len();
    workspace.apply();
    assert_eq!(counted(&server, before), (20, 21, 0));

    let before = server.requests().len();
    workspace.destroy();
    // As a plan, then one each; two processes, so two challenges. The list has all forty.
    assert_eq!(counted(&server, before), (3 + 20, 4 + 21, 0));
}

/// A workspace with everything else of Atlas that is refreshed, so many of each.
fn atlas_kinds(server: &Server, count: usize) -> Workspace {
    let made = server.call(
        "POST",
        &server.path("projects"),
        Some(&json!({"name": "Apollo"})),
    );
    let project = Id::<Project>::from_native(made["id"].as_str().unwrap()).unwrap();
    let project = project.to_hex();
    let workspace = Workspace::new(Loading::DevOverrides, server);
    let code = format!(
        r#"
resource "mongodbatlas_cloud_user_org_assignment" "many" {{
  count    = {count}
  org_id   = var.org_id
  username = "Person${{count.index}}@org.example"
  roles    = {{ org_roles = ["ORG_MEMBER"] }}
}}

resource "mongodbatlas_team" "all" {{
  org_id = var.org_id
  name   = "All"
}}

resource "mongodbatlas_cloud_user_team_assignment" "many" {{
  count   = {count}
  org_id  = var.org_id
  team_id = mongodbatlas_team.all.team_id
  user_id = mongodbatlas_cloud_user_org_assignment.many[count.index].user_id
}}

resource "mongodbatlas_team" "many" {{
  count     = {count}
  org_id    = var.org_id
  name      = "Team ${{count.index}}"
  usernames = [mongodbatlas_cloud_user_org_assignment.many[count.index].username]
}}

resource "mongodbatlas_cloud_user_project_assignment" "many" {{
  count      = {count}
  project_id = "{project}"
  username   = "Person${{count.index}}@project.example"
  roles      = ["GROUP_READ_ONLY"]
}}

resource "mongodbatlas_project_invitation" "many" {{
  count      = {count}
  project_id = "{project}"
  username   = "Person${{count.index}}@invited.example"
  roles      = ["GROUP_READ_ONLY"]
}}
"#
    );
    workspace.write("main.tf", &code);
    workspace
}

#[test]
fn people_teams_and_projects_of_atlas_are_refreshed_by_a_few_lists() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let workspace = atlas_kinds(&server, 30);
    workspace.apply();
    // People of the organization now differ: teams were made after them.
    workspace.assert_no_changes();

    let before = server.requests().len();
    workspace.assert_no_changes();
    let requests = server.requests().split_off(before);
    // Two singly and one list of people, of the project's people and of its invitations: nine. Two
    // teams with two requests each and two lists: six. One list of a team's places; a challenge.
    assert_eq!(requests.len(), 17, "{requests:#?}");
}

#[test]
fn what_is_our_own_is_refreshed_by_a_few_lists() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let workspace = crate::own::workspace(&server);
    let count = 30;
    let code = format!(
        r#"
resource "vestibule_team" "many" {{
  count = {count}
  name  = "Team ${{count.index}}"
}}

resource "vestibule_project" "many" {{
  count = {count}
  name  = "Project ${{count.index}}"
}}

resource "vestibule_member" "many" {{
  count = {count}
  email = "person${{count.index}}@member.example"
}}

resource "vestibule_invitation" "many" {{
  count = {count}
  email = "person${{count.index}}@invited.example"
}}

resource "vestibule_api_key" "many" {{
  count        = {count}
  name         = "key ${{count.index}}"
  store_secret = true
}}
"#
    );
    workspace.write("main.tf", &code);
    workspace.apply();
    let before = server.requests().len();
    workspace.assert_no_changes();
    let requests = server.requests().split_off(before);
    // Two singly and one list of teams, projects, members, their invitations, and invitations; one
    // of keys.
    assert_eq!(requests.len(), 16, "{requests:#?}");
}
