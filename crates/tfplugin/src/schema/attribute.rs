//! Attributes: type, flags, default, plan modifiers, validators.

use super::{AttributePlan, Description, PlanModifier, Validator};
use crate::codec::conform;
use crate::value::{Path, Type, Value};

/// An argument or exported value.
///
/// Every attribute needs at least one of [`required`](Self::required),
/// [`optional`](Self::optional) and [`computed`](Self::computed).
#[derive(Debug, Clone)]
pub struct Attribute {
    pub(crate) kind: Kind,
    pub(crate) flags: Flags,
    pub(crate) description: Description,
    pub(crate) deprecated: Option<String>,
    pub(crate) default: Option<Value>,
    pub(crate) modifiers: Vec<PlanModifier>,
    pub(crate) validators: Vec<Validator>,
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Plain(Type),
    Nested(NestedObject),
}

/// Objects whose attributes have flags of their own.
#[derive(Debug, Clone)]
pub(crate) struct NestedObject {
    pub(crate) nesting: Nesting,
    pub(crate) attributes: Vec<(String, Attribute)>,
}

/// How many objects a nested attribute holds, and how they are addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// Objects by key.
    Map,
}

#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the protocol's own flags"
)]
pub(crate) struct Flags {
    pub(crate) required: bool,
    pub(crate) optional: bool,
    pub(crate) computed: bool,
    pub(crate) sensitive: bool,
    pub(crate) write_only: bool,
}

impl Attribute {
    /// An attribute of any type, `list(object({id = string}))` for instance.
    #[must_use]
    pub fn new(ty: Type) -> Self {
        Self::of(Kind::Plain(ty))
    }

    /// A `string`.
    #[must_use]
    pub fn string() -> Self {
        Self::new(Type::String)
    }

    /// A `bool`.
    #[must_use]
    pub fn bool() -> Self {
        Self::new(Type::Bool)
    }

    /// A `number`.
    #[must_use]
    pub fn number() -> Self {
        Self::new(Type::Number)
    }

    /// A `list(element)`.
    #[must_use]
    pub fn list(element: Type) -> Self {
        Self::new(Type::list(element))
    }

    /// A `set(element)`.
    #[must_use]
    pub fn set(element: Type) -> Self {
        Self::new(Type::set(element))
    }

    /// A `map(element)`.
    #[must_use]
    pub fn map(element: Type) -> Self {
        Self::new(Type::map(element))
    }

    /// Objects with flags per attribute (protocol 6 nested attributes).
    #[must_use]
    pub fn nested<N: Into<String>>(
        nesting: Nesting,
        attributes: impl IntoIterator<Item = (N, Self)>,
    ) -> Self {
        let attributes = attributes
            .into_iter()
            .map(|(name, inner)| (name.into(), inner))
            .collect();
        Self::of(Kind::Nested(NestedObject {
            nesting,
            attributes,
        }))
    }

    /// The configuration must set it.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.flags.required = true;
        self
    }

    /// The configuration may set it.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.flags.optional = true;
        self
    }

    /// The provider sets it where the configuration does not.
    #[must_use]
    pub fn computed(mut self) -> Self {
        self.flags.computed = true;
        self
    }

    /// Terraform hides the value in its output (it is still in the state).
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.flags.sensitive = true;
        self
    }

    /// The value is only ever in the configuration: never in plan or state (Terraform ≥ 1.11).
    /// Handlers find it in [`Context::config`](crate::Context::config).
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.flags.write_only = true;
        self
    }

    /// The value used where the configuration sets none. Implies optional and computed: Terraform
    /// accepts planned values for null arguments from computed attributes only.
    #[must_use]
    pub fn default_value(mut self, value: impl Into<Value>) -> Self {
        let value = value.into();
        // As it will be stored, or the plan would differ from it. What does not fit is found by
        // `Schema::check`.
        let conformed = conform(value.clone(), &self.ty(), &Path::default());
        self.default = Some(conformed.unwrap_or(value));
        self.optional().computed()
    }

    /// Describes the attribute in plain text.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Description::plain(text);
        self
    }

    /// Describes the attribute in Markdown.
    #[must_use]
    pub fn markdown(mut self, text: impl Into<String>) -> Self {
        self.description = Description::markdown(text);
        self
    }

    /// Marks the attribute as deprecated; Terraform warns its users with the message.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Self {
        self.deprecated = Some(message.into());
        self
    }

    /// Keeps the stored value where the plan would say "known after apply".
    #[must_use]
    pub fn use_state_for_unknown(self) -> Self {
        self.modifier(PlanModifier::UseStateForUnknown)
    }

    /// A change of the attribute replaces the resource.
    #[must_use]
    pub fn requires_replace(self) -> Self {
        self.modifier(PlanModifier::RequiresReplace)
    }

    /// Adds a plan modifier. They run in the order of addition.
    #[must_use]
    pub fn modifier(mut self, modifier: PlanModifier) -> Self {
        self.modifiers.push(modifier);
        self
    }

    /// Adds a plan modifier of one's own.
    #[must_use]
    pub fn modify(self, change: impl Fn(&mut AttributePlan<'_>) + Send + Sync + 'static) -> Self {
        self.modifier(PlanModifier::custom(change))
    }

    /// Adds a check of the configured value; runs once the value is known and not null.
    #[must_use]
    pub fn validator(mut self, validator: Validator) -> Self {
        self.validators.push(validator);
        self
    }

    /// The type of the attribute's values.
    #[must_use]
    pub fn ty(&self) -> Type {
        match &self.kind {
            Kind::Plain(ty) => ty.clone(),
            Kind::Nested(nested) => nested.ty(),
        }
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            flags: Flags::default(),
            description: Description::default(),
            deprecated: None,
            default: None,
            modifiers: Vec::new(),
            validators: Vec::new(),
        }
    }
}

impl NestedObject {
    pub(crate) fn object_type(&self) -> Type {
        Type::object(
            self.attributes
                .iter()
                .map(|(name, inner)| (name, inner.ty())),
        )
    }

    fn ty(&self) -> Type {
        match self.nesting {
            Nesting::Single => self.object_type(),
            Nesting::List => Type::list(self.object_type()),
            Nesting::Set => Type::set(self.object_type()),
            Nesting::Map => Type::map(self.object_type()),
        }
    }
}
