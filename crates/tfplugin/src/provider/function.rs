//! Provider functions: pure computations that configurations call by name.

use crate::diagnostics::Diagnostics;
use crate::schema::{Description, SchemaError, check_signature};
use crate::value::{Number, Type, Value};

/// A function of the provider: `provider::<local name>::<name>(…)` (Terraform 1.8 and later).
///
/// Functions are pure: the same arguments give the same result, without network or provider
/// configuration, for Terraform calls them at any time, also before the provider is configured.
pub trait Function: Send + Sync + 'static {
    /// The name behind `provider::<local name>::`.
    fn name(&self) -> &str;

    /// Parameters, result and documentation.
    fn signature(&self) -> Signature;

    /// Computes the result. Arguments have the types of the signature; they are neither null nor
    /// unknown unless their parameter allows it.
    ///
    /// # Errors
    /// A [`FunctionError`], best with the argument that is to blame.
    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError>;
}

/// What a function takes and returns.
///
/// ```
/// use tfplugin::{Parameter, Signature, Type};
///
/// let signature = Signature::returning(Type::String)
///     .summary("The key of an address")
///     .parameter(Parameter::new("address", Type::String).description("An e-mail address."));
/// assert_eq!(signature.check(), Ok(()));
/// ```
#[derive(Debug, Clone)]
pub struct Signature {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) variadic: Option<Parameter>,
    pub(crate) returns: Type,
    pub(crate) summary: String,
    pub(crate) description: Description,
    pub(crate) deprecated: Option<String>,
}

/// One parameter of a function.
#[derive(Debug, Clone)]
pub struct Parameter {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) allow_null: bool,
    pub(crate) allow_unknown: bool,
    pub(crate) description: Description,
}

/// The arguments of one call.
#[derive(Debug, Clone, PartialEq)]
pub struct Arguments {
    values: Vec<Value>,
    fixed: usize,
}

/// Why a function has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    pub(crate) text: String,
    pub(crate) argument: Option<usize>,
}

impl Signature {
    /// A function without parameters that returns a value of this type.
    #[must_use]
    pub fn returning(ty: Type) -> Self {
        Self {
            parameters: Vec::new(),
            variadic: None,
            returns: ty,
            summary: String::new(),
            description: Description::default(),
            deprecated: None,
        }
    }

    /// Adds a parameter behind the others.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Takes any number of further arguments, each as this parameter says.
    #[must_use]
    pub fn variadic(mut self, parameter: Parameter) -> Self {
        self.variadic = Some(parameter);
        self
    }

    /// Says in a few words what the function does.
    #[must_use]
    pub fn summary(mut self, text: impl Into<String>) -> Self {
        self.summary = text.into();
        self
    }

    /// Describes the function in plain text.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Description::plain(text);
        self
    }

    /// Describes the function in Markdown.
    #[must_use]
    pub fn markdown(mut self, text: impl Into<String>) -> Self {
        self.description = Description::markdown(text);
        self
    }

    /// Marks the function as deprecated; Terraform warns its users with the message.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Self {
        self.deprecated = Some(message.into());
        self
    }

    /// Checks the names against Terraform's rules; call it in a unit test.
    ///
    /// # Errors
    /// [`SchemaError`] with every violation found.
    pub fn check(&self) -> Result<(), SchemaError> {
        let parameters = self.parameters.iter().chain(&self.variadic);
        let names: Vec<&str> = parameters.map(|one| one.name.as_str()).collect();
        check_signature(&names)
    }

    /// The parameter that the argument at this position is for.
    pub(crate) fn at(&self, position: usize) -> Option<&Parameter> {
        self.parameters.get(position).or(self.variadic.as_ref())
    }
}

impl Parameter {
    /// A parameter; its name is for messages and documentation only.
    #[must_use]
    pub fn new(name: impl Into<String>, ty: Type) -> Self {
        Self {
            name: name.into(),
            ty,
            allow_null: false,
            allow_unknown: false,
            description: Description::default(),
        }
    }

    /// The argument may be null.
    #[must_use]
    pub fn allow_null(mut self) -> Self {
        self.allow_null = true;
        self
    }

    /// The function is called even if the argument is not wholly known; otherwise Terraform takes
    /// the result for unknown without calling it.
    #[must_use]
    pub fn allow_unknown(mut self) -> Self {
        self.allow_unknown = true;
        self
    }

    /// Describes the parameter in plain text.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Description::plain(text);
        self
    }

    /// Describes the parameter in Markdown.
    #[must_use]
    pub fn markdown(mut self, text: impl Into<String>) -> Self {
        self.description = Description::markdown(text);
        self
    }
}

impl Arguments {
    /// Arguments for calling a function from a test, none of them variadic.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = impl Into<Value>>) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let fixed = values.len();
        Self { values, fixed }
    }

    /// The same, where the parameters are only `fixed` many and the rest is variadic.
    #[must_use]
    pub fn with_fixed(mut self, fixed: usize) -> Self {
        self.fixed = fixed;
        self
    }

    /// An argument by its position from 0; null if there is none.
    #[must_use]
    pub fn get(&self, position: usize) -> &Value {
        const NULL: &Value = &Value::Null;
        self.values.get(position).unwrap_or(NULL)
    }

    /// The arguments for the variadic parameter.
    #[must_use]
    pub fn variadic(&self) -> &[Value] {
        self.values.get(self.fixed..).unwrap_or_default()
    }

    /// A string.
    ///
    /// # Errors
    /// [`FunctionError`] if the argument is anything else, null and unknown included.
    pub fn str(&self, position: usize) -> Result<&str, FunctionError> {
        let value = self.get(position);
        value
            .as_str()
            .ok_or_else(|| mismatch(position, "string", value))
    }

    /// A string that may be null.
    ///
    /// # Errors
    /// [`FunctionError`] if the argument is anything else, unknown included.
    pub fn opt_str(&self, position: usize) -> Result<Option<&str>, FunctionError> {
        if self.get(position).is_null() {
            return Ok(None);
        }
        self.str(position).map(Some)
    }

    /// A boolean.
    ///
    /// # Errors
    /// [`FunctionError`] if the argument is anything else, null and unknown included.
    pub fn bool(&self, position: usize) -> Result<bool, FunctionError> {
        match self.get(position) {
            Value::Bool(value) => Ok(*value),
            other => Err(mismatch(position, "bool", other)),
        }
    }

    /// A number.
    ///
    /// # Errors
    /// [`FunctionError`] if the argument is anything else, null and unknown included.
    pub fn number(&self, position: usize) -> Result<&Number, FunctionError> {
        match self.get(position) {
            Value::Number(value) => Ok(value),
            other => Err(mismatch(position, "number", other)),
        }
    }
}

impl FunctionError {
    /// An error without an argument to blame.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            argument: None,
        }
    }

    /// The error blamed on an argument, by its position from 0: Terraform then underlines it.
    #[must_use]
    pub fn argument(mut self, position: usize) -> Self {
        self.argument = Some(position);
        self
    }

    /// The position of the argument to blame, from 0.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.argument
    }
}

impl From<Diagnostics> for FunctionError {
    fn from(diagnostics: Diagnostics) -> Self {
        let told = diagnostics.iter().map(|one| {
            if one.detail.is_empty() {
                return one.summary.clone();
            }
            format!("{}: {}", one.summary, one.detail)
        });
        Self::new(told.collect::<Vec<_>>().join("\n"))
    }
}

fn mismatch(position: usize, expected: &str, found: &Value) -> FunctionError {
    let found = found.kind();
    FunctionError::new(format!("a {expected} is needed, but it is {found}")).argument(position)
}
