//! Actions over an in-memory connection.

use tonic::transport::Channel;

use super::fixture::{connect, text, wire};
use super::shelf::{Book, Books, Lend, Shelf, lend_schema};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::invoke_action_event::Type as Event;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::{ListQuery, Object, Value, harness};

#[tokio::test]
async fn an_action_is_planned_with_what_is_known() {
    let mut client = connect(Shelf::default()).await;
    for (to, expected) in [
        (Value::from("ann"), ""),
        (Value::UNKNOWN, "Warning : Not known yet"),
        (Value::from("nobody"), "Error : Unknown person"),
        (
            Value::from("panic"),
            "Error : The provider crashed while answering",
        ),
    ] {
        let request = proto::PlanActionRequest {
            action_type: "shelf_lend".into(),
            config: Some(wire(
                &lend_schema().ty(),
                Some(Object::new().with("to", to)),
            )),
        };
        let planned = client.plan_action(request).await.unwrap();
        assert_eq!(text(&planned.into_inner().diagnostics), expected);
    }
}

/// A line per event.
async fn invoke(client: &mut ProviderClient<Channel>, action_type: &str, to: &str) -> String {
    let config = Object::new().with("to", to).with("pin", "1234");
    let request = proto::InvokeActionRequest {
        action_type: action_type.into(),
        config: Some(wire(&lend_schema().ty(), Some(config))),
    };
    let mut events = client.invoke_action(request).await.unwrap().into_inner();
    let mut lines = Vec::new();
    while let Some(event) = events.message().await.unwrap() {
        lines.push(match event.r#type.unwrap() {
            Event::Progress(progress) => progress.message,
            Event::Completed(completed) => format!("done: {}", text(&completed.diagnostics)),
        });
    }
    lines.join("\n")
}

#[tokio::test]
async fn an_action_tells_how_far_it_is_and_how_it_ended() {
    let mut client = connect(Shelf::default()).await;
    insta::assert_snapshot!(invoke(&mut client, "shelf_lend", "ann").await, @r"
    Looking for ann
    With pin 1234
    done: Warning : Bring it back
    ");
    insta::assert_snapshot!(invoke(&mut client, "shelf_lend", "nobody").await, @r"
    Looking for nobody
    With pin 1234
    done: Error : Unknown person
    ");
    insta::assert_snapshot!(invoke(&mut client, "shelf_lend", "panic").await, @r"
    Looking for panic
    With pin 1234
    done: Error : The provider crashed while answering
    ");
    let unknown = invoke(&mut client, "shelf_burn", "ann").await;
    assert_eq!(unknown, "done: Error : Unknown action type");
}

fn book(title: &str) -> Object {
    let author = Object::new().with("name", "Ann").with("id", "a-1");
    let shelf = Object::new().with("row", 3).with("seen", true);
    Object::new()
        .with("id", "b-1")
        .with("title", title)
        .with("copies", 1)
        .with("slug", title)
        .with("old", "x")
        .with("authors", vec![author])
        .with("shelf", vec![shelf])
}

#[tokio::test]
async fn the_harness_lists_and_invokes_without_a_connection() {
    let books = Books(Shelf::default());
    let query = ListQuery::new(Object::new().with("count_", 9))
        .limit(2)
        .include_resource();
    let found = harness::list(&books, &query).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].display_name, "Book 1");
    let (told, ended) = harness::invoke(&Lend, Object::new().with("to", "ann")).await;
    assert_eq!((told.len(), ended), (2, Ok(())));
    assert_eq!(
        harness::identity(&Book, &book("T")),
        Ok(Object::new().with("id", "b-1"))
    );
    assert!(harness::identity(&Book, &Object::new()).is_err());
}
