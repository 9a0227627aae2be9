//! Typed reading of attributes: null, unknown or known.

/// An attribute as read: Terraform always has these three cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attr<T> {
    /// Null, or left out of the configuration.
    Null,
    /// Known only after apply.
    Unknown,
    /// A value.
    Known(T),
}

/// An attribute is not what the code that reads it takes it for: a bug in the provider, or a
/// value that is not known yet where one is needed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("attribute {attribute} should be a {expected}, but is: {found}")]
pub struct AccessError {
    attribute: String,
    expected: &'static str,
    found: &'static str,
}

impl AccessError {
    pub(crate) fn new(attribute: &str, expected: &'static str, found: &'static str) -> Self {
        Self {
            attribute: attribute.to_owned(),
            expected,
            found,
        }
    }

    /// The attribute that was read.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }
}

impl<T> Attr<T> {
    /// The value, if it is known and not null.
    #[must_use]
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Null | Self::Unknown => None,
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether it is unknown.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Changes the known value.
    #[must_use]
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Attr<U> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => Attr::Known(change(value)),
        }
    }

    /// The known value, or something else.
    #[must_use]
    pub fn known_or(self, other: T) -> T {
        self.known().unwrap_or(other)
    }

    /// The value, which must be there; `name` is for the message.
    ///
    /// # Errors
    /// [`AccessError`] if it is null or unknown.
    pub fn required(self, name: &str) -> Result<T, AccessError> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Null => Err(AccessError::new(name, "value", "null")),
            Self::Unknown => Err(AccessError::new(name, "known value", "unknown")),
        }
    }

    /// The value or none, which must be known; `name` is for the message.
    ///
    /// # Errors
    /// [`AccessError`] if it is unknown.
    pub fn optional(self, name: &str) -> Result<Option<T>, AccessError> {
        match self {
            Self::Known(value) => Ok(Some(value)),
            Self::Null => Ok(None),
            Self::Unknown => Err(AccessError::new(name, "known value", "unknown")),
        }
    }
}
