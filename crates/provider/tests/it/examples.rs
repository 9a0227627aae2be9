//! Every example of the registry's pages against our own schemas, without Terraform: so are those
//! that only later versions understand (lists, actions, imports by identity).

use std::fs;
use std::path::{Path, PathBuf};

use hcl_edit::expr::{Expression, Object as HclObject, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::structure::{Block, Body};
use hcl_edit::visit::{Visit, visit_traversal};
use serde_json::{Map, Value as Json};
use tfplugin::harness::schema_json;
use tfplugin::{IdentitySchema, Object, Provider as _, Schema, Type};
use vestibule_provider::{Environment, Persona, Provider};

/// Arguments that Terraform itself takes in blocks of this kind.
fn meta(kind: &str) -> &'static [&'static str] {
    match kind {
        "resource" => &["count", "depends_on", "for_each", "lifecycle", "provider"],
        "data" | "ephemeral" => &["count", "depends_on", "for_each", "provider"],
        "list" => &["count", "for_each", "include_resource", "limit", "provider"],
        "action" => &["count", "for_each", "provider"],
        "provider" => &["alias"],
        _ => &[],
    }
}

/// What is wrong with an example, with its place.
struct Checker<'a> {
    provider: &'a Provider,
    place: String,
    wrong: Vec<String>,
    /// How many blocks were held against a schema.
    held: usize,
}

impl Checker<'_> {
    fn complain(&mut self, what: &str) {
        self.wrong.push(format!("{}: {what}", self.place));
    }

    /// The schema of a type, if it is one of this provider's.
    fn schema(&self, kind: &str, type_name: &str) -> Option<Schema> {
        let provider = self.provider;
        let named = |name: &str| name == type_name;
        match kind {
            "resource" => {
                let all = provider.resources();
                all.iter()
                    .find(|one| named(one.type_name()))
                    .map(|one| one.schema())
            }
            "data" => {
                let all = provider.data_sources();
                all.iter()
                    .find(|one| named(one.type_name()))
                    .map(|one| one.schema())
            }
            "ephemeral" => {
                let all = provider.ephemeral_resources();
                all.iter()
                    .find(|one| named(one.type_name()))
                    .map(|one| one.schema())
            }
            "list" => {
                let all = provider.list_resources();
                all.iter()
                    .find(|one| named(one.type_name()))
                    .map(|one| one.schema())
            }
            "action" => {
                let all = provider.actions();
                all.iter()
                    .find(|one| named(one.type_name()))
                    .map(|one| one.schema())
            }
            "provider" if provider.name() == type_name => Some(provider.schema()),
            _ => None,
        }
    }

    fn file(&mut self, body: &Body) {
        for block in body.blocks() {
            let kind = block.ident.as_str();
            let label = block.labels.first().map(|label| label.as_str().to_owned());
            match (kind, label) {
                ("import", _) => self.import(block),
                // Of another provider, in the same example.
                ("provider", Some(name)) if name != self.provider.name() => {}
                (
                    "resource" | "data" | "ephemeral" | "list" | "action" | "provider",
                    Some(label),
                ) => match self.schema(kind, &label) {
                    Some(schema) => self.block(kind, block, &schema),
                    None => self.complain(&format!("there is no {kind} {label}")),
                },
                ("terraform" | "variable" | "output" | "locals" | "moved" | "removed", _) => {}
                (other, _) => self.complain(&format!("a block {other}")),
            }
        }
        self.visit_body(body);
    }

    fn block(&mut self, kind: &str, block: &Block, schema: &Schema) {
        self.held += 1;
        let schema = &schema_json(schema)["block"];
        if !matches!(kind, "list" | "action") {
            self.body(&block.body, schema, meta(kind));
            return;
        }
        // What is the type's own is in a block of its own; all around it is Terraform's.
        let empty = Body::new();
        let config = block.body.get_blocks("config").next();
        let config = config.map_or(&empty, |block| &block.body);
        self.body(config, schema, &[]);
        for attribute in block.body.attributes() {
            if !meta(kind).contains(&attribute.key.as_str()) {
                self.complain(&format!("{} outside of config", attribute.key.as_str()));
            }
        }
    }

    fn body(&mut self, body: &Body, schema: &Json, meta: &[&str]) {
        let given = body
            .attributes()
            .filter(|one| !meta.contains(&one.key.as_str()));
        let given: Vec<(&str, &Expression)> =
            given.map(|one| (one.key.as_str(), &one.value)).collect();
        self.arguments(&given, &schema["attributes"]);
        for block in body.blocks() {
            let name = block.ident.as_str();
            match schema["block_types"].get(name) {
                Some(inner) => self.body(&block.body, &inner["block"], &[]),
                None if meta.contains(&name) => {}
                None => self.complain(&format!("there is no block {name}")),
            }
        }
    }

    fn arguments(&mut self, given: &[(&str, &Expression)], attributes: &Json) {
        let none = Map::new();
        let attributes = attributes.as_object().unwrap_or(&none);
        for (name, value) in given {
            let Some(attribute) = attributes.get(*name) else {
                self.complain(&format!("there is no argument {name}"));
                continue;
            };
            if attribute["required"] != true && attribute["optional"] != true {
                self.complain(&format!(
                    "{name} is no argument, but decided by the provider"
                ));
            }
            if let Some(nested) = attribute.get("nested_type") {
                self.nested(value, &nested["attributes"]);
            }
        }
        for (name, attribute) in attributes {
            if attribute["required"] == true && !given.iter().any(|(given, _)| given == name) {
                self.complain(&format!("the argument {name} is missing"));
            }
        }
    }

    fn nested(&mut self, value: &Expression, attributes: &Json) {
        match value {
            Expression::Object(object) => self.arguments(&members(object), attributes),
            Expression::Array(all) => {
                for one in all {
                    self.nested(one, attributes);
                }
            }
            _ => {}
        }
    }

    fn import(&mut self, block: &Block) {
        let to = block.body.get_attribute("to").map(|to| to.value.clone());
        let type_name = match &to {
            Some(Expression::Traversal(to)) => to.expr.as_variable(),
            _ => None,
        };
        let type_name = type_name
            .map(|name| name.as_str().to_owned())
            .unwrap_or_default();
        let resources = self.provider.resources();
        let resource = resources.iter().find(|one| one.type_name() == type_name);
        let Some(resource) = resource else {
            return self.complain(&format!("there is no resource {type_name}"));
        };
        if block.body.get_attribute("id").is_some() {
            self.held += 1;
            return;
        }
        let Some(schema) = resource.identity_schema() else {
            return self.complain(&format!("{type_name} has no identity"));
        };
        let Some(identity) = block.body.get_attribute("identity") else {
            return self.complain("an import block has an id or an identity");
        };
        self.held += 1;
        match &identity.value {
            Expression::Object(object) => self.identity(object, &schema),
            _ => self.complain("the identity is no object"),
        }
    }

    fn identity(&mut self, given: &HclObject, schema: &IdentitySchema) {
        let Type::Object(known) = schema.ty() else {
            return self.complain("the identity's type is no object");
        };
        let mut identity = Object::new();
        for (name, value) in members(given) {
            if !known.contains_key(name) {
                self.complain(&format!("the identity has no {name}"));
            }
            identity.set(name, value.as_str().unwrap_or_default());
        }
        if !schema.is_complete(&identity) {
            self.complain("the identity lacks something");
        }
    }

    /// `type.name.attribute`, and the same after `data.` and `ephemeral.`.
    fn reference(&mut self, traversal: &Traversal) {
        let Some(root) = traversal.expr.as_variable() else {
            return;
        };
        let mut names = traversal
            .operators
            .iter()
            .filter_map(|one| match one.value() {
                TraversalOperator::GetAttr(name) => Some(name.as_str()),
                _ => None,
            });
        let (kind, type_name) = match root.as_str() {
            kind @ ("data" | "ephemeral") => (kind, names.next().unwrap_or_default()),
            type_name => ("resource", type_name),
        };
        let (Some(schema), Some(_)) = (self.schema(kind, type_name), names.next()) else {
            return;
        };
        let Some(attribute) = names.next() else {
            return;
        };
        if schema_json(&schema)["block"]["attributes"]
            .get(attribute)
            .is_none()
        {
            self.complain(&format!("{type_name} has no attribute {attribute}"));
        }
    }
}

impl Visit for Checker<'_> {
    fn visit_traversal(&mut self, node: &Traversal) {
        self.reference(node);
        visit_traversal(self, node);
    }
}

/// The members of an object whose names are written down.
fn members(object: &HclObject) -> Vec<(&str, &Expression)> {
    let named = object.iter().filter_map(|(key, value)| match key {
        ObjectKey::Ident(name) => Some((name.as_str(), value.expr())),
        ObjectKey::Expression(name) => Some((name.as_str()?, value.expr())),
    });
    named.collect()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_dir() {
            found.extend(files(&path));
        } else if matches!(ending, Some("tf" | "hcl")) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What is wrong with a text as an example for this persona, and how many blocks were held against
/// a schema.
fn wrong(persona: Persona, place: &str, text: &str) -> (Vec<String>, usize) {
    let provider = Provider::new(persona, Environment::new(|_| None));
    let mut checker = Checker {
        provider: &provider,
        place: place.to_owned(),
        wrong: Vec::new(),
        held: 0,
    };
    match text.parse::<Body>() {
        Ok(body) => checker.file(&body),
        Err(error) => checker.complain(&error.to_string()),
    }
    (checker.wrong, checker.held)
}

#[test]
fn every_argument_and_reference_of_an_example_is_in_the_schemas() {
    for persona in Persona::ALL {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("registry");
        let root = root.join(persona.name()).join("examples");
        for path in files(&root) {
            let place = path.strip_prefix(&root).unwrap().display().to_string();
            let text = fs::read_to_string(&path).unwrap();
            let (wrong, held) = wrong(persona, &place, &text);
            assert_eq!(wrong, [""; 0], "{persona:?}");
            assert!(
                held > 0 || place.starts_with("functions"),
                "{persona:?} {place}"
            );
        }
    }
}

#[test]
fn what_does_not_fit_the_schemas_is_found() {
    let text = r#"
    resource "vestibule_member" "a" {
      mail          = "ann@example.com"
      status        = "active"
      project_roles = [{ project = vestibule_project.p.uuid, role = "owner" }]
    }
    resource "vestibule_group" "b" {}
    list "vestibule_team" "all" {
      organization = "org_1"
    }
    action "vestibule_invitation_resend" "a" {
      config {
        id = data.vestibule_teams.all.team[0].id
      }
    }
    import {
      to       = vestibule_member.a
      identity = { mail = "ann@example.com" }
    }
    "#;
    let (wrong, _) = wrong(Persona::Vestibule, "x", text);
    insta::assert_snapshot!(wrong.join("\n"), @"
    x: there is no argument mail
    x: status is no argument, but decided by the provider
    x: there is no argument role
    x: the argument roles is missing
    x: the argument email is missing
    x: there is no resource vestibule_group
    x: organization outside of config
    x: there is no argument id
    x: the argument invitation is missing
    x: the identity has no mail
    x: the identity lacks something
    x: vestibule_project has no attribute uuid
    x: vestibule_teams has no attribute team
    ");
}
