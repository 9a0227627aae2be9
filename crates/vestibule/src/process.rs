//! The process' surroundings. The one place that reads its environment.

use crate::config::{ConfigError, Environment};

/// The variables that concern Vestibule.
///
/// # Errors
/// [`ConfigError::NotText`].
pub(crate) fn environment() -> Result<Environment, ConfigError> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        .filter(|(name, _)| name.starts_with("VESTIBULE_"))
        .map(|(name, value)| match value.into_string() {
            Ok(value) => Ok((name, value)),
            Err(_) => Err(ConfigError::NotText { name }),
        })
        .collect()
}

/// Completes when the process is asked to stop: Ctrl-C, or SIGTERM from a supervisor.
pub(crate) async fn stop_requested() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}

/// Where programs are looked for.
#[must_use]
pub(crate) fn search_path() -> Option<std::ffi::OsString> {
    std::env::var_os("PATH")
}

/// Asks a process to stop, as a supervisor would. One that has ended already is left alone.
pub(crate) fn ask_to_stop(child: &tokio::process::Child) {
    let id = child.id().and_then(|id| i32::try_from(id).ok());
    if let Some(id) = id.and_then(rustix::process::Pid::from_raw) {
        // It may end at the same moment.
        let _sent = rustix::process::kill_process(id, rustix::process::Signal::TERM);
    }
}

/// The home directory of whoever runs this.
#[must_use]
pub(crate) fn home() -> Option<std::path::PathBuf> {
    std::env::home_dir().filter(|path| !path.as_os_str().is_empty())
}
