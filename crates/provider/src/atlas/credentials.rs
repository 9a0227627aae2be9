//! Which Atlas credentials to use, out of the provider block and the environment.
//!
//! The vendor's provider takes everything from one source and thereby loses a `base_url` of the
//! other silently. Here credentials come from the block if it has any, a missing half of a pair is
//! completed from the environment, and the address is looked up by itself.

use tfplugin::{AccessError, Attr, Diagnostic, Diagnostics, Object, Path};
use vestibule_client::Secret;
use vestibule_client::atlas::Credentials;

use crate::argument::{Half, from_variables, in_block, pair};
use crate::environment::{
    ATLAS_ACCESS_TOKEN, ATLAS_CLIENT_ID, ATLAS_CLIENT_SECRET, ATLAS_PRIVATE_KEY, ATLAS_PUBLIC_KEY,
    Environment,
};

/// What identifies a service account's id given as an API key (the vendor's own check).
const SERVICE_ACCOUNT_PREFIX: &str = "mdb_sa";

/// One source of credentials.
#[derive(Clone, Debug)]
struct Source {
    access_token: Attr<String>,
    client_id: Attr<String>,
    client_secret: Attr<String>,
    public_key: Attr<String>,
    private_key: Attr<String>,
}

impl Source {
    fn block(config: &Object) -> Result<Self, AccessError> {
        Ok(Self {
            access_token: in_block(config, "access_token")?,
            client_id: in_block(config, "client_id")?,
            client_secret: in_block(config, "client_secret")?,
            public_key: in_block(config, "public_key")?,
            private_key: in_block(config, "private_key")?,
        })
    }

    fn environment(environment: &Environment) -> Self {
        Self {
            access_token: from_variables(environment, ATLAS_ACCESS_TOKEN),
            client_id: from_variables(environment, ATLAS_CLIENT_ID),
            client_secret: from_variables(environment, ATLAS_CLIENT_SECRET),
            public_key: from_variables(environment, ATLAS_PUBLIC_KEY),
            private_key: from_variables(environment, ATLAS_PRIVATE_KEY),
        }
    }

    /// Which kinds it has something of: token, service account, API key.
    fn kinds(&self) -> [bool; 3] {
        [
            !self.access_token.is_null(),
            !(self.client_id.is_null() && self.client_secret.is_null()),
            !(self.public_key.is_null() && self.private_key.is_null()),
        ]
    }

    fn is_empty(&self) -> bool {
        self.kinds() == [false; 3]
    }

    /// Takes the other half of a pair that was begun, and nothing else.
    fn completed_by(mut self, other: Self) -> Self {
        let [_, has_account, has_key] = self.kinds();
        if has_account {
            fill_in(&mut self.client_id, other.client_id);
            fill_in(&mut self.client_secret, other.client_secret);
        }
        if has_key {
            fill_in(&mut self.public_key, other.public_key);
            fill_in(&mut self.private_key, other.private_key);
        }
        self
    }
}

fn fill_in(place: &mut Attr<String>, other: Attr<String>) {
    if place.is_null() {
        *place = other;
    }
}

/// The credentials to use: an access token before a service account before an API key, as the
/// vendor's provider prefers them. Null when there are none, unknown when an argument is.
///
/// # Errors
/// A diagnostic at the missing half of a pair, below `prefix`.
pub(crate) fn credentials(
    config: &Object,
    environment: &Environment,
    prefix: &Path,
    diagnostics: &mut Diagnostics,
) -> Result<Attr<Credentials>, Diagnostics> {
    let block = Source::block(config)?;
    let from_environment = Source::environment(environment);
    let source = if block.is_empty() {
        from_environment
    } else {
        block.completed_by(from_environment)
    };
    if source.kinds().into_iter().filter(|has| *has).count() > 1 {
        diagnostics.push(
            Diagnostic::warning("Several kinds of credentials are set").detail(
                "An access token is used before a service account (client_id, client_secret), and \
                 that before an API key (public_key, private_key). Set only one kind.",
            ),
        );
    }
    match source.access_token {
        Attr::Known(token) => {
            return Ok(Attr::Known(Credentials::AccessToken(Secret::new(token))));
        }
        Attr::Unknown => return Ok(Attr::Unknown),
        Attr::Null => {}
    }
    let account = pair(
        half("client_id", ATLAS_CLIENT_ID, source.client_id),
        half("client_secret", ATLAS_CLIENT_SECRET, source.client_secret),
        prefix,
    );
    let key = pair(
        half("public_key", ATLAS_PUBLIC_KEY, source.public_key),
        half("private_key", ATLAS_PRIVATE_KEY, source.private_key),
        prefix,
    );
    choose(account, key, prefix)
}

fn half<'a>(name: &'a str, variables: &'a [&'a str], value: Attr<String>) -> Half<'a> {
    Half {
        name,
        variables,
        value,
    }
}

type Pair = Result<Attr<(String, String)>, Diagnostics>;

/// A whole pair is used even if half of the other one is lying about.
fn choose(account: Pair, key: Pair, prefix: &Path) -> Result<Attr<Credentials>, Diagnostics> {
    match (account, key) {
        (Ok(Attr::Known((client_id, client_secret))), _) => {
            Ok(Attr::Known(Credentials::ServiceAccount {
                client_id,
                client_secret: Secret::new(client_secret),
            }))
        }
        (Ok(Attr::Unknown), _) => Ok(Attr::Unknown),
        (_, Ok(Attr::Known((public_key, private_key)))) => {
            if public_key.starts_with(SERVICE_ACCOUNT_PREFIX) {
                return Err(
                    Diagnostic::error("The public key is a service account's id")
                        .detail("Set client_id and client_secret instead.")
                        .at(prefix.clone().attribute("public_key"))
                        .into(),
                );
            }
            Ok(Attr::Known(Credentials::ApiKey {
                public_key,
                private_key: Secret::new(private_key),
            }))
        }
        (_, Ok(Attr::Unknown)) => Ok(Attr::Unknown),
        (Err(incomplete), _) | (_, Err(incomplete)) => Err(incomplete),
        (Ok(Attr::Null), Ok(Attr::Null)) => Ok(Attr::Null),
    }
}
