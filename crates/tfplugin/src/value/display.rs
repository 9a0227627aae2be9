//! Values as text for messages, close to how they are written in a configuration.

use std::fmt;

use super::Value;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Unknown(_) => f.write_str("(known after apply)"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::String(text) => write!(f, "{text:?}"),
            Self::List(items) | Self::Set(items) | Self::Tuple(items) => {
                f.write_str("[")?;
                for (position, item) in items.iter().enumerate() {
                    let separator = if position == 0 { "" } else { ", " };
                    write!(f, "{separator}{item}")?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => entries_of(f, entries.iter()),
            Self::Object(object) => entries_of(f, object.iter()),
            Self::Dynamic(inner) => inner.1.fmt(f),
        }
    }
}

fn entries_of<'a>(
    f: &mut fmt::Formatter<'_>,
    entries: impl Iterator<Item = (&'a String, &'a Value)>,
) -> fmt::Result {
    f.write_str("{")?;
    for (position, (name, value)) in entries.enumerate() {
        let separator = if position == 0 { " " } else { ", " };
        write!(f, "{separator}{name} = {value}")?;
    }
    f.write_str(" }")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Object;

    #[test]
    fn values_read_like_a_configuration() {
        let value = Object::new()
            .with("list", vec![Value::from(1), Value::Null, Value::UNKNOWN])
            .with("map", Value::map([("k", "a\"b")]))
            .with("flag", true);
        insta::assert_snapshot!(
            Value::Object(value),
            @r#"{ flag = true, list = [1, null, (known after apply)], map = { k = "a\"b" } }"#
        );
    }
}
