//! Nested blocks, and the body they share with whole schemas.

use super::{Attribute, Description};
use crate::value::Type;

/// Attributes and blocks of a schema or of a nested block.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<(String, Attribute)>,
    pub(crate) blocks: Vec<(String, Block)>,
    pub(crate) description: Description,
    pub(crate) deprecated: Option<String>,
}

/// How many of a block there may be, and how they are addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockNesting {
    /// At most one; null if absent.
    Single,
    /// In order.
    List,
    /// Without order.
    Set,
    /// By label.
    Map,
    /// Exactly one, present with null attributes even if not written.
    Group,
}

/// A nested block: `user { … }`.
///
/// Prefer nested attributes ([`Attribute::nested`]) in new schemas; blocks are for resources that
/// must equal an existing provider's.
#[derive(Debug, Clone)]
pub struct Block {
    pub(crate) nesting: BlockNesting,
    pub(crate) body: Body,
    pub(crate) min_items: i64,
    pub(crate) max_items: i64,
}

impl Block {
    /// A block of the given nesting, without attributes.
    #[must_use]
    pub fn new(nesting: BlockNesting) -> Self {
        Self {
            nesting,
            body: Body::default(),
            min_items: 0,
            max_items: 0,
        }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, attribute: Attribute) -> Self {
        self.body.attributes.push((name.into(), attribute));
        self
    }

    /// Adds a block inside this block.
    #[must_use]
    pub fn block(mut self, name: impl Into<String>, block: Self) -> Self {
        self.body.blocks.push((name.into(), block));
        self
    }

    /// Describes the block in plain text.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.body.description = Description::plain(text);
        self
    }

    /// Describes the block in Markdown.
    #[must_use]
    pub fn markdown(mut self, text: impl Into<String>) -> Self {
        self.body.description = Description::markdown(text);
        self
    }

    /// Marks the block as deprecated; Terraform warns its users with the message.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Self {
        self.body.deprecated = Some(message.into());
        self
    }

    /// How many there must be at least.
    #[must_use]
    pub fn min_items(mut self, count: i64) -> Self {
        self.min_items = count;
        self
    }

    /// How many there may be at most; 0 is no limit.
    #[must_use]
    pub fn max_items(mut self, count: i64) -> Self {
        self.max_items = count;
        self
    }

    pub(crate) fn ty(&self) -> Type {
        let object = self.body.ty();
        match self.nesting {
            BlockNesting::Single | BlockNesting::Group => object,
            BlockNesting::List => Type::list(object),
            BlockNesting::Set => Type::set(object),
            BlockNesting::Map => Type::map(object),
        }
    }
}

impl Body {
    pub(crate) fn ty(&self) -> Type {
        let attributes = self
            .attributes
            .iter()
            .map(|(name, inner)| (name, inner.ty()));
        let blocks = self.blocks.iter().map(|(name, inner)| (name, inner.ty()));
        Type::object(attributes.chain(blocks))
    }
}
