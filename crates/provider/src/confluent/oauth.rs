//! The vendor's `oauth` block, and the same in persona `vestibule`: signing in by an identity
//! provider instead of a Cloud API key.
//!
//! Owns which arguments belong together. No request is made here: the vendor's provider asks for
//! tokens while it is configured, ours when the first request needs one.

use tfplugin::{
    Attr, Attribute, Block, BlockNesting, Diagnostic, Diagnostics, Nesting, Object, Path, Value,
};
use vestibule_client::Secret;
use vestibule_client::confluent::{Credentials, ExternalToken, OauthSettings};

use crate::argument::in_block;
use crate::environment::{CONFLUENT_API_KEY, CONFLUENT_API_SECRET, Environment};
use crate::failure::failed;

/// The name of the block, and of the attribute.
const NAME: &str = "oauth";
const URL: &str = "oauth_external_token_url";
const TOKEN: &str = "oauth_external_access_token";
const CLIENT_ID: &str = "oauth_external_client_id";
const CLIENT_SECRET: &str = "oauth_external_client_secret";
const SCOPE: &str = "oauth_external_token_scope";
const POOL: &str = "oauth_identity_pool_id";
const SECONDS: &str = "oauth_sts_token_expired_in_seconds";

const DESCRIPTION: &str =
    "Signs in with a token of an identity provider instead of a Cloud API key.";

fn arguments() -> [(&'static str, Attribute); 7] {
    let string = |text: &str| Attribute::string().optional().markdown(text);
    [
        (
            TOKEN,
            string("A ready-made token of the identity provider; it is not renewed.").sensitive(),
        ),
        (
            CLIENT_ID,
            string("The client's id at the identity provider."),
        ),
        (
            CLIENT_SECRET,
            string("The client's secret at the identity provider.").sensitive(),
        ),
        (SCOPE, string("The scope to ask the identity provider for.")),
        (
            URL,
            string("The identity provider's token endpoint, asked for tokens as they are needed."),
        ),
        (
            POOL,
            Attribute::string()
                .required()
                .markdown("The identity pool to act for: `pool-...`."),
        ),
        (
            SECONDS,
            string("The life of the exchanged tokens, in seconds; the service grants at most 900."),
        ),
    ]
}

/// The block, as the vendor has it.
pub(super) fn block() -> Block {
    let block = Block::new(BlockNesting::List)
        .max_items(1)
        .description(DESCRIPTION);
    let arguments = arguments().into_iter();
    arguments.fold(block, |block, (name, one)| block.attribute(name, one))
}

/// The same as a nested attribute, for a provider block that is not the vendor's.
pub(super) fn attribute() -> Attribute {
    Attribute::nested(Nesting::Single, arguments())
        .optional()
        .description(DESCRIPTION)
}

/// Reads block or attribute in what is at `prefix`; null if there is none, unknown if it will be
/// known only after apply.
///
/// # Errors
/// Diagnostics about arguments that are missing or exclude each other.
pub(super) fn read(
    config: &Object,
    environment: &Environment,
    prefix: &Path,
    warnings: &mut Diagnostics,
) -> Result<Attr<Credentials>, Diagnostics> {
    let here = prefix.clone().attribute(NAME);
    let (found, here) = match config.get(NAME) {
        Value::List(blocks) => match blocks.first() {
            Some(block) => (block, here.index(0)),
            None => return Ok(Attr::Null),
        },
        found => (found, here),
    };
    if found.is_null() {
        return Ok(Attr::Null);
    }
    let Some(arguments) = found.as_object() else {
        return Ok(Attr::Unknown);
    };
    refuse_key(config, environment, prefix, warnings)?;
    Given { arguments, here }.credentials()
}

/// Two ways to sign in contradict each other where both were chosen. A key that is lying about in
/// the environment was not, and is only left aside.
fn refuse_key(
    config: &Object,
    environment: &Environment,
    prefix: &Path,
    warnings: &mut Diagnostics,
) -> Result<(), Diagnostics> {
    for name in ["cloud_api_key", "cloud_api_secret"] {
        if !in_block(config, name)?.is_null() {
            return Err(Diagnostic::error("There are two ways to sign in")
                .detail(format!(
                    "The provider block has {name} and {NAME}. Remove one of them."
                ))
                .at(prefix.clone().attribute(name))
                .into());
        }
    }
    let names = [CONFLUENT_API_KEY, CONFLUENT_API_SECRET];
    if names.iter().any(|name| environment.first(name).is_some()) {
        warnings.push(
            Diagnostic::warning("The Cloud API key in the environment is not used")
                .detail("The provider block has oauth, and this provider signs in with that."),
        );
    }
    Ok(())
}

/// The arguments, and where they are.
struct Given<'a> {
    arguments: &'a Object,
    here: Path,
}

impl Given<'_> {
    fn credentials(&self) -> Result<Attr<Credentials>, Diagnostics> {
        let pool = in_block(self.arguments, POOL)?;
        let seconds = in_block(self.arguments, SECONDS)?;
        let Attr::Known(external) = self.external()? else {
            return Ok(Attr::Unknown);
        };
        let pool = match pool {
            Attr::Known(pool) => pool,
            Attr::Unknown => return Ok(Attr::Unknown),
            Attr::Null => {
                return Err(self.incomplete(POOL, "It names the identity pool to act for."));
            }
        };
        let expires_in_seconds = match seconds {
            Attr::Null => None,
            Attr::Unknown => return Ok(Attr::Unknown),
            Attr::Known(text) => Some(self.whole_seconds(&text)?),
        };
        Ok(Attr::Known(Credentials::Oauth(Box::new(OauthSettings {
            identity_pool_id: pool,
            external,
            expires_in_seconds,
        }))))
    }

    /// The token to exchange: exactly one of the two ways to come by it.
    fn external(&self) -> Result<Attr<ExternalToken>, Diagnostics> {
        let url = in_block(self.arguments, URL)?;
        match (url, in_block(self.arguments, TOKEN)?) {
            (Attr::Known(_), Attr::Known(_)) => {
                Err(Diagnostic::error("The oauth block is ambiguous")
                    .detail(format!("Set either {URL} or {TOKEN}, not both."))
                    .at(self.at(TOKEN))
                    .into())
            }
            (Attr::Null, Attr::Null) => Err(self.incomplete(
                URL,
                "Set it, or a ready-made token as oauth_external_access_token.",
            )),
            (Attr::Null, Attr::Known(token)) => {
                Ok(Attr::Known(ExternalToken::Fixed(Secret::new(token))))
            }
            (Attr::Known(url), Attr::Null) => self.client_credentials(url),
            (Attr::Unknown, _) | (_, Attr::Unknown) => Ok(Attr::Unknown),
        }
    }

    fn client_credentials(&self, url: String) -> Result<Attr<ExternalToken>, Diagnostics> {
        let needed = |name: &'static str| match in_block(self.arguments, name)? {
            Attr::Null => Err(self.incomplete(name, "The identity provider asks for it.")),
            given => Ok(given),
        };
        let (id, secret) = (needed(CLIENT_ID)?, needed(CLIENT_SECRET)?);
        let scope = in_block(self.arguments, SCOPE)?;
        let (Attr::Known(client_id), Attr::Known(client_secret)) = (id, secret) else {
            return Ok(Attr::Unknown);
        };
        if scope.is_unknown() {
            return Ok(Attr::Unknown);
        }
        let external = ExternalToken::ClientCredentials {
            url,
            client_id,
            client_secret: Secret::new(client_secret),
            scope: scope.known(),
        };
        external.check().map_err(|error| {
            failed("The provider block cannot be used", &error).at(self.at(URL))
        })?;
        Ok(Attr::Known(external))
    }

    fn whole_seconds(&self, text: &str) -> Result<u32, Diagnostics> {
        text.trim()
            .parse()
            .ok()
            .filter(|seconds| *seconds > 0)
            .ok_or_else(|| {
                Diagnostic::error("The life of a token is no number of seconds")
                    .detail(format!(
                        "{SECONDS} must be a whole number of seconds, but it is {text:?}."
                    ))
                    .at(self.at(SECONDS))
                    .into()
            })
    }

    fn incomplete(&self, name: &str, why: &str) -> Diagnostics {
        Diagnostic::error("The oauth block is incomplete")
            .detail(format!("{name} is not set. {why}"))
            .at(self.at(name))
            .into()
    }

    fn at(&self, name: &str) -> Path {
        self.here.clone().attribute(name)
    }
}
