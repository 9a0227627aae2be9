//! Arguments of provider blocks, combined with environment variables.
//!
//! Owns one rule: what the block says wins, an empty string says nothing, and each argument is
//! looked up by itself, so that an address from one source is never lost to a key from another.

use tfplugin::{AccessError, Attr, Diagnostic, Object, Path};

use crate::environment::Environment;

/// The value of an argument, from the block or else from the environment.
///
/// # Errors
/// When the argument is no string, which the schema rules out.
pub(crate) fn combined(
    config: &Object,
    name: &str,
    environment: &Environment,
    variables: &[&str],
) -> Result<Attr<String>, AccessError> {
    Ok(match in_block(config, name)? {
        Attr::Null => from_variables(environment, variables),
        given => given,
    })
}

/// The value of an argument in the block alone.
///
/// # Errors
/// When the argument is no string, which the schema rules out.
pub(crate) fn in_block(config: &Object, name: &str) -> Result<Attr<String>, AccessError> {
    if !config.contains(name) {
        return Ok(Attr::Null);
    }
    Ok(match config.string(name)? {
        Attr::Known("") | Attr::Null => Attr::Null,
        Attr::Known(text) => Attr::Known(text.to_owned()),
        Attr::Unknown => Attr::Unknown,
    })
}

/// The value of the first variable that has one.
pub(crate) fn from_variables(environment: &Environment, variables: &[&str]) -> Attr<String> {
    environment.first(variables).map_or(Attr::Null, Attr::Known)
}

/// One half of a pair of credentials, and how to name it.
pub(crate) struct Half<'a> {
    pub(crate) name: &'a str,
    pub(crate) variables: &'a [&'a str],
    pub(crate) value: Attr<String>,
}

/// Both halves, or neither.
///
/// # Errors
/// What is missing when only one of them is known.
pub(crate) fn pair<'a>(
    first: Half<'a>,
    second: Half<'a>,
) -> Result<Attr<(String, String)>, Incomplete<'a>> {
    match (first.value, second.value) {
        (Attr::Known(one), Attr::Known(other)) => Ok(Attr::Known((one, other))),
        (Attr::Null, Attr::Null) => Ok(Attr::Null),
        (Attr::Known(_), Attr::Null) => Err(Incomplete {
            missing: second.name,
            variables: second.variables,
            given: first.name,
        }),
        (Attr::Null, Attr::Known(_)) => Err(Incomplete {
            missing: first.name,
            variables: first.variables,
            given: second.name,
        }),
        (Attr::Unknown, _) | (_, Attr::Unknown) => Ok(Attr::Unknown),
    }
}

/// Half a pair.
pub(crate) struct Incomplete<'a> {
    pub(crate) missing: &'a str,
    variables: &'a [&'a str],
    pub(crate) given: &'a str,
}

impl Incomplete<'_> {
    /// Says what to set, at the missing half below `prefix`.
    pub(crate) fn in_block(&self, prefix: &Path) -> Diagnostic {
        let Self { missing, given, .. } = self;
        Diagnostic::error("Credentials are incomplete")
            .detail(format!(
                "{given} is set, but {missing} is not. Set {missing} in the provider block, or the \
                 environment variable {}.",
                self.variables.join(" or ")
            ))
            .at(prefix.clone().attribute(*missing))
    }
}
