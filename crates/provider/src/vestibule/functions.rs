//! Functions: what the spellings of an address have in common, and ids from one API to another.

use tfplugin::{Arguments, Function, FunctionError, Parameter, Signature, Type, Value};

use super::spelling::{Id, KINDS};
use crate::address;

/// `address_key(address)`.
pub(crate) struct AddressKey;

impl Function for AddressKey {
    fn name(&self) -> &str {
        "address_key"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .summary("What all spellings of an address have in common")
            .markdown(
                "Two addresses are the same person's if their keys are equal: letter case and \
                 Unicode form do not count. Use it for the keys of `for_each`, so that another \
                 spelling of an address does not make another resource.",
            )
            .parameter(Parameter::new("address", Type::String).description("An e-mail address."))
    }

    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        let text = arguments.str(0)?;
        address::check(text.trim()).map_err(|why| FunctionError::new(why).argument(0))?;
        Ok(Value::from(address::key(text)))
    }
}

/// `confluent_id(id)`.
pub(crate) struct ConfluentId;

impl Function for ConfluentId {
    fn name(&self) -> &str {
        "confluent_id"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .summary("An id as Confluent's API of the server spells it")
            .markdown(
                "The same object has an id in each API of a Vestibule server: `inv_...` is \
                 `i-...`, `usr_...` is `u-...`, and an organization is a UUID.",
            )
            .parameter(native_parameter())
    }

    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        let (kind, id) = native(arguments)?;
        Ok(Value::from(id.confluent(kind)))
    }
}

/// `atlas_id(id)`.
pub(crate) struct AtlasId;

impl Function for AtlasId {
    fn name(&self) -> &str {
        "atlas_id"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .summary("An id as Atlas's API of the server spells it")
            .markdown(
                "The same object has an id in each API of a Vestibule server; in Atlas's it is 24 \
                 hexadecimal digits.",
            )
            .parameter(native_parameter())
    }

    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        let (_, id) = native(arguments)?;
        Ok(Value::from(id.atlas()))
    }
}

/// `native_id(kind, id)`.
pub(crate) struct NativeId;

impl Function for NativeId {
    fn name(&self) -> &str {
        "native_id"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .summary("An id of another API of the server as its own API spells it")
            .markdown(
                "Takes an id in any spelling: Confluent's (`i-...`, a UUID), Atlas's (24 \
                 hexadecimal digits), or the server's own, which stays.",
            )
            .parameter(Parameter::new("kind", Type::String).markdown(format!(
                "What it is of, as the server's own ids begin: one of {}. Atlas's spelling does \
                 not tell.",
                KINDS.map(|(native, _)| format!("`{native}`")).join(", ")
            )))
            .parameter(Parameter::new("id", Type::String).description("The id."))
    }

    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        let (kind, text) = (arguments.str(0)?, arguments.str(1)?);
        if !KINDS.iter().any(|(native, _)| *native == kind) {
            let known = KINDS.map(|(native, _)| native).join(", ");
            let why = format!("{kind:?} is none of {known}.");
            return Err(FunctionError::new(why).argument(0));
        }
        let told = Id::from_native(text).or_else(|| Id::from_confluent(text));
        let id = match told {
            Some((of, _)) if of != kind => {
                let why = format!("{text:?} is the id of another kind, {of:?}.");
                return Err(FunctionError::new(why).argument(1));
            }
            Some((_, id)) => Some(id),
            None => Id::from_atlas(text),
        };
        let id = id.ok_or_else(|| no_id(text).argument(1))?;
        Ok(Value::from(id.native(kind)))
    }
}

fn native_parameter() -> Parameter {
    Parameter::new("id", Type::String).markdown(
        "An id in the server's own spelling: `inv_...`, `usr_...`, `org_...` and the like.",
    )
}

fn native(arguments: &Arguments) -> Result<(&'static str, Id), FunctionError> {
    let text = arguments.str(0)?;
    Id::from_native(text).ok_or_else(|| no_id(text).argument(0))
}

fn no_id(text: &str) -> FunctionError {
    FunctionError::new(format!("{text:?} is no id of a Vestibule server."))
}
