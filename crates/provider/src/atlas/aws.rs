//! AWS Secrets Manager as a source of credentials.
//!
//! Owns which settings count, and what is said when they are missing or AWS refuses. It must not repeat
//! anything of a key, nor read what the secret says.
//!
//! Settings are looked up one by one, in the block and then in the environment. A session token is the
//! exception: it belongs to its key, so one of the environment is not used for a key of the block.

use tfplugin::{
    AccessError, Attr, Attribute, Context, Diagnostic, Diagnostics, Object, Path, Value,
};
use vestibule_client::aws::{Aws, Endpoint, Keys};
use vestibule_client::{Error, ErrorKind, Secret, Settings};

use super::secret_text::SecretText;
use crate::argument::{combined, in_block};
use crate::environment::{
    AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ROLE, AWS_SECRET_ACCESS_KEY, AWS_SECRET_NAME,
    AWS_SECRETS_MANAGER_ENDPOINT, AWS_SESSION_TOKEN, AWS_STS_ENDPOINT, Environment,
};
use crate::failure::{advised, failed};

const UNREADABLE: &str = "The secret with the credentials cannot be read";
/// Where keys may come from.
const STATIC_KEYS: &str = "Keys are taken from here and from environment variables only, not from \
                           profiles or instance roles; `aws configure export-credentials --format \
                           env` prints those of a profile.";

/// Of the role.
pub(crate) const ROLE_ARN: &str = "The ARN of the AWS role that may read the secret. Environment: \
                                   ASSUME_ROLE_ARN.";
/// Of the block with the role.
pub(crate) const ASSUME_ROLE: &str = "Takes the credentials from AWS Secrets Manager, before any \
                                      others: this role is assumed, and reads the secret.";

/// The arguments beside the role: name, description, and whether it is secret.
const ARGUMENTS: [(&str, &str, bool); 6] = [
    (
        "secret_name",
        "The name of the secret, or its whole ARN if it is another account's. Environment: \
         SECRET_NAME.",
        false,
    ),
    (
        "region",
        "The AWS region of the secret, as AWS or as MongoDB spells it. Environment: AWS_REGION.",
        false,
    ),
    (
        "aws_access_key_id",
        "The id of the access key that may assume the role. Environment: AWS_ACCESS_KEY_ID.",
        true,
    ),
    (
        "aws_secret_access_key",
        "The secret half of that key. Environment: AWS_SECRET_ACCESS_KEY.",
        true,
    ),
    (
        "aws_session_token",
        "The session token, if the key is a temporary one. Environment: AWS_SESSION_TOKEN, unless \
         the key is in the block.",
        true,
    ),
    (
        "sts_endpoint",
        "The address of AWS STS, if not that of the region. Environment: STS_ENDPOINT, \
         AWS_ENDPOINT_URL_STS.",
        false,
    ),
];

/// The arguments beside the role, as the vendor has them: none is marked as sensitive.
pub(super) fn arguments() -> impl Iterator<Item = (&'static str, Attribute)> {
    ARGUMENTS.into_iter().map(|(name, text, _)| {
        let attribute = Attribute::string().optional().description(text);
        (name, attribute)
    })
}

/// The same, with what is secret marked so.
pub(crate) fn secret_arguments() -> impl Iterator<Item = (&'static str, Attribute)> {
    let all = arguments().zip(ARGUMENTS);
    all.map(|((name, attribute), (_, _, is_secret))| {
        let attribute = if is_secret {
            attribute.sensitive()
        } else {
            attribute
        };
        (name, attribute)
    })
}

/// A secret with credentials, and how it is read.
pub(super) struct SecretSource {
    prefix: Path,
    /// Where the role is, if it is in the block.
    role_at: Path,
    role_arn: String,
    keys: Keys,
    sts: Endpoint,
    secrets_manager: Endpoint,
    name: String,
}

impl SecretSource {
    /// The secret that block and environment name: null without a role, unknown if a setting is. A
    /// section that is left out asks AWS for nothing, whatever the environment says.
    ///
    /// # Errors
    /// Diagnostics at what is missing or unusable below `prefix`.
    pub(super) fn find(
        config: &Object,
        environment: &Environment,
        prefix: &Path,
    ) -> Result<Attr<Self>, Diagnostics> {
        if config.is_empty() {
            return Ok(Attr::Null);
        }
        let (role_arn, role_at) = match role(config, prefix)? {
            (Attr::Null, _) => (environment.first(AWS_ROLE), Path::default()),
            (Attr::Unknown, _) => return Ok(Attr::Unknown),
            (Attr::Known(arn), at) => (Some(arn), at),
        };
        let Some(role_arn) = role_arn else {
            return Ok(Attr::Null);
        };
        let Some(given) = Given::read(config, environment)? else {
            return Ok(Attr::Unknown);
        };
        let region = given.region.as_deref().map(spelled_as_aws);
        let region = region.or_else(|| region_of(given.secret_name.as_deref()?));
        if region.as_ref().is_some_and(|region| !is_region(region)) {
            return Err(Diagnostic::error("The AWS region is no such name")
                .detail("A region looks like us-east-1, or like US_EAST_1 as MongoDB spells it.")
                .at(prefix.clone().attribute("region"))
                .into());
        }
        let mut missing = Diagnostics::new();
        let mut needed = |value: Option<String>, name: &str, variables: &[&str]| {
            if value.is_none() {
                missing.push(needs(name, variables, prefix));
            }
            value.unwrap_or_default()
        };
        let name = needed(given.secret_name, "secret_name", AWS_SECRET_NAME);
        let region = needed(region, "region", AWS_REGION);
        let access_key_id = needed(given.key_id, "aws_access_key_id", AWS_ACCESS_KEY_ID);
        let secret = needed(given.key, "aws_secret_access_key", AWS_SECRET_ACCESS_KEY);
        if !missing.is_empty() {
            return Err(missing);
        }
        let unusable = |name: &'static str| {
            let at = prefix.clone().attribute(name);
            move |error: Error| failed("The provider block cannot be used", &error).at(at)
        };
        let sts = Endpoint::sts(given.sts.as_deref(), Some(&region));
        let own = environment.first(AWS_SECRETS_MANAGER_ENDPOINT);
        let secrets_manager = Endpoint::secrets_manager(own.as_deref(), &region);
        Ok(Attr::Known(Self {
            prefix: prefix.clone(),
            role_at,
            role_arn,
            keys: Keys {
                access_key_id: Secret::new(access_key_id),
                secret_access_key: Secret::new(secret),
                session_token: given.token.map(Secret::new),
            },
            sts: sts.map_err(unusable("sts_endpoint"))?,
            secrets_manager: secrets_manager.map_err(unusable("region"))?,
            name,
        }))
    }

    /// Assumes the role and reads the secret.
    ///
    /// # Errors
    /// Diagnostics about what AWS refuses, or a secret that holds no credentials.
    pub(super) async fn read(
        &self,
        cx: &Context,
        mut settings: Settings,
    ) -> Result<SecretText, Diagnostics> {
        settings.cancellation = cx.cancellation().clone();
        let aws = Aws::new(settings);
        let keys = aws
            .assume_role(&self.sts, &self.keys, &self.role_arn)
            .await
            .map_err(|error| self.not_assumed(&error))?;
        let text = aws
            .secret_text(&self.secrets_manager, &keys, &self.name)
            .await
            .map_err(|error| self.not_read(&error))?;
        let read = SecretText::parse(&text, &self.name, &self.at("secret_name"));
        read.map_err(Diagnostics::from)
    }

    fn not_assumed(&self, error: &Error) -> Diagnostic {
        let at = match error.kind() {
            ErrorKind::Unauthenticated => self.at("aws_access_key_id"),
            ErrorKind::Transport => self.at("sts_endpoint"),
            _ => self.role_at.clone(),
        };
        advised("The AWS role cannot be assumed", error, [advice(error)]).at(at)
    }

    fn not_read(&self, error: &Error) -> Diagnostic {
        let place = (error.kind() == ErrorKind::NotFound).then(|| {
            let region = &self.secrets_manager.region;
            let other = region_of(&self.name).filter(|other| other != region);
            let other = other.map(|other| format!(" Its ARN says {other}."));
            format!(
                "The secret {:?} was looked up in region {region}.{}",
                self.name,
                other.unwrap_or_default()
            )
        });
        let at = match error.kind() {
            ErrorKind::Transport => self.at("region"),
            _ => self.at("secret_name"),
        };
        advised(UNREADABLE, error, [place.as_deref(), advice(error)]).at(at)
    }

    fn at(&self, name: &str) -> Path {
        self.prefix.clone().attribute(name)
    }
}

/// What block and environment say beside the role.
struct Given {
    secret_name: Option<String>,
    region: Option<String>,
    key_id: Option<String>,
    key: Option<String>,
    token: Option<String>,
    sts: Option<String>,
}

impl Given {
    /// Nothing while one of them is unknown.
    fn read(config: &Object, environment: &Environment) -> Result<Option<Self>, AccessError> {
        let key_is_in_block = !in_block(config, "aws_access_key_id")?.is_null();
        let token_variables = if key_is_in_block {
            &[]
        } else {
            AWS_SESSION_TOKEN
        };
        let read = [
            ("secret_name", AWS_SECRET_NAME),
            ("region", AWS_REGION),
            ("aws_access_key_id", AWS_ACCESS_KEY_ID),
            ("aws_secret_access_key", AWS_SECRET_ACCESS_KEY),
            ("aws_session_token", token_variables),
            ("sts_endpoint", AWS_STS_ENDPOINT),
        ]
        .map(|(name, variables)| combined(config, name, environment, variables));
        let [secret_name, region, key_id, key, token, sts] = read;
        let read = [secret_name?, region?, key_id?, key?, token?, sts?];
        if read.iter().any(Attr::is_unknown) {
            return Ok(None);
        }
        let [secret_name, region, key_id, key, token, sts] = read.map(Attr::known);
        Ok(Some(Self {
            secret_name,
            region,
            key_id,
            key,
            token,
            sts,
        }))
    }
}

/// The role in a block or in a nested attribute, and where.
fn role(config: &Object, prefix: &Path) -> Result<(Attr<String>, Path), AccessError> {
    let at = prefix.clone().attribute("assume_role");
    let given = config.get("assume_role");
    let (given, at) = match given.as_slice() {
        Some(blocks) => (blocks.first(), at.index(0)),
        None => (Some(given), at),
    };
    let arn = match given {
        Some(given) if given.is_unknown() => Attr::Unknown,
        given => match given.and_then(Value::as_object) {
            Some(block) => in_block(block, "role_arn")?,
            None => Attr::Null,
        },
    };
    Ok((arn, at.attribute("role_arn")))
}

/// `US_EAST_2` is `us-east-2` to AWS.
fn spelled_as_aws(region: &str) -> String {
    region.to_ascii_lowercase().replace('_', "-")
}

/// A name becomes a part of a host's name, and must be no more than that.
fn is_region(region: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    region.chars().all(is_plain) && region.contains('-') && !region.starts_with('-')
}

/// The region in a secret's ARN: `arn:aws:secretsmanager:REGION:…`.
fn region_of(name: &str) -> Option<String> {
    let mut parts = name.strip_prefix("arn:")?.split(':').skip(1);
    (parts.next()? == "secretsmanager").then(|| parts.next().map(str::to_owned))?
}

fn needs(name: &str, variables: &[&str], prefix: &Path) -> Diagnostic {
    let mut detail = format!(
        "A role for AWS Secrets Manager is set, but {name} is not. Set {name} in the provider \
         block, or the environment variable {}.",
        variables.join(" or ")
    );
    if name.starts_with("aws_") {
        detail.push_str("\n\n");
        detail.push_str(STATIC_KEYS);
    }
    Diagnostic::error("The settings for AWS Secrets Manager are incomplete")
        .detail(detail)
        .at(prefix.clone().attribute(name))
}

/// What to do about a refusal, by AWS's codes.
fn advice(error: &Error) -> Option<&'static str> {
    Some(match error.code() {
        Some("AccessDenied") => {
            "The role's trust policy has to name whoever owns the access key, whose own policies \
             have to allow sts:AssumeRole for the role."
        }
        Some("AccessDeniedException") => {
            "The role needs secretsmanager:GetSecretValue for this secret, and kms:Decrypt for its \
             key if that is one of your own."
        }
        Some("DecryptionFailure") => "The role needs kms:Decrypt for the key of the secret.",
        Some("ExpiredToken" | "ExpiredTokenException") => {
            "The temporary credentials are too old. Get new ones."
        }
        Some("InvalidClientTokenId" | "UnrecognizedClientException") => {
            "AWS does not know the access key, or not with this session token: temporary keys need \
             theirs, lasting ones have none."
        }
        Some(
            "InvalidSignatureException"
            | "RequestExpired"
            | "RequestTimeTooSkewed"
            | "SignatureDoesNotMatch",
        ) => {
            "Check that aws_secret_access_key belongs to aws_access_key_id, that this machine's \
             clock is right, and that sts_endpoint and region are those of the service that answers."
        }
        Some("RegionDisabledException") => {
            "STS is not active in this region. Activate it there, or set sts_endpoint to that of \
             another region."
        }
        Some("ResourceNotFoundException") => {
            "Check secret_name and region. A secret of another account needs its whole ARN."
        }
        Some("ValidationError") => "Check the ARN of the role.",
        _ if error.kind() == ErrorKind::Transport => {
            "Check region and sts_endpoint, and that AWS can be reached from here."
        }
        _ => return None,
    })
}
