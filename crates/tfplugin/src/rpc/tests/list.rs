//! Lists over an in-memory connection, and what is published about them.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tonic::transport::Channel;

use super::fixture::{connect, text, unwire, wire};
use super::shelf::{Books, Shelf, book_schema, identity_type, lend_schema, list_schema};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::{
    Action, Attribute, Context, Diagnostics, ListResource, Object, Progress, Provider, Schema,
    Value, async_trait,
};

/// A line per event: display name, identity, resource, diagnostics.
async fn list(
    client: &mut ProviderClient<Channel>,
    config: Object,
    limit: i64,
    include: bool,
) -> String {
    let request = proto::ListResourceRequest {
        type_name: "shelf_book".into(),
        config: Some(wire(&list_schema().ty(), Some(config))),
        include_resource_object: include,
        limit,
    };
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    let mut lines = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        let data = event.identity.and_then(|identity| identity.identity_data);
        let identity = unwire(&identity_type(), data.as_ref());
        let id = identity.map(|identity| identity.get("id").to_string());
        let resource = unwire(&book_schema().ty(), event.resource_object.as_ref());
        let resource = resource.map(|one| format!(" {}", Value::Object(one)));
        lines.push(format!(
            "{} {}{} {}",
            event.display_name,
            id.unwrap_or_default(),
            resource.unwrap_or_default(),
            text(&event.diagnostic)
        ));
    }
    lines.join("\n")
}

fn count(count: i32) -> Object {
    Object::new().with("count_", count)
}

#[tokio::test]
async fn objects_are_listed_by_identity_and_whole_if_asked_for() {
    let mut client = connect(Shelf::default()).await;
    insta::assert_snapshot!(list(&mut client, count(2), 100, false).await, @r#"
    Book 0 "b-0" 
    Book 1 "b-1" 
    "#);
    insta::assert_snapshot!(list(&mut client, count(1), 100, true).await, @r#"Book 0 "b-0" { authors = null, copies = null, id = "b-0", old = null, password = null, shelf = [], slug = null, title = "T" }"#);
    assert_eq!(list(&mut client, count(0), 100, true).await, "");
}

#[tokio::test]
async fn a_list_stops_at_its_limit() {
    let shelf = Shelf::default();
    let mut client = connect(shelf.clone()).await;
    let listed = list(&mut client, count(1_000_000), 3, false).await;
    assert_eq!(listed.lines().count(), 3);
    assert_eq!(shelf.0.load(Ordering::SeqCst), 3);
    // Without a limit everything comes.
    let listed = list(&mut client, count(50), 0, false).await;
    assert_eq!(listed.lines().count(), 50);
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_search() {
    let shelf = Shelf::default();
    let mut client = connect(shelf.clone()).await;
    let request = proto::ListResourceRequest {
        type_name: "shelf_book".into(),
        config: Some(wire(&list_schema().ty(), Some(count(i32::MAX)))),
        include_resource_object: false,
        limit: 0,
    };
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    assert!(events.message().await.unwrap().is_some());
    drop(events);
    // Calls go on being answered, and nobody searches for two thousand million books.
    assert_eq!(
        list(&mut client, count(1), 1, false).await.lines().count(),
        1
    );
    assert!(shelf.0.load(Ordering::SeqCst) < 1_000_000);
}

#[tokio::test]
async fn what_goes_wrong_in_a_list_comes_at_its_end() {
    let mut client = connect(Shelf::default()).await;
    let mut with = async |mode: &str| list(&mut client, count(1).with("mode", mode), 9, true).await;
    for mode in ["fail", "warn", "panic"] {
        let listed = with(mode).await;
        let last = listed.lines().last().unwrap().trim().to_owned();
        let expected = match mode {
            "fail" => "Error : No more",
            "warn" => "Warning : That was all",
            _ => "Error : The provider crashed while answering",
        };
        assert_eq!((last.as_str(), listed.lines().count()), (expected, 2));
    }
    let listed = with("no identity").await;
    assert!(
        listed.contains("Error : The provider listed an object without an identity"),
        "{listed}"
    );
    let listed = with("invalid").await;
    assert!(
        listed.contains("Error copies: The provider returned an invalid state"),
        "{listed}"
    );

    let request = proto::ListResourceRequest {
        type_name: "shelf_cup".into(),
        ..Default::default()
    };
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    assert_eq!(
        text(&event.diagnostic),
        "Error : Unknown list resource type"
    );
    assert!(events.message().await.unwrap().is_none());
}

#[tokio::test]
async fn configurations_of_lists_and_actions_are_validated() {
    let mut client = connect(Shelf::default()).await;
    for (config, expected) in [
        (count(1), ""),
        (
            count(1).with("mode", ""),
            "Error mode: Invalid value for mode",
        ),
        (
            Object::new().with("count_", Value::UNKNOWN),
            "Warning : The count is unknown",
        ),
    ] {
        let request = proto::ValidateListResourceConfigRequest {
            type_name: "shelf_book".into(),
            config: Some(wire(&list_schema().ty(), Some(config))),
            ..Default::default()
        };
        let validated = client.validate_list_resource_config(request).await.unwrap();
        assert_eq!(text(&validated.into_inner().diagnostics), expected);
    }
    let request = proto::ValidateActionConfigRequest {
        action_type: "shelf_lend".into(),
        config: Some(wire(
            &lend_schema().ty(),
            Some(Object::new().with("to", "")),
        )),
    };
    let validated = client.validate_action_config(request).await.unwrap();
    assert_eq!(
        text(&validated.into_inner().diagnostics),
        "Error to: To whom?"
    );
}

/// Lists what has no identity, computes in a configuration, and keeps secrets where none can be.
struct Wrong;

#[async_trait]
impl Provider for Wrong {
    fn name(&self) -> &str {
        "wrong"
    }

    fn schema(&self) -> Schema {
        Schema::new().attribute("key", Attribute::string().optional().write_only())
    }

    fn list_resources(&self) -> Vec<Arc<dyn ListResource>> {
        vec![Arc::new(Books(Shelf::default()))]
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Computing)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Computing;

#[async_trait]
impl Action for Computing {
    fn type_name(&self) -> &str {
        "wrong_action"
    }

    fn schema(&self) -> Schema {
        Schema::new().attribute("id", Attribute::string().computed())
    }

    async fn invoke(
        &self,
        _cx: &Context,
        _config: Object,
        _progress: &Progress,
    ) -> Result<(), Diagnostics> {
        Ok(())
    }
}

#[tokio::test]
async fn a_provider_that_cannot_work_is_told_so_with_its_schema() {
    let mut client = connect(Wrong).await;
    let schema = client.get_provider_schema(proto::GetProviderSchemaRequest {});
    let schema = schema.await.unwrap().into_inner();
    insta::assert_snapshot!(text(&schema.diagnostics), @r"
    Error : The schema of the provider is not valid
    Error : The list resource shelf_book has nothing to list
    Error : The schema of wrong_action is not valid
    ");
}

#[tokio::test]
async fn lists_and_actions_are_published() {
    let mut client = connect(Shelf::default()).await;
    let schema = client.get_provider_schema(proto::GetProviderSchemaRequest {});
    let schema = schema.await.unwrap().into_inner();
    assert_eq!(text(&schema.diagnostics), "");
    assert!(schema.list_resource_schemas.contains_key("shelf_book"));
    let lend = schema.action_schemas["shelf_lend"].schema.as_ref().unwrap();
    assert_eq!(lend.block.as_ref().unwrap().attributes.len(), 2);
    let metadata = client
        .get_metadata(proto::GetMetadataRequest {})
        .await
        .unwrap();
    let metadata = metadata.into_inner();
    assert_eq!(metadata.list_resources[0].type_name, "shelf_book");
    assert_eq!(metadata.actions[0].type_name, "shelf_lend");
}
