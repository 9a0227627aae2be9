//! Identity schemas: what tells one remote object from all others, apart from its state.

use super::SchemaError;
use super::check::Checker;
use crate::value::{Object, Path, Type, Value};

/// The attributes that identify a remote object for good.
///
/// Terraform (1.12 and later) keeps the identity beside the state, imports by it
/// (`import { identity = { … } }`) and lists objects by it. It should name everything that is needed to
/// find the object again: its id, and what the id is unique within.
///
/// ```
/// use tfplugin::{IdentitySchema, Type};
///
/// let identity = IdentitySchema::new()
///     .required("id", Type::String, "The note's id.")
///     .optional("notebook", Type::String, "The notebook; by default the provider's.");
/// assert_eq!(identity.check(), Ok(()));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentitySchema {
    pub(crate) version: i64,
    pub(crate) attributes: Vec<IdentityAttribute>,
}

/// One attribute of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdentityAttribute {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) description: String,
    /// Whether an import by identity must set it; otherwise it may.
    pub(crate) required: bool,
}

impl IdentitySchema {
    /// An identity without attributes, version 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the version of stored identities; identities of different versions are never equal.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = version;
        self
    }

    /// Adds an attribute that an import by identity must set. The description is Markdown.
    #[must_use]
    pub fn required(
        self,
        name: impl Into<String>,
        ty: Type,
        description: impl Into<String>,
    ) -> Self {
        self.attribute(name.into(), ty, description.into(), true)
    }

    /// Adds an attribute that an import by identity may leave to the provider. The description is
    /// Markdown.
    #[must_use]
    pub fn optional(
        self,
        name: impl Into<String>,
        ty: Type,
        description: impl Into<String>,
    ) -> Self {
        self.attribute(name.into(), ty, description.into(), false)
    }

    /// The object type of identities.
    #[must_use]
    pub fn ty(&self) -> Type {
        Type::object(
            self.attributes
                .iter()
                .map(|one| (&one.name, one.ty.clone())),
        )
    }

    /// Checks the schema against Terraform's own rules; call it in a unit test.
    ///
    /// # Errors
    /// [`SchemaError`] with every violation found.
    pub fn check(&self) -> Result<(), SchemaError> {
        let mut checker = Checker::default();
        if self.version < 0 {
            checker.violation(&Path::default(), "version is negative");
        }
        if self.attributes.is_empty() {
            checker.violation(&Path::default(), "an identity needs an attribute");
        }
        for (position, attribute) in self.attributes.iter().enumerate() {
            let path = Path::root(&attribute.name);
            let earlier = self.attributes.iter().take(position);
            if earlier
                .into_iter()
                .any(|other| other.name == attribute.name)
            {
                checker.violation(&path, "name is used twice");
            }
            checker.name(&attribute.name, &path);
            if !is_plain(&attribute.ty) {
                checker.violation(
                    &path,
                    "must be a bool, a number, a string, or a list of these",
                );
            }
        }
        checker.finish()
    }

    /// Whether an identity says what it must: nothing is unknown, and what an import needs is there.
    #[must_use]
    pub fn is_complete(&self, identity: &Object) -> bool {
        self.missing(identity).is_empty()
    }

    /// The attributes that an identity still has to say.
    pub(crate) fn missing<'a>(&'a self, identity: &Object) -> Vec<&'a str> {
        let missing = self.attributes.iter().filter(|attribute| {
            let value = identity.get(&attribute.name);
            !value.is_wholly_known() || (attribute.required && value.is_null())
        });
        missing.map(|attribute| attribute.name.as_str()).collect()
    }

    /// The attributes of a state that are also the identity's.
    pub(crate) fn pick(&self, state: &Object) -> Object {
        let names = self.attributes.iter().map(|attribute| &attribute.name);
        names.map(|name| (name, state.get(name).clone())).collect()
    }

    /// The only attribute, if it is one string: then an identity is as good as an import id.
    pub(crate) fn only_string<'a>(&self, identity: &'a Object) -> Option<&'a str> {
        match self.attributes.as_slice() {
            [one] => match identity.get(&one.name) {
                Value::String(text) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    fn attribute(mut self, name: String, ty: Type, description: String, required: bool) -> Self {
        self.attributes.push(IdentityAttribute {
            name,
            ty,
            description,
            required,
        });
        self
    }
}

fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Number | Type::String => true,
        Type::List(element) => matches!(**element, Type::Bool | Type::Number | Type::String),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_broken_rule_is_reported() {
        let schema = IdentitySchema::new()
            .version(-1)
            .required("Id", Type::String, "")
            .required("twice", Type::list(Type::Number), "")
            .optional("twice", Type::Bool, "")
            .optional("roles", Type::set(Type::String), "");
        insta::assert_snapshot!(schema.check().unwrap_err().violations().join("\n"), @r"
        : version is negative
        Id: name must be lowercase letters, digits and underscores
        twice: name is used twice
        roles: must be a bool, a number, a string, or a list of these
        ");
        assert!(IdentitySchema::new().check().is_err());
    }

    #[test]
    fn an_identity_is_complete_once_what_an_import_needs_is_known() {
        let schema = IdentitySchema::new()
            .required("id", Type::String, "")
            .optional("region", Type::String, "");
        let id = Object::new().with("id", "1");
        assert!(schema.is_complete(&id));
        assert!(!schema.is_complete(&Object::new().with("region", "eu")));
        assert!(!schema.is_complete(&id.with("region", Value::UNKNOWN)));
    }
}
