//! Logs in the shape Terraform understands: JSON lines on standard error.
//!
//! Owns the format and the level. Nothing is formatted, and no subscriber even installed, unless
//! the user asked for logs.

mod layer;
mod timestamp;

use std::io::Write;

use tracing::Level;
use tracing_subscriber::layer::SubscriberExt as _;

use layer::HclogLayer;

/// The variables that ask for logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LogEnvironment {
    /// `TF_LOG`
    pub(crate) all: Option<String>,
    /// `TF_LOG_PROVIDER`
    pub(crate) providers: Option<String>,
    /// `TF_LOG_PROVIDER_<NAME>`
    pub(crate) this_provider: Option<String>,
}

impl LogEnvironment {
    /// The level asked for; the most specific variable wins.
    fn level(&self) -> Option<Level> {
        let text = self
            .this_provider
            .as_ref()
            .or(self.providers.as_ref())
            .or(self.all.as_ref())?;
        match text.to_ascii_uppercase().as_str() {
            "OFF" => None,
            "ERROR" => Some(Level::ERROR),
            "WARN" => Some(Level::WARN),
            "INFO" => Some(Level::INFO),
            "DEBUG" => Some(Level::DEBUG),
            // `JSON` is trace in another format; anything else is trace to Terraform, too.
            _ => Some(Level::TRACE),
        }
    }
}

/// Sends this process's tracing events to Terraform, if its user asked for logs.
pub(crate) fn install(provider: &str, environment: &LogEnvironment) {
    let Some(level) = environment.level() else {
        return;
    };
    let layer = HclogLayer::new(provider, level, write_to_stderr);
    let subscriber = tracing_subscriber::registry().with(layer);
    // Whoever has installed a subscriber before us has decided where the logs go.
    drop(tracing::subscriber::set_global_default(subscriber));
}

/// One write per line, so that lines of concurrent tasks do not mix.
fn write_to_stderr(line: &[u8]) {
    // If standard error is closed there is nobody to tell.
    drop(std::io::stderr().lock().write_all(line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_variable_decides_the_level() {
        let environment = |all: &str, providers: &str, this: &str| {
            let variable = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            LogEnvironment {
                all: variable(all),
                providers: variable(providers),
                this_provider: variable(this),
            }
        };
        assert_eq!(environment("", "", "").level(), None);
        assert_eq!(environment("trace", "", "").level(), Some(Level::TRACE));
        assert_eq!(environment("trace", "warn", "").level(), Some(Level::WARN));
        assert_eq!(environment("trace", "warn", "off").level(), None);
        assert_eq!(environment("JSON", "", "").level(), Some(Level::TRACE));
    }
}
