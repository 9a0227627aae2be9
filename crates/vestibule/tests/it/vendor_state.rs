//! States that the vendors' own providers wrote, planned with ours, moved to ours by the guides'
//! commands, and moved back.
//!
//! The ids in a recorded state do not exist on our server, so each state is taken with the ids of
//! invitations made for it; everything else in it stays byte for byte. Where a vendor's provider
//! is to be, there is ours under the vendor's address: what Terraform does is the same, and what the
//! vendor's would make of the state is what its schema and its encodings say.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::guides::commands;
use crate::personas::OWN_PROVIDER;
use crate::server::Server;
use crate::terraform::{Loading, Workspace, available};

/// One of the vendors' providers, and a configuration whose state was recorded.
struct Vendor {
    /// The provider's name: also that of our persona.
    name: &'static str,
    source: &'static str,
    version: &'static str,
    recorded: &'static str,
    code: &'static str,
    /// The attributes whose values the service chose.
    chosen: &'static [&'static str],
}

const CONFLUENT: Vendor = Vendor {
    name: "confluent",
    source: "confluentinc/confluent",
    version: "2.83.4",
    recorded: "confluent-created.tfstate.json",
    code: r#"
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
"#,
    chosen: &["id", "user", "creator", "expires_at"],
};

const ATLAS: Vendor = Vendor {
    name: "mongodbatlas",
    source: "mongodb/mongodbatlas",
    version: "2.16.0",
    recorded: "atlas-created.tfstate.json",
    code: r#"
resource "mongodbatlas_org_invitation" "member" {
  org_id   = var.org_id
  username = "carol@example.org"
  roles    = ["ORG_MEMBER"]
}

resource "mongodbatlas_org_invitation" "plain" {
  org_id   = var.org_id
  username = "Ann.Lee@Example.org"
  roles    = ["ORG_OWNER"]
}

resource "mongodbatlas_org_invitation" "teams" {
  org_id    = var.org_id
  username  = "bob@example.org"
  roles     = ["ORG_BILLING_ADMIN", "ORG_MEMBER"]
  teams_ids = TEAMS
}
"#,
    chosen: &[
        "org_id",
        "invitation_id",
        "created_at",
        "expires_at",
        "inviter_username",
        "teams_ids",
    ],
};

impl Vendor {
    /// A server that has what the state was recorded of, the configuration, and the state.
    fn scene(&self) -> (Server, String, Value) {
        let server = Server::start();
        let code = self.code.replace("TEAMS", &teams(&server).to_string());
        let ours = Workspace::new(Loading::Reattach, &server);
        ours.write("main.tf", INVITE_CAROL);
        if self.name == "mongodbatlas" {
            ours.apply();
            server.accept("carol@example.org");
            ours.must("state", &["rm", "mongodbatlas_org_invitation.member"]);
        }
        ours.write("main.tf", &code);
        ours.apply();
        let mut state = parsed(&format!("fixtures/{}", self.recorded));
        for resource in state["resources"].as_array_mut().unwrap() {
            // Recorded under Terraform; OpenTofu names its own registry in what it stores.
            let provider = resource["provider"].as_str().unwrap();
            resource["provider"] =
                json!(provider.replace("registry.terraform.io", ours.registry()));
            let address = address_of(resource);
            let attributes = &mut resource["instances"][0]["attributes"];
            let real = ours.state_of(&address);
            for name in self.chosen {
                attributes[*name] = real[*name].clone();
            }
            if self.name == "mongodbatlas" {
                attributes["id"] = json!(atlas_id(attributes));
            }
        }
        (server, code, state)
    }

    /// The first lines of a configuration, with the provider of this source.
    fn required(&self, source: &str) -> String {
        format!(
            "terraform {{\n  required_providers {{\n    {} = {{ source = {source:?} }}\n  }}\n}}\n",
            self.name
        )
    }

    /// A workspace with this state, in which Terraform finds both ours and, under the vendor's
    /// address, ours again.
    fn workspace(&self, server: &Server, code: &str, state: &Value) -> Workspace {
        let workspace = Workspace::new(Loading::Mirror, server);
        workspace.mirror_as(self.source, self.version);
        let declared = workspace.read("providers.tf");
        let (_, declared) = declared.split_once("\n\n").unwrap();
        let other = ["confluent", "mongodbatlas"].map(|name| format!("provider {name:?}"));
        let blocks = declared.split("\n\n").filter(|block| {
            block.contains(&format!("provider {:?}", self.name))
                || !other.iter().any(|other| block.contains(other))
        });
        workspace.write("providers.tf", &blocks.collect::<Vec<_>>().join("\n\n"));
        workspace.write("required.tf", &self.required(self.source));
        workspace.write("main.tf", code);
        workspace.write("terraform.tfstate", &state.to_string());
        workspace
    }
}

const INVITE_CAROL: &str = r#"
resource "mongodbatlas_org_invitation" "member" {
  org_id   = var.org_id
  username = "carol@example.org"
  roles    = ["ORG_MEMBER"]
}
"#;

/// A file of the provider's tests.
fn parsed(path: &str) -> Value {
    let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/../provider/tests");
    serde_json::from_str(&std::fs::read_to_string(format!("{tests}/{path}")).unwrap()).unwrap()
}

/// Two teams, as Atlas spells their ids.
fn teams(server: &Server) -> Value {
    let made = ["Engineering", "Support"].map(|name| {
        let body = json!({ "name": name });
        let made = server.call("POST", &server.path("teams"), Some(&body));
        let id = made["id"].as_str().unwrap();
        vestibule_core::Id::<vestibule_core::team::Team>::from_native(id)
            .unwrap()
            .to_hex()
    });
    json!(made)
}

fn address_of(resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap();
    format!("{}.{}", text("type"), text("name"))
}

/// The id that the vendor's provider gives an invitation with these attributes. Somebody who was a
/// member already has no invitation, and the organization's id in its place.
fn atlas_id(attributes: &Value) -> String {
    let text = |name: &str| attributes[name].as_str();
    let org_id = text("org_id").unwrap();
    let parts = [
        ("invitation_id", text("invitation_id").unwrap_or(org_id)),
        ("org_id", org_id),
        ("username", text("username").unwrap()),
    ];
    let encode = |text| base64::engine::general_purpose::STANDARD.encode(text);
    let parts = parts.map(|(key, value)| format!("{}:{}", encode(key), encode(value)));
    parts.join("-")
}

/// The attributes of each resource, by its address.
fn stored(state: &Value) -> Vec<(String, &Value)> {
    let resources = state["resources"].as_array().unwrap().iter();
    resources
        .map(|resource| {
            let attributes = &resource["instances"][0]["attributes"];
            (address_of(resource), attributes)
        })
        .collect()
}

/// A recorded state after a change with our provider: "never", which the vendor's spells as the
/// year 1, is null. The vendor's reads both.
fn as_we_refresh_it(mut state: Value) -> Value {
    for resource in state["resources"].as_array_mut().unwrap() {
        let attributes = &mut resource["instances"][0]["attributes"];
        if attributes["accepted_at"] == "0001-01-01 00:00:00 +0000 UTC" {
            attributes["accepted_at"] = Value::Null;
        }
    }
    state
}

/// Whether a value is of a type, as state files spell both.
fn has_type(value: &Value, r#type: &Value) -> bool {
    if value.is_null() {
        return true;
    }
    match r#type {
        Value::String(name) => match name.as_str() {
            "string" => value.is_string(),
            "bool" => value.is_boolean(),
            other => panic!("no attribute is a {other}"),
        },
        Value::Array(parts) if parts[0] == "object" => {
            let members = parts[1].as_object().unwrap();
            let value = value.as_object().unwrap();
            value.keys().eq(members.keys())
                && members
                    .iter()
                    .all(|(name, part)| has_type(&value[name], part))
        }
        Value::Array(parts) => {
            let elements = value.as_array().unwrap();
            elements.iter().all(|element| has_type(element, &parts[1]))
        }
        other => panic!("no type is {other}"),
    }
}

/// Asserts that the vendor's provider can read what is stored: nothing but the attributes of its
/// schema, in their types, with ids, times and private data spelled as it spells them.
fn assert_is_the_vendors(vendor: &Vendor, resource: &Value) {
    let golden = parsed(&format!("golden/{}.json", vendor.name));
    let schema = &golden["resource_schemas"][resource["type"].as_str().unwrap()];
    let instance = &resource["instances"][0];
    assert_eq!(instance["schema_version"], schema["version"], "{instance}");
    for name in instance.as_object().unwrap().keys() {
        let known = [
            "attributes",
            // Of Terraform's own, from 1.12 on.
            "identity_schema_version",
            "private",
            "schema_version",
            "sensitive_attributes",
        ];
        assert!(known.contains(&name.as_str()), "{name}: {instance}");
    }
    let private = instance["private"].as_str().unwrap_or("bnVsbA==");
    let private = base64::engine::general_purpose::STANDARD.decode(private);
    let private: Value = serde_json::from_slice(&private.unwrap()).unwrap();
    assert!(private.is_null() || private.is_object(), "{private}");

    let declared = schema["block"]["attributes"].as_object().unwrap();
    let attributes = instance["attributes"].as_object().unwrap();
    assert!(attributes.keys().eq(declared.keys()), "{attributes:?}");
    for (name, value) in attributes {
        assert!(has_type(value, &declared[name]["type"]), "{name}: {value}");
        let Some(text) = value.as_str().filter(|_| name.ends_with("_at")) else {
            continue;
        };
        let rfc3339 = match vendor.name {
            "confluent" => text.strip_suffix(" +0000 UTC").unwrap().replace(' ', "T") + "Z",
            _ => text.to_owned(),
        };
        let year_one = rfc3339 == "0001-01-01T00:00:00Z";
        let read = vestibule_core::Timestamp::parse(&rfc3339);
        assert!(year_one || read.is_some(), "{name}: {text}");
    }
    if vendor.name == "mongodbatlas" {
        assert_eq!(attributes["id"], atlas_id(&instance["attributes"]));
    }
}

/// The state moves to our provider and back by what the guide says, word for word, and what nobody
/// changed in between is what the vendor's provider had written.
fn a_state_moves_there_and_back(vendor: &Vendor, change: impl Fn(&str) -> String) {
    if !available() {
        return;
    }
    let (server, code, recorded) = vendor.scene();
    let workspace = vendor.workspace(&server, &code, &recorded);
    let [there, back] = commands(vendor.name, "moving").try_into().unwrap();
    let ours = format!("vestibule/{}", vendor.name);

    workspace.write("required.tf", &vendor.required(&ours));
    let said = workspace.script(&there);
    assert!(said.contains("No changes."), "{said}");
    let before = workspace.json("before.tfstate");
    assert_eq!(stored(&before), stored(&recorded));
    let moved = workspace.json("terraform.tfstate");
    for resource in moved["resources"].as_array().unwrap() {
        let provider = resource["provider"].as_str().unwrap();
        assert!(provider.contains(&format!("/{ours}\"")), "{provider}");
    }
    assert_eq!(stored(&moved), stored(&recorded));

    // Ours works on it, and the vendor's reads what ours has written.
    workspace.write("main.tf", &change(&code));
    let said = workspace.apply();
    assert!(said.contains("1 added, 1 changed, 0 destroyed"), "{said}");
    workspace.write("required.tf", &vendor.required(vendor.source));
    workspace.script(&back);
    workspace.assert_no_changes();
    let returned = workspace.json("terraform.tfstate");
    let recorded = as_we_refresh_it(recorded);
    let mut unchanged = 0;
    for resource in returned["resources"].as_array().unwrap() {
        let provider = resource["provider"].as_str().unwrap();
        assert!(provider.contains(&format!("/{}\"", vendor.source)));
        assert_is_the_vendors(vendor, resource);
        let attributes = &resource["instances"][0]["attributes"];
        let same =
            |(address, was): (String, &Value)| address == address_of(resource) && was == attributes;
        unchanged += usize::from(stored(&recorded).into_iter().any(same));
    }
    assert_eq!(unchanged, 2, "{returned}");
}

#[test]
fn a_state_of_confluents_provider_moves_there_and_back_by_the_guide() {
    a_state_moves_there_and_back(&CONFLUENT, |code| {
        let added =
            "resource \"confluent_invitation\" \"new\" {\n  email = \"Dan@example.org\"\n}\n";
        code.replace("allow_deletion = true", "allow_deletion = false") + added
    });
}

#[test]
fn a_state_of_atlas_provider_moves_there_and_back_by_the_guide() {
    a_state_moves_there_and_back(&ATLAS, |code| {
        let added = INVITE_CAROL
            .replace("\"member\"", "\"new\"")
            .replace("carol@", "Dan@");
        code.replace("ORG_OWNER", "ORG_READ_ONLY") + &added
    });
}

/// A mirror, or `dev_overrides`, may have our executable under the vendor's address: then neither
/// configuration nor state is touched.
fn under_the_vendors_address_nothing_has_to_move(vendor: &Vendor) {
    if !available() {
        return;
    }
    let (server, code, recorded) = vendor.scene();
    let workspace = vendor.workspace(&server, &code, &recorded);
    let said = workspace.must("init", &["-input=false"]);
    let installed = format!("Installed {} v{}", vendor.source, vendor.version);
    assert!(said.contains(&installed), "{said}");
    workspace.assert_no_changes();
    assert_eq!(workspace.json("terraform.tfstate"), recorded);
    assert!(workspace.destroy().contains("3 destroyed"));
}

#[test]
fn a_mirror_may_have_our_provider_under_confluents_address() {
    under_the_vendors_address_nothing_has_to_move(&CONFLUENT);
}

#[test]
fn a_mirror_may_have_our_provider_under_atlas_address() {
    under_the_vendors_address_nothing_has_to_move(&ATLAS);
}

#[test]
fn states_of_both_vendors_move_to_our_own_provider_by_the_guide() {
    if !available() {
        return;
    }
    // One organization has no two invitations for one address.
    let (server, confluent, mut state) = CONFLUENT.scene();
    let (other, atlas, recorded) = ATLAS.scene();
    let resources = state["resources"].as_array_mut().unwrap();
    resources.extend(recorded["resources"].as_array().unwrap().clone());
    let workspace = Workspace::new(Loading::Mirror, &server);
    let (public, private) = other.key("atlas");
    let provider = OWN_PROVIDER
        .replace(
            "base_url    = var.server",
            &format!("base_url = {:?}", other.url),
        )
        .replace("var.public_key", &format!("{public:?}"))
        .replace("var.private_key", &format!("{private:?}"));
    workspace.write("providers.tf", &provider);
    let atlas = atlas.replace("var.org_id", &format!("{:?}", other.organization_hex()));
    let code = format!("{confluent}{atlas}").replace("\" {\n", "\" {\n  provider = vestibule\n");
    workspace.write("main.tf", &code);
    workspace.write("terraform.tfstate", &state.to_string());
    let [way] = commands("vestibule", "moving").try_into().unwrap();
    let said = workspace.script(&way);
    assert!(said.contains("No changes."), "{said}");
    assert_eq!(stored(&workspace.json("terraform.tfstate")).len(), 6);
}
