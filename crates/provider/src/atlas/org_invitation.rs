//! The resource `mongodbatlas_org_invitation`: schema, validation and plan.
//!
//! Schema, state id and import are the vendor's. What happens at the service is in `lifecycle`.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, MoveSource, Object, ReadOutcome, Resource,
    ResourcePlan, Schema, Type, Validator, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::attributes::is_placeholder;
use super::{lifecycle, state_id};
use crate::connection::Connection;
use crate::persona::Persona;
use crate::plan::{is_same_type, keep_same_address};

/// Why the vendor deprecated the type; Terraform shows it to users.
pub(crate) const DEPRECATION: &str = "MongoDB withdraws the API behind this type on 1 July 2027. It manages the invitation only: \
     once it is accepted, remove the block. mongodbatlas_cloud_user_org_assignment and \
     mongodbatlas_cloud_user_project_assignment take its place, and go on with the member.";

/// The resource type.
pub(crate) struct OrgInvitation {
    connection: Arc<Connection<Atlas>>,
}

impl OrgInvitation {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl Resource for OrgInvitation {
    fn type_name(&self) -> &str {
        "mongodbatlas_org_invitation"
    }

    fn schema(&self) -> Schema {
        let computed = |text: &str| {
            Attribute::string()
                .computed()
                .use_state_for_unknown()
                .description(text)
        };
        Schema::new()
            .description(
                "An invitation to a MongoDB Atlas organization. One that expired, was declined or \
                 deleted leaves the state, so that the next plan invites again. An accepted one \
                 leaves it with a warning: remove the block then. Destroying it removes no member.",
            )
            .deprecated(DEPRECATION)
            .attribute(
                "id",
                computed("The id in the state; not to be configured.").optional(),
            )
            .attribute("org_id", org_id_argument().requires_replace())
            .attribute(
                "username",
                username_argument("The address to invite. Letter case does not count."),
            )
            .attribute(
                "roles",
                Attribute::set(Type::String)
                    .required()
                    .description("The roles in the organization, such as ORG_MEMBER; at least one.")
                    .validator(Validator::new(|value| match value.as_slice() {
                        Some([]) => Err("A member needs at least one role, for example \
                                         \"ORG_MEMBER\"."
                            .to_owned()),
                        _ => Ok(()),
                    }))
                    .validator(Validator::each(Validator::not_empty())),
            )
            .attribute(
                "teams_ids",
                Attribute::set(Type::String)
                    .optional()
                    .computed()
                    .use_state_for_unknown()
                    .description(
                        "The teams to join, 24 hexadecimal digits each. Left out, they stay as the \
                         service has them.",
                    )
                    .validator(Validator::each(Validator::not_empty())),
            )
            .attribute("invitation_id", computed("The invitation's id."))
            .attribute("created_at", computed("When the invitation was made."))
            .attribute("expires_at", computed("When the invitation ends."))
            .attribute("inviter_username", computed("Who invited."))
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        if !config.get("id").is_null() {
            diagnostics.push(
                Diagnostic::error("The id cannot be configured")
                    .detail("The provider makes it. Remove this argument.")
                    .at("id"),
            );
        }
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.connection.missing());
        let replaced = plan.is_changed("org_id") || plan.is_changed("username");
        if replaced || !plan.prior.is_some_and(is_placeholder) {
            return;
        }
        for name in ["roles", "teams_ids"] {
            // What is unknown may turn out to be the same; the update decides then.
            if plan.is_changed(name) && plan.planned.get(name).is_wholly_known() {
                plan.diagnostics.push(lifecycle::nothing_to_change(name));
            }
        }
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        lifecycle::create(
            &self.connection.client(cx)?,
            &self.connection.snapshots(),
            cx,
            planned,
        )
        .await
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        lifecycle::read(
            &self.connection.client(cx)?,
            &self.connection.snapshots(),
            cx,
            state,
        )
        .await
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        lifecycle::update(
            &self.connection.client(cx)?,
            &self.connection.snapshots(),
            cx,
            &prior,
            planned,
        )
        .await
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        lifecycle::delete(
            &self.connection.client(cx)?,
            &self.connection.snapshots(),
            cx,
            &state,
        )
        .await
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        lifecycle::import(
            &self.connection.client(cx)?,
            &self.connection.snapshots(),
            id,
        )
        .await
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        let is_ours = is_same_type(source, self.type_name(), Persona::MongodbAtlas);
        Ok(is_ours.then(|| source.state.clone()))
    }
}

/// The argument `org_id`.
pub(crate) fn org_id_argument() -> Attribute {
    Attribute::string()
        .required()
        .description("The organization: 24 hexadecimal digits.")
        .validator(Validator::string(check_org_id))
}

fn check_org_id(text: &str) -> Result<(), String> {
    if state_id::is_object_id(text) {
        return Ok(());
    }
    Err(format!(
        "An organization's id has 24 hexadecimal digits; {text:?} is none."
    ))
}

/// The argument `username` of what is about one person for good.
pub(crate) fn username_argument(text: &str) -> Attribute {
    Attribute::string()
        .required()
        .description(text)
        .validator(Validator::string(check_username))
        .modify(keep_same_address)
        .requires_replace()
}

/// Leaves it to the service what a user name is: only what can be none is refused.
///
/// # Errors
/// When it is empty, or has blanks or control characters.
pub(crate) fn check_username(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("The address is empty. Give the address of the person to invite.".to_owned());
    }
    if text
        .chars()
        .any(|character| character.is_whitespace() || character.is_control())
    {
        return Err(format!("{text:?} contains a blank or a control character."));
    }
    Ok(())
}
