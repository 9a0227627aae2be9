//! A thousand invitations under real Terraform, and how many requests they take.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vestibule_client::atlas::{Atlas, Credentials};
use vestibule_client::{Secret, Settings};
use vestibule_core::Id;
use vestibule_core::invitation::Invitation;
use vestibule_wire::atlas::OrgInvitationRequest;

use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

const COUNT: usize = 1000;

const MANY: &str = r#"
resource "confluent_invitation" "many" {
  count = 1000
  email = "Person${count.index}@many.example"
}

resource "mongodbatlas_org_invitation" "many" {
  count    = 1000
  org_id   = var.org_id
  username = "Person${count.index}@many.example"
  roles    = ["ORG_MEMBER"]
}
"#;

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
fn a_plan_of_a_thousand_invitations_of_each_kind_takes_twelve_requests_each() {
    if !available() {
        return;
    }
    let server = Server::start_counting();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ids = runtime.block_on(invite(&server));
    let workspace = Workspace::new(Loading::DevOverrides, &server);
    workspace.write("main.tf", MANY);
    let state = state(workspace.registry(), &server, &ids);
    workspace.write("terraform.tfstate", &state.to_string());

    let before = server.requests().len();
    workspace.assert_no_changes();
    let requests = server.requests().split_off(before);
    let of = |api: &str| {
        let of_api = requests.iter().filter(|request| request.contains(api));
        of_api.count()
    };
    // Ten pages, two single reads.
    assert_eq!(of("/iam/v2/"), 12, "{requests:?}");
    // A challenge, one list, two single reads.
    assert_eq!(of("/api/atlas/v2/"), 4, "{requests:?}");
    assert_eq!(requests.len(), 16, "{requests:?}");
}
