//! The keys `testing`, `testing_allow_remote` and `seed`.

use std::net::SocketAddr;
use std::path::PathBuf;

use vestibule_server::testing::Reach;

use super::sources::{ConfigError, Sources};

/// How a server for testing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TestingConfig {
    /// What it begins with.
    pub(crate) seed: SeedSource,
    /// From where its controls can be used.
    pub(crate) reach: Reach,
}

/// Where a seed comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SeedSource {
    /// The one that is built in.
    Default,
    /// A file.
    File(PathBuf),
}

impl SeedSource {
    /// Reads the key's value.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "" => None,
            "default" => Some(Self::Default),
            path => Some(Self::File(path.into())),
        }
    }
}

/// The controls' configuration; `None` for a server that is not for testing.
///
/// The controls ask for no credential and every secret is known, so nobody else may reach them by
/// accident; and a key ring that is worth something must not be in such a server.
///
/// # Errors
/// For an address that others reach, for a key ring of one's own, and for a seed without testing.
pub(super) fn testing(
    sources: &Sources,
    listen: SocketAddr,
) -> Result<Option<TestingConfig>, ConfigError> {
    let is_on = sources.parse("testing", super::flag)?;
    let allow_remote = sources.parse("testing_allow_remote", super::flag)?;
    let seed = sources.parse("seed", SeedSource::parse)?;
    if !is_on {
        if sources.is_given("seed") {
            let why = "only a server for testing is seeded";
            return Err(Sources::conflict("seed", why, "add --testing"));
        }
        return Ok(None);
    }
    if !listen.ip().to_canonical().is_loopback() && !allow_remote {
        return Err(Sources::conflict(
            "testing",
            "its controls ask for no credential, and `listen` is not a loopback address",
            "listen on 127.0.0.1, or add --testing-allow-remote if everybody may use them",
        ));
    }
    if sources.is_given("keys") {
        return Err(Sources::conflict(
            "testing",
            "it has a key ring of its own, which everybody knows, and `keys` gives another",
            "leave out `keys`",
        ));
    }
    let reach = if allow_remote {
        Reach::Anywhere
    } else {
        Reach::ThisMachine
    };
    Ok(Some(TestingConfig { seed, reach }))
}
