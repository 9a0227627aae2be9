//! Objects: attribute names with values, read and written by name.

use std::collections::BTreeMap;

use super::{AccessError, Attr, Number, Value};

/// The attributes of a resource, a data source, a provider block or a nested object.
///
/// What the framework hands to a handler has exactly the attributes of its schema. What a handler
/// returns may leave attributes out (they become null); names the schema lacks are an error.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object(BTreeMap<String, Value>);

impl Object {
    /// An object without attributes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of an attribute; null if there is none of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        self.0.get(name).unwrap_or(NULL)
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    /// The object with an attribute set.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// Takes an attribute out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// The value of an attribute for change in place, if there is one of that name.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.get_mut(name)
    }

    /// Whether there is an attribute of that name, null or not.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The attributes in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }

    /// How many attributes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no attributes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A string that may be null or unknown.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute or it is no string.
    pub fn string(&self, name: &str) -> Result<Attr<&str>, AccessError> {
        self.read(name, "string", Value::as_str)
    }

    /// A boolean that may be null or unknown.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute or it is no boolean.
    pub fn bool(&self, name: &str) -> Result<Attr<bool>, AccessError> {
        self.read(name, "bool", |value| match value {
            Value::Bool(value) => Some(*value),
            _ => None,
        })
    }

    /// A number that may be null or unknown.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute or it is no number.
    pub fn number(&self, name: &str) -> Result<Attr<&Number>, AccessError> {
        self.read(name, "number", |value| match value {
            Value::Number(value) => Some(value),
            _ => None,
        })
    }

    /// An integer that may be null or unknown.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute, or it is no whole number that fits.
    pub fn integer(&self, name: &str) -> Result<Attr<i64>, AccessError> {
        self.read(name, "whole number", |value| match value {
            Value::Number(value) => value.as_i64(),
            _ => None,
        })
    }

    /// The elements of a list, set or tuple that may be null or unknown.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute or it is none of these.
    pub fn elements(&self, name: &str) -> Result<Attr<&[Value]>, AccessError> {
        self.read(name, "list or set", Value::as_slice)
    }

    /// The strings of a list or set; unknown if the collection or any element is.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute or it is no collection of strings without
    /// nulls.
    pub fn strings(&self, name: &str) -> Result<Attr<Vec<&str>>, AccessError> {
        let elements = match self.elements(name)? {
            Attr::Null => return Ok(Attr::Null),
            Attr::Unknown => return Ok(Attr::Unknown),
            Attr::Known(elements) => elements,
        };
        if elements.iter().any(Value::is_unknown) {
            return Ok(Attr::Unknown);
        }
        elements
            .iter()
            .map(|element| {
                element
                    .as_str()
                    .ok_or_else(|| AccessError::new(name, "string", element.kind()))
            })
            .collect::<Result<_, _>>()
            .map(Attr::Known)
    }

    /// The entries of a map that may be null or unknown.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute or it is no map.
    pub fn map(&self, name: &str) -> Result<Attr<&BTreeMap<String, Value>>, AccessError> {
        self.read(name, "map", Value::as_map)
    }

    /// A nested object that may be null or unknown.
    ///
    /// # Errors
    /// [`AccessError`] if there is no such attribute or it is no object.
    pub fn object(&self, name: &str) -> Result<Attr<&Self>, AccessError> {
        self.read(name, "object", Value::as_object)
    }

    /// A string that must be there and known: the usual reader in create, read, update and delete.
    ///
    /// # Errors
    /// [`AccessError`] if it is missing, null, unknown or no string.
    pub fn str(&self, name: &str) -> Result<&str, AccessError> {
        self.string(name)?.required(name)
    }

    /// A string that may be null but must be known.
    ///
    /// # Errors
    /// [`AccessError`] if it is missing, unknown or no string.
    pub fn opt_str(&self, name: &str) -> Result<Option<&str>, AccessError> {
        self.string(name)?.optional(name)
    }

    fn read<'a, T>(
        &'a self,
        name: &str,
        expected: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Attr<T>, AccessError> {
        let value = match self.0.get(name) {
            None => return Err(AccessError::new(name, expected, "no such attribute")),
            Some(Value::Dynamic(inner)) => &inner.1,
            Some(value) => value,
        };
        match value {
            Value::Null => Ok(Attr::Null),
            Value::Unknown(_) => Ok(Attr::Unknown),
            _ => read(value)
                .map(Attr::Known)
                .ok_or_else(|| AccessError::new(name, expected, value.kind())),
        }
    }
}

impl<N: Into<String>, V: Into<Value>> FromIterator<(N, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(attributes: I) -> Self {
        Self(
            attributes
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl IntoIterator for Object {
    type Item = (String, Value);
    type IntoIter = std::collections::btree_map::IntoIter<String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
