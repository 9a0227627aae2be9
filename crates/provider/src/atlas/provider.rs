//! The vendor's provider block, and the client it leads to.

use tfplugin::{
    AccessError, Attr, Attribute, Block, BlockNesting, Context, Diagnostic, Diagnostics, Object,
    Path, Schema, Type, Value,
};
use vestibule_client::Settings;
use vestibule_client::atlas::{Atlas, Credentials, DEFAULT_BASE_URL};

use super::credentials;
use crate::argument::combined;
use crate::connection::Status;
use crate::environment::{ATLAS_BASE_URL, AWS_ROLE, Environment};
use crate::failure::{failed, stop};
use crate::persona::Persona;
use crate::user_agent::user_agent;

/// The vendor's cloud for governments.
const GOVERNMENT_BASE_URL: &str = "https://cloud.mongodbgov.com";

/// How to give credentials.
const ADVICE: &str = "Set public_key and private_key, or client_id and client_secret, in the \
                      provider block, or the environment variables MONGODB_ATLAS_PUBLIC_API_KEY \
                      and MONGODB_ATLAS_PRIVATE_API_KEY, or MONGODB_ATLAS_CLIENT_ID and \
                      MONGODB_ATLAS_CLIENT_SECRET.";

/// Accepted and not used.
const IGNORED: [&str; 7] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "realm_base_url",
    "region",
    "secret_name",
    "sts_endpoint",
];

/// The provider block of persona `mongodbatlas`.
pub(crate) fn schema() -> Schema {
    let string = |text: &str| Attribute::string().optional().description(text);
    let mut schema = Schema::new()
        .attribute("public_key", string("The public half of an API key."))
        .attribute(
            "private_key",
            string("The private half of an API key.").sensitive(),
        )
        .attribute("client_id", string("The id of a service account."))
        .attribute("client_secret", string("The secret of a service account."))
        .attribute("access_token", string("A ready-made access token."))
        .attribute("base_url", string("The address of the API."))
        .attribute(
            "is_mongodbgov_cloud",
            Attribute::bool()
                .optional()
                .description("Whether to use the cloud for governments."),
        );
    for name in IGNORED {
        let text = "Accepted for compatibility; not used by this provider.";
        schema = schema.attribute(name, string(text));
    }
    schema.block(
        "assume_role",
        Block::new(BlockNesting::List)
            .description("Accepted for compatibility; AWS Secrets Manager is not supported.")
            .attribute("role_arn", Attribute::string().optional()),
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
/// Diagnostics about missing or unusable arguments, or a service account that is refused.
pub(crate) async fn configure(
    cx: &Context,
    config: &Object,
    environment: &Environment,
) -> Result<Status<Atlas>, Diagnostics> {
    let mut warnings = Diagnostics::new();
    let credentials = credentials(config, environment, &Path::default(), &mut warnings);
    for warning in warnings {
        cx.diagnostic(warning);
    }
    let role = Role::find(config, environment)?;
    let credentials = match (credentials?, role) {
        (Attr::Known(credentials), role) => {
            if let Some(role) = role {
                cx.diagnostic(role.unused());
            }
            credentials
        }
        (Attr::Unknown, _) => return Ok(Status::Unknown),
        (Attr::Null, Some(role)) => return Err(role.unsupported().into()),
        (Attr::Null, None) => {
            cx.warning(
                "There are no credentials",
                format!("Requests go out unsigned. {ADVICE}"),
            );
            Credentials::None
        }
    };
    let base_url = match base_url(cx, config, environment)? {
        Attr::Known(base_url) => base_url,
        Attr::Unknown => return Ok(Status::Unknown),
        Attr::Null => DEFAULT_BASE_URL.to_owned(),
    };
    let settings = Settings::new(user_agent(
        Persona::MongodbAtlas,
        environment,
        None,
        cx.terraform_version(),
    ));
    let client = Atlas::new(&base_url, &credentials, settings)
        .map_err(|error| failed("The provider block cannot be used", &error).at("base_url"))?;
    client
        .authenticate()
        .await
        .map_err(stop("Cannot sign in with the service account"))?;
    Ok(Status::Ready(client))
}

/// An AWS role that could read the credentials: the vendor's provider would use it before any other.
enum Role {
    InBlock,
    InEnvironment,
}

impl Role {
    fn find(config: &Object, environment: &Environment) -> Result<Option<Self>, AccessError> {
        let blocks = config.elements("assume_role")?.known().unwrap_or_default();
        let has_role = |block: &Value| {
            let role = block.as_object().map(|block| block.get("role_arn"));
            role.is_some_and(|role| {
                role.is_unknown() || role.as_str().is_some_and(|arn| !arn.is_empty())
            })
        };
        if blocks.iter().any(has_role) {
            return Ok(Some(Self::InBlock));
        }
        Ok(environment.first(AWS_ROLE).map(|_arn| Self::InEnvironment))
    }

    fn unused(&self) -> Diagnostic {
        self.at(Diagnostic::warning("The AWS role is not used").detail(format!(
            "{} names a role for AWS Secrets Manager, which this provider does not ask. The other \
             credentials are used.",
            self.name()
        )))
    }

    fn unsupported(&self) -> Diagnostic {
        let text = Diagnostic::error("AWS Secrets Manager is not supported").detail(format!(
            "{} names a role for AWS Secrets Manager, which this provider does not ask. Read the \
             secret yourself, for example with the data source aws_secretsmanager_secret_version \
             or the AWS command line. {ADVICE}",
            self.name()
        ));
        self.at(text)
    }

    fn name(&self) -> &'static str {
        match self {
            Self::InBlock => "assume_role",
            Self::InEnvironment => "The environment variable ASSUME_ROLE_ARN",
        }
    }

    fn at(&self, diagnostic: Diagnostic) -> Diagnostic {
        match self {
            Self::InBlock => diagnostic.at("assume_role"),
            Self::InEnvironment => diagnostic,
        }
    }
}

fn base_url(
    cx: &Context,
    config: &Object,
    environment: &Environment,
) -> Result<Attr<String>, Diagnostics> {
    let given = combined(config, "base_url", environment, ATLAS_BASE_URL)?;
    match config.bool("is_mongodbgov_cloud")? {
        Attr::Unknown => return Ok(Attr::Unknown),
        Attr::Known(true) => {}
        Attr::Known(false) | Attr::Null => return Ok(given),
    }
    if !given.is_null() {
        cx.warning(
            "The base URL is not used",
            "is_mongodbgov_cloud is set, so requests go to the cloud for governments.",
        );
    }
    Ok(Attr::Known(GOVERNMENT_BASE_URL.to_owned()))
}
