//! The vendor's provider block, and the client it leads to.
//!
//! Groups of arguments that invitations do not need (Kafka, Schema Registry, Flink, Tableflow) are
//! accepted and ignored, also when they are incomplete: the vendor's provider refuses to work when a
//! stray variable of theirs is set.

use tfplugin::{
    Attr, Attribute, Context, Diagnostic, Diagnostics, Object, Path, Schema, Validator,
};
use vestibule_client::confluent::{Confluent, Credentials};
use vestibule_client::{Secret, Settings};

use super::oauth;
use crate::argument::{Half, combined, in_block, pair};
use crate::connection::Status;
use crate::environment::{
    CONFLUENT_API_KEY, CONFLUENT_API_SECRET, CONFLUENT_MAX_RETRIES, Environment,
};
use crate::failure::failed;
use crate::persona::Persona;
use crate::user_agent::user_agent;

pub(crate) use vestibule_client::confluent::DEFAULT_BASE_URL;

/// Accepted and not used; those marked are secret.
const IGNORED: [(&str, bool); 18] = [
    ("catalog_rest_endpoint", false),
    ("environment_id", false),
    ("flink_api_key", true),
    ("flink_api_secret", true),
    ("flink_compute_pool_id", false),
    ("flink_principal_id", false),
    ("flink_rest_endpoint", false),
    ("kafka_api_key", true),
    ("kafka_api_secret", true),
    ("kafka_id", false),
    ("kafka_rest_endpoint", false),
    ("organization_id", false),
    ("schema_registry_api_key", true),
    ("schema_registry_api_secret", true),
    ("schema_registry_id", false),
    ("schema_registry_rest_endpoint", false),
    ("tableflow_api_key", true),
    ("tableflow_api_secret", true),
];

/// More retries than anybody would wait for.
const MOST_RETRIES: u32 = 1000;

/// The provider block of persona `confluent`.
pub(crate) fn schema() -> Schema {
    let string = |text: &str| Attribute::string().optional().markdown(text);
    let mut schema = Schema::new()
        .attribute(
            "cloud_api_key",
            string("The Cloud API key. Environment: `CONFLUENT_CLOUD_API_KEY`.").sensitive(),
        )
        .attribute(
            "cloud_api_secret",
            string("The Cloud API key's secret. Environment: `CONFLUENT_CLOUD_API_SECRET`.")
                .sensitive(),
        )
        .attribute(
            "endpoint",
            string("The address of the API; `https://api.confluent.cloud` if left out."),
        )
        .attribute(
            "max_retries",
            Attribute::number()
                .optional()
                .markdown(
                    "How often a request is repeated; 4 if left out. Environment: \
                     `TF_PROVIDER_CONFLUENT_MAX_RETRIES`.",
                )
                .validator(Validator::between(0, i64::from(MOST_RETRIES))),
        )
        .attribute(
            "user_agent_suffix",
            string("Appended to the User-Agent of every request."),
        );
    for (name, secret) in IGNORED {
        let attribute = string("Accepted for compatibility; not used by this provider.");
        schema = schema.attribute(
            name,
            if secret {
                attribute.sensitive()
            } else {
                attribute
            },
        );
    }
    schema.block("oauth", oauth::block())
}

/// The arguments of our own provider block that say how to sign in.
pub(crate) fn credential_arguments() -> [(&'static str, Attribute); 3] {
    let secret = |text: &str| Attribute::string().optional().sensitive().description(text);
    [
        ("cloud_api_key", secret("The Cloud API key.")),
        ("cloud_api_secret", secret("The Cloud API key's secret.")),
        ("oauth", oauth::attribute()),
    ]
}

/// Reads how to sign in from a block or nested attribute at `prefix`: the API key, or `oauth`.
///
/// Null when there is neither; unknown when it will be known only after apply.
///
/// # Errors
/// A diagnostic when only half of the API key is there, or what `oauth` says is no way to sign in.
pub(crate) fn credentials(
    config: &Object,
    environment: &Environment,
    prefix: &Path,
    warnings: &mut Diagnostics,
) -> Result<Attr<Credentials>, Diagnostics> {
    match oauth::read(config, environment, prefix, warnings)? {
        Attr::Null => key(config, environment, prefix),
        oauth => Ok(oauth),
    }
}

fn key(
    config: &Object,
    environment: &Environment,
    prefix: &Path,
) -> Result<Attr<Credentials>, Diagnostics> {
    let half = |name, variables| -> Result<Half<'_>, Diagnostics> {
        Ok(Half {
            name,
            variables,
            value: combined(config, name, environment, variables)?,
        })
    };
    let key = pair(
        half("cloud_api_key", CONFLUENT_API_KEY)?,
        half("cloud_api_secret", CONFLUENT_API_SECRET)?,
    );
    let key = key.map_err(|incomplete| incomplete.in_block(prefix))?;
    Ok(key.map(|(key, secret)| Credentials::ApiKey {
        key,
        secret: Secret::new(secret),
    }))
}

/// Takes the provider block of persona `confluent`.
///
/// # Errors
/// Diagnostics about missing or unusable arguments.
pub(crate) fn configure(
    cx: &Context,
    config: &Object,
    environment: &Environment,
) -> Result<Status<Confluent>, Diagnostics> {
    let (max_retries, suffix) = (
        max_retries(config, environment)?,
        in_block(config, "user_agent_suffix")?,
    );
    let mut warnings = Diagnostics::new();
    let found = credentials(config, environment, &Path::default(), &mut warnings)?;
    for warning in warnings {
        cx.diagnostic(warning);
    }
    let credentials = match found {
        Attr::Unknown => return Ok(Status::Unknown),
        Attr::Null => return Err(no_credentials()),
        Attr::Known(credentials) => credentials,
    };
    let base_url = match in_block(config, "endpoint")? {
        Attr::Unknown => return Ok(Status::Unknown),
        Attr::Null => DEFAULT_BASE_URL.to_owned(),
        Attr::Known(address) => address,
    };
    let mut settings = Settings::new(user_agent(
        Persona::Confluent,
        environment,
        suffix.known().as_deref(),
        cx.terraform_version(),
    ));
    settings.max_retries = max_retries.unwrap_or(settings.max_retries);
    let client = Confluent::new(&base_url, &credentials, settings)
        .map_err(|error| failed("The provider block cannot be used", &error).at("endpoint"))?;
    Ok(Status::Ready(client))
}

fn no_credentials() -> Diagnostics {
    Diagnostic::error("There are no credentials")
        .detail(
            "Set cloud_api_key and cloud_api_secret in the provider block, or the environment \
             variables CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET, or sign in with an \
             oauth block.",
        )
        .at("cloud_api_key")
        .into()
}

fn max_retries(config: &Object, environment: &Environment) -> Result<Option<u32>, Diagnostics> {
    if let Some(count) = config.integer("max_retries")?.known() {
        return Ok(u32::try_from(count).ok());
    }
    let Some(text) = environment.first(CONFLUENT_MAX_RETRIES) else {
        return Ok(None);
    };
    match text.trim().parse() {
        Ok(count) if count <= MOST_RETRIES => Ok(Some(count)),
        _ => Err(Diagnostic::error("The number of retries is no such number")
            .detail(format!(
                "The environment variable TF_PROVIDER_CONFLUENT_MAX_RETRIES must be a whole \
                 number up to {MOST_RETRIES}, but it is {text:?}."
            ))
            .at("max_retries")
            .into()),
    }
}
