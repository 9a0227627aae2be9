//! Terraform values and their types.
//!
//! Owns the data model only. It knows nothing of wire formats (`codec`) and nothing of what a
//! schema allows (`schema`).

mod access;
mod convert;
mod display;
mod number;
mod object;
mod order;
mod path;
mod refinement;
mod types;

pub use access::{AccessError, Attr};
pub(crate) use number::Wire as NumberWire;
pub use number::{InvalidNumber, Number};
pub use object::Object;
pub(crate) use order::{sort, sorted};
pub use path::{Path, Step};
pub use refinement::{NumberBound, Refinement};
pub use types::{InvalidType, Type};

use std::collections::BTreeMap;

/// A Terraform value: null, unknown, or something known.
///
/// Equality is structural; compare values of one type after [`Value::normalized`] if sets may be
/// in different orders.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// No value: `null`, or an argument that was left out.
    #[default]
    Null,
    /// Will be known only after apply; a refinement says what is known about it already.
    Unknown(Option<Box<Refinement>>),
    /// `true` or `false`.
    Bool(bool),
    /// A number of any size and precision.
    Number(Number),
    /// Text.
    String(String),
    /// A sequence of values of one type.
    List(Vec<Self>),
    /// Unordered distinct values of one type; kept sorted.
    Set(Vec<Self>),
    /// A fixed sequence of values, each with its own type.
    Tuple(Vec<Self>),
    /// Values of one type by arbitrary keys.
    Map(BTreeMap<String, Self>),
    /// Values by the attribute names of the type.
    Object(Object),
    /// A value of a type that only the configuration decides.
    Dynamic(Box<(Type, Self)>),
}

impl Value {
    /// An unknown value without refinement.
    pub const UNKNOWN: Self = Self::Unknown(None);

    /// Whether this is null (at the top; elements are not looked at).
    #[must_use]
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Dynamic(inner) => inner.1.is_null(),
            _ => false,
        }
    }

    /// Whether this is unknown (at the top; elements are not looked at).
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Dynamic(inner) => inner.1.is_unknown(),
            _ => false,
        }
    }

    /// Whether nothing inside this value is unknown.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(items) | Self::Set(items) | Self::Tuple(items) => {
                items.iter().all(Self::is_wholly_known)
            }
            Self::Map(entries) => entries.values().all(Self::is_wholly_known),
            Self::Object(object) => object.iter().all(|(_, value)| value.is_wholly_known()),
            Self::Dynamic(inner) => inner.1.is_wholly_known(),
        }
    }

    /// A set of values: sorted, and each value once.
    #[must_use]
    pub fn set(items: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::Set(sorted(items.into_iter().map(Into::into).collect()))
    }

    /// A map of values.
    #[must_use]
    pub fn map<K: Into<String>, V: Into<Self>>(entries: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }

    /// The same value with every set inside sorted and without repetitions.
    #[must_use]
    pub fn normalized(self) -> Self {
        self.map_leaves(&mut |leaf| leaf)
    }

    /// The same value with every unknown inside replaced by null.
    #[must_use]
    pub fn unknown_as_null(self) -> Self {
        self.map_leaves(&mut |leaf| if leaf.is_unknown() { Self::Null } else { leaf })
    }

    /// The fields of an object, or `None` for anything else.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The text of a string, or `None` for anything else.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a list, set or tuple, or `None` for anything else.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) | Self::Set(items) | Self::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map, or `None` for anything else.
    #[must_use]
    pub fn as_map(&self) -> Option<&BTreeMap<String, Self>> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// What kind of value this is, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown(_) => "unknown",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Tuple(_) => "tuple",
            Self::Map(_) => "map",
            Self::Object(_) => "object",
            Self::Dynamic(_) => "dynamic",
        }
    }

    fn map_leaves(self, change: &mut impl FnMut(Self) -> Self) -> Self {
        match self {
            Self::List(items) => Self::List(
                items
                    .into_iter()
                    .map(|item| item.map_leaves(change))
                    .collect(),
            ),
            Self::Tuple(items) => Self::Tuple(
                items
                    .into_iter()
                    .map(|item| item.map_leaves(change))
                    .collect(),
            ),
            Self::Set(items) => Self::Set(sorted(
                items
                    .into_iter()
                    .map(|item| item.map_leaves(change))
                    .collect(),
            )),
            Self::Map(entries) => Self::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key, value.map_leaves(change)))
                    .collect(),
            ),
            Self::Object(object) => Self::Object(
                object
                    .into_iter()
                    .map(|(name, value)| (name, value.map_leaves(change)))
                    .collect(),
            ),
            Self::Dynamic(inner) => {
                let (ty, value) = *inner;
                Self::Dynamic(Box::new((ty, value.map_leaves(change))))
            }
            leaf => change(leaf),
        }
    }
}
