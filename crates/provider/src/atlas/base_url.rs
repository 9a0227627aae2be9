//! Where the Atlas API is: what block, environment and a secret of AWS say about it.
//!
//! Owns which of them counts. An address is never lost silently: whichever is not used is told of.

use tfplugin::{Attr, Diagnostic, Diagnostics, Object};
use vestibule_client::atlas::DEFAULT_BASE_URL;

use super::secret_text::SecretText;
use crate::argument::combined;
use crate::environment::{ATLAS_BASE_URL, ATLAS_GOVERNMENT, Environment};

/// The vendor's cloud for governments.
const GOVERNMENT_BASE_URL: &str = "https://cloud.mongodbgov.com";

/// What block and environment say.
pub(crate) struct BaseUrl {
    given: Option<String>,
    is_government: bool,
    /// Where requests go if nobody says anything.
    default: String,
}

impl BaseUrl {
    /// Reads it; nothing while an argument is unknown.
    ///
    /// # Errors
    /// A diagnostic about a variable that is neither true nor false.
    pub(super) fn read(
        config: &Object,
        environment: &Environment,
    ) -> Result<Option<Self>, Diagnostics> {
        let given = combined(config, "base_url", environment, ATLAS_BASE_URL)?;
        let is_government = match config.bool("is_mongodbgov_cloud")? {
            Attr::Known(is_government) => is_government,
            Attr::Null => is_government(environment)?,
            Attr::Unknown => return Ok(None),
        };
        if given.is_unknown() && !is_government {
            return Ok(None);
        }
        Ok(Some(Self {
            given: given.known(),
            is_government,
            default: DEFAULT_BASE_URL.to_owned(),
        }))
    }

    /// What the environment alone says.
    ///
    /// # Errors
    /// A diagnostic about a variable that is neither true nor false.
    pub(crate) fn of_environment(environment: &Environment) -> Result<Self, Diagnostics> {
        Ok(Self {
            given: environment.first(ATLAS_BASE_URL),
            is_government: is_government(environment)?,
            default: DEFAULT_BASE_URL.to_owned(),
        })
    }

    /// An address that was given.
    pub(crate) fn of(address: String) -> Self {
        Self {
            given: Some(address),
            ..Self::unless_said(String::new())
        }
    }

    /// An address for want of another one.
    pub(crate) fn unless_said(default: String) -> Self {
        Self {
            given: None,
            is_government: false,
            default,
        }
    }

    /// Where requests go. What the secret says about it was said where the credentials are, so it goes
    /// before the rest.
    pub(crate) fn choose(self, secret: Option<&SecretText>, warn: impl Fn(Diagnostic)) -> String {
        let of_secret = secret.and_then(|secret| {
            let (given, is_government) = (secret.base_url.as_ref(), secret.is_government);
            address(given, is_government, &warn)
        });
        let configured = address(self.given.as_ref(), self.is_government, &warn);
        match (of_secret, configured) {
            (Some(of_secret), Some(configured)) if of_secret != configured => {
                let why = "The secret in AWS Secrets Manager names an address of its own, so \
                           requests go there.";
                warn(unused(why));
                of_secret
            }
            (of_secret, configured) => of_secret.or(configured).unwrap_or(self.default),
        }
    }
}

/// The address that one source names.
fn address(
    given: Option<&String>,
    is_government: bool,
    warn: &impl Fn(Diagnostic),
) -> Option<String> {
    if !is_government {
        return given.cloned();
    }
    if given.is_some_and(|given| given != GOVERNMENT_BASE_URL) {
        let why = "is_mongodbgov_cloud is set, so requests go to the cloud for governments.";
        warn(unused(why));
    }
    Some(GOVERNMENT_BASE_URL.to_owned())
}

fn unused(why: &str) -> Diagnostic {
    Diagnostic::warning("The base URL is not used").detail(why)
}

fn is_government(environment: &Environment) -> Result<bool, Diagnostics> {
    let Some(text) = environment.first(ATLAS_GOVERNMENT) else {
        return Ok(false);
    };
    truth(&text).ok_or_else(|| {
        Diagnostic::error("The cloud for governments is neither chosen nor not")
            .detail(format!(
                "The environment variable {} must be true or false, but it is {text:?}.",
                ATLAS_GOVERNMENT.join(" or ")
            ))
            .into()
    })
}

/// Whether a text means true or false, as Go reads it.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    }
}
