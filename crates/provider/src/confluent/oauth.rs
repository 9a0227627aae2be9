//! The vendor's `oauth` block: signing in by an identity provider instead of a Cloud API key.
//!
//! Owns which arguments belong together. No request is made here: the vendor's provider asks for
//! tokens while it is configured, ours when the first request needs one.

use tfplugin::{
    Attr, Attribute, Block, BlockNesting, Context, Diagnostic, Diagnostics, Object, Path,
};
use vestibule_client::Secret;
use vestibule_client::confluent::{Credentials, ExternalToken, OauthSettings};

use crate::argument::in_block;
use crate::environment::{CONFLUENT_API_KEY, CONFLUENT_API_SECRET, Environment};
use crate::failure::failed;

const URL: &str = "oauth_external_token_url";
const TOKEN: &str = "oauth_external_access_token";
const CLIENT_ID: &str = "oauth_external_client_id";
const CLIENT_SECRET: &str = "oauth_external_client_secret";
const SCOPE: &str = "oauth_external_token_scope";
const POOL: &str = "oauth_identity_pool_id";
const SECONDS: &str = "oauth_sts_token_expired_in_seconds";

/// The block, as the vendor has it.
pub(super) fn block() -> Block {
    let string = |text: &str| Attribute::string().optional().markdown(text);
    Block::new(BlockNesting::List)
        .max_items(1)
        .description("Signs in with a token of an identity provider instead of a Cloud API key.")
        .attribute(
            TOKEN,
            string("A ready-made token of the identity provider; it is not renewed.").sensitive(),
        )
        .attribute(
            CLIENT_ID,
            string("The client's id at the identity provider."),
        )
        .attribute(
            CLIENT_SECRET,
            string("The client's secret at the identity provider.").sensitive(),
        )
        .attribute(SCOPE, string("The scope to ask the identity provider for."))
        .attribute(
            URL,
            string("The identity provider's token endpoint, asked for tokens as they are needed."),
        )
        .attribute(
            POOL,
            Attribute::string()
                .required()
                .markdown("The identity pool to act for: `pool-...`."),
        )
        .attribute(
            SECONDS,
            string("The life of the exchanged tokens, in seconds; the service grants at most 900."),
        )
}

/// Reads the block; null if there is none, unknown if it will be known only after apply.
///
/// # Errors
/// Diagnostics about arguments that are missing or exclude each other.
pub(super) fn read(
    cx: &Context,
    config: &Object,
    environment: &Environment,
) -> Result<Attr<Credentials>, Diagnostics> {
    let block = match config.elements("oauth")? {
        Attr::Null => return Ok(Attr::Null),
        Attr::Unknown => return Ok(Attr::Unknown),
        Attr::Known(blocks) => blocks.first(),
    };
    let Some(block) = block else {
        return Ok(Attr::Null);
    };
    let Some(block) = block.as_object() else {
        return Ok(Attr::Unknown);
    };
    refuse_key(cx, config, environment)?;
    let (pool, seconds) = (in_block(block, POOL)?, in_block(block, SECONDS)?);
    let Attr::Known(external) = external(block)? else {
        return Ok(Attr::Unknown);
    };
    let pool = match pool {
        Attr::Known(pool) => pool,
        Attr::Unknown => return Ok(Attr::Unknown),
        Attr::Null => return Err(incomplete(POOL, "It names the identity pool to act for.")),
    };
    let expires_in_seconds = match seconds {
        Attr::Null => None,
        Attr::Unknown => return Ok(Attr::Unknown),
        Attr::Known(text) => Some(whole_seconds(&text)?),
    };
    Ok(Attr::Known(Credentials::Oauth(Box::new(OauthSettings {
        identity_pool_id: pool,
        external,
        expires_in_seconds,
    }))))
}

/// Two ways to sign in contradict each other where both were chosen. A key that is lying about in
/// the environment was not, and is only left aside.
fn refuse_key(cx: &Context, config: &Object, environment: &Environment) -> Result<(), Diagnostics> {
    for name in ["cloud_api_key", "cloud_api_secret"] {
        if !in_block(config, name)?.is_null() {
            return Err(Diagnostic::error("There are two ways to sign in")
                .detail(format!(
                    "The provider block has {name} and an oauth block. Remove one of them."
                ))
                .at(name)
                .into());
        }
    }
    let names = [CONFLUENT_API_KEY, CONFLUENT_API_SECRET];
    if names.iter().any(|name| environment.first(name).is_some()) {
        cx.warning(
            "The Cloud API key in the environment is not used",
            "The provider block has an oauth block, and this provider signs in with that.",
        );
    }
    Ok(())
}

/// The token to exchange: exactly one of the two ways to come by it.
fn external(block: &Object) -> Result<Attr<ExternalToken>, Diagnostics> {
    match (in_block(block, URL)?, in_block(block, TOKEN)?) {
        (Attr::Known(_), Attr::Known(_)) => Err(Diagnostic::error("The oauth block is ambiguous")
            .detail(format!("Set either {URL} or {TOKEN}, not both."))
            .at(inside(TOKEN))
            .into()),
        (Attr::Null, Attr::Null) => Err(incomplete(
            URL,
            "Set it, or a ready-made token as oauth_external_access_token.",
        )),
        (Attr::Null, Attr::Known(token)) => {
            Ok(Attr::Known(ExternalToken::Fixed(Secret::new(token))))
        }
        (Attr::Known(url), Attr::Null) => client_credentials(block, url),
        (Attr::Unknown, _) | (_, Attr::Unknown) => Ok(Attr::Unknown),
    }
}

fn client_credentials(block: &Object, url: String) -> Result<Attr<ExternalToken>, Diagnostics> {
    let needed = |name: &'static str| match in_block(block, name)? {
        Attr::Null => Err(incomplete(name, "The identity provider asks for it.")),
        given => Ok(given),
    };
    let (id, secret, scope) = (
        needed(CLIENT_ID)?,
        needed(CLIENT_SECRET)?,
        in_block(block, SCOPE)?,
    );
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
    external
        .check()
        .map_err(|error| failed("The provider block cannot be used", &error).at(inside(URL)))?;
    Ok(Attr::Known(external))
}

fn whole_seconds(text: &str) -> Result<u32, Diagnostics> {
    text.trim()
        .parse()
        .ok()
        .filter(|seconds| *seconds > 0)
        .ok_or_else(|| {
            Diagnostic::error("The life of a token is no number of seconds")
                .detail(format!(
                    "{SECONDS} must be a whole number of seconds, but it is {text:?}."
                ))
                .at(inside(SECONDS))
                .into()
        })
}

fn incomplete(name: &str, why: &str) -> Diagnostics {
    Diagnostic::error("The oauth block is incomplete")
        .detail(format!("{name} is not set. {why}"))
        .at(inside(name))
        .into()
}

fn inside(name: &str) -> Path {
    Path::root("oauth").index(0).attribute(name)
}
