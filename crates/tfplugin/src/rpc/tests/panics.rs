//! A panic in any handler is a diagnostic, and the next call is answered all the same.

use std::sync::Arc;

use tonic::transport::Channel;

use super::fixture::{connect, text, wire};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::invoke_action_event::Type as Event;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::{
    Action, Arguments, Attribute, Context, DataSource, Diagnostics, EphemeralResource, Found,
    Function, FunctionError, IdentitySchema, ListQuery, ListResource, MoveSource, Object, Opened,
    Progress, Provider, ReadOutcome, Resource, ResourcePlan, Schema, Signature, Type, Value,
    async_trait,
};

/// Everything it does is to panic.
struct Clumsy;

fn schema() -> Schema {
    Schema::new().attribute("id", Attribute::string().optional())
}

#[async_trait]
impl Provider for Clumsy {
    fn name(&self) -> &str {
        "clumsy"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Self)]
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        vec![Arc::new(Self)]
    }

    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        vec![Arc::new(Self)]
    }

    fn list_resources(&self) -> Vec<Arc<dyn ListResource>> {
        vec![Arc::new(Self)]
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Self)]
    }

    fn functions(&self) -> Vec<Arc<dyn Function>> {
        vec![Arc::new(Self)]
    }

    fn validate(&self, _config: &Object, _diagnostics: &mut Diagnostics) {
        panic!("as asked")
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        panic!("as asked")
    }
}

#[async_trait]
impl Resource for Clumsy {
    fn type_name(&self) -> &str {
        "clumsy"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new().required("id", Type::String, ""))
    }

    fn validate(&self, _config: &Object, _diagnostics: &mut Diagnostics) {
        panic!("as asked")
    }

    fn modify_plan(&self, _plan: &mut ResourcePlan<'_>) {
        panic!("as asked")
    }

    async fn create(&self, _cx: &Context, _planned: Object) -> Result<Object, Diagnostics> {
        panic!("as asked")
    }

    async fn read(&self, _cx: &Context, _state: Object) -> Result<ReadOutcome, Diagnostics> {
        panic!("as asked")
    }

    async fn delete(&self, _cx: &Context, _state: Object) -> Result<(), Diagnostics> {
        panic!("as asked")
    }

    async fn import(&self, _cx: &Context, _id: &str) -> Result<Object, Diagnostics> {
        panic!("as asked")
    }

    async fn import_identity(
        &self,
        _cx: &Context,
        _identity: Object,
    ) -> Result<Object, Diagnostics> {
        panic!("as asked")
    }

    fn upgrade(&self, _version: i64, _state: Object) -> Result<Object, Diagnostics> {
        panic!("as asked")
    }

    fn upgrade_identity(&self, _version: i64, _identity: Object) -> Result<Object, Diagnostics> {
        panic!("as asked")
    }

    fn move_from(&self, _source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        panic!("as asked")
    }
}

#[async_trait]
impl DataSource for Clumsy {
    fn type_name(&self) -> &str {
        "clumsy"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, _config: &Object, _diagnostics: &mut Diagnostics) {
        panic!("as asked")
    }

    async fn read(&self, _cx: &Context, _config: Object) -> Result<Object, Diagnostics> {
        panic!("as asked")
    }
}

#[async_trait]
impl EphemeralResource for Clumsy {
    fn type_name(&self) -> &str {
        "clumsy"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, _config: &Object, _diagnostics: &mut Diagnostics) {
        panic!("as asked")
    }

    async fn open(&self, _cx: &Context, _config: Object) -> Result<Opened, Diagnostics> {
        panic!("as asked")
    }

    async fn renew(&self, _cx: &Context) -> Result<Option<std::time::SystemTime>, Diagnostics> {
        panic!("as asked")
    }

    async fn close(&self, _cx: &Context) -> Result<(), Diagnostics> {
        panic!("as asked")
    }
}

#[async_trait]
impl ListResource for Clumsy {
    fn type_name(&self) -> &str {
        "clumsy"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, _config: &Object, _diagnostics: &mut Diagnostics) {
        panic!("as asked")
    }

    async fn list(
        &self,
        _cx: &Context,
        _query: &ListQuery,
        _found: &mut Found,
    ) -> Result<(), Diagnostics> {
        panic!("as asked")
    }
}

#[async_trait]
impl Action for Clumsy {
    fn type_name(&self) -> &str {
        "clumsy"
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, _config: &Object, _diagnostics: &mut Diagnostics) {
        panic!("as asked")
    }

    async fn plan(&self, _cx: &Context, _config: &Object) -> Result<(), Diagnostics> {
        panic!("as asked")
    }

    async fn invoke(
        &self,
        _cx: &Context,
        _config: Object,
        _progress: &Progress,
    ) -> Result<(), Diagnostics> {
        panic!("as asked")
    }
}

impl Function for Clumsy {
    fn name(&self) -> &str {
        "clumsy"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
    }

    fn call(&self, _arguments: &Arguments) -> Result<Value, FunctionError> {
        panic!("as asked")
    }
}

fn name() -> String {
    "clumsy".to_owned()
}

fn some() -> Option<proto::DynamicValue> {
    Some(wire(&schema().ty(), Some(Object::new().with("id", "1"))))
}

fn none() -> Option<proto::DynamicValue> {
    Some(wire(&schema().ty(), None))
}

fn raw() -> Option<proto::RawState> {
    Some(proto::RawState {
        json: "{}".into(),
        ..Default::default()
    })
}

/// Calls that are about nothing in particular: answers by name of the call.
macro_rules! answers {
    ($client:ident, $($call:ident($request:ident { $($field:ident: $value:expr),* })),* $(,)?) => {
        vec![$({
            let request = proto::$request { $($field: $value,)* ..Default::default() };
            let response = $client.$call(request).await.unwrap().into_inner();
            (stringify!($call), text(&response.diagnostics))
        }),*]
    };
}

#[tokio::test]
async fn a_panic_in_any_handler_of_a_resource_is_a_diagnostic() {
    let mut client = connect(Clumsy).await;
    let identity = proto::ResourceIdentityData {
        identity_data: some(),
    };
    #[expect(clippy::needless_update, reason = "some requests have no other fields")]
    let answers = answers!(
        client,
        validate_provider_config(ValidateProviderConfigRequest { config: some() }),
        configure_provider(ConfigureProviderRequest { config: some() }),
        validate_resource_config(ValidateResourceConfigRequest {
            type_name: name(),
            config: some()
        }),
        upgrade_resource_state(UpgradeResourceStateRequest {
            type_name: name(),
            raw_state: raw()
        }),
        upgrade_resource_identity(UpgradeResourceIdentityRequest {
            type_name: name(),
            raw_identity: raw()
        }),
        read_resource(ReadResourceRequest {
            type_name: name(),
            current_state: some()
        }),
        plan_resource_change(PlanResourceChangeRequest {
            type_name: name(),
            prior_state: none(),
            proposed_new_state: some(),
            config: some()
        }),
        apply_resource_change(ApplyResourceChangeRequest {
            type_name: name(),
            prior_state: none(),
            planned_state: some(),
            config: some()
        }),
        apply_resource_change(ApplyResourceChangeRequest {
            type_name: name(),
            prior_state: some(),
            planned_state: none(),
            config: none()
        }),
        import_resource_state(ImportResourceStateRequest {
            type_name: name(),
            id: name()
        }),
        import_resource_state(ImportResourceStateRequest {
            type_name: name(),
            identity: Some(identity)
        }),
        move_resource_state(MoveResourceStateRequest {
            target_type_name: name(),
            source_state: raw()
        }),
    );
    assert_crashed(&answers);
}

#[tokio::test]
async fn a_panic_in_any_other_handler_is_a_diagnostic() {
    let mut client = connect(Clumsy).await;
    #[expect(clippy::needless_update, reason = "some requests have no other fields")]
    let answers = answers!(
        client,
        validate_data_resource_config(ValidateDataResourceConfigRequest {
            type_name: name(),
            config: some()
        }),
        read_data_source(ReadDataSourceRequest {
            type_name: name(),
            config: some()
        }),
        validate_ephemeral_resource_config(ValidateEphemeralResourceConfigRequest {
            type_name: name(),
            config: some()
        }),
        open_ephemeral_resource(OpenEphemeralResourceRequest {
            type_name: name(),
            config: some()
        }),
        renew_ephemeral_resource(RenewEphemeralResourceRequest { type_name: name() }),
        close_ephemeral_resource(CloseEphemeralResourceRequest { type_name: name() }),
        validate_list_resource_config(ValidateListResourceConfigRequest {
            type_name: name(),
            config: some()
        }),
        validate_action_config(ValidateActionConfigRequest {
            action_type: name(),
            config: some()
        }),
        plan_action(PlanActionRequest {
            action_type: name(),
            config: some()
        }),
    );
    assert_crashed(&answers);
    assert!(function_error(&mut client).await.contains("as asked"));
    let listed = listed(&mut client).await;
    let invoked = invoked(&mut client).await;
    assert_crashed(&[("list_resource", listed), ("invoke_action", invoked)]);
}

/// Every call was answered by the diagnostic of a panic.
fn assert_crashed(answers: &[(&str, String)]) {
    for (call, diagnostics) in answers {
        assert_eq!(
            diagnostics, "Error : The provider crashed while answering",
            "{call}"
        );
    }
}

async fn function_error(client: &mut ProviderClient<Channel>) -> String {
    let request = proto::CallFunctionRequest {
        name: name(),
        arguments: Vec::new(),
    };
    let response = client.call_function(request).await.unwrap().into_inner();
    response.error.unwrap().text
}

async fn listed(client: &mut ProviderClient<Channel>) -> String {
    let request = proto::ListResourceRequest {
        type_name: name(),
        config: some(),
        ..Default::default()
    };
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    text(&events.message().await.unwrap().unwrap().diagnostic)
}

async fn invoked(client: &mut ProviderClient<Channel>) -> String {
    let request = proto::InvokeActionRequest {
        action_type: name(),
        config: some(),
    };
    let mut events = client.invoke_action(request).await.unwrap().into_inner();
    match events.message().await.unwrap().unwrap().r#type.unwrap() {
        Event::Completed(completed) => text(&completed.diagnostics),
        Event::Progress(progress) => progress.message,
    }
}
