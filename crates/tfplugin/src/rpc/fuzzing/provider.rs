//! A provider that takes whatever it is given.

use std::sync::Arc;

use crate::{
    Arguments, Attribute, Block, BlockNesting, Context, DataSource, Diagnostics, Function,
    FunctionError, IdentitySchema, MoveSource, Nesting, Object, Parameter, Provider, ReadOutcome,
    Resource, Schema, Signature, Type, Validator, Value, async_trait,
};

/// The name of the resource, the data source and the function.
pub(super) const THING: &str = "sample_thing";

pub(super) struct Sample;

#[async_trait]
impl Provider for Sample {
    fn name(&self) -> &str {
        "sample"
    }

    fn schema(&self) -> Schema {
        Schema::new().attribute("url", Attribute::string().optional())
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Thing)]
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        vec![Arc::new(Thing)]
    }

    fn functions(&self) -> Vec<Arc<dyn Function>> {
        vec![Arc::new(Thing)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Thing;

fn schema() -> Schema {
    let part = || {
        [
            ("name", Attribute::string().required().requires_replace()),
            ("id", Attribute::string().computed().use_state_for_unknown()),
            ("size", Attribute::number().optional().computed()),
        ]
    };
    let parts = Attribute::nested(Nesting::Map, part())
        .optional()
        .computed();
    let rule = part()
        .into_iter()
        .fold(Block::new(BlockNesting::Set), |block, (name, one)| {
            block.attribute(name, one)
        });
    let rule = rule.attribute("parts", parts);
    Schema::new()
        .version(1)
        .attribute("id", Attribute::string().computed().use_state_for_unknown())
        .attribute("any", Attribute::new(Type::Dynamic).optional())
        .attribute(
            "size",
            Attribute::number()
                .default_value(1)
                .validator(Validator::between(0, 9)),
        )
        .attribute(
            "pair",
            Attribute::new(Type::Tuple(vec![Type::Bool, Type::Number])).optional(),
        )
        .attribute("secret", Attribute::string().optional().write_only())
        .attribute("parts", Attribute::nested(Nesting::List, part()).optional())
        .block("rule", rule)
}

#[async_trait]
impl Resource for Thing {
    fn type_name(&self) -> &str {
        THING
    }

    fn schema(&self) -> Schema {
        schema()
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        let identity = IdentitySchema::new().required("id", Type::String, "");
        Some(identity.optional("size", Type::Number, ""))
    }

    async fn create(&self, _cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        Ok(planned)
    }

    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        Ok(ReadOutcome::Keep(state))
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
        Ok(identity)
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        Ok(Some(source.state.clone()))
    }
}

#[async_trait]
impl DataSource for Thing {
    fn type_name(&self) -> &str {
        THING
    }

    fn schema(&self) -> Schema {
        schema()
    }

    async fn read(&self, _cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        Ok(config)
    }
}

impl Function for Thing {
    fn name(&self) -> &str {
        THING
    }

    fn signature(&self) -> Signature {
        let values = Parameter::new("values", Type::Dynamic);
        Signature::returning(Type::Dynamic)
            .parameter(Parameter::new("count", Type::Number))
            .variadic(values.allow_null().allow_unknown())
    }

    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        Ok(Value::Tuple(arguments.variadic().to_vec()))
    }
}
