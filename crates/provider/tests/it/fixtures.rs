//! States that the vendors' providers wrote plan to "No changes".

use serde_json::{Value as Json, json};
use tfplugin::harness::{move_from, upgrade};
use tfplugin::{Object, Value};

use crate::fake_atlas::FakeAtlas;
use crate::fake_confluent::FakeConfluent;
use crate::terraform::Terraform;
use crate::{atlas, confluent};

const CONFLUENT: [&str; 3] = [
    include_str!("../fixtures/confluent-created.tfstate.json"),
    include_str!("../fixtures/confluent-accepted-and-expired.tfstate.json"),
    include_str!("../fixtures/confluent-imported.tfstate.json"),
];
const ATLAS: [&str; 4] = [
    include_str!("../fixtures/atlas-created.tfstate.json"),
    include_str!("../fixtures/atlas-updated.tfstate.json"),
    include_str!("../fixtures/atlas-imported.tfstate.json"),
    include_str!("../fixtures/atlas-accepted.tfstate.json"),
];

/// The attributes of every instance in a state file.
fn instances(state: &str) -> Vec<Json> {
    let state: Json = serde_json::from_str(state).unwrap();
    let resources = state["resources"].as_array().unwrap();
    let all: Vec<Json> = resources
        .iter()
        .flat_map(|resource| resource["instances"].as_array().unwrap())
        .map(|instance| instance["attributes"].clone())
        .collect();
    assert!(!all.is_empty());
    all
}

fn stored(terraform: &Terraform, attributes: &Json) -> Object {
    upgrade(&*terraform.resource, 0, attributes.to_string().as_bytes()).unwrap()
}

/// The configuration that leads to a state: the arguments, as they are there.
fn configuration(state: &Object, arguments: &[&str]) -> Object {
    arguments
        .iter()
        .map(|name| (*name, state.get(name).clone()))
        .collect()
}

/// What the service says about an invitation that the vendor's provider stored so.
fn served(attributes: &Json) -> Json {
    let instant = |name: &str| {
        let text = attributes[name].as_str().unwrap();
        let text = text.strip_suffix(" +0000 UTC").unwrap().replace(' ', "T");
        if text.starts_with("0001") {
            Json::Null
        } else {
            json!(format!("{text}Z"))
        }
    };
    let reference =
        |name: &str| json!({ "id": attributes[name][0]["id"], "related": "", "resource_name": "" });
    json!({
        "id": attributes["id"],
        "email": attributes["email"],
        "auth_type": attributes["auth_type"],
        "status": attributes["status"],
        "accepted_at": instant("accepted_at"),
        "expires_at": instant("expires_at"),
        "user": reference("user"),
        "creator": reference("creator"),
    })
}

#[tokio::test]
async fn recorded_confluent_states_plan_to_no_changes() {
    let fake = FakeConfluent::start().await;
    let mut terraform = confluent::terraform(&fake).await;
    for attributes in CONFLUENT.iter().flat_map(|state| instances(state)) {
        let id = attributes["id"].as_str().unwrap().to_owned();
        fake.organization()
            .invitations
            .insert(id, served(&attributes));
        let state = stored(&terraform, &attributes);
        terraform.state = Some(state.clone());
        let without_auth_type = configuration(&state, &["email", "allow_deletion"]);
        assert!(terraform.is_up_to_date(&without_auth_type).await);
        // Not one attribute is touched, times included, so that the way back is open, too.
        assert_eq!(terraform.state(), &state);
        let with_auth_type = configuration(&state, &["email", "allow_deletion", "auth_type"]);
        assert!(terraform.is_up_to_date(&with_auth_type).await);
    }
}

#[tokio::test]
async fn older_confluent_states_plan_to_no_changes() {
    let fake = FakeConfluent::start().await;
    let mut terraform = confluent::terraform(&fake).await;
    let recorded = instances(CONFLUENT[0])
        .into_iter()
        .find(|attributes| attributes["allow_deletion"] == false)
        .unwrap();
    let id = recorded["id"].as_str().unwrap().to_owned();
    fake.organization()
        .invitations
        .insert(id, served(&recorded));
    let config = Object::new().with("email", recorded["email"].as_str().unwrap());
    let changes: [fn(&mut Json); 5] = [
        |state| drop(state.as_object_mut().unwrap().remove("allow_deletion")),
        |state| state["allow_deletion"] = Json::Null,
        |state| state["auth_type"] = json!(""),
        |state| state["user"] = json!([{ "id": "" }]),
        |state| state["accepted_at"] = Json::Null,
    ];
    for change in changes {
        let mut attributes = recorded.clone();
        change(&mut attributes);
        terraform.state = Some(stored(&terraform, &attributes));
        assert!(terraform.is_up_to_date(&config).await, "{attributes}");
        assert_eq!(terraform.state().get("allow_deletion"), &Value::Bool(false));
    }
}

#[tokio::test]
async fn recorded_atlas_states_plan_to_no_changes() {
    let fake = FakeAtlas::start().await;
    let mut terraform = atlas::terraform(&fake).await;
    for attributes in ATLAS.iter().flat_map(|state| instances(state)) {
        let username = attributes["username"].as_str().unwrap().to_owned();
        match attributes["invitation_id"].as_str() {
            None => fake.organization().members.push(username),
            Some(id) => {
                let invitation = json!({
                    "createdAt": attributes["created_at"],
                    "expiresAt": attributes["expires_at"],
                    "id": id,
                    "inviterUsername": attributes["inviter_username"],
                    "orgId": attributes["org_id"],
                    // The service keeps its own order.
                    "roles": reversed(&attributes["roles"]),
                    "teamIds": reversed(&attributes["teams_ids"]),
                    "username": username,
                });
                fake.organization()
                    .invitations
                    .insert(id.to_owned(), invitation);
            }
        }
        let state = stored(&terraform, &attributes);
        terraform.state = Some(state.clone());
        let without_teams = configuration(&state, &["org_id", "username", "roles"]);
        assert!(
            terraform.is_up_to_date(&without_teams).await,
            "{attributes}"
        );
        assert_eq!(terraform.state(), &state);
        let arguments = ["org_id", "username", "roles", "teams_ids"];
        assert!(
            terraform
                .is_up_to_date(&configuration(&state, &arguments))
                .await
        );
    }
}

fn reversed(list: &Json) -> Json {
    list.as_array().unwrap().iter().rev().cloned().collect()
}

#[tokio::test]
async fn an_invitation_that_was_accepted_under_the_vendors_provider_leaves_its_state() {
    let fake = FakeAtlas::start().await;
    let mut terraform = atlas::terraform(&fake).await;
    let attributes = instances(ATLAS[0])
        .into_iter()
        .find(|attributes| attributes["username"] == "Ann.Lee@Example.org")
        .unwrap();
    fake.organization()
        .members
        .push("Ann.Lee@Example.org".to_owned());
    terraform.state = Some(stored(&terraform, &attributes));
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_moved_block_takes_over_the_vendors_state_and_that_of_other_personas() {
    let (confluent_fake, atlas_fake) = (FakeConfluent::start().await, FakeAtlas::start().await);
    for (terraform, type_name, vendor, attributes) in [
        (
            confluent::terraform(&confluent_fake).await,
            "confluent_invitation",
            "confluentinc/confluent",
            &instances(CONFLUENT[0])[0],
        ),
        (
            atlas::terraform(&atlas_fake).await,
            "mongodbatlas_org_invitation",
            "mongodb/mongodbatlas",
            &instances(ATLAS[0])[0],
        ),
    ] {
        let json = attributes.to_string();
        let moved = |host: &str, provider: &str, type_name: &str| {
            let address = format!("{host}/{provider}");
            move_from(&*terraform.resource, &address, type_name, json.as_bytes()).unwrap()
        };
        let state = Some(stored(&terraform, attributes));
        assert_eq!(moved("registry.terraform.io", vendor, type_name), state);
        assert_eq!(
            moved("mirror.example.org", "vestibule/vestibule", type_name),
            state
        );
        assert_eq!(
            moved("registry.terraform.io", "acme/other", type_name),
            None
        );
        assert_eq!(
            moved("registry.terraform.io", vendor, "confluent_user"),
            None
        );
    }
}
