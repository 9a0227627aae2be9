//! The server's configuration keys as flags, made from the one list of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, Error, FromArgMatches};

use crate::config::{Config, ConfigError, KEYS, Sources};
use crate::process;

/// The flags that were given, by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConfigFlags {
    given: BTreeMap<&'static str, String>,
    file: Option<PathBuf>,
}

impl ConfigFlags {
    /// Puts the server's configuration together from flags, variables and file.
    ///
    /// # Errors
    /// The first value that is not usable.
    pub(crate) fn load(&self) -> Result<Config, ConfigError> {
        let environment = process::environment()?;
        let file = self
            .file
            .clone()
            .or_else(|| environment.get("VESTIBULE_CONFIG").map(PathBuf::from));
        let sources = Sources::gather(&self.given, &environment, file.as_deref())?;
        Config::load(&sources)
    }

    /// The same flags, with this one given too unless it was.
    #[must_use]
    pub(crate) fn or(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.given.entry(key).or_insert_with(|| value.into());
        self
    }
}

impl clap::Args for ConfigFlags {
    fn augment_args(command: Command) -> Command {
        let flags = KEYS.iter().map(|key| {
            let default = if key.default.is_empty() {
                String::new()
            } else {
                format!(" [default: {}]", key.default)
            };
            let arg = Arg::new(key.name).long(key.flag).value_name("VALUE");
            // `--testing` alone is `--testing true`.
            let arg = if key.expected == "true or false" {
                arg.num_args(0..=1).default_missing_value("true")
            } else {
                arg
            };
            arg.help(format!("{}{default}", key.help))
                .long_help(format!(
                    "{}{default}\n\nExpected: {}. Also VESTIBULE_{}, or {} in the file.",
                    key.help,
                    key.expected,
                    key.name.to_uppercase(),
                    key.name
                ))
        });
        let file = Arg::new("config").long("config").value_name("FILE").help(
            "The configuration file [default: vestibule.toml, if there is one; variable: \
             VESTIBULE_CONFIG]",
        );
        command.arg(file).args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ConfigFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        for key in KEYS {
            if let Some(value) = matches.get_one::<String>(key.name) {
                self.given.insert(key.name, value.clone());
            }
        }
        if let Some(file) = matches.get_one::<String>("config") {
            self.file = Some(file.into());
        }
        Ok(())
    }
}
