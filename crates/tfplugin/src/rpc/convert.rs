//! Schemas, diagnostics and paths as protocol messages.

use bytes::Bytes;

use crate::diagnostics::{Diagnostic, Diagnostics, Severity};
use crate::proto::tfplugin6 as proto;
use crate::provider::{FunctionError, Parameter, Signature};
use crate::schema::{
    Attribute, Block, BlockNesting, Body, Description, IdentitySchema, Kind, NestedObject, Nesting,
    Schema,
};
use crate::value::{Path, Step, Type};

pub(super) fn diagnostics(diagnostics: Diagnostics) -> Vec<proto::Diagnostic> {
    diagnostics.into_iter().map(diagnostic).collect()
}

fn diagnostic(diagnostic: Diagnostic) -> proto::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => proto::diagnostic::Severity::Error,
        Severity::Warning => proto::diagnostic::Severity::Warning,
    };
    proto::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary,
        detail: diagnostic.detail,
        attribute: diagnostic.path.as_ref().map(path),
    }
}

pub(super) fn path(path: &Path) -> proto::AttributePath {
    use proto::attribute_path::step::Selector;
    let step = |step: &Step| proto::attribute_path::Step {
        selector: Some(match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index),
        }),
    };
    proto::AttributePath {
        steps: path.steps().iter().map(step).collect(),
    }
}

pub(super) fn schema(schema: &Schema) -> proto::Schema {
    proto::Schema {
        version: schema.version,
        block: Some(body(&schema.body, schema.version)),
    }
}

pub(super) fn identity_schema(schema: &IdentitySchema) -> proto::ResourceIdentitySchema {
    let attributes = schema.attributes.iter();
    let identity_attributes = attributes
        .map(
            |attribute| proto::resource_identity_schema::IdentityAttribute {
                name: attribute.name.clone(),
                r#type: type_json(&attribute.ty),
                required_for_import: attribute.required,
                optional_for_import: !attribute.required,
                description: attribute.description.clone(),
            },
        )
        .collect();
    proto::ResourceIdentitySchema {
        version: schema.version,
        identity_attributes,
    }
}

pub(super) fn function(signature: &Signature) -> proto::Function {
    proto::Function {
        parameters: signature.parameters.iter().map(parameter).collect(),
        variadic_parameter: signature.variadic.as_ref().map(parameter),
        r#return: Some(proto::function::Return {
            r#type: type_json(&signature.returns),
        }),
        summary: signature.summary.clone(),
        description: signature.description.text.clone(),
        description_kind: description_kind(&signature.description),
        deprecation_message: signature.deprecated.clone().unwrap_or_default(),
    }
}

fn parameter(parameter: &Parameter) -> proto::function::Parameter {
    proto::function::Parameter {
        name: parameter.name.clone(),
        r#type: type_json(&parameter.ty),
        allow_null_value: parameter.allow_null,
        allow_unknown_values: parameter.allow_unknown,
        description: parameter.description.text.clone(),
        description_kind: description_kind(&parameter.description),
    }
}

pub(super) fn function_error(error: FunctionError) -> proto::FunctionError {
    let position = error.position().map(i64::try_from);
    proto::FunctionError {
        text: error.text,
        function_argument: position.and_then(Result::ok),
    }
}

fn type_json(ty: &Type) -> Bytes {
    ty.to_json().to_string().into_bytes().into()
}

fn body(body: &Body, version: i64) -> proto::schema::Block {
    proto::schema::Block {
        version,
        attributes: attributes(&body.attributes),
        block_types: body
            .blocks
            .iter()
            .map(|(name, inner)| block(name, inner))
            .collect(),
        description: body.description.text.clone(),
        description_kind: description_kind(&body.description),
        deprecated: body.deprecated.is_some(),
        deprecation_message: body.deprecated.clone().unwrap_or_default(),
    }
}

fn block(name: &str, block: &Block) -> proto::schema::NestedBlock {
    use proto::schema::nested_block::NestingMode;
    let nesting = match block.nesting {
        BlockNesting::Single => NestingMode::Single,
        BlockNesting::List => NestingMode::List,
        BlockNesting::Set => NestingMode::Set,
        BlockNesting::Map => NestingMode::Map,
        BlockNesting::Group => NestingMode::Group,
    };
    proto::schema::NestedBlock {
        type_name: name.to_owned(),
        block: Some(body(&block.body, 0)),
        nesting: nesting.into(),
        min_items: block.min_items,
        max_items: block.max_items,
    }
}

fn attributes(attributes: &[(String, Attribute)]) -> Vec<proto::schema::Attribute> {
    attributes
        .iter()
        .map(|(name, inner)| attribute(name, inner))
        .collect()
}

fn attribute(name: &str, attribute: &Attribute) -> proto::schema::Attribute {
    // Exactly one of `type` and `nested_type` may be there.
    let (ty, nested_type) = match &attribute.kind {
        Kind::Plain(ty) => (type_json(ty), None),
        Kind::Nested(nested) => (Bytes::new(), Some(nested_object(nested))),
    };
    let flags = attribute.flags;
    proto::schema::Attribute {
        name: name.to_owned(),
        r#type: ty,
        nested_type,
        description: attribute.description.text.clone(),
        description_kind: description_kind(&attribute.description),
        required: flags.required,
        optional: flags.optional,
        computed: flags.computed,
        sensitive: flags.sensitive,
        write_only: flags.write_only,
        deprecated: attribute.deprecated.is_some(),
        deprecation_message: attribute.deprecated.clone().unwrap_or_default(),
    }
}

fn nested_object(nested: &NestedObject) -> proto::schema::Object {
    use proto::schema::object::NestingMode;
    let nesting = match nested.nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    proto::schema::Object {
        attributes: attributes(&nested.attributes),
        nesting: nesting.into(),
    }
}

fn description_kind(description: &Description) -> i32 {
    let kind = if description.markdown {
        proto::StringKind::Markdown
    } else {
        proto::StringKind::Plain
    };
    kind.into()
}
