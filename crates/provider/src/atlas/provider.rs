//! The vendor's provider block, and the client it leads to.

use tfplugin::{Attr, Attribute, Block, BlockNesting, Context, Diagnostic, Diagnostics, Object};
use tfplugin::{Path, Schema, Type};
use vestibule_client::Settings;
use vestibule_client::atlas::{Atlas, Credentials};

use super::aws;
use super::base_url::BaseUrl;
use super::credentials::{SignIn, sign_in};
use crate::connection::Status;
use crate::environment::Environment;
use crate::failure::{failed, stop};
use crate::persona::Persona;
use crate::user_agent::user_agent;

/// How to give credentials.
const ADVICE: &str = "Set public_key and private_key, or client_id and client_secret, in the \
                      provider block, or the environment variables MONGODB_ATLAS_PUBLIC_API_KEY \
                      and MONGODB_ATLAS_PRIVATE_API_KEY, or MONGODB_ATLAS_CLIENT_ID and \
                      MONGODB_ATLAS_CLIENT_SECRET, or take them from AWS Secrets Manager with \
                      assume_role.";

/// The provider block of persona `mongodbatlas`.
pub(crate) fn schema() -> Schema {
    let string = |text: &str| Attribute::string().optional().description(text);
    let mut schema = Schema::new()
        .attribute(
            "public_key",
            string(
                "The public half of an API key. Environment: MONGODB_ATLAS_PUBLIC_API_KEY, \
                 MONGODB_ATLAS_PUBLIC_KEY or MCLI_PUBLIC_API_KEY.",
            ),
        )
        .attribute(
            "private_key",
            string(
                "The private half of an API key. Environment: MONGODB_ATLAS_PRIVATE_API_KEY, \
                 MONGODB_ATLAS_PRIVATE_KEY or MCLI_PRIVATE_API_KEY.",
            )
            .sensitive(),
        )
        .attribute(
            "client_id",
            string("The id of a service account. Environment: MONGODB_ATLAS_CLIENT_ID."),
        )
        .attribute(
            "client_secret",
            string("The secret of a service account. Environment: MONGODB_ATLAS_CLIENT_SECRET."),
        )
        .attribute(
            "access_token",
            string("A ready-made access token. Environment: MONGODB_ATLAS_ACCESS_TOKEN."),
        )
        .attribute(
            "base_url",
            string(
                "The address of the API; https://cloud.mongodb.com unless given. Environment: \
                 MONGODB_ATLAS_BASE_URL or MCLI_OPS_MANAGER_URL.",
            ),
        )
        .attribute(
            "is_mongodbgov_cloud",
            Attribute::bool().optional().description(
                "Whether to use the cloud for governments. Environment: \
                     MONGODB_ATLAS_IS_MONGODBGOV_CLOUD.",
            ),
        );
    schema = schema.attribute(
        "realm_base_url",
        string("Accepted for compatibility; not used by this provider."),
    );
    for (name, attribute) in aws::arguments() {
        schema = schema.attribute(name, attribute);
    }
    schema.block(
        "assume_role",
        Block::new(BlockNesting::List)
            .description(aws::ASSUME_ROLE)
            .attribute("role_arn", string(aws::ROLE_ARN)),
    )
}

/// What modules tell the provider about themselves in `provider_meta`; the `User-Agent` says it.
pub(crate) fn meta_schema() -> Schema {
    let string = || Attribute::string().optional();
    Schema::new()
        .attribute("module_name", string())
        .attribute("module_version", string())
        .attribute("user_agent_extra", Attribute::map(Type::String).optional())
}

/// Checks the provider block: like the vendor's, it has one `assume_role` at most.
pub(crate) fn validate(config: &Object, diagnostics: &mut Diagnostics) {
    let blocks = config.get("assume_role").as_slice().unwrap_or_default();
    if blocks.len() > 1 {
        diagnostics.push(
            Diagnostic::error("There is more than one assume_role")
                .detail("The provider block takes one assume_role block at most.")
                .at("assume_role"),
        );
    }
}

/// Takes the provider block of persona `mongodbatlas`. A service account fetches its token now, as
/// with the vendor's provider, so that wrong credentials are reported once and early.
///
/// # Errors
/// Diagnostics about missing or unusable arguments, a secret of AWS that cannot be read, or a service
/// account that is refused.
pub(crate) async fn configure(
    cx: &Context,
    config: &Object,
    environment: &Environment,
) -> Result<Status<Atlas>, Diagnostics> {
    let settings = Settings::new(user_agent(
        Persona::MongodbAtlas,
        environment,
        None,
        cx.terraform_version(),
    ));
    let Some(base_url) = BaseUrl::read(config, environment)? else {
        return Ok(Status::Unknown);
    };
    let own = sign_in(cx, config, environment, &Path::default(), settings.clone()).await?;
    let (credentials, secret) = match own {
        Attr::Known(SignIn {
            credentials,
            secret,
        }) => (credentials, secret),
        Attr::Unknown => return Ok(Status::Unknown),
        Attr::Null => {
            cx.warning(
                "There are no credentials",
                format!("Requests go out unsigned. {ADVICE}"),
            );
            (Credentials::None, None)
        }
    };
    let base_url = base_url.choose(secret.as_ref(), |warning| cx.diagnostic(warning));
    let at = secret.and_then(|secret| secret.address_at());
    let at = at.unwrap_or_else(|| Path::root("base_url"));
    let client = Atlas::new(&base_url, &credentials, settings)
        .map_err(|error| failed("The provider block cannot be used", &error).at(at))?;
    client
        .authenticate()
        .await
        .map_err(stop("Cannot sign in with the service account"))?;
    Ok(Status::Ready(client))
}
