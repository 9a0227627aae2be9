//! Which Atlas credentials to use, out of the provider block, the environment and AWS.
//!
//! The vendor's provider takes everything from one source and thereby loses a `base_url` of the
//! other silently. Here credentials come from the block if it has any, a missing half of a pair is
//! completed from the environment, and the address is looked up by itself. A secret of AWS goes
//! before both, as with the vendor's.

use tfplugin::{AccessError, Attr, Context, Diagnostic, Diagnostics, Object, Path};
use vestibule_client::atlas::Credentials;
use vestibule_client::{Secret, Settings};

use super::aws::SecretSource;
use super::secret_text::SecretText;
use crate::argument::{Half, Incomplete, from_variables, in_block, pair};
use crate::environment::{
    ATLAS_ACCESS_TOKEN, ATLAS_CLIENT_ID, ATLAS_CLIENT_SECRET, ATLAS_PRIVATE_KEY, ATLAS_PUBLIC_KEY,
    Environment,
};

/// What identifies a service account's id given as an API key (the vendor's own check).
const SERVICE_ACCOUNT_PREFIX: &str = "mdb_sa";

/// Credentials, and what goes with them.
pub(crate) struct SignIn {
    pub(crate) credentials: Credentials,
    /// The secret that they were in, which may name an address.
    pub(crate) secret: Option<SecretText>,
}

/// How to sign in: with what a secret of AWS holds where a role is given, else with what block or
/// environment say. Null when there is nothing, unknown when an argument is.
///
/// # Errors
/// Diagnostics about what is missing or unusable below `prefix`, or a secret that cannot be read.
pub(crate) async fn sign_in(
    cx: &Context,
    config: &Object,
    environment: &Environment,
    prefix: &Path,
    settings: Settings,
) -> Result<Attr<SignIn>, Diagnostics> {
    let mut warnings = Diagnostics::new();
    let found = match SecretSource::find(config, environment, prefix)? {
        Attr::Unknown => return Ok(Attr::Unknown),
        Attr::Known(source) => {
            if !Source::block(config)?.is_empty() {
                warnings.push(unused());
            }
            let secret = source.read(cx, settings).await?;
            let chosen = secret.source.clone().choose(&mut warnings);
            chosen
                .map_err(|fault| secret.fault(&fault))
                .map(|credentials| (credentials, Some(secret)))
        }
        Attr::Null => {
            if !in_block(config, "secret_name")?.is_null() {
                warnings.push(unread(prefix));
            }
            Source::configured(config, environment)?
                .choose(&mut warnings)
                .map_err(|fault| fault.in_block(prefix))
                .map(|credentials| (credentials, None))
        }
    };
    for warning in warnings {
        cx.diagnostic(warning);
    }
    let (credentials, secret) = found?;
    Ok(credentials.map(|credentials| SignIn {
        credentials,
        secret,
    }))
}

fn unused() -> Diagnostic {
    Diagnostic::warning("The credentials in the provider block are not used").detail(
        "assume_role is set, so the credentials of the secret in AWS Secrets Manager are used. \
         Remove one or the other.",
    )
}

fn unread(prefix: &Path) -> Diagnostic {
    Diagnostic::warning("The secret in AWS Secrets Manager is not read")
        .detail("It is read with a role only: set role_arn in assume_role.")
        .at(prefix.clone().attribute("secret_name"))
}

/// One source of credentials.
#[derive(Clone, Debug)]
pub(super) struct Source {
    access_token: Attr<String>,
    client_id: Attr<String>,
    client_secret: Attr<String>,
    public_key: Attr<String>,
    private_key: Attr<String>,
}

impl Source {
    /// What `read` gives for each name.
    ///
    /// # Errors
    /// What `read` fails with.
    pub(super) fn of<E>(read: impl Fn(&str) -> Result<Attr<String>, E>) -> Result<Self, E> {
        Ok(Self {
            access_token: read("access_token")?,
            client_id: read("client_id")?,
            client_secret: read("client_secret")?,
            public_key: read("public_key")?,
            private_key: read("private_key")?,
        })
    }

    fn block(config: &Object) -> Result<Self, AccessError> {
        Self::of(|name| in_block(config, name))
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

    fn configured(config: &Object, environment: &Environment) -> Result<Self, AccessError> {
        let (block, environment) = (Self::block(config)?, Self::environment(environment));
        if block.is_empty() {
            return Ok(environment);
        }
        Ok(block.completed_by(environment))
    }

    /// Which kinds it has something of: token, service account, API key.
    fn kinds(&self) -> [bool; 3] {
        [
            !self.access_token.is_null(),
            !(self.client_id.is_null() && self.client_secret.is_null()),
            !(self.public_key.is_null() && self.private_key.is_null()),
        ]
    }

    pub(super) fn is_empty(&self) -> bool {
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

    /// The credentials to use: an access token before a service account before an API key, as the
    /// vendor's provider prefers them. Null when there are none, unknown when an argument is. A whole
    /// pair is used even if half of the other one is lying about.
    ///
    /// # Errors
    /// Half a pair without a whole one, or a service account's id in the wrong place.
    fn choose(self, warnings: &mut Diagnostics) -> Result<Attr<Credentials>, Fault> {
        if self.kinds().into_iter().filter(|has| *has).count() > 1 {
            warnings.push(
                Diagnostic::warning("Several kinds of credentials are set").detail(
                    "An access token is used before a service account (client_id, client_secret), \
                     and that before an API key (public_key, private_key). Set only one kind.",
                ),
            );
        }
        match self.access_token {
            Attr::Known(token) => {
                return Ok(Attr::Known(Credentials::AccessToken(Secret::new(token))));
            }
            Attr::Unknown => return Ok(Attr::Unknown),
            Attr::Null => {}
        }
        let account = pair(
            half("client_id", ATLAS_CLIENT_ID, self.client_id),
            half("client_secret", ATLAS_CLIENT_SECRET, self.client_secret),
        );
        let key = pair(
            half("public_key", ATLAS_PUBLIC_KEY, self.public_key),
            half("private_key", ATLAS_PRIVATE_KEY, self.private_key),
        );
        match (account, key) {
            (Ok(Attr::Known((client_id, client_secret))), _) => {
                Ok(Attr::Known(Credentials::ServiceAccount {
                    client_id,
                    client_secret: Secret::new(client_secret),
                }))
            }
            (Ok(Attr::Unknown), _) => Ok(Attr::Unknown),
            (_, Ok(Attr::Known((public_key, _))))
                if public_key.starts_with(SERVICE_ACCOUNT_PREFIX) =>
            {
                Err(Fault::AccountAsKey)
            }
            (_, Ok(Attr::Known((public_key, private_key)))) => {
                Ok(Attr::Known(Credentials::ApiKey {
                    public_key,
                    private_key: Secret::new(private_key),
                }))
            }
            (_, Ok(Attr::Unknown)) => Ok(Attr::Unknown),
            (Err(incomplete), _) | (_, Err(incomplete)) => Err(Fault::Incomplete(incomplete)),
            (Ok(Attr::Null), Ok(Attr::Null)) => Ok(Attr::Null),
        }
    }
}

fn fill_in(place: &mut Attr<String>, other: Attr<String>) {
    if place.is_null() {
        *place = other;
    }
}

fn half(
    name: &'static str,
    variables: &'static [&'static str],
    value: Attr<String>,
) -> Half<'static> {
    Half {
        name,
        variables,
        value,
    }
}

/// Why a source cannot be used.
pub(super) enum Fault {
    /// Half a pair.
    Incomplete(Incomplete<'static>),
    /// A service account's id is where the public half of a key belongs.
    AccountAsKey,
}

impl Fault {
    /// Says so at the argument below `prefix`.
    fn in_block(&self, prefix: &Path) -> Diagnostic {
        match self {
            Self::Incomplete(incomplete) => incomplete.in_block(prefix),
            Self::AccountAsKey => Diagnostic::error("The public key is a service account's id")
                .detail("Set client_id and client_secret instead.")
                .at(prefix.clone().attribute("public_key")),
        }
    }
}
