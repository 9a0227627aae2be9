//! A provider with every kind of behaviour, and a small Terraform to drive it.

use std::sync::{Arc, Mutex};

use hyper_util::rt::TokioIo;
use tokio::sync::Notify;
use tonic::transport::{Channel, Endpoint, Uri};

use crate::check;
use crate::codec::{conform, decode, encode};
use crate::harness::proposed_new;
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::rpc::Backend;
use crate::{
    Attribute, Context, DataSource, Diagnostic, Diagnostics, MoveSource, Object, Path, Provider,
    ReadOutcome, Resource, ResourcePlan, Schema, Type, Validator, Value, async_trait,
};

/// What the provider was told, and how its handlers wait.
#[derive(Default)]
pub(super) struct Probe {
    pub(super) configured: Mutex<Option<Object>>,
    pub(super) started: Notify,
}

pub(super) struct ProbeProvider(pub(super) Arc<Probe>);

#[async_trait]
impl Provider for ProbeProvider {
    fn name(&self) -> &str {
        "probe"
    }

    fn schema(&self) -> Schema {
        Schema::new().attribute(
            "endpoint",
            Attribute::string()
                .optional()
                .validator(Validator::not_empty()),
        )
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Thing(Arc::clone(&self.0)))]
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        vec![Arc::new(Lookup)]
    }

    async fn configure(&self, cx: &Context, config: Object) -> Result<(), Diagnostics> {
        if config.string("endpoint")? == crate::Attr::Known("deprecated") {
            cx.warning("An old endpoint", "");
        }
        *self.0.configured.lock().unwrap() = Some(config);
        Ok(())
    }
}

/// `mode` decides what happens.
pub(super) struct Thing(Arc<Probe>);

pub(super) fn thing_schema() -> Schema {
    Schema::new()
        .version(2)
        .attribute("id", Attribute::string().computed().use_state_for_unknown())
        .attribute(
            "mode",
            Attribute::string()
                .required()
                .validator(Validator::string(|mode| {
                    if mode == "invalid" {
                        Err("Not this one.".to_owned())
                    } else {
                        Ok(())
                    }
                })),
        )
        .attribute("tags", Attribute::set(Type::String).optional())
        .attribute("size", Attribute::number().default_value(1))
        .attribute("password", Attribute::string().optional().write_only())
        .attribute(
            "replaced_by",
            Attribute::string().optional().requires_replace(),
        )
}

#[async_trait]
impl Resource for Thing {
    fn type_name(&self) -> &str {
        "other_thing"
    }

    fn schema(&self) -> Schema {
        thing_schema()
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        if config.get("mode").is_unknown() {
            diagnostics.warning("The mode is unknown", "");
        }
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        assert_ne!(
            plan.config.get("mode").as_str(),
            Some("panic in plan"),
            "as asked"
        );
        plan.private.set("planned", true);
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let mode = planned.str("mode")?.to_owned();
        let state = planned.with("id", "t-1");
        if mode == "fail" {
            return Err(Diagnostic::error("Refused").at("mode").into());
        }
        cx.checkpoint(&state);
        cx.set_private(
            "secret_length",
            cx.config().opt_str("password")?.map(str::len),
        );
        match mode.as_str() {
            "fail late" => Err(Diagnostic::error("Half done").into()),
            "fail silently" => Err(Diagnostics::new()),
            "panic" => panic!("as asked"),
            "surplus" => Ok(state.with("no_such", 1)),
            "unknown" => Ok(state.with("size", Value::UNKNOWN)),
            "leak" => Ok(state.with("password", "secret")),
            "lists" => Ok(state.with("tags", vec!["b", "a", "b"])),
            "wait" => {
                self.0.started.notify_one();
                cx.cancellation().cancelled().await;
                Err(Diagnostic::error("Interrupted").into())
            }
            _ => {
                cx.warning("Created", "with a warning");
                Ok(state)
            }
        }
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        cx.set_private("read", true);
        match state.opt_str("mode")? {
            Some("gone") => Ok(ReadOutcome::Gone),
            Some("unreadable") => Err(Diagnostic::error("Unreadable").into()),
            _ => Ok(ReadOutcome::Keep(state.with("mode", "read"))),
        }
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        if planned.str("mode")? == "fail half way" {
            cx.checkpoint(&prior.with("size", 77));
            return Err(Diagnostic::error("Half way").into());
        }
        if planned.str("mode")? == "fail" {
            return Err(Diagnostic::error("Refused").into());
        }
        Ok(planned)
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        cx.warning("Deleting", "");
        if state.str("mode")? == "undeletable" {
            return Err(Diagnostic::error("Still in use").into());
        }
        Ok(())
    }

    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        if id.is_empty() {
            return Err(Diagnostic::error("An id is needed").into());
        }
        Ok(Object::new().with("id", id))
    }

    fn upgrade(&self, version: i64, state: Object) -> Result<Object, Diagnostics> {
        let mut state = state;
        if version == 0
            && let Some(kind) = state.remove("kind")
        {
            state.set("mode", kind);
        }
        if state.get("size").is_null() {
            state.set("size", 1);
        }
        Ok(state)
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        if source.type_name != "vendor_thing" {
            return Ok(None);
        }
        Ok(Some(
            Object::new()
                .with("id", source.state.str("name")?)
                .with("mode", "moved"),
        ))
    }
}

struct Lookup;

#[async_trait]
impl DataSource for Lookup {
    fn type_name(&self) -> &str {
        "other_lookup"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .attribute("name", Attribute::string().required())
            .attribute("found", Attribute::bool().computed())
    }

    async fn read(&self, _cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        if config.str("name")? == "nobody" {
            return Err(Diagnostic::error("Nobody of that name").at("name").into());
        }
        Ok(config.with("found", true))
    }
}

/// A client of a provider, over an in-memory connection.
pub(super) async fn connect(provider: impl Provider) -> ProviderClient<Channel> {
    let backend = Arc::new(Backend::new(Arc::new(provider)));
    let channel = crate::serve::in_memory(backend, |stream| async move {
        let mut stream = Some(TokioIo::new(stream));
        let connector = tower::service_fn(move |_uri: Uri| {
            let stream = stream.take();
            async move { stream.ok_or_else(|| std::io::Error::other("connected once")) }
        });
        Endpoint::from_static("http://in.memory")
            .connect_with_connector(connector)
            .await
    });
    ProviderClient::new(channel.await.unwrap()).max_decoding_message_size(usize::MAX)
}

/// An object as Terraform sends it.
pub(super) fn wire(ty: &Type, object: Option<Object>) -> proto::DynamicValue {
    let value = object.map_or(Value::Null, Value::Object);
    let value = conform(value, ty, &Path::default()).unwrap();
    proto::DynamicValue {
        msgpack: encode(&value, ty).unwrap().into(),
        json: bytes::Bytes::new(),
    }
}

/// What Terraform makes of an object.
pub(super) fn unwire(ty: &Type, value: Option<&proto::DynamicValue>) -> Option<Object> {
    match decode(&value?.msgpack, ty).unwrap() {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// The probe provider and its client.
pub(super) struct Terraform {
    pub(super) client: ProviderClient<Channel>,
    pub(super) probe: Arc<Probe>,
}

/// What an apply left behind.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) state: Option<Object>,
    pub(super) private: String,
    pub(super) diagnostics: String,
}

impl Terraform {
    pub(super) async fn start() -> Self {
        let probe = Arc::new(Probe::default());
        let provider = ProbeProvider(Arc::clone(&probe));
        let client = connect(provider).await;
        Self { client, probe }
    }

    /// Plans as Terraform does, and asserts what Terraform asserts.
    pub(super) async fn plan(
        &mut self,
        prior: Option<&Object>,
        config: Object,
    ) -> proto::PlanResourceChangeResponse {
        let schema = thing_schema();
        let config = fit(config);
        let proposed = proposed_new(&schema, prior, &config);
        let request = proto::PlanResourceChangeRequest {
            type_name: "other_thing".into(),
            prior_state: Some(dynamic(prior.cloned())),
            proposed_new_state: Some(dynamic(Some(proposed))),
            config: Some(dynamic(Some(config.clone()))),
            prior_private: bytes::Bytes::from_static(b"null"),
            ..Default::default()
        };
        let response = self
            .client
            .plan_resource_change(request)
            .await
            .unwrap()
            .into_inner();
        if let Some(planned) = object(response.planned_state.as_ref()) {
            assert_eq!(check::plan_valid(&schema, prior, &config, &planned), []);
        }
        response
    }

    /// Plans and applies; `None` destroys.
    pub(super) async fn apply(
        &mut self,
        prior: Option<&Object>,
        config: Option<Object>,
    ) -> Applied {
        let (planned, private) = match config.clone() {
            Some(config) => {
                let response = self.plan(prior, config).await;
                (
                    object(response.planned_state.as_ref()),
                    response.planned_private,
                )
            }
            None => (None, bytes::Bytes::new()),
        };
        let request = proto::ApplyResourceChangeRequest {
            type_name: "other_thing".into(),
            prior_state: Some(dynamic(prior.cloned())),
            planned_state: Some(dynamic(planned.clone())),
            config: Some(dynamic(config.map(fit))),
            planned_private: private,
            ..Default::default()
        };
        let response = self
            .client
            .apply_resource_change(request)
            .await
            .unwrap()
            .into_inner();
        let state = object(response.new_state.as_ref());
        let diagnostics = text(&response.diagnostics);
        if let (Some(planned), Some(state), false) =
            (planned, &state, diagnostics.contains("Error"))
        {
            assert_eq!(check::apply_compatible(&planned, state), []);
        }
        Applied {
            state,
            private: String::from_utf8(response.private.to_vec()).unwrap(),
            diagnostics,
        }
    }
}

pub(super) fn fit(object: Object) -> Object {
    match conform(object.into(), &thing_schema().ty(), &Path::default()) {
        Ok(Value::Object(object)) => object,
        other => panic!("{other:?}"),
    }
}

pub(super) fn config(mode: &str) -> Object {
    Object::new().with("mode", mode)
}

pub(super) fn stored(mode: &str) -> Object {
    fit(Object::new()
        .with("id", "t-1")
        .with("mode", mode)
        .with("size", 1))
}

pub(super) fn dynamic(object: Option<Object>) -> proto::DynamicValue {
    wire(&thing_schema().ty(), object)
}

pub(super) fn object(value: Option<&proto::DynamicValue>) -> Option<Object> {
    unwire(&thing_schema().ty(), value)
}

/// One line per diagnostic: severity, place, summary.
pub(super) fn text(diagnostics: &[proto::Diagnostic]) -> String {
    let line = |diagnostic: &proto::Diagnostic| {
        use proto::attribute_path::step::Selector;
        let steps = diagnostic.attribute.iter().flat_map(|path| &path.steps);
        let place: Vec<_> = steps
            .map(|step| match step.selector.as_ref().unwrap() {
                Selector::AttributeName(name) => name.clone(),
                Selector::ElementKeyString(key) => format!("[{key:?}]"),
                Selector::ElementKeyInt(index) => format!("[{index}]"),
            })
            .collect();
        format!(
            "{:?} {}: {}",
            diagnostic.severity(),
            place.join("."),
            diagnostic.summary
        )
    };
    diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}
