//! Schemas against what Terraform prints of the vendors' providers.

use serde_json::{Map, Value as Json, json};
use tfplugin::Provider as _;
use tfplugin::harness::schema_json;
use vestibule_provider::{Environment, Persona, Provider};

const CONFLUENT: &str = include_str!("../golden/confluent.json");
const ATLAS: &str = include_str!("../golden/mongodbatlas.json");

fn provider(persona: Persona) -> Provider {
    Provider::new(persona, Environment::new(|_| None))
}

/// Descriptions are our own words.
fn without_descriptions(json: Json) -> Json {
    match json {
        Json::Object(members) => Json::Object(
            members
                .into_iter()
                // An attribute may be called so, too; then its value is an object.
                .filter(|(name, value)| !(name.starts_with("description") && value.is_string()))
                .map(|(name, value)| (name, without_descriptions(value)))
                .collect::<Map<_, _>>(),
        ),
        Json::Array(items) => items.into_iter().map(without_descriptions).collect(),
        other => other,
    }
}

/// Every schema of a persona, as `terraform providers schema -json` prints them.
fn printed(provider: &Provider) -> Json {
    let resources: Map<String, Json> = provider
        .resources()
        .iter()
        .map(|resource| {
            (
                resource.type_name().to_owned(),
                schema_json(&resource.schema()),
            )
        })
        .collect();
    let data_sources: Map<String, Json> = provider
        .data_sources()
        .iter()
        .map(|source| (source.type_name().to_owned(), schema_json(&source.schema())))
        .collect();
    without_descriptions(json!({
        "provider": schema_json(&provider.schema()),
        "resource_schemas": resources,
        "data_source_schemas": data_sources,
    }))
}

/// Where two documents differ: `path: ours, theirs`.
fn differences(path: &str, ours: &Json, theirs: &Json, found: &mut Vec<String>) {
    let (Json::Object(our), Json::Object(their)) = (ours, theirs) else {
        if ours != theirs {
            found.push(format!("{path}: {ours}, vendor {theirs}"));
        }
        return;
    };
    let mut names: Vec<&String> = our.keys().chain(their.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let path = format!("{path}/{name}");
        differences(&path, &ours[name.as_str()], &theirs[name.as_str()], found);
    }
}

/// Differences from the vendor, types that only one of the two has among them.
fn compare(persona: Persona, golden: &str) -> Vec<String> {
    let ours = printed(&provider(persona));
    let theirs: Json = serde_json::from_str(golden).unwrap();
    let mut found = Vec::new();
    differences("", &ours, &theirs, &mut found);
    found
}

#[test]
fn the_confluent_schemas_are_the_vendors() {
    assert_eq!(
        compare(Persona::Confluent, CONFLUENT),
        // Without the leniency that Terraform grants older providers, only a computed attribute
        // can have a default.
        [
            "/resource_schemas/confluent_invitation/block/attributes/allow_deletion/computed: \
          true, vendor null"
        ]
    );
}

#[test]
fn the_atlas_schemas_are_the_vendors() {
    assert_eq!(compare(Persona::MongodbAtlas, ATLAS), [""; 0]);
}

#[test]
fn every_schema_obeys_terraforms_rules() {
    for persona in Persona::ALL {
        let provider = provider(persona);
        assert_eq!(provider.schema().check(), Ok(()), "{persona:?}");
        for resource in provider.resources() {
            assert_eq!(
                resource.schema().check(),
                Ok(()),
                "{}",
                resource.type_name()
            );
        }
        for source in provider.data_sources() {
            assert_eq!(source.schema().check(), Ok(()), "{}", source.type_name());
        }
    }
}

#[test]
fn a_persona_has_its_vendors_types_and_ours_has_all() {
    let types = |persona| {
        let names: Vec<String> = provider(persona)
            .resources()
            .iter()
            .map(|resource| resource.type_name().to_owned())
            .collect();
        names
    };
    assert_eq!(types(Persona::Confluent), ["confluent_invitation"]);
    let atlas = [
        "mongodbatlas_org_invitation",
        "mongodbatlas_project_invitation",
        "mongodbatlas_team",
        "mongodbatlas_cloud_user_org_assignment",
        "mongodbatlas_cloud_user_project_assignment",
        "mongodbatlas_cloud_user_team_assignment",
    ];
    assert_eq!(types(Persona::MongodbAtlas), atlas);
    assert_eq!(
        types(Persona::Vestibule),
        [
            &["confluent_invitation"],
            atlas.as_slice(),
            &[
                "vestibule_organization",
                "vestibule_team",
                "vestibule_project",
                "vestibule_invitation",
                "vestibule_member",
                "vestibule_api_key",
            ]
        ]
        .concat()
    );
}
