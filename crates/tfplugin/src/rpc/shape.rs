//! Values between messages and handlers: decoding, completing, encoding.

use std::collections::BTreeMap;

use super::catalog::{Shape, codec_diagnostic};
use crate::codec::{CodecError, conform, decode, encode, read_json};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{each_object, nullify_write_only};
use crate::proto::tfplugin6 as proto;
use crate::schema::{BlockNesting, Body};
use crate::value::{Object, Path, Type, Value};

impl Shape {
    /// Decodes a value that Terraform sent; `None` stands for null.
    pub(super) fn decode(
        &self,
        value: Option<&proto::DynamicValue>,
    ) -> Result<Option<Object>, Diagnostics> {
        let value = value.ok_or_else(|| protocol_error("a value is missing in the request"))?;
        let decoded = if value.msgpack.is_empty() {
            read_json(&value.json).and_then(|json| conform(json, &self.ty, &Path::default()))
        } else {
            decode(&value.msgpack, &self.ty)
        };
        let decoded = decoded.map_err(|error| {
            Diagnostics::from(codec_diagnostic(
                "A value from Terraform cannot be read",
                &error,
            ))
        })?;
        match decoded {
            Value::Object(object) => Ok(Some(object)),
            Value::Null => Ok(None),
            // A whole configuration that is unknown does not happen; treat it like an error.
            _ => Err(protocol_error("a value of the request is no object")),
        }
    }

    /// Decodes a value that must not be null.
    pub(super) fn decode_object(
        &self,
        value: Option<&proto::DynamicValue>,
    ) -> Result<Object, Diagnostics> {
        self.decode(value)?
            .ok_or_else(|| protocol_error("a value of the request is null"))
    }

    /// Gives what a handler returned the exact shape of the schema, without write-only values.
    pub(super) fn complete(&self, object: Object) -> Result<Object, CodecError> {
        match conform(Value::Object(object), &self.ty, &Path::default())? {
            Value::Object(mut object) => {
                nullify_write_only(&self.schema.body, &mut object);
                fill_blocks(&self.schema.body, &mut object);
                Ok(object)
            }
            _ => Err(CodecError::new(&Path::default(), "the value is no object")),
        }
    }

    /// Encodes a completed object, or null.
    pub(super) fn encode(&self, object: Option<Object>) -> Result<proto::DynamicValue, CodecError> {
        let value = object.map_or(Value::Null, Value::Object);
        let msgpack = encode(&value, &self.ty)?.into();
        Ok(proto::DynamicValue {
            msgpack,
            json: bytes::Bytes::new(),
        })
    }

    /// Completes, checks and encodes a state that a handler returned. Whatever is wrong with it is
    /// added to the diagnostics, and as much of it as possible is still returned.
    pub(super) fn encode_state(
        &self,
        object: Object,
        diagnostics: &mut Diagnostics,
    ) -> Option<proto::DynamicValue> {
        let encoded = self.complete(object.clone()).and_then(|object| {
            let unknown = first_unknown(&object);
            if let (Some(path), false) = (unknown, diagnostics.has_errors()) {
                diagnostics.push(
                    Diagnostic::error("The provider left a value unknown")
                        .detail(format!(
                            "{path} is still unknown after the operation. This is a bug in the \
                             provider; please report it."
                        ))
                        .at(path),
                );
            }
            let known: Object = object
                .into_iter()
                .map(|(name, value)| (name, value.unknown_as_null()))
                .collect();
            self.encode(Some(known))
        });
        match encoded {
            Ok(value) => Some(value),
            Err(error) => {
                diagnostics.push(codec_diagnostic(
                    "The provider returned an invalid state",
                    &error,
                ));
                self.encode(Some(self.salvage(object))).ok()
            }
        }
    }

    /// What is valid of an invalid state: the id of what was created must not be lost because
    /// some other attribute is wrong.
    fn salvage(&self, mut object: Object) -> Object {
        let mut salvaged = Object::new();
        if let Type::Object(types) = &self.ty {
            for (name, ty) in types {
                let value = object.remove(name).unwrap_or_default().unknown_as_null();
                salvaged.set(
                    name,
                    conform(value, ty, &Path::default()).unwrap_or_default(),
                );
            }
        }
        nullify_write_only(&self.schema.body, &mut salvaged);
        fill_blocks(&self.schema.body, &mut salvaged);
        salvaged
    }
}

/// Collections of blocks are empty, never null.
fn fill_blocks(body: &Body, object: &mut Object) {
    for (name, block) in &body.blocks {
        if object.get(name).is_null() {
            match block.nesting {
                BlockNesting::List => object.set(name, Value::List(Vec::new())),
                BlockNesting::Set => object.set(name, Value::Set(Vec::new())),
                BlockNesting::Map => object.set(name, Value::Map(BTreeMap::new())),
                BlockNesting::Single | BlockNesting::Group => {}
            }
        }
        if let Some(value) = object.get_mut(name) {
            each_object(value, &mut |inner| fill_blocks(&block.body, inner));
        }
    }
}

fn first_unknown(object: &Object) -> Option<Path> {
    let mut unknown = object.iter().filter(|(_, value)| !value.is_wholly_known());
    unknown.next().map(|(name, _)| Path::root(name))
}

/// Terraform sent something that the protocol does not allow.
pub(super) fn protocol_error(detail: &str) -> Diagnostics {
    Diagnostic::error("The request is not valid")
        .detail(format!(
            "Terraform and the provider disagree about the protocol: {detail}."
        ))
        .into()
}
