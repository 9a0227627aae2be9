//! The resource `mongodbatlas_project_invitation`: schema, validation and plan.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, MoveSource, Object, ReadOutcome, Resource,
    ResourcePlan, Schema, Type, Validator, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::super::org_invitation::{DEPRECATION, username_argument};
use super::super::state_id::is_object_id;
use super::attributes::is_placeholder;
use super::lifecycle;
use crate::connection::Connection;
use crate::persona::Persona;
use crate::plan::is_same_type;

/// The resource type.
pub(crate) struct ProjectInvitation {
    connection: Arc<Connection<Atlas>>,
}

impl ProjectInvitation {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl Resource for ProjectInvitation {
    fn type_name(&self) -> &str {
        "mongodbatlas_project_invitation"
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
                "An invitation to a MongoDB Atlas project. One that expired, was declined or \
                 deleted leaves the state, so that the next plan invites again. An accepted one \
                 leaves it with a warning: remove the block then. Destroying it removes no member.",
            )
            .deprecated(DEPRECATION)
            .attribute(
                "id",
                computed("The id in the state; not to be configured.").optional(),
            )
            .attribute(
                "project_id",
                Attribute::string()
                    .required()
                    .requires_replace()
                    .description("The project: 24 hexadecimal digits.")
                    .validator(Validator::string(check_project_id)),
            )
            .attribute(
                "username",
                username_argument("The address to invite. Letter case does not count."),
            )
            .attribute(
                "roles",
                Attribute::set(Type::String)
                    .required()
                    .description("The roles in the project, such as GROUP_READ_ONLY; at least one.")
                    .validator(Validator::not_empty())
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
        let replaced = plan.is_changed("project_id") || plan.is_changed("username");
        let is_known = plan.planned.get("roles").is_wholly_known();
        let changes = plan.is_changed("roles") && is_known && !replaced;
        if changes && plan.prior.is_some_and(is_placeholder) {
            plan.diagnostics.push(lifecycle::nothing_to_change());
        }
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::create(&self.connection.client(cx)?, &snapshots, cx, planned).await
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::read(&self.connection.client(cx)?, &snapshots, cx, state).await
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::update(&self.connection.client(cx)?, &snapshots, &prior, planned).await
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::delete(&self.connection.client(cx)?, &snapshots, cx, &state).await
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        lifecycle::import(&self.connection.client(cx)?, id).await
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        let is_ours = is_same_type(source, self.type_name(), Persona::MongodbAtlas);
        Ok(is_ours.then(|| source.state.clone()))
    }
}

/// Checks a project's id; the error is a sentence for people.
///
/// # Errors
/// When it is not 24 hexadecimal digits.
pub(super) fn check_project_id(text: &str) -> Result<(), String> {
    if is_object_id(text) {
        return Ok(());
    }
    Err(format!(
        "A project's id has 24 hexadecimal digits; {text:?} is none."
    ))
}
