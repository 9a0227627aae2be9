//! Resource identity: its schemas, its upgrade, and its place in the answers of other calls.

use super::catalog::codec_diagnostic;
use super::guard::as_failure;
use super::upgrade::{check_version, stored};
use super::{Backend, convert};
use crate::codec::{CodecError, conform, conform_dropping_surplus, decode, encode, read_json};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::proto::tfplugin6 as proto;
use crate::schema::IdentitySchema;
use crate::value::{Object, Path, Type, Value};

/// An identity schema with the type of its values.
pub(super) struct IdentityShape {
    pub(super) schema: IdentitySchema,
    ty: Type,
}

impl IdentityShape {
    pub(super) fn new(schema: IdentitySchema) -> Self {
        let ty = schema.ty();
        Self { schema, ty }
    }

    /// Decodes an identity that Terraform sent. An identity without any value is none.
    pub(super) fn decode(
        &self,
        data: Option<&proto::ResourceIdentityData>,
    ) -> Result<Option<Object>, Diagnostics> {
        let Some(value) = data.and_then(|data| data.identity_data.as_ref()) else {
            return Ok(None);
        };
        let decoded = match (value.msgpack.is_empty(), value.json.is_empty()) {
            (true, true) => return Ok(None),
            (true, false) => {
                read_json(&value.json).and_then(|json| conform(json, &self.ty, &Path::default()))
            }
            (false, _) => decode(&value.msgpack, &self.ty),
        };
        match decoded {
            Ok(Value::Object(object)) if object.iter().any(|(_, value)| !value.is_null()) => {
                Ok(Some(object))
            }
            Ok(_) => Ok(None),
            Err(error) => {
                Err(codec_diagnostic("An identity from Terraform cannot be read", &error).into())
            }
        }
    }

    /// Encodes an identity that says all it must. An incomplete one is none: right after an import,
    /// for instance, reading has still to find the rest.
    pub(super) fn encode(
        &self,
        identity: Object,
        diagnostics: &mut Diagnostics,
    ) -> Option<proto::ResourceIdentityData> {
        let fitted = match conform(Value::Object(identity), &self.ty, &Path::default()) {
            Ok(Value::Object(fitted)) => Ok(fitted),
            Ok(_) => Err(CodecError::new(
                &Path::default(),
                "the identity is no object",
            )),
            Err(error) => Err(error),
        };
        let encoded = fitted.and_then(|fitted| {
            if !self.schema.is_complete(&fitted) {
                tracing::debug!("the identity is not complete and is left out");
                return Ok(None);
            }
            let msgpack = encode(&Value::Object(fitted), &self.ty)?.into();
            Ok(Some(proto::ResourceIdentityData {
                identity_data: Some(proto::DynamicValue {
                    msgpack,
                    json: bytes::Bytes::new(),
                }),
            }))
        });
        encoded.unwrap_or_else(|error| {
            let mut diagnostic =
                codec_diagnostic("The provider returned an invalid identity", &error);
            // The path is one of the identity, which has no place in the configuration.
            diagnostic.path = None;
            diagnostics.push(diagnostic);
            None
        })
    }

    /// Encodes the identity of an object whose stored identity is known. What was null in it may be
    /// filled in (an import may leave the optional part to the provider). The rest must not change:
    /// then the stored one stays, and the provider's author is told.
    pub(super) fn encode_lasting(
        &self,
        identity: Object,
        stored: Option<Object>,
        diagnostics: &mut Diagnostics,
    ) -> Option<proto::ResourceIdentityData> {
        let Some(stored) = stored.filter(|stored| self.schema.is_complete(stored)) else {
            return self.encode(identity, diagnostics);
        };
        let fitted = conform(Value::Object(identity.clone()), &self.ty, &Path::default());
        if let Ok(Value::Object(fitted)) = fitted {
            if !self.schema.is_complete(&fitted) {
                return self.encode(stored, diagnostics);
            }
            let is_same = stored
                .iter()
                .all(|(name, value)| value.is_null() || fitted.get(name) == value);
            if is_same {
                return self.encode(fitted, diagnostics);
            }
            diagnostics.push(changed());
            return self.encode(stored, diagnostics);
        }
        self.encode(identity, diagnostics)
    }
}

fn changed() -> Diagnostic {
    Diagnostic::warning("The provider changed the identity of a resource").detail(
        "An identity stands for one object for as long as it lives. The stored identity is kept. \
         This is a bug in the provider; please report it.",
    )
}

pub(super) fn schemas(
    backend: &Backend,
    _request: &proto::GetResourceIdentitySchemasRequest,
) -> proto::GetResourceIdentitySchemasResponse {
    let mut diagnostics = Diagnostics::new();
    let identified = backend.catalog.resources.iter();
    let identified = identified.filter_map(|(name, entry)| Some((name, entry.identity()?)));
    let identity_schemas = identified
        .map(|(name, shape)| {
            if let Err(error) = shape.schema.check() {
                let summary = format!("The identity schema of {name} is not valid");
                diagnostics.push(Diagnostic::error(summary).detail(error.violations().join("\n")));
            }
            (name.clone(), convert::identity_schema(&shape.schema))
        })
        .collect();
    proto::GetResourceIdentitySchemasResponse {
        identity_schemas,
        diagnostics: convert::diagnostics(diagnostics),
    }
}

pub(super) fn upgrade(
    backend: &Backend,
    request: &proto::UpgradeResourceIdentityRequest,
) -> proto::UpgradeResourceIdentityResponse {
    match run_upgrade(backend, request) {
        Ok(identity) => proto::UpgradeResourceIdentityResponse {
            upgraded_identity: Some(identity),
            diagnostics: Vec::new(),
        },
        Err(errors) => proto::UpgradeResourceIdentityResponse {
            upgraded_identity: None,
            diagnostics: convert::diagnostics(as_failure(errors)),
        },
    }
}

fn run_upgrade(
    backend: &Backend,
    request: &proto::UpgradeResourceIdentityRequest,
) -> Result<proto::ResourceIdentityData, Diagnostics> {
    let entry = backend.catalog.resource(&request.type_name)?;
    let shape = entry
        .identity()
        .ok_or_else(|| without(&request.type_name))?;
    let stored = stored(request.raw_identity.as_ref())?;
    check_version("identity", request.version, shape.schema.version)?;
    let upgraded = entry.handler.upgrade_identity(request.version, stored)?;
    let upgraded = conform_dropping_surplus(Value::Object(upgraded), &shape.ty)
        .and_then(|upgraded| encode(&upgraded, &shape.ty))
        .map_err(|error| codec_diagnostic("The stored identity does not fit its schema", &error))?;
    Ok(proto::ResourceIdentityData {
        identity_data: Some(proto::DynamicValue {
            msgpack: upgraded.into(),
            json: bytes::Bytes::new(),
        }),
    })
}

/// A type has no identity, but Terraform sent one.
pub(super) fn without(type_name: &str) -> Diagnostics {
    Diagnostic::error(format!("{type_name} has no identity"))
        .detail("It can be imported by its id only.")
        .into()
}
