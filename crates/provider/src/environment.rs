//! The environment variables of the three personas, and the only door to the environment.
//!
//! Owns names and lookup. It must not decide what wins against a provider block: the personas do.
//! Names are the vendors' own (their providers, August 2026), so that what works with their
//! providers works here.

use std::fmt;
use std::sync::Arc;

/// Of the Cloud API key in persona `confluent`.
pub(crate) const CONFLUENT_API_KEY: &[&str] = &["CONFLUENT_CLOUD_API_KEY"];
/// Of its secret.
pub(crate) const CONFLUENT_API_SECRET: &[&str] = &["CONFLUENT_CLOUD_API_SECRET"];
/// Of the number of retries in persona `confluent`.
pub(crate) const CONFLUENT_MAX_RETRIES: &[&str] = &["TF_PROVIDER_CONFLUENT_MAX_RETRIES"];

/// Of our own rule when a `confluent_invitation` is replaced by a new one: a list of `expired` and
/// `deactivated`; none unless set.
pub(crate) const CONFLUENT_REINVITE: &[&str] = &["VESTIBULE_CONFLUENT_REINVITE"];
/// Of our own rule what a 403 to reading a `confluent_invitation` means: `error`, or `gone` as in
/// the vendor's provider.
pub(crate) const CONFLUENT_FORBIDDEN: &[&str] = &["VESTIBULE_CONFLUENT_FORBIDDEN"];

/// Of the public half of an Atlas API key; the first that is not empty counts.
pub(crate) const ATLAS_PUBLIC_KEY: &[&str] = &[
    "MONGODB_ATLAS_PUBLIC_API_KEY",
    "MONGODB_ATLAS_PUBLIC_KEY",
    "MCLI_PUBLIC_API_KEY",
];
/// Of the private half.
pub(crate) const ATLAS_PRIVATE_KEY: &[&str] = &[
    "MONGODB_ATLAS_PRIVATE_API_KEY",
    "MONGODB_ATLAS_PRIVATE_KEY",
    "MCLI_PRIVATE_API_KEY",
];
/// Of an Atlas service account's id.
pub(crate) const ATLAS_CLIENT_ID: &[&str] = &["MONGODB_ATLAS_CLIENT_ID"];
/// Of its secret.
pub(crate) const ATLAS_CLIENT_SECRET: &[&str] = &["MONGODB_ATLAS_CLIENT_SECRET"];
/// Of a ready-made Atlas access token.
pub(crate) const ATLAS_ACCESS_TOKEN: &[&str] = &["MONGODB_ATLAS_ACCESS_TOKEN"];
/// Of the address of the Atlas API.
pub(crate) const ATLAS_BASE_URL: &[&str] = &["MONGODB_ATLAS_BASE_URL", "MCLI_OPS_MANAGER_URL"];

/// Of whether the cloud for governments is meant.
pub(crate) const ATLAS_GOVERNMENT: &[&str] = &["MONGODB_ATLAS_IS_MONGODBGOV_CLOUD"];

/// Of the AWS role that may read a secret with Atlas credentials.
pub(crate) const AWS_ROLE: &[&str] = &["ASSUME_ROLE_ARN", "TF_VAR_ASSUME_ROLE_ARN"];
/// Of the secret's name.
pub(crate) const AWS_SECRET_NAME: &[&str] = &["SECRET_NAME", "TF_VAR_SECRET_NAME"];
/// Of the region it is in; the last one is AWS's own.
pub(crate) const AWS_REGION: &[&str] = &["AWS_REGION", "TF_VAR_AWS_REGION", "AWS_DEFAULT_REGION"];
/// Of the id of the access key that assumes the role.
pub(crate) const AWS_ACCESS_KEY_ID: &[&str] = &["AWS_ACCESS_KEY_ID", "TF_VAR_AWS_ACCESS_KEY_ID"];
/// Of its secret half.
pub(crate) const AWS_SECRET_ACCESS_KEY: &[&str] =
    &["AWS_SECRET_ACCESS_KEY", "TF_VAR_AWS_SECRET_ACCESS_KEY"];
/// Of its session token.
pub(crate) const AWS_SESSION_TOKEN: &[&str] = &["AWS_SESSION_TOKEN", "TF_VAR_AWS_SESSION_TOKEN"];
/// Of the address of STS; the last two are AWS's own.
pub(crate) const AWS_STS_ENDPOINT: &[&str] = &[
    "STS_ENDPOINT",
    "TF_VAR_STS_ENDPOINT",
    "AWS_ENDPOINT_URL_STS",
    "AWS_ENDPOINT_URL",
];
/// Of the address of Secrets Manager: AWS's own.
pub(crate) const AWS_SECRETS_MANAGER_ENDPOINT: &[&str] =
    &["AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"];
/// All that says how AWS is asked, but whether it is.
pub(crate) const AWS_SETTINGS: [&[&str]; 7] = [
    AWS_SECRET_NAME,
    AWS_REGION,
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN,
    AWS_STS_ENDPOINT,
    AWS_SECRETS_MANAGER_ENDPOINT,
];

/// Of the address of a Vestibule server in persona `vestibule`.
pub(crate) const VESTIBULE_ENDPOINT: &[&str] = &["VESTIBULE_ENDPOINT"];
/// Of the key for that server.
pub(crate) const VESTIBULE_TOKEN: &[&str] = &["VESTIBULE_TOKEN"];

/// What Terraform itself asks providers to append to their `User-Agent`.
pub(crate) const APPENDED_USER_AGENT: &[&str] = &["TF_APPEND_USER_AGENT"];

/// Gives the value of a variable, if it is set.
type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where variables are looked up: the process's environment, or a test's.
#[derive(Clone)]
pub struct Environment {
    lookup: Arc<Lookup>,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place of the provider that reads the environment"
        )]
        Self::new(|name| std::env::var(name).ok())
    }

    /// An environment of one's own; `lookup` gives the value of a variable.
    #[must_use]
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self {
            lookup: Arc::new(lookup),
        }
    }

    /// An environment with just these variables.
    #[must_use]
    pub fn of<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let pairs: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self::new(move |name| {
            pairs
                .iter()
                .find(|(other, _)| other == name)
                .map(|(_, value)| value.clone())
        })
    }

    /// The same environment with these variables only.
    pub(crate) fn only<const N: usize>(&self, names: [&'static [&'static str]; N]) -> Self {
        let lookup = Arc::clone(&self.lookup);
        Self::new(move |name| {
            let is_one = names.iter().any(|names| names.contains(&name));
            is_one.then(|| lookup(name))?
        })
    }

    /// The first of these variables that is set and not empty.
    pub(crate) fn first(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .filter_map(|name| (self.lookup)(name))
            .find(|value| !value.is_empty())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Environment")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_can_be_narrowed_down() {
        let environment = Environment::of([("VESTIBULE_TOKEN", "t"), ("SECRET_NAME", "s")]);
        let narrowed = environment.only(AWS_SETTINGS);
        assert_eq!(narrowed.first(AWS_SECRET_NAME).as_deref(), Some("s"));
        assert_eq!(narrowed.first(VESTIBULE_TOKEN), None);
    }

    #[test]
    fn an_empty_variable_counts_as_unset() {
        let environment = Environment::of([
            ("MONGODB_ATLAS_BASE_URL", ""),
            ("MCLI_OPS_MANAGER_URL", "http://b"),
        ]);
        assert_eq!(
            environment.first(ATLAS_BASE_URL).as_deref(),
            Some("http://b")
        );
        assert_eq!(environment.first(VESTIBULE_TOKEN), None);
    }
}
