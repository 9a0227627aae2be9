//! The environment variables of the process contract, read in one place.

use std::path::PathBuf;

use crate::log::LogEnvironment;

/// What Terraform (and its user) says through the environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    pub(super) cookie: Option<String>,
    pub(super) protocol_versions: Option<String>,
    pub(super) client_certificate: Option<String>,
    pub(super) multiplex: bool,
    pub(super) socket_dir: Option<PathBuf>,
    /// Lowest and highest TCP port.
    pub(super) ports: Option<(u16, u16)>,
    pub(super) log: LogEnvironment,
}

impl Environment {
    pub(super) fn from_process(provider: &str) -> Self {
        let port = |name| text(name).and_then(|port| port.parse::<u16>().ok());
        Self {
            cookie: text("TF_PLUGIN_MAGIC_COOKIE"),
            protocol_versions: text("PLUGIN_PROTOCOL_VERSIONS"),
            client_certificate: text("PLUGIN_CLIENT_CERT"),
            multiplex: text("PLUGIN_MULTIPLEX_GRPC").is_some(),
            socket_dir: std::env::var_os("PLUGIN_UNIX_SOCKET_DIR")
                .filter(|dir| !dir.is_empty())
                .map(PathBuf::from),
            ports: port("PLUGIN_MIN_PORT").zip(port("PLUGIN_MAX_PORT")),
            log: LogEnvironment {
                all: text("TF_LOG"),
                providers: text("TF_LOG_PROVIDER"),
                this_provider: text(&this_provider_variable(provider)),
            },
        }
    }
}

/// `TF_LOG_PROVIDER_MONGODBATLAS` for `mongodbatlas`.
fn this_provider_variable(provider: &str) -> String {
    format!(
        "TF_LOG_PROVIDER_{}",
        provider.to_uppercase().replace('-', "_")
    )
}

/// A variable that is set, not empty, and text.
fn text(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads them"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
