//! `GetFunctions` and `CallFunction`.

use std::collections::HashMap;

use super::{Backend, convert};
use crate::codec::{conform, decode, encode, read_json};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::provider::{Arguments, Function, FunctionError, Parameter, Signature};
use crate::value::{Path, Value};

/// The signatures by name; what is wrong with them goes to the diagnostics.
pub(super) fn signatures(
    backend: &Backend,
    diagnostics: &mut Diagnostics,
) -> HashMap<String, proto::Function> {
    let functions = backend.catalog.functions.iter();
    functions
        .map(|(name, function)| {
            let signature = function.signature();
            if let Err(error) = signature.check() {
                let summary = format!("The signature of the function {name} is not valid");
                diagnostics.push(Diagnostic::error(summary).detail(error.violations().join("\n")));
            }
            (name.clone(), convert::function(&signature))
        })
        .collect()
}

pub(super) fn list(
    backend: &Backend,
    _request: &proto::GetFunctionsRequest,
) -> proto::GetFunctionsResponse {
    let mut diagnostics = Diagnostics::new();
    let functions = signatures(backend, &mut diagnostics);
    proto::GetFunctionsResponse {
        functions,
        diagnostics: convert::diagnostics(diagnostics),
    }
}

pub(super) fn call(
    backend: &Backend,
    request: &proto::CallFunctionRequest,
) -> proto::CallFunctionResponse {
    match run(backend, request) {
        Ok(result) => proto::CallFunctionResponse {
            result: Some(result),
            error: None,
        },
        Err(error) => proto::CallFunctionResponse {
            result: None,
            error: Some(convert::function_error(error)),
        },
    }
}

fn run(
    backend: &Backend,
    request: &proto::CallFunctionRequest,
) -> Result<proto::DynamicValue, FunctionError> {
    let function = backend.catalog.functions.get(&request.name);
    let function = function.ok_or_else(|| {
        FunctionError::new(format!("this provider has no function {:?}", request.name))
    })?;
    let signature = function.signature();
    let result = evaluate(&**function, &signature, &request.arguments)?;
    let path = Path::default();
    let encoded = conform(result, &signature.returns, &path)
        .and_then(|result| encode(&result, &signature.returns));
    let msgpack = encoded.map_err(|error| {
        FunctionError::new(format!(
            "the result is not what the function promises: {}. This is a bug in the provider; \
             please report it.",
            error.problem
        ))
    })?;
    Ok(proto::DynamicValue {
        msgpack: msgpack.into(),
        json: bytes::Bytes::new(),
    })
}

fn evaluate(
    function: &dyn Function,
    signature: &Signature,
    arguments: &[proto::DynamicValue],
) -> Result<Value, FunctionError> {
    let fixed = signature.parameters.len();
    if arguments.len() < fixed || (arguments.len() > fixed && signature.variadic.is_none()) {
        let given = arguments.len();
        return Err(FunctionError::new(format!(
            "{fixed} arguments are needed, but {given} were given"
        )));
    }
    let mut values = Vec::with_capacity(arguments.len());
    for (position, argument) in arguments.iter().enumerate() {
        let Some(parameter) = signature.at(position) else {
            continue;
        };
        let value = read(parameter, argument).map_err(|error| error.argument(position))?;
        if !parameter.allow_unknown && !value.is_wholly_known() {
            // Terraform itself does not call then; the answer would be the same.
            return Ok(Value::UNKNOWN);
        }
        values.push(value);
    }
    function.call(&Arguments::new(values).with_fixed(fixed))
}

fn read(parameter: &Parameter, argument: &proto::DynamicValue) -> Result<Value, FunctionError> {
    let value = if argument.msgpack.is_empty() {
        read_json(&argument.json).and_then(|json| conform(json, &parameter.ty, &Path::default()))
    } else {
        decode(&argument.msgpack, &parameter.ty)
    };
    let name = &parameter.name;
    let value = value
        .map_err(|error| FunctionError::new(format!("{name} cannot be read: {}", error.problem)))?;
    if value.is_null() && !parameter.allow_null {
        return Err(FunctionError::new(format!("{name} must not be null")));
    }
    Ok(value)
}
