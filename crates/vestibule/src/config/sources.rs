//! Where configuration values come from, and which one counts.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::keys::{KEYS, Key};

/// The variables of a process, by name.
pub(crate) type Environment = BTreeMap<String, String>;

/// All values given, by key; of several, the one that counts.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    values: BTreeMap<&'static str, (String, Source)>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Flag(&'static str),
    Variable(String),
    File(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "the flag --{flag}"),
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

/// A value that is not usable, or a file that is not readable.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A value is not what its key expects.
    #[error("{key}: {shown} from {source_text} is not usable\n  expected: {expected}")]
    Value {
        /// The key.
        key: &'static str,
        /// The value, or a word for it if it is secret.
        shown: String,
        /// Where it came from.
        source_text: String,
        /// What its key expects.
        expected: &'static str,
    },
    /// A key needs a value because of another one.
    #[error("{key}: a value is needed, because {because}\n  expected: {expected}")]
    Missing {
        /// The key.
        key: &'static str,
        /// Why.
        because: &'static str,
        /// What its key expects.
        expected: &'static str,
    },
    /// Two keys do not go together.
    #[error("{key}: {reason}\n  hint: {hint}")]
    Conflict {
        /// The key.
        key: &'static str,
        /// What does not go together.
        reason: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A variable is no text.
    #[error("{name} in the environment is not usable\n  expected: text in UTF-8")]
    NotText {
        /// Its name.
        name: String,
    },
    /// The file, or a variable, has a key that does not exist.
    #[error("{name} in {place} is no configuration key{}", nearest(name))]
    Unknown {
        /// The name.
        name: String,
        /// Where it stands.
        place: String,
    },
}

fn nearest(name: &str) -> String {
    let wanted = name.to_lowercase();
    let wanted = wanted.strip_prefix("vestibule_").unwrap_or(&wanted);
    let close = KEYS.iter().find(|key| {
        key.name.contains(wanted)
            || wanted.contains(key.name)
            || key.name.get(..4) == wanted.get(..4)
    });
    close.map_or_else(String::new, |key| {
        if name.starts_with(PREFIX) {
            format!("\n  hint: did you mean {}?", variable(key))
        } else {
            format!("\n  hint: did you mean {}?", key.name)
        }
    })
}

/// What the names of all our variables begin with.
const PREFIX: &str = "VESTIBULE_";

/// Variables that are no configuration keys: of the command line, of the provider, of `--config`.
const OTHERS: &[&str] = &[
    "VESTIBULE_SERVER",
    "VESTIBULE_KEY",
    "VESTIBULE_ORG",
    "VESTIBULE_ENDPOINT",
    "VESTIBULE_TOKEN",
    "VESTIBULE_CONFIG",
];

/// What the names of variables for our own tests begin with.
const FOR_TESTS: &[&str] = &["VESTIBULE_TEST_", "VESTIBULE_UPDATE_"];

fn variable(key: &Key) -> String {
    format!("{PREFIX}{}", key.name.to_uppercase())
}

/// Refuses variables that nothing reads: a typing error would otherwise be a default in silence.
fn check_variables(environment: &Environment) -> Result<(), ConfigError> {
    let unknown = environment.iter().find(|(name, value)| {
        name.starts_with(PREFIX)
            && !OTHERS.contains(&name.as_str())
            && !FOR_TESTS.iter().any(|prefix| name.starts_with(prefix))
            && !KEYS.iter().any(|key| **name == variable(key))
            && !is_service_link(name, value)
    });
    unknown.map_or(Ok(()), |(name, _)| {
        Err(ConfigError::Unknown {
            name: name.clone(),
            place: "the environment".to_owned(),
        })
    })
}

/// Whether Kubernetes made this variable for a service called `vestibule` or `vestibule-…`:
/// `…_SERVICE_HOST`, `…_SERVICE_PORT`, `…_PORT=tcp://…`, `…_PORT_8080_TCP` and the like.
fn is_service_link(name: &str, value: &str) -> bool {
    let numbered = name
        .split("_PORT_")
        .skip(1)
        .any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    numbered
        || name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && value.contains("://"))
}

impl Sources {
    /// Gathers the values: a flag counts before a variable, a variable before the file.
    ///
    /// The file is the one named, or else `vestibule.toml` if the working directory has one.
    ///
    /// # Errors
    /// [`ConfigError::File`], [`ConfigError::Unknown`] for a key or a variable that does not
    /// exist, [`ConfigError::Value`] for one that is neither a text, a number nor a flag.
    pub(crate) fn gather(
        flags: &BTreeMap<&'static str, String>,
        environment: &Environment,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        check_variables(environment)?;
        let mut sources = Self::default();
        let implied = Path::new("vestibule.toml");
        match file {
            Some(path) => sources.read_file(path)?,
            None if implied.is_file() => sources.read_file(implied)?,
            None => {}
        }
        for key in KEYS {
            let variable = variable(key);
            if let Some(value) = environment.get(&variable) {
                sources
                    .values
                    .insert(key.name, (value.clone(), Source::Variable(variable)));
            }
            if let Some(value) = flags.get(key.name) {
                sources
                    .values
                    .insert(key.name, (value.clone(), Source::Flag(key.flag)));
            }
        }
        Ok(sources)
    }

    fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let unreadable = |reason: String| ConfigError::File {
            path: path.to_owned(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            unreadable(format!(
                "{} (at {:?})",
                error.message(),
                error.span().unwrap_or_default()
            ))
        })?;
        for (name, value) in table {
            let Some(key) = KEYS.iter().find(|key| key.name == name) else {
                return Err(ConfigError::Unknown {
                    name,
                    place: path.display().to_string(),
                });
            };
            let source = Source::File(path.to_owned());
            let text = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                toml::Value::Float(_)
                | toml::Value::Datetime(_)
                | toml::Value::Array(_)
                | toml::Value::Table(_) => {
                    return Err(not_usable(key, &value.to_string(), &source));
                }
            };
            self.values.insert(key.name, (text, source));
        }
        Ok(())
    }

    /// The value of a key that has a default, read by `parse`.
    ///
    /// # Errors
    /// [`ConfigError::Value`] if `parse` gives nothing.
    pub(crate) fn parse<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let key = known(name);
        match self.values.get(name) {
            Some((value, source)) => parse(value).ok_or_else(|| not_usable(key, value, source)),
            None => parse(key.default).ok_or(ConfigError::Missing {
                key: key.name,
                because: "it has no default",
                expected: key.expected,
            }),
        }
    }

    /// The value of a key without a default, read by `parse`, if there is one.
    ///
    /// # Errors
    /// [`ConfigError::Value`] if `parse` gives nothing.
    pub(crate) fn parse_optional<T>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let key = known(name);
        if self.values.contains_key(key.name) {
            self.parse(name, parse).map(Some)
        } else {
            Ok(None)
        }
    }

    /// The text of a key without a default, if there is one.
    ///
    /// # Errors
    /// None so far; the same form as its neighbours.
    pub(crate) fn optional(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        self.parse_optional(name, |text| Some(text.to_owned()))
    }

    /// Whether a key has a value from anywhere.
    #[must_use]
    pub(crate) fn is_given(&self, name: &'static str) -> bool {
        self.values.contains_key(known(name).name)
    }

    /// The error for keys that do not go together.
    #[must_use]
    pub(crate) fn conflict(
        name: &'static str,
        reason: &'static str,
        hint: &'static str,
    ) -> ConfigError {
        ConfigError::Conflict {
            key: known(name).name,
            reason,
            hint,
        }
    }

    /// The error for a key that another one makes necessary.
    #[must_use]
    pub(crate) fn missing(name: &'static str, because: &'static str) -> ConfigError {
        let key = known(name);
        ConfigError::Missing {
            key: key.name,
            because,
            expected: key.expected,
        }
    }
}

fn known(name: &'static str) -> &'static Key {
    #[expect(
        clippy::expect_used,
        reason = "names are constants of this crate; a test reads all"
    )]
    KEYS.iter()
        .find(|key| key.name == name)
        .expect("a key of the list")
}

fn not_usable(key: &Key, value: &str, source: &Source) -> ConfigError {
    let shown = if key.secret {
        "the value".to_owned()
    } else {
        format!("{value:?}")
    };
    ConfigError::Value {
        key: key.name,
        shown,
        source_text: source.to_string(),
        expected: key.expected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(flags: &[(&'static str, &str)], variables: &[(&str, &str)], file: &str) -> Sources {
        try_sources(flags, variables, file).expect("the sources are readable")
    }

    fn try_sources(
        flags: &[(&'static str, &str)],
        variables: &[(&str, &str)],
        file: &str,
    ) -> Result<Sources, ConfigError> {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("vestibule.toml");
        std::fs::write(&path, file).expect("a file");
        let flags = flags
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Sources::gather(&flags, &variables, Some(&path)).map_err(|error| match error {
            ConfigError::File { reason, .. } => ConfigError::File {
                path: "F".into(),
                reason,
            },
            ConfigError::Unknown { name, .. } => ConfigError::Unknown {
                name,
                place: "F".into(),
            },
            other => other,
        })
    }

    fn text(sources: &Sources, key: &'static str) -> String {
        sources
            .parse(key, |text| Some(text.to_owned()))
            .expect("a text")
    }

    #[test]
    fn a_flag_counts_before_a_variable_before_the_file_before_the_default() {
        let file = "listen = \"4\"\nowner = \"4\"\norganization = \"4\"";
        let all = sources(
            &[("listen", "2")],
            &[("VESTIBULE_LISTEN", "3"), ("VESTIBULE_OWNER", "3")],
            file,
        );
        assert_eq!(text(&all, "listen"), "2");
        assert_eq!(text(&all, "owner"), "3");
        assert_eq!(text(&all, "organization"), "4");
        assert_eq!(text(&all, "log"), "info");
    }

    #[test]
    fn a_wrong_value_is_refused_with_key_place_and_what_was_expected() {
        let wrong = sources(&[], &[("VESTIBULE_DEV_MAIL", "maybe")], "");
        let error = wrong
            .parse("dev_mail", |_| None::<bool>)
            .expect_err("refused");
        insta::assert_snapshot!(error, @r#"
        dev_mail: "maybe" from the variable VESTIBULE_DEV_MAIL is not usable
          expected: true or false
        "#);
    }

    #[test]
    fn a_secret_value_is_not_shown_in_its_error() {
        let wrong = sources(&[("database", "postgres://u:hunter2@h/d")], &[], "");
        let error = wrong
            .parse("database", |_| None::<()>)
            .expect_err("refused");
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn an_unknown_key_in_the_file_is_refused_with_a_guess() {
        let error = try_sources(&[], &[], "listn = \"x\"").expect_err("refused");
        insta::assert_snapshot!(error, @r"
        listn in F is no configuration key
          hint: did you mean listen?
        ");
    }

    #[test]
    fn an_unknown_variable_is_refused_with_a_guess() {
        let error = try_sources(&[], &[("VESTIBULE_LISTN", "x")], "").expect_err("refused");
        insta::assert_snapshot!(error, @r"
        VESTIBULE_LISTN in F is no configuration key
          hint: did you mean VESTIBULE_LISTEN?
        ");
        // What a person sets by mistake, not the variable of this name that Kubernetes makes.
        let error = try_sources(&[], &[("VESTIBULE_PORT", "8080")], "").expect_err("refused");
        assert!(matches!(error, ConfigError::Unknown { .. }), "{error}");
    }

    #[test]
    fn variables_of_others_are_no_mistake() {
        let others = OTHERS.iter().map(|name| (*name, "x"));
        let kubernetes = [
            ("VESTIBULE_TEST_SKIP", "terraform"),
            ("VESTIBULE_UPDATE_OPENAPI", "1"),
            ("VESTIBULE_SERVICE_HOST", "10.0.0.7"),
            ("VESTIBULE_SERVICE_PORT_HTTP", "8080"),
            ("VESTIBULE_PORT", "tcp://10.0.0.7:8080"),
            ("VESTIBULE_PORT_8080_TCP_ADDR", "10.0.0.7"),
            ("VESTIBULE_HEADLESS_PORT_8080_TCP", "tcp://10.0.0.7:8080"),
        ];
        let variables: Vec<_> = others.chain(kubernetes).collect();
        assert_eq!(text(&sources(&[], &variables, ""), "log"), "info");
    }

    #[test]
    fn a_broken_file_is_refused_by_name() {
        let error = try_sources(&[], &[], "listen = ").expect_err("refused");
        assert!(
            error
                .to_string()
                .starts_with("the configuration file F cannot be read: ")
        );
    }
}
