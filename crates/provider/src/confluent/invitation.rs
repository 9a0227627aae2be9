//! The resource `confluent_invitation`: schema, validation and plan.
//!
//! Schema, state and import are the vendor's. Better than the vendor's: a change of `auth_type` is
//! planned as a replacement, and what cannot be done is said while planning. What happens at the
//! service is in `lifecycle`.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, MoveSource, Object, ReadOutcome, Resource,
    ResourcePlan, Schema, Validator, async_trait,
};
use vestibule_client::confluent::Confluent;

use super::attributes::{AUTH_TYPES, allows_deletion, reference_type};
use super::lifecycle::{self, DELETION_NOT_ALLOWED};
use super::rules::Rules;
use super::time;
use crate::address;
use crate::connection::Connection;
use crate::persona::Persona;
use crate::plan::{is_same_type, keep_same_address};

/// The resource type.
pub(crate) struct Invitation {
    connection: Arc<Connection<Confluent>>,
    rules: Rules,
}

impl Invitation {
    pub(crate) fn new(connection: Arc<Connection<Confluent>>, rules: Rules) -> Self {
        Self { connection, rules }
    }
}

#[async_trait]
impl Resource for Invitation {
    fn type_name(&self) -> &str {
        "confluent_invitation"
    }

    fn schema(&self) -> Schema {
        let computed = |text: &str| {
            Attribute::string()
                .computed()
                .use_state_for_unknown()
                .description(text)
        };
        let reference = |text: &str| {
            Attribute::new(reference_type())
                .computed()
                .use_state_for_unknown()
                .markdown(text)
        };
        Schema::new()
            .markdown(
                "An invitation to a Confluent Cloud organization. It stays in the state when it is \
                 accepted, and with a warning when it has expired or was deactivated. The \
                 environment variable `VESTIBULE_CONFLUENT_REINVITE=expired,deactivated`, or with \
                 one of the two, has such invitations replaced by the next apply.",
            )
            .attribute(
                "id",
                computed("The invitation's id, for example i-zyw30; not to be configured.")
                    .optional(),
            )
            .attribute(
                "email",
                Attribute::string()
                    .required()
                    .description("The address to invite. Letter case does not count.")
                    .validator(Validator::string(address::check))
                    .modify(keep_same_address)
                    .requires_replace(),
            )
            .attribute(
                "auth_type",
                Attribute::string()
                    .optional()
                    .computed()
                    .use_state_for_unknown()
                    .markdown(
                        "`AUTH_TYPE_LOCAL` or `AUTH_TYPE_SSO`; the organization's default if left \
                         out. A change replaces the invitation.",
                    )
                    .validator(Validator::string(check_auth_type)),
            )
            .attribute(
                "allow_deletion",
                Attribute::bool().default_value(false).markdown(
                    "Whether an accepted invitation may be destroyed. The user stays in the \
                     organization. Takes effect once it has been applied.",
                ),
            )
            .attribute(
                "status",
                computed(
                    "INVITE_STATUS_STAGED, INVITE_STATUS_SENT, INVITE_STATUS_ACCEPTED, \
                     INVITE_STATUS_EXPIRED or INVITE_STATUS_DEACTIVATED.",
                ),
            )
            .attribute(
                "accepted_at",
                computed("When it was accepted; null until then."),
            )
            .attribute("expires_at", computed("When it ends."))
            .attribute("user", reference("The invited user: `user[0].id`."))
            .attribute("creator", reference("Who invited: `creator[0].id`."))
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        if !config.get("id").is_null() {
            diagnostics.push(
                Diagnostic::error("The id cannot be configured")
                    .detail("The service gives the invitation its id. Remove this argument.")
                    .at("id"),
            );
        }
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.connection.missing());
        let Some(prior) = plan.prior else { return };
        if self
            .rules
            .reinvites(prior.get("status").as_str().unwrap_or_default())
        {
            plan.set_unknown("status");
            plan.require_replace("status");
        }
        let accepted = lifecycle::is_accepted(prior);
        if accepted && plan.is_changed("email") && !allows_deletion(prior) {
            plan.diagnostics.push(
                Diagnostic::error("An accepted invitation cannot be replaced")
                    .detail(DELETION_NOT_ALLOWED)
                    .at("email"),
            );
        }
        match auth_type_change(plan.config, prior) {
            AuthTypeChange::None => {}
            AuthTypeChange::KeepPrior => plan.keep_prior("auth_type"),
            AuthTypeChange::Other if accepted && !plan.config.get("auth_type").is_unknown() => {
                plan.diagnostics.push(
                    Diagnostic::error("The auth_type of an accepted invitation cannot change")
                        .detail(
                            "The invitation was accepted, so the user signs in as the invitation \
                             said. Change how the user signs in in the organization itself, and \
                             give auth_type its former value here or remove it.",
                        )
                        .at("auth_type"),
                );
            }
            AuthTypeChange::Other => plan.require_replace("auth_type"),
        }
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        lifecycle::create(&self.connection.client(cx)?, cx, planned).await
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let snapshots = self.connection.snapshots();
        let client = self.connection.client(cx)?;
        lifecycle::read(&client, &snapshots.invitations, cx, self.rules, state).await
    }

    /// Only `allow_deletion` changes in place, and it lives here alone. Reading the invitation now
    /// would contradict the plan if it was answered meanwhile; the next refresh does that.
    async fn update(
        &self,
        _cx: &Context,
        _prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        Ok(planned)
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::delete(
            &self.connection.client(cx)?,
            &snapshots.invitations,
            cx,
            &state,
        )
        .await
    }

    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let id = id.trim();
        if id.is_empty() {
            return Err(Diagnostic::error("The import id is empty")
                .detail("Import an invitation by its id, for example i-gxxn1.")
                .into());
        }
        Ok(Object::new().with("id", id).with("allow_deletion", false))
    }

    /// The vendor's versions before 1.81 had no `allow_deletion`; imports before 2.83.4 left null.
    /// All of its versions write the year 1 for "not accepted".
    fn upgrade(&self, _version: i64, mut state: Object) -> Result<Object, Diagnostics> {
        if state.get("allow_deletion").is_null() {
            state.set("allow_deletion", false);
        }
        for name in ["accepted_at", "expires_at"] {
            let stored = time::without_year_one(state.get(name));
            state.set(name, stored);
        }
        Ok(state)
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        if !is_same_type(source, self.type_name(), Persona::Confluent) {
            return Ok(None);
        }
        self.upgrade(source.schema_version, source.state.clone())
            .map(Some)
    }
}

fn check_auth_type(text: &str) -> Result<(), String> {
    // The vendor's provider takes "" for "not set".
    if text.is_empty() || AUTH_TYPES.contains(&text) {
        return Ok(());
    }
    Err(format!(
        "The value must be \"AUTH_TYPE_LOCAL\" or \"AUTH_TYPE_SSO\", but it is {text:?}."
    ))
}

/// What a plan has to do about `auth_type`.
#[derive(Debug, PartialEq, Eq)]
enum AuthTypeChange {
    /// Nothing: it is the same, or nobody knew it before.
    None,
    /// `""` is configured, which leaves it to the service.
    KeepPrior,
    /// Another one is configured.
    Other,
}

fn auth_type_change(config: &Object, prior: &Object) -> AuthTypeChange {
    let stored = prior
        .get("auth_type")
        .as_str()
        .filter(|text| !text.is_empty());
    let configured = config.get("auth_type");
    match (configured.as_str(), stored) {
        (Some(""), Some(_)) => AuthTypeChange::KeepPrior,
        (Some(text), Some(stored)) if text != stored => AuthTypeChange::Other,
        (None, Some(_)) if configured.is_unknown() => AuthTypeChange::Other,
        _ => AuthTypeChange::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfplugin::Value;

    #[test]
    fn auth_type_changes_only_from_one_known_value_to_another() {
        let change = |config: Value, prior: Value| {
            auth_type_change(
                &Object::new().with("auth_type", config),
                &Object::new().with("auth_type", prior),
            )
        };
        let (local, sso) = (
            || Value::from("AUTH_TYPE_LOCAL"),
            || Value::from("AUTH_TYPE_SSO"),
        );
        assert_eq!(change(Value::Null, sso()), AuthTypeChange::None);
        assert_eq!(change(sso(), sso()), AuthTypeChange::None);
        assert_eq!(change(sso(), Value::Null), AuthTypeChange::None);
        assert_eq!(change(sso(), Value::from("")), AuthTypeChange::None);
        assert_eq!(change(Value::from(""), sso()), AuthTypeChange::KeepPrior);
        assert_eq!(change(local(), sso()), AuthTypeChange::Other);
        assert_eq!(change(Value::UNKNOWN, sso()), AuthTypeChange::Other);
    }
}
