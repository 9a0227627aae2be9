//! The provider's calls over an in-memory connection.

mod action;
mod ephemeral;
mod fixture;
mod function;
mod identity;
mod identity_property;
mod list;
mod panics;
mod shelf;

use std::sync::Arc;

use crate::proto::tfplugin6 as proto;
use crate::{Object, Value};
use fixture::{Terraform, config, dynamic, object, stored, text};

#[tokio::test]
async fn the_schema_names_every_type_and_our_capabilities() {
    let mut terraform = Terraform::start().await;
    let schema = terraform
        .client
        .get_provider_schema(proto::GetProviderSchemaRequest {});
    let schema = schema.await.unwrap().into_inner();
    assert_eq!(text(&schema.diagnostics), "");
    assert!(schema.provider.is_some());
    assert_eq!(
        schema.resource_schemas.keys().collect::<Vec<_>>(),
        ["other_thing"]
    );
    assert_eq!(
        schema.data_source_schemas.keys().collect::<Vec<_>>(),
        ["other_lookup"]
    );
    let block = schema.resource_schemas["other_thing"]
        .block
        .as_ref()
        .unwrap();
    let size = block
        .attributes
        .iter()
        .find(|attribute| attribute.name == "size")
        .unwrap();
    assert_eq!(&size.r#type[..], b"\"number\"");
    assert!(size.optional && size.computed && size.nested_type.is_none());
    let capabilities = schema.server_capabilities.unwrap();
    assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
    assert!(capabilities.move_resource_state);

    let metadata = terraform
        .client
        .get_metadata(proto::GetMetadataRequest {})
        .await
        .unwrap();
    assert_eq!(metadata.into_inner().resources[0].type_name, "other_thing");
}

#[tokio::test]
async fn validation_runs_validators_and_the_handler_on_partly_unknown_values() {
    let mut terraform = Terraform::start().await;
    let mut validate = async |config: Object, write_only: bool| {
        let request = proto::ValidateResourceConfigRequest {
            type_name: "other_thing".into(),
            config: Some(dynamic(Some(fixture::fit(config)))),
            client_capabilities: Some(proto::ClientCapabilities {
                deferral_allowed: false,
                write_only_attributes_allowed: write_only,
            }),
        };
        let response = terraform
            .client
            .validate_resource_config(request)
            .await
            .unwrap();
        text(&response.into_inner().diagnostics)
    };
    assert_eq!(validate(config("fine"), true).await, "");
    assert_eq!(
        validate(config("invalid"), true).await,
        "Error mode: Invalid value for mode"
    );
    let unknown = Object::new().with("mode", Value::UNKNOWN);
    assert_eq!(
        validate(unknown, true).await,
        "Warning : The mode is unknown"
    );
    let secret = config("fine").with("password", "x");
    assert_eq!(validate(secret.clone(), true).await, "");
    assert_eq!(
        validate(secret, false).await,
        "Error password: password needs a newer Terraform"
    );
}

#[tokio::test]
async fn the_provider_is_validated_and_configured_even_with_unknown_values() {
    let mut terraform = Terraform::start().await;
    let provider = |endpoint: Value| {
        let value = Value::Object(Object::new().with("endpoint", endpoint));
        let ty = crate::Type::object([("endpoint", crate::Type::String)]);
        let msgpack = crate::codec::encode(&value, &ty).unwrap().into();
        Some(proto::DynamicValue {
            msgpack,
            json: bytes::Bytes::new(),
        })
    };
    let request = proto::ValidateProviderConfigRequest {
        config: provider("".into()),
    };
    let response = terraform
        .client
        .validate_provider_config(request)
        .await
        .unwrap();
    let diagnostics = response.into_inner().diagnostics;
    assert_eq!(
        text(&diagnostics),
        "Error endpoint: Invalid value for endpoint"
    );

    for (endpoint, expected) in [
        ("deprecated".into(), "Warning : An old endpoint"),
        (Value::UNKNOWN, ""),
    ] {
        let request = proto::ConfigureProviderRequest {
            terraform_version: "1.11.4".into(),
            config: provider(endpoint),
            client_capabilities: None,
        };
        let response = terraform.client.configure_provider(request).await.unwrap();
        assert_eq!(text(&response.into_inner().diagnostics), expected);
    }
    let configured = terraform.probe.configured.lock().unwrap().clone().unwrap();
    assert!(configured.get("endpoint").is_unknown());
}

#[tokio::test]
async fn a_creation_keeps_state_private_state_and_warnings() {
    let mut terraform = Terraform::start().await;
    let applied = terraform
        .apply(None, Some(config("fine").with("password", "12345")))
        .await;
    assert_eq!(applied.state, Some(stored("fine")));
    assert_eq!(applied.private, r#"{"planned":true,"secret_length":5}"#);
    assert_eq!(applied.diagnostics, "Warning : Created");
}

#[tokio::test]
async fn what_a_failed_creation_got_done_is_in_the_state() {
    let mut terraform = Terraform::start().await;
    let mut failed = async |mode: &str| {
        let applied = terraform.apply(None, Some(config(mode))).await;
        (
            applied
                .state
                .map(|state| state.str("id").map(str::to_owned)),
            applied.diagnostics,
        )
    };
    let id = || Some(Ok("t-1".to_owned()));
    assert_eq!(failed("fail").await, (None, "Error mode: Refused".into()));
    assert_eq!(
        failed("fail late").await,
        (id(), "Error : Half done".into())
    );
    let silent = "Error : The provider failed without saying why";
    assert_eq!(failed("fail silently").await, (id(), silent.into()));
    let panicked = "Error : The provider crashed while answering";
    assert_eq!(failed("panic").await, (id(), panicked.into()));
    let invalid = "Error no_such: The provider returned an invalid state";
    assert_eq!(failed("surplus").await, (id(), invalid.into()));
    let unknown = "Error size: The provider left a value unknown";
    assert_eq!(failed("unknown").await, (id(), unknown.into()));
}

#[tokio::test]
async fn write_only_values_never_get_into_the_state() {
    let mut terraform = Terraform::start().await;
    let applied = terraform
        .apply(None, Some(config("leak").with("password", "secret")))
        .await;
    assert!(applied.state.unwrap().get("password").is_null());
    assert_eq!(applied.diagnostics, "");
}

#[tokio::test]
async fn lists_become_sets_in_the_state() {
    let mut terraform = Terraform::start().await;
    let tags = Value::set(["a", "b"]);
    let applied = terraform
        .apply(None, Some(config("lists").with("tags", tags.clone())))
        .await;
    assert_eq!(applied.state.unwrap().get("tags"), &tags);
}

#[tokio::test]
async fn an_interrupt_ends_a_creation_early_and_keeps_its_object() {
    let mut terraform = Terraform::start().await;
    let probe = Arc::clone(&terraform.probe);
    let mut other = terraform.client.clone();
    let (applied, ()) = tokio::join!(terraform.apply(None, Some(config("wait"))), async move {
        probe.started.notified().await;
        other
            .stop_provider(proto::StopProviderRequest {})
            .await
            .unwrap();
    });
    assert_eq!(applied.state, Some(stored("wait")));
    assert_eq!(applied.diagnostics, "Error : Interrupted");
    // A debugging session goes on: later calls are not cancelled.
    let later = terraform.apply(None, Some(config("fine"))).await;
    assert_eq!(later.diagnostics, "Warning : Created");
}

#[tokio::test]
async fn a_failed_update_keeps_the_prior_state_or_the_checkpoint() {
    let mut terraform = Terraform::start().await;
    let prior = stored("fine");
    let good = terraform
        .apply(Some(&prior), Some(config("better").with("size", 5)))
        .await;
    assert_eq!(good.state, Some(stored("better").with("size", 5)));
    let failed = terraform.apply(Some(&prior), Some(config("fail"))).await;
    assert_eq!(failed.state, Some(prior.clone()));
    let half = terraform
        .apply(Some(&prior), Some(config("fail half way")))
        .await;
    assert_eq!(half.state, Some(prior.with("size", 77)));
}

#[tokio::test]
async fn a_destroy_ends_in_null_or_keeps_the_state() {
    let mut terraform = Terraform::start().await;
    let gone = terraform.apply(Some(&stored("fine")), None).await;
    assert_eq!(
        (gone.state, gone.diagnostics.as_str()),
        (None, "Warning : Deleting")
    );
    let kept = terraform.apply(Some(&stored("undeletable")), None).await;
    assert_eq!(kept.state, Some(stored("undeletable")));
    assert_eq!(kept.diagnostics, "Warning : Deleting\nError : Still in use");
    // Planning a destroy changes nothing.
    let request = proto::PlanResourceChangeRequest {
        type_name: "other_thing".into(),
        prior_state: Some(dynamic(Some(stored("fine")))),
        proposed_new_state: Some(dynamic(None)),
        config: Some(dynamic(None)),
        prior_private: bytes::Bytes::new(),
        ..Default::default()
    };
    let planned = terraform
        .client
        .plan_resource_change(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(&planned.planned_state.unwrap().msgpack[..], [0xc0]);
}

#[tokio::test]
async fn a_replacement_is_requested_by_path_and_a_panic_in_plan_is_an_error() {
    let mut terraform = Terraform::start().await;
    let changed = config("fine").with("replaced_by", "x");
    let planned = terraform.plan(Some(&stored("fine")), changed).await;
    assert_eq!(planned.requires_replace.len(), 1);
    assert_eq!(&planned.planned_private[..], br#"{"planned":true}"#);
    let crashed = terraform.plan(None, config("panic in plan")).await;
    assert_eq!(
        text(&crashed.diagnostics),
        "Error : The provider crashed while answering"
    );
}

#[tokio::test]
async fn reading_updates_removes_or_leaves_the_state() {
    let mut terraform = Terraform::start().await;
    let mut read = async |mode: &str| {
        let request = proto::ReadResourceRequest {
            type_name: "other_thing".into(),
            current_state: Some(dynamic(Some(stored(mode)))),
            private: bytes::Bytes::from_static(b"null"),
            ..Default::default()
        };
        let response = terraform
            .client
            .read_resource(request)
            .await
            .unwrap()
            .into_inner();
        (
            object(response.new_state.as_ref()),
            response.private,
            text(&response.diagnostics),
        )
    };
    let found = read("fine").await;
    assert_eq!(
        found,
        (
            Some(stored("read")),
            br#"{"read":true}"#[..].into(),
            String::new()
        )
    );
    assert_eq!(read("gone").await.0, None);
    let failed = read("unreadable").await;
    assert_eq!(
        failed,
        (
            Some(stored("unreadable")),
            b"null"[..].into(),
            "Error : Unreadable".into()
        )
    );
}

#[tokio::test]
async fn an_import_may_be_sparse() {
    let mut terraform = Terraform::start().await;
    let mut import = async |id: &str| {
        let request = proto::ImportResourceStateRequest {
            type_name: "other_thing".into(),
            id: id.into(),
            ..Default::default()
        };
        let response = terraform
            .client
            .import_resource_state(request)
            .await
            .unwrap()
            .into_inner();
        let first = response.imported_resources.first();
        (
            first.and_then(|it| object(it.state.as_ref())),
            text(&response.diagnostics),
        )
    };
    let expected = fixture::fit(Object::new().with("id", "t-9"));
    assert_eq!(import("t-9").await, (Some(expected), String::new()));
    assert_eq!(import("").await, (None, "Error : An id is needed".into()));
}

#[tokio::test]
async fn stored_states_of_any_version_are_brought_to_the_schema() {
    let mut terraform = Terraform::start().await;
    let mut upgrade = async |version: i64, json: &'static str| {
        let request = proto::UpgradeResourceStateRequest {
            type_name: "other_thing".into(),
            version,
            raw_state: Some(proto::RawState {
                json: json.into(),
                ..Default::default()
            }),
        };
        let response = terraform
            .client
            .upgrade_resource_state(request)
            .await
            .unwrap();
        let response = response.into_inner();
        (
            object(response.upgraded_state.as_ref()),
            text(&response.diagnostics),
        )
    };
    let old = upgrade(0, r#"{"id": "t-1", "kind": "fine", "dropped": {"a": [1]}}"#).await;
    assert_eq!(old, (Some(stored("fine")), String::new()));
    let same = upgrade(2, r#"{"id":"t-1","mode":"m","size":null,"tags":["b","a"]}"#)
        .await
        .0;
    assert_eq!(same, Some(stored("m").with("tags", Value::set(["a", "b"]))));
    let newer = upgrade(3, "{}").await;
    assert_eq!(
        newer,
        (None, "Error : The state is newer than the provider".into())
    );
    assert_eq!(upgrade(0, "").await.1, "Error : The state is too old");
    let wrong = upgrade(2, r#"{"tags":"no list"}"#).await.1;
    assert_eq!(
        wrong,
        "Error tags: The stored state does not fit the schema"
    );
}

#[tokio::test]
async fn states_of_other_types_are_moved_if_the_resource_knows_them() {
    let mut terraform = Terraform::start().await;
    let mut move_from = async |type_name: &str| {
        let request = proto::MoveResourceStateRequest {
            source_provider_address: "registry.terraform.io/vendor/vendor".into(),
            source_type_name: type_name.into(),
            source_schema_version: 0,
            source_state: Some(proto::RawState {
                json: br#"{"name": "t-7"}"#[..].into(),
                ..Default::default()
            }),
            target_type_name: "other_thing".into(),
            source_private: b"null"[..].into(),
            ..Default::default()
        };
        let response = terraform
            .client
            .move_resource_state(request)
            .await
            .unwrap()
            .into_inner();
        (
            object(response.target_state.as_ref()),
            text(&response.diagnostics),
        )
    };
    let moved = fixture::fit(Object::new().with("id", "t-7").with("mode", "moved"));
    assert_eq!(
        move_from("vendor_thing").await,
        (Some(moved), String::new())
    );
    let refused = move_from("vendor_other").await;
    assert_eq!(
        refused,
        (None, "Error : The resource cannot be moved".into())
    );
}

#[tokio::test]
async fn a_data_source_is_read_completely_or_not_at_all() {
    let mut terraform = Terraform::start().await;
    let ty = crate::Type::object([("name", crate::Type::String), ("found", crate::Type::Bool)]);
    let mut read = async |name: &str| {
        let value = Value::Object(Object::new().with("name", name).with("found", Value::Null));
        let request = proto::ReadDataSourceRequest {
            type_name: "other_lookup".into(),
            config: Some(proto::DynamicValue {
                msgpack: crate::codec::encode(&value, &ty).unwrap().into(),
                json: bytes::Bytes::new(),
            }),
            ..Default::default()
        };
        let response = terraform
            .client
            .read_data_source(request)
            .await
            .unwrap()
            .into_inner();
        let state = response
            .state
            .map(|state| crate::codec::decode(&state.msgpack, &ty).unwrap());
        (state, text(&response.diagnostics))
    };
    let found = Value::Object(Object::new().with("name", "a").with("found", true));
    assert_eq!(read("a").await, (Some(found), String::new()));
    assert_eq!(
        read("nobody").await,
        (None, "Error name: Nobody of that name".into())
    );
}

#[tokio::test]
async fn unknown_types_and_missing_values_are_errors_not_crashes() {
    let mut terraform = Terraform::start().await;
    let request = proto::ReadResourceRequest {
        type_name: "nothing".into(),
        ..Default::default()
    };
    let response = terraform
        .client
        .read_resource(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(text(&response.diagnostics), "Error : Unknown resource type");
    let request = proto::ApplyResourceChangeRequest {
        type_name: "other_thing".into(),
        ..Default::default()
    };
    let response = terraform
        .client
        .apply_resource_change(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        text(&response.diagnostics),
        "Error : The request is not valid"
    );
}

#[tokio::test]
async fn messages_may_be_larger_than_the_default_limit() {
    let mut terraform = Terraform::start().await;
    let big = "x".repeat(6 * 1024 * 1024);
    let applied = terraform.apply(None, Some(config(&big))).await;
    assert_eq!(applied.state.unwrap().str("mode").unwrap().len(), big.len());
}
