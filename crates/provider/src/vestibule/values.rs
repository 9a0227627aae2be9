//! Between the API's shapes and Terraform's values: outwards. Instants stay RFC 3339.

use tfplugin::{Attr, Attribute, Diagnostics, Nesting, Object, Type, Validator, Value};
use vestibule_wire::native::{ApiKey, AuthType, Invitation, Member, Organization, Project, Team};

use super::project_roles;

/// What the server calls a person's sign-in.
pub(super) const AUTH_TYPES: [&str; 2] = ["local", "sso"];

/// The longest words of an inviter, in characters (the server's own limit).
const LONGEST_MESSAGE: usize = 500;

/// `created_at` and the like: decided by the server, and not altered by what Terraform changes.
pub(super) fn decided(text: &str) -> Attribute {
    Attribute::string()
        .computed()
        .use_state_for_unknown()
        .markdown(text)
}

/// A number that the server decides.
pub(super) fn decided_number(text: &str) -> Attribute {
    Attribute::number()
        .computed()
        .use_state_for_unknown()
        .markdown(text)
}

/// Which roles there are in an organization, for people who read the documentation.
pub(super) const ROLES: &str = "`owner`, `user_admin` (invites, and manages people and teams), \
                                `project_creator`, `billing_admin`, `billing_viewer`, \
                                `stream_admin`, `read_only` or `member`";

/// The argument `roles`.
pub(super) fn roles_argument(text: &str) -> Attribute {
    Attribute::set(Type::String)
        .default_value(Value::set(["member"]))
        .validator(Validator::each(Validator::not_empty()))
        .validator(Validator::new(|value| match value.as_slice() {
            Some([]) => Err("There must be at least one role.".to_owned()),
            _ => Ok(()),
        }))
        .markdown(format!("{text} Each is {ROLES}."))
}

/// The argument `teams`.
pub(super) fn teams_argument(text: &str) -> Attribute {
    Attribute::set(Type::String)
        .default_value(Value::set(Vec::<Value>::new()))
        .validator(Validator::each(Validator::not_empty()))
        .markdown(text)
}

/// The argument `message`.
pub(super) fn message_argument() -> Attribute {
    Attribute::string()
        .optional()
        .markdown("Words of yours in the mail, plain text of at most 500 characters.")
        .validator(Validator::string(|text| {
            if text.chars().count() > LONGEST_MESSAGE {
                return Err(format!(
                    "The message is longer than {LONGEST_MESSAGE} characters."
                ));
            }
            if text.is_empty() {
                return Err("The message is empty. Leave it out instead.".to_owned());
            }
            Ok(())
        }))
}

/// The argument `expires_in`.
pub(super) fn expires_in_argument() -> Attribute {
    Attribute::number()
        .optional()
        .validator(Validator::between(1, i64::from(u32::MAX)))
        .markdown(
            "How long the invitation can be accepted, in seconds from its sending; the \
             organization's default if left out. Taking it out of a configuration leaves the life \
             that the invitation has.",
        )
}

/// How the mail fares, as an attribute that the server decides.
pub(super) fn delivery_attribute() -> Attribute {
    let computed = |text: &str| Attribute::string().computed().markdown(text);
    Attribute::nested(
        Nesting::Single,
        [
            (
                "state",
                computed("`queued`, `claimed`, `handed_off`, `deferred`, `dropped` or `dead`."),
            ),
            (
                "attempts",
                Attribute::number()
                    .computed()
                    .description("How often sending was tried."),
            ),
            ("last_error", computed("What the last failed attempt said.")),
            ("handed_off_at", computed("When the mail system took it.")),
        ],
    )
    .computed()
    .use_state_for_unknown()
    .description("What became of the mail. A sent invitation is no proof of a delivered mail.")
}

/// The texts of a set or list that is known.
pub(super) fn texts(object: &Object, name: &str) -> Result<Vec<String>, Diagnostics> {
    Ok(match object.strings(name)? {
        Attr::Known(texts) => texts.into_iter().map(str::to_owned).collect(),
        Attr::Null | Attr::Unknown => Vec::new(),
    })
}

/// The texts that are planned, if they are others than before.
pub(super) fn changed_texts(
    prior: &Object,
    planned: &Object,
    name: &str,
) -> Result<Option<Vec<String>>, Diagnostics> {
    let is_changed = prior.get(name) != planned.get(name);
    is_changed.then(|| texts(planned, name)).transpose()
}

/// How somebody is to sign in, if that is configured.
pub(super) fn auth_type(object: &Object) -> Result<Option<AuthType>, Diagnostics> {
    Ok(match object.string("auth_type")?.known() {
        Some("local") => Some(AuthType::Local),
        Some("sso") => Some(AuthType::Sso),
        _ => None,
    })
}

/// Everything the server says about an invitation, by attribute.
pub(super) fn invitation(found: &Invitation) -> Object {
    let delivery = found.delivery.as_ref().map(|mail| {
        Object::new()
            .with("state", &mail.state)
            .with("attempts", mail.attempts)
            .with("last_error", mail.last_error.clone())
            .with("handed_off_at", mail.handed_off_at.clone())
    });
    let inviter = Object::new()
        .with("id", &found.inviter.id)
        .with("name", &found.inviter.name);
    Object::new()
        .with("id", &found.id)
        .with("organization", &found.organization)
        .with("email", &found.email)
        .with("auth_type", found.auth_type.as_str())
        .with("status", found.state.as_str())
        .with("reason", found.reason.clone())
        .with("delivery", delivery)
        .with("roles", set(&found.roles))
        .with("teams", set(&found.teams))
        .with("project", found.project.clone())
        .with(
            project_roles::NAME,
            project_roles::values(&found.project_roles),
        )
        .with("message", found.message.clone())
        .with("user", &found.user)
        .with("inviter", inviter)
        .with("generation", found.generation)
        .with("resend_count", found.resend_count)
        .with("sent_at", found.sent_at.clone())
        .with("expires_at", &found.expires_at)
        .with("accepted_at", found.accepted_at.clone())
        .with("ended_at", found.ended_at.clone())
        .with("created_at", &found.created_at)
}

/// Everything the server says about a member, by attribute.
pub(super) fn member(found: &Member) -> Object {
    Object::new()
        .with("user", &found.user)
        .with("email", &found.email)
        .with("roles", set(&found.roles))
        .with("teams", set(&found.teams))
        .with(
            project_roles::NAME,
            project_roles::values(&found.project_roles),
        )
        .with("joined_at", &found.joined_at)
        .with("source", &found.source)
}

/// Everything the server says about a team, by attribute.
pub(super) fn team(found: &Team) -> Object {
    Object::new()
        .with("id", &found.id)
        .with("organization", &found.organization)
        .with("name", &found.name)
        .with("created_at", &found.created_at)
}

/// Everything the server says about a project, by attribute.
pub(super) fn project(found: &Project) -> Object {
    Object::new()
        .with("id", &found.id)
        .with("organization", &found.organization)
        .with("name", &found.name)
        .with("created_at", &found.created_at)
}

/// Everything the server says about an organization, by attribute.
pub(super) fn organization(found: &Organization) -> Object {
    let lifetimes = Object::new()
        .with("native", found.invitation_lifetimes.native)
        .with("confluent", found.invitation_lifetimes.confluent)
        .with("atlas", found.invitation_lifetimes.atlas);
    Object::new()
        .with("id", &found.id)
        .with("name", &found.name)
        .with("sso_enabled", found.sso_enabled)
        .with("invitation_lifetimes", lifetimes)
        .with("created_at", &found.created_at)
}

/// Everything the server says about a key, by attribute.
pub(super) fn key(found: &ApiKey) -> Object {
    Object::new()
        .with("id", &found.id)
        .with("kind", found.kind.as_str())
        .with("public_id", &found.public_id)
        .with("name", &found.name)
        .with("owner", &found.owner.id)
        .with("created_at", &found.created_at)
        .with("expires_at", found.expires_at.clone())
}

/// A set of texts.
pub(super) fn set(texts: &[String]) -> Value {
    Value::set(texts.iter().map(String::as_str))
}
