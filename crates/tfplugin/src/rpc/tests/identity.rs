//! Identities in every call that carries them.

use std::sync::Arc;

use tonic::transport::Channel;

use super::fixture::{connect, text, unwire, wire};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::{
    Attribute, Context, Diagnostics, IdentitySchema, MoveSource, Object, Provider, ReadOutcome,
    Resource, Schema, Type, Value, async_trait,
};

struct Notes;

#[async_trait]
impl Provider for Notes {
    fn name(&self) -> &str {
        "notes"
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Note), Arc::new(Plain)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Note;

fn schema() -> Schema {
    Schema::new()
        .attribute("id", Attribute::string().computed().use_state_for_unknown())
        .attribute("book", Attribute::string().optional())
        .attribute("text", Attribute::string().optional())
}

fn identity_schema() -> IdentitySchema {
    IdentitySchema::new()
        .version(1)
        .required("id", Type::String, "The note's id.")
        .required("book", Type::String, "Its book.")
        .optional("region", Type::String, "Where it is.")
}

#[async_trait]
impl Resource for Note {
    fn type_name(&self) -> &str {
        "notes_note"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_schema())
    }

    fn identity(&self, state: &Object) -> Object {
        assert_ne!(state.get("text").as_str(), Some("panic"), "as asked");
        identity_schema().pick(state).with("region", "eu")
    }

    async fn create(&self, _cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        Ok(planned.with("id", "n-1"))
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        match state.opt_str("text")? {
            Some("gone") => Ok(ReadOutcome::Gone),
            Some("changed") => Ok(ReadOutcome::Keep(state.with("id", "n-2"))),
            // An import by id knows the book only from here; one by identity knows it already.
            _ if state.get("book").is_null() => {
                let known = cx.identity().map(|identity| identity.get("book").clone());
                let book = known.unwrap_or_else(|| "found".into());
                Ok(ReadOutcome::Keep(state.with("book", book)))
            }
            _ => Ok(ReadOutcome::Keep(state)),
        }
    }

    async fn update(
        &self,
        _cx: &Context,
        _prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        Ok(planned)
    }

    async fn delete(&self, _cx: &Context, _state: Object) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        Ok(Object::new().with("id", id))
    }

    async fn import_identity(
        &self,
        _cx: &Context,
        identity: Object,
    ) -> Result<Object, Diagnostics> {
        Ok(Object::new().with("id", identity.str("id")?))
    }

    fn upgrade_identity(&self, version: i64, identity: Object) -> Result<Object, Diagnostics> {
        let mut identity = identity;
        if version == 0
            && let Some(notebook) = identity.remove("notebook")
        {
            identity.set("book", notebook);
        }
        Ok(identity)
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        let Some(identity) = &source.identity else {
            return Ok(None);
        };
        let book = format!("from version {}", source.identity_schema_version);
        let id = identity.str("key")?;
        Ok(Some(Object::new().with("id", id).with("book", book)))
    }
}

/// Identified by one string, so importing by identity is importing by id.
struct Plain;

#[async_trait]
impl Resource for Plain {
    fn type_name(&self) -> &str {
        "notes_plain"
    }

    fn schema(&self) -> Schema {
        Schema::new().attribute("name", Attribute::string().required())
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new().required("name", Type::String, ""))
    }

    async fn create(&self, _cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        Ok(planned)
    }

    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        Ok(ReadOutcome::Keep(state))
    }

    async fn delete(&self, _cx: &Context, _state: Object) -> Result<(), Diagnostics> {
        Ok(())
    }

    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        Ok(Object::new().with("name", id))
    }
}

fn note(book: &str, text: &str) -> Object {
    Object::new()
        .with("id", "n-1")
        .with("book", book)
        .with("text", text)
}

fn of(object: Option<Object>) -> Option<proto::DynamicValue> {
    Some(wire(&schema().ty(), object))
}

fn identity(id: &str, book: &str) -> Object {
    Object::new()
        .with("id", id)
        .with("book", book)
        .with("region", "eu")
}

fn sent(identity: Object) -> Option<proto::ResourceIdentityData> {
    Some(proto::ResourceIdentityData {
        identity_data: Some(wire(&identity_schema().ty(), Some(identity))),
    })
}

fn received(data: Option<&proto::ResourceIdentityData>) -> Option<Object> {
    unwire(&identity_schema().ty(), data?.identity_data.as_ref())
}

async fn read(
    client: &mut ProviderClient<Channel>,
    state: Object,
    stored: Option<Object>,
) -> proto::ReadResourceResponse {
    let request = proto::ReadResourceRequest {
        type_name: "notes_note".into(),
        current_state: of(Some(state)),
        current_identity: stored.and_then(sent),
        ..Default::default()
    };
    client.read_resource(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn identity_schemas_are_published_for_the_types_that_have_one() {
    let mut client = connect(Notes).await;
    let response = client
        .get_resource_identity_schemas(proto::GetResourceIdentitySchemasRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(text(&response.diagnostics), "");
    let note = &response.identity_schemas["notes_note"];
    let attributes: Vec<_> = note
        .identity_attributes
        .iter()
        .map(|one| {
            let ty = String::from_utf8(one.r#type.to_vec()).unwrap();
            let flags = (one.required_for_import, one.optional_for_import);
            format!("{} {ty} {flags:?} {}", one.name, one.description)
        })
        .collect();
    assert_eq!(note.version, 1);
    insta::assert_snapshot!(attributes.join("\n"), @r#"
    id "string" (true, false) The note's id.
    book "string" (true, false) Its book.
    region "string" (false, true) Where it is.
    "#);
    assert_eq!(response.identity_schemas.len(), 2);
}

#[tokio::test]
async fn an_object_gets_its_identity_when_it_is_created_and_keeps_it() {
    let mut client = connect(Notes).await;
    let planned = note("b", "x").with("id", Value::UNKNOWN);
    let request = proto::ApplyResourceChangeRequest {
        type_name: "notes_note".into(),
        prior_state: of(None),
        planned_state: of(Some(planned.clone())),
        config: of(Some(planned)),
        ..Default::default()
    };
    let created = client.apply_resource_change(request).await.unwrap();
    let created = created.into_inner();
    assert_eq!(text(&created.diagnostics), "");
    assert_eq!(
        received(created.new_identity.as_ref()),
        Some(identity("n-1", "b"))
    );

    let proposed = note("b", "y");
    let request = proto::PlanResourceChangeRequest {
        type_name: "notes_note".into(),
        prior_state: of(Some(note("b", "x"))),
        proposed_new_state: of(Some(proposed.clone())),
        config: of(Some(proposed.with("id", Value::Null))),
        prior_identity: created.new_identity.clone(),
        ..Default::default()
    };
    let plan = client
        .plan_resource_change(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(plan.planned_identity, created.new_identity);

    let request = proto::ApplyResourceChangeRequest {
        type_name: "notes_note".into(),
        prior_state: of(Some(note("b", "x"))),
        planned_state: plan.planned_state,
        config: of(Some(note("b", "y"))),
        planned_identity: plan.planned_identity,
        ..Default::default()
    };
    let updated = client.apply_resource_change(request).await.unwrap();
    assert_eq!(updated.into_inner().new_identity, created.new_identity);
}

#[tokio::test]
async fn a_plan_of_a_creation_has_no_identity_yet() {
    let mut client = connect(Notes).await;
    let request = proto::PlanResourceChangeRequest {
        type_name: "notes_note".into(),
        prior_state: of(None),
        proposed_new_state: of(Some(note("b", "x").with("id", Value::Null))),
        config: of(Some(note("b", "x").with("id", Value::Null))),
        ..Default::default()
    };
    let plan = client.plan_resource_change(request).await.unwrap();
    assert_eq!(plan.into_inner().planned_identity, None);
}

#[tokio::test]
async fn a_panic_about_the_identity_loses_no_state() {
    let mut client = connect(Notes).await;
    let planned = note("b", "panic").with("id", Value::UNKNOWN);
    let request = proto::ApplyResourceChangeRequest {
        type_name: "notes_note".into(),
        prior_state: of(None),
        planned_state: of(Some(planned.clone())),
        config: of(Some(planned)),
        ..Default::default()
    };
    let created = client.apply_resource_change(request).await.unwrap();
    let created = created.into_inner();
    assert_eq!(
        text(&created.diagnostics),
        "Error : The provider crashed while answering"
    );
    assert_eq!(
        unwire(&schema().ty(), created.new_state.as_ref()),
        Some(note("b", "panic"))
    );
}

#[tokio::test]
async fn reading_completes_an_identity_and_never_changes_it() {
    let mut client = connect(Notes).await;
    let fresh = read(&mut client, note("b", "x"), None).await;
    assert_eq!(
        received(fresh.new_identity.as_ref()),
        Some(identity("n-1", "b"))
    );

    let changed = read(
        &mut client,
        note("b", "changed"),
        Some(identity("n-1", "b")),
    )
    .await;
    assert_eq!(
        text(&changed.diagnostics),
        "Warning : The provider changed the identity of a resource"
    );
    assert_eq!(
        received(changed.new_identity.as_ref()),
        Some(identity("n-1", "b"))
    );

    let gone = read(&mut client, note("b", "gone"), Some(identity("n-1", "b"))).await;
    assert_eq!(gone.new_identity, None);
}

#[tokio::test]
async fn an_import_takes_an_id_or_an_identity() {
    let mut client = connect(Notes).await;
    let mut import = async |type_name: &str, id: &str, identity: Option<proto::DynamicValue>| {
        let request = proto::ImportResourceStateRequest {
            type_name: type_name.into(),
            id: id.into(),
            identity: identity.map(|value| proto::ResourceIdentityData {
                identity_data: Some(value),
            }),
        };
        let response = client.import_resource_state(request).await.unwrap();
        response.into_inner()
    };

    let by_id = import("notes_note", "n-9", None).await;
    assert_eq!(text(&by_id.diagnostics), "");
    // The book is not known before the object is read.
    assert_eq!(by_id.imported_resources[0].identity, None);

    let ty = identity_schema().ty();
    let whole = wire(&ty, Some(identity("n-9", "b")));
    let by_identity = import("notes_note", "", Some(whole)).await;
    assert_eq!(text(&by_identity.diagnostics), "");
    let imported = &by_identity.imported_resources[0];
    assert_eq!(
        received(imported.identity.as_ref()),
        Some(identity("n-9", "b"))
    );

    // What an import may leave out is filled in.
    let required = identity("n-9", "b").with("region", Value::Null);
    let filled = import("notes_note", "", Some(wire(&ty, Some(required)))).await;
    assert_eq!(text(&filled.diagnostics), "");
    // The state of the import has no book yet, so nothing but what was asked for is certain.
    let sent = received(filled.imported_resources[0].identity.as_ref());
    assert_eq!(sent, Some(identity("n-9", "b").with("region", Value::Null)));

    let half = wire(&ty, Some(Object::new().with("id", "n-9")));
    let incomplete = import("notes_note", "", Some(half)).await;
    assert_eq!(
        text(&incomplete.diagnostics),
        "Error : The identity is not complete"
    );
    assert_eq!(
        incomplete.diagnostics[0].detail,
        "An import needs a value that is known for: book."
    );

    let ty = Type::object([("name", Type::String)]);
    let plain = wire(&ty, Some(Object::new().with("name", "p")));
    let plain = import("notes_plain", "", Some(plain)).await;
    let state = plain.imported_resources[0].state.as_ref();
    assert_eq!(unwire(&ty, state).unwrap().get("name"), &Value::from("p"));
}

#[tokio::test]
async fn what_an_identity_leaves_to_the_provider_is_filled_in_by_reading() {
    let mut client = connect(Notes).await;
    let stored = identity("n-1", "b").with("region", Value::Null);
    let found = read(&mut client, note("b", "x"), Some(stored)).await;
    assert_eq!(text(&found.diagnostics), "");
    assert_eq!(
        received(found.new_identity.as_ref()),
        Some(identity("n-1", "b"))
    );
}

#[tokio::test]
async fn a_read_after_an_import_by_identity_knows_the_identity() {
    let mut client = connect(Notes).await;
    let sparse = Object::new().with("id", "n-9");
    let found = read(&mut client, sparse.clone(), Some(identity("n-9", "b"))).await;
    let state = unwire(&schema().ty(), found.new_state.as_ref()).unwrap();
    assert_eq!(state.get("book"), &Value::from("b"));
    let found = read(&mut client, sparse, None).await;
    assert_eq!(
        received(found.new_identity.as_ref()),
        Some(identity("n-9", "found"))
    );
}

#[tokio::test]
async fn a_stored_identity_is_upgraded() {
    let mut client = connect(Notes).await;
    let mut upgrade = async |version: i64, json: &'static str| {
        let request = proto::UpgradeResourceIdentityRequest {
            type_name: "notes_note".into(),
            version,
            raw_identity: Some(proto::RawState {
                json: json.into(),
                ..Default::default()
            }),
        };
        let response = client.upgrade_resource_identity(request).await.unwrap();
        response.into_inner()
    };
    let upgraded = upgrade(0, r#"{"id":"n-1","notebook":"b","zone":1}"#).await;
    assert_eq!(text(&upgraded.diagnostics), "");
    assert_eq!(
        received(upgraded.upgraded_identity.as_ref()),
        Some(identity("n-1", "b").with("region", Value::Null))
    );
    let newer = upgrade(2, "{}").await;
    assert_eq!(
        text(&newer.diagnostics),
        "Error : The identity is newer than the provider"
    );
    let broken = upgrade(1, "[").await;
    assert!(text(&broken.diagnostics).starts_with("Error"));
}

#[tokio::test]
async fn a_moved_resource_brings_and_gets_an_identity() {
    let mut client = connect(Notes).await;
    let request = proto::MoveResourceStateRequest {
        source_type_name: "other".into(),
        source_state: Some(proto::RawState {
            json: "{}".into(),
            ..Default::default()
        }),
        target_type_name: "notes_note".into(),
        source_identity: Some(proto::RawState {
            json: r#"{"key":"n-7"}"#.into(),
            ..Default::default()
        }),
        source_identity_schema_version: 3,
        ..Default::default()
    };
    let moved = client.move_resource_state(request).await.unwrap();
    let moved = moved.into_inner();
    assert_eq!(text(&moved.diagnostics), "");
    assert_eq!(
        received(moved.target_identity.as_ref()),
        Some(identity("n-7", "from version 3"))
    );
}
