//! Type constraints and their JSON spelling.
//!
//! Facts: `"string"`, `["list","string"]`, `["object",{"id":"string"}]` as in the protocol's
//! object wire format.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

/// The type of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `bool`
    Bool,
    /// `number`
    Number,
    /// `string`
    String,
    /// Any type: the configuration decides.
    Dynamic,
    /// `list(T)`
    List(Box<Self>),
    /// `set(T)`
    Set(Box<Self>),
    /// `map(T)`
    Map(Box<Self>),
    /// `object({name = T, …})`
    Object(BTreeMap<String, Self>),
    /// `tuple([T, …])`
    Tuple(Vec<Self>),
}

/// The bytes are not the JSON spelling of a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a type constraint: {0}")]
pub struct InvalidType(String);

/// Types nested deeper than this are refused when read.
const MAX_DEPTH: usize = 64;

impl Type {
    /// `list(element)`
    #[must_use]
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(element)`
    #[must_use]
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(element)`
    #[must_use]
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// `object({name = type, …})`
    #[must_use]
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Object(
            attributes
                .into_iter()
                .map(|(name, ty)| (name.into(), ty))
                .collect(),
        )
    }

    /// The JSON spelling of the type.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let pair = |kind: &str, inner: Json| Json::Array(vec![Json::from(kind), inner]);
        match self {
            Self::Bool => Json::from("bool"),
            Self::Number => Json::from("number"),
            Self::String => Json::from("string"),
            Self::Dynamic => Json::from("dynamic"),
            Self::List(element) => pair("list", element.to_json()),
            Self::Set(element) => pair("set", element.to_json()),
            Self::Map(element) => pair("map", element.to_json()),
            Self::Object(attributes) => pair(
                "object",
                attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.to_json()))
                    .collect(),
            ),
            Self::Tuple(elements) => pair("tuple", elements.iter().map(Self::to_json).collect()),
        }
    }

    /// Reads the JSON spelling of a type.
    ///
    /// # Errors
    /// [`InvalidType`] if the bytes are anything else, or nest deeper than 64.
    pub fn from_json(bytes: &[u8]) -> Result<Self, InvalidType> {
        let json = serde_json::from_slice(bytes).map_err(|error| InvalidType(error.to_string()))?;
        Self::read(&json, MAX_DEPTH)
    }

    fn read(json: &Json, depth: usize) -> Result<Self, InvalidType> {
        let invalid = || InvalidType(json.to_string());
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| InvalidType("too deep".to_owned()))?;
        match json {
            Json::String(name) => match name.as_str() {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(invalid()),
            },
            Json::Array(parts) => match (parts.first().and_then(Json::as_str), parts.get(1)) {
                (Some("list"), Some(inner)) => Self::read(inner, depth).map(Self::list),
                (Some("set"), Some(inner)) => Self::read(inner, depth).map(Self::set),
                (Some("map"), Some(inner)) => Self::read(inner, depth).map(Self::map),
                (Some("tuple"), Some(Json::Array(inner))) => inner
                    .iter()
                    .map(|element| Self::read(element, depth))
                    .collect::<Result<_, _>>()
                    .map(Self::Tuple),
                // A third part would list optional attributes; it does not change the encoding.
                (Some("object"), Some(Json::Object(inner))) => inner
                    .iter()
                    .map(|(name, ty)| Ok((name.clone(), Self::read(ty, depth)?)))
                    .collect::<Result<_, _>>()
                    .map(Self::Object),
                _ => Err(invalid()),
            },
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::Dynamic => f.write_str("dynamic"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Object(_) => f.write_str("object"),
            Self::Tuple(_) => f.write_str("tuple"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_its_json_spelling() {
        let ty = Type::object([
            ("user", Type::list(Type::object([("id", Type::String)]))),
            ("roles", Type::set(Type::String)),
            ("labels", Type::map(Type::Number)),
            ("pair", Type::Tuple(vec![Type::Bool, Type::Dynamic])),
        ]);
        let json = ty.to_json().to_string();
        insta::assert_snapshot!(json, @r#"["object",{"labels":["map","number"],"pair":["tuple",["bool","dynamic"]],"roles":["set","string"],"user":["list",["object",{"id":"string"}]]}]"#);
        assert_eq!(Type::from_json(json.as_bytes()), Ok(ty));
    }

    #[test]
    fn optional_attributes_of_an_object_are_read_as_plain_ones() {
        let json = br#"["object",{"a":"string"},["a"]]"#;
        assert_eq!(
            Type::from_json(json),
            Ok(Type::object([("a", Type::String)]))
        );
    }

    #[test]
    fn nonsense_and_bottomless_types_are_refused() {
        for json in ["", "1", r#""text""#, r#"["list"]"#, r#"["object",["a"]]"#] {
            assert!(Type::from_json(json.as_bytes()).is_err(), "{json}");
        }
        let deep = format!("{}\"string\"{}", r#"["list","#.repeat(100), "]".repeat(100));
        assert!(Type::from_json(deep.as_bytes()).is_err());
    }
}
