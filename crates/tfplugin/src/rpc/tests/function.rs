//! Functions over an in-memory connection.

use std::sync::Arc;

use tonic::transport::Channel;

use super::fixture::{connect, text};
use crate::codec::{conform, decode, encode};
use crate::proto::tfplugin6 as proto;
use crate::proto::tfplugin6::provider_client::ProviderClient;
use crate::{
    Arguments, Context, Diagnostics, Function, FunctionError, Object, Parameter, Path, Provider,
    Signature, Type, Value, async_trait,
};

struct Functions;

#[async_trait]
impl Provider for Functions {
    fn name(&self) -> &str {
        "functions"
    }

    fn functions(&self) -> Vec<Arc<dyn Function>> {
        vec![Arc::new(Join), Arc::new(Twisted)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

/// Joins strings; an empty one is an error with its position.
struct Join;

impl Function for Join {
    fn name(&self) -> &str {
        "join"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .summary("Joins texts")
            .markdown("Joins texts with a `separator`.")
            .deprecated("Use the built-in one.")
            .parameter(
                Parameter::new("separator", Type::String)
                    .description("Between the texts.")
                    .allow_null(),
            )
            .variadic(Parameter::new("texts", Type::String))
    }

    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        let separator = arguments.opt_str(0)?.unwrap_or(",");
        let mut texts = Vec::new();
        for (index, text) in arguments.variadic().iter().enumerate() {
            match text.as_str() {
                Some("panic") => panic!("as asked"),
                Some(text) if !text.is_empty() => texts.push(text),
                _ => return Err(FunctionError::new("an empty text").argument(index + 1)),
            }
        }
        Ok(texts.join(separator).into())
    }
}

/// Takes and returns what it says, or something else.
struct Twisted;

impl Function for Twisted {
    fn name(&self) -> &str {
        "twisted"
    }

    fn signature(&self) -> Signature {
        let object = Type::object([("a", Type::Number), ("b", Type::Bool)]);
        Signature::returning(object.clone())
            .parameter(Parameter::new("object", object).allow_unknown())
    }

    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        match arguments.get(0) {
            Value::Object(object) if object.get("a").is_unknown() => {
                Ok(object.clone().with("a", 1).into())
            }
            // No object at all.
            _ => Ok("twisted".into()),
        }
    }
}

fn sent(ty: &Type, value: Value) -> proto::DynamicValue {
    let value = conform(value, ty, &Path::default()).unwrap();
    proto::DynamicValue {
        msgpack: encode(&value, ty).unwrap().into(),
        json: bytes::Bytes::new(),
    }
}

async fn call(
    client: &mut ProviderClient<Channel>,
    name: &str,
    arguments: Vec<proto::DynamicValue>,
) -> proto::CallFunctionResponse {
    let request = proto::CallFunctionRequest {
        name: name.into(),
        arguments,
    };
    client.call_function(request).await.unwrap().into_inner()
}

/// The result of `join`, or its error with the position of the argument.
async fn join(client: &mut ProviderClient<Channel>, arguments: &[Option<&str>]) -> String {
    let arguments = arguments
        .iter()
        .map(|text| sent(&Type::String, text.map(str::to_owned).into()));
    let response = call(client, "join", arguments.collect()).await;
    match (response.result, response.error) {
        (Some(result), None) => decode(&result.msgpack, &Type::String).unwrap().to_string(),
        (None, Some(error)) => format!("{:?}: {}", error.function_argument, error.text),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn functions_are_called_with_arguments_of_their_types() {
    let mut client = connect(Functions).await;
    let joined = join(&mut client, &[Some("-"), Some("a"), Some("b")]).await;
    assert_eq!(joined, r#""a-b""#);
    assert_eq!(
        join(&mut client, &[None, Some("a"), Some("b")]).await,
        r#""a,b""#
    );
    assert_eq!(join(&mut client, &[Some("-")]).await, r#""""#);
}

#[tokio::test]
async fn errors_name_the_argument_to_blame() {
    let mut client = connect(Functions).await;
    let empty = join(&mut client, &[Some("-"), Some("a"), Some("")]).await;
    assert_eq!(empty, "Some(2): an empty text");
    let null = join(&mut client, &[Some("-"), None]).await;
    assert_eq!(null, "Some(1): texts must not be null");
    let few = join(&mut client, &[]).await;
    assert_eq!(few, "None: 1 arguments are needed, but 0 were given");

    let garbage = proto::DynamicValue {
        msgpack: vec![0xc1].into(),
        json: bytes::Bytes::new(),
    };
    let error = call(&mut client, "join", vec![garbage])
        .await
        .error
        .unwrap();
    assert_eq!(error.function_argument, Some(0));
    let error = call(&mut client, "nothing", vec![]).await.error.unwrap();
    assert_eq!(error.text, r#"this provider has no function "nothing""#);
}

#[tokio::test]
async fn a_panic_is_the_functions_error() {
    let mut client = connect(Functions).await;
    let panicked = join(&mut client, &[Some("-"), Some("panic")]).await;
    insta::assert_snapshot!(panicked, @r"
    None: The provider crashed while answering: as asked

    This is a bug in the provider; please report it. Other resources are not affected.
    ");
}

#[tokio::test]
async fn unknown_arguments_reach_only_functions_that_take_them() {
    let mut client = connect(Functions).await;
    let request = vec![sent(&Type::String, Value::UNKNOWN)];
    let result = call(&mut client, "join", request).await.result.unwrap();
    assert!(decode(&result.msgpack, &Type::String).unwrap().is_unknown());

    let ty = Type::object([("a", Type::Number), ("b", Type::Bool)]);
    let half: Value = Object::new()
        .with("a", Value::UNKNOWN)
        .with("b", true)
        .into();
    let response = call(&mut client, "twisted", vec![sent(&ty, half)]).await;
    let result = decode(&response.result.unwrap().msgpack, &ty).unwrap();
    assert_eq!(result, Object::new().with("a", 1).with("b", true).into());
}

#[tokio::test]
async fn a_result_of_another_type_is_reported_as_a_bug() {
    let mut client = connect(Functions).await;
    let ty = Type::object([("a", Type::Number), ("b", Type::Bool)]);
    let known: Value = Object::new().with("a", 1).with("b", true).into();
    let response = call(&mut client, "twisted", vec![sent(&ty, known)]).await;
    let error = response.error.unwrap();
    assert!(
        error
            .text
            .starts_with("the result is not what the function promises"),
        "{error:?}"
    );
}

#[tokio::test]
async fn signatures_are_in_the_schema_and_in_get_functions() {
    let mut client = connect(Functions).await;
    let schema = client
        .get_provider_schema(proto::GetProviderSchemaRequest {})
        .await
        .unwrap()
        .into_inner();
    let functions = client
        .get_functions(proto::GetFunctionsRequest {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(text(&schema.diagnostics), "");
    assert_eq!(functions.functions, schema.functions);
    let join = &functions.functions["join"];
    assert_eq!(join.summary, "Joins texts");
    assert_eq!(join.deprecation_message, "Use the built-in one.");
    assert_eq!(join.description_kind(), proto::StringKind::Markdown);
    assert!(join.parameters[0].allow_null_value && !join.parameters[0].allow_unknown_values);
    assert_eq!(join.variadic_parameter.as_ref().unwrap().name, "texts");
    let twisted = functions.functions["twisted"].r#return.as_ref().unwrap();
    assert_eq!(
        &twisted.r#type[..],
        br#"["object",{"a":"number","b":"bool"}]"#
    );
    let metadata = client
        .get_metadata(proto::GetMetadataRequest {})
        .await
        .unwrap();
    assert_eq!(metadata.into_inner().functions[0].name, "join");
}
