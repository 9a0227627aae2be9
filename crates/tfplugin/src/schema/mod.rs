//! Schemas: which attributes and blocks a resource, data source or provider has.
//!
//! Owns the description and the rules it must obey by itself ([`Schema::check`]). It applies
//! nothing to values; `plan` and `codec` do.

mod attribute;
mod block;
mod check;
mod identity;
mod modifier;
mod validator;

pub use attribute::{Attribute, Nesting};
pub use block::{Block, BlockNesting};
pub use check::SchemaError;
pub(crate) use check::{Use, check_signature};
pub use identity::IdentitySchema;
pub use modifier::{AttributePlan, PlanModifier};
pub use validator::Validator;

pub(crate) use attribute::{Kind, NestedObject};
pub(crate) use block::Body;

use crate::value::Type;

/// Text for people, with its format.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) text: String,
    pub(crate) markdown: bool,
}

impl Description {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            markdown: false,
        }
    }

    pub(crate) fn markdown(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            markdown: true,
        }
    }
}

/// The shape of a resource, a data source or a provider block.
///
/// ```
/// use tfplugin::{Attribute, Schema, Type};
///
/// let schema = Schema::new()
///     .attribute("id", Attribute::string().computed().use_state_for_unknown())
///     .attribute("email", Attribute::string().required().requires_replace())
///     .attribute("roles", Attribute::set(Type::String).required());
/// assert_eq!(schema.check(), Ok(()));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Schema {
    pub(crate) version: i64,
    pub(crate) body: Body,
}

impl Schema {
    /// A schema without attributes, version 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the version of the stored state; only needed once states of an older shape exist.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = version;
        self
    }

    /// Describes the whole in plain text.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = Description::plain(text);
        self
    }

    /// Describes the whole in Markdown.
    #[must_use]
    pub fn markdown(mut self, text: impl Into<String>) -> Self {
        self.body.description = Description::markdown(text);
        self
    }

    /// Marks the whole as deprecated; Terraform warns its users with the message.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Self {
        self.body.deprecated = Some(message.into());
        self
    }

    /// Adds an attribute. Plan modifiers run in the order of addition.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, attribute: Attribute) -> Self {
        self.body.attributes.push((name.into(), attribute));
        self
    }

    /// Adds a nested block.
    #[must_use]
    pub fn block(mut self, name: impl Into<String>, block: Block) -> Self {
        self.body.blocks.push((name.into(), block));
        self
    }

    /// The object type of the values this schema describes.
    #[must_use]
    pub fn ty(&self) -> Type {
        self.body.ty()
    }

    /// Checks the schema against Terraform's own rules; call it in a unit test of every schema.
    ///
    /// # Errors
    /// [`SchemaError`] with every violation found.
    pub fn check(&self) -> Result<(), SchemaError> {
        self.check_as(Use::Resource)
    }

    /// Checks the schema for what it is used as.
    pub(crate) fn check_as(&self, used_as: Use) -> Result<(), SchemaError> {
        check::check(self, used_as)
    }
}
