//! The provider's types, found by name, with their schemas made once and on demand.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::identity::IdentityShape;
use crate::codec::CodecError;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::provider::{
    Action, DataSource, EphemeralResource, Function, ListResource, Provider, Resource,
};
use crate::schema::Schema;
use crate::value::{Path, Type};

/// A schema with the type of its values.
pub(super) struct Shape {
    pub(super) schema: Schema,
    pub(super) ty: Type,
}

/// A resource, a data source or one of their kin.
pub(super) struct Entry<H: ?Sized> {
    pub(super) handler: Arc<H>,
    shape: OnceLock<Arc<Shape>>,
    identity: OnceLock<Option<Arc<IdentityShape>>>,
}

pub(super) struct Catalog {
    provider: OnceLock<Arc<Shape>>,
    meta: OnceLock<Option<Shape>>,
    pub(super) resources: BTreeMap<String, Entry<dyn Resource>>,
    pub(super) data_sources: BTreeMap<String, Entry<dyn DataSource>>,
    pub(super) ephemeral_resources: BTreeMap<String, Entry<dyn EphemeralResource>>,
    pub(super) list_resources: BTreeMap<String, Entry<dyn ListResource>>,
    pub(super) actions: BTreeMap<String, Entry<dyn Action>>,
    pub(super) functions: BTreeMap<String, Arc<dyn Function>>,
    /// Names that two handlers claim: a bug in the provider, reported with the schema.
    pub(super) ambiguous: Vec<String>,
}

impl Shape {
    pub(super) fn new(schema: Schema) -> Self {
        let ty = schema.ty();
        Self { schema, ty }
    }
}

/// What resources, data sources and ephemeral resources have in common.
pub(super) trait Typed {
    fn name(&self) -> &str;
    fn described(&self) -> Schema;
}

impl Typed for dyn Resource {
    fn name(&self) -> &str {
        self.type_name()
    }

    fn described(&self) -> Schema {
        self.schema()
    }
}

impl Typed for dyn DataSource {
    fn name(&self) -> &str {
        self.type_name()
    }

    fn described(&self) -> Schema {
        self.schema()
    }
}

impl Typed for dyn EphemeralResource {
    fn name(&self) -> &str {
        self.type_name()
    }

    fn described(&self) -> Schema {
        self.schema()
    }
}

impl Typed for dyn ListResource {
    fn name(&self) -> &str {
        self.type_name()
    }

    fn described(&self) -> Schema {
        self.schema()
    }
}

impl Typed for dyn Action {
    fn name(&self) -> &str {
        self.type_name()
    }

    fn described(&self) -> Schema {
        self.schema()
    }
}

impl<H: ?Sized + Typed> Entry<H> {
    pub(super) fn shape(&self) -> Arc<Shape> {
        let made = || Arc::new(Shape::new(self.handler.described()));
        Arc::clone(self.shape.get_or_init(made))
    }
}

impl Entry<dyn Resource> {
    /// `None` for types without identity.
    pub(super) fn identity(&self) -> Option<Arc<IdentityShape>> {
        let made = || {
            Some(Arc::new(IdentityShape::new(
                self.handler.identity_schema()?,
            )))
        };
        self.identity.get_or_init(made).clone()
    }
}

impl Catalog {
    pub(super) fn new(provider: &dyn Provider) -> Self {
        let mut ambiguous = Vec::new();
        let mut functions = BTreeMap::new();
        for function in provider.functions() {
            let name = function.name().to_owned();
            if functions.insert(name.clone(), function).is_some() {
                ambiguous.push(name);
            }
        }
        Self {
            provider: OnceLock::new(),
            meta: OnceLock::new(),
            resources: by_name(provider.resources(), &mut ambiguous),
            data_sources: by_name(provider.data_sources(), &mut ambiguous),
            ephemeral_resources: by_name(provider.ephemeral_resources(), &mut ambiguous),
            list_resources: by_name(provider.list_resources(), &mut ambiguous),
            actions: by_name(provider.actions(), &mut ambiguous),
            functions,
            ambiguous,
        }
    }

    pub(super) fn provider(&self, provider: &dyn Provider) -> Arc<Shape> {
        Arc::clone(
            self.provider
                .get_or_init(|| Arc::new(Shape::new(provider.schema()))),
        )
    }

    /// The shape of `provider_meta`; `None` for providers that have none.
    pub(super) fn meta(&self, provider: &dyn Provider) -> Option<&Shape> {
        let made = || provider.meta_schema().map(Shape::new);
        self.meta.get_or_init(made).as_ref()
    }

    pub(super) fn resource(&self, name: &str) -> Result<&Entry<dyn Resource>, Diagnostics> {
        self.resources
            .get(name)
            .ok_or_else(|| unknown_type("resource", name))
    }

    pub(super) fn data_source(&self, name: &str) -> Result<&Entry<dyn DataSource>, Diagnostics> {
        self.data_sources
            .get(name)
            .ok_or_else(|| unknown_type("data source", name))
    }

    pub(super) fn ephemeral_resource(
        &self,
        name: &str,
    ) -> Result<&Entry<dyn EphemeralResource>, Diagnostics> {
        self.ephemeral_resources
            .get(name)
            .ok_or_else(|| unknown_type("ephemeral resource", name))
    }

    pub(super) fn list_resource(
        &self,
        name: &str,
    ) -> Result<&Entry<dyn ListResource>, Diagnostics> {
        self.list_resources
            .get(name)
            .ok_or_else(|| unknown_type("list resource", name))
    }

    pub(super) fn action(&self, name: &str) -> Result<&Entry<dyn Action>, Diagnostics> {
        self.actions
            .get(name)
            .ok_or_else(|| unknown_type("action", name))
    }
}

impl<H: ?Sized> Entry<H> {
    fn new(handler: Arc<H>) -> Self {
        Self {
            handler,
            shape: OnceLock::new(),
            identity: OnceLock::new(),
        }
    }
}

fn by_name<H: ?Sized + Typed>(
    handlers: Vec<Arc<H>>,
    ambiguous: &mut Vec<String>,
) -> BTreeMap<String, Entry<H>> {
    let mut entries = BTreeMap::new();
    for handler in handlers {
        let name = handler.name().to_owned();
        if entries.insert(name.clone(), Entry::new(handler)).is_some() {
            ambiguous.push(name);
        }
    }
    entries
}

fn unknown_type(kind: &str, name: &str) -> Diagnostics {
    Diagnostic::error(format!("Unknown {kind} type"))
        .detail(format!("This provider has no {kind} type {name:?}."))
        .into()
}

/// A value that does not decode or encode: a bug in the provider or in this crate.
pub(super) fn codec_diagnostic(summary: &str, error: &CodecError) -> Diagnostic {
    let place = if error.path.is_root() {
        String::new()
    } else {
        format!("{}: ", error.path)
    };
    Diagnostic::error(summary)
        .detail(format!(
            "{place}{}. This is a bug in the provider; please report it.",
            error.problem
        ))
        .at(first_steps(&error.path))
}

/// Terraform cannot resolve paths into values that it has not got; the attribute is enough.
fn first_steps(path: &Path) -> Path {
    match path.steps().first() {
        Some(crate::value::Step::Attribute(name)) => Path::root(name),
        _ => Path::default(),
    }
}
