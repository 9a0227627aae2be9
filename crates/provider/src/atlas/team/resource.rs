//! The resource `mongodbatlas_team`: schema, validation and plan.

use std::sync::Arc;

use tfplugin::{
    Attribute, AttributePlan, Context, Diagnostic, Diagnostics, MoveSource, Object, ReadOutcome,
    Resource, ResourcePlan, Schema, Type, Validator, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::super::org_invitation::{check_username, org_id_argument};
use super::{lifecycle, members};
use crate::connection::Connection;
use crate::persona::Persona;
use crate::plan::is_same_type;

pub(super) const TYPE_NAME: &str = "mongodbatlas_team";
/// Why the vendor deprecated the attribute; Terraform shows it to users.
pub(super) const USERNAMES_DEPRECATION: &str =
    "Put people into teams with mongodbatlas_cloud_user_team_assignment.";

/// The resource type.
pub(crate) struct Team {
    connection: Arc<Connection<Atlas>>,
}

impl Team {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl Resource for Team {
    fn type_name(&self) -> &str {
        TYPE_NAME
    }

    fn schema(&self) -> Schema {
        let computed = |text: &str| {
            Attribute::string()
                .computed()
                .use_state_for_unknown()
                .description(text)
        };
        Schema::new()
            .description("A team of a MongoDB Atlas organization.")
            .attribute(
                "id",
                computed("The id in the state; not to be configured.").optional(),
            )
            .attribute("org_id", org_id_argument().requires_replace())
            .attribute(
                "name",
                Attribute::string()
                    .required()
                    .description("The team's name, which no other team of the organization has.")
                    .validator(Validator::not_empty()),
            )
            .attribute(
                "usernames",
                Attribute::set(Type::String)
                    .optional()
                    .computed()
                    .use_state_for_unknown()
                    .modify(keep_same_people)
                    .deprecated(USERNAMES_DEPRECATION)
                    .description("The members by address. Letter case does not count.")
                    .validator(Validator::each(Validator::string(check_username))),
            )
            .attribute("team_id", computed("The team: 24 hexadecimal digits."))
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
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::create(&self.connection.client(cx)?, &snapshots, cx, planned).await
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::read(&self.connection.client(cx)?, &snapshots, state).await
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::update(
            &self.connection.client(cx)?,
            &snapshots,
            cx,
            &prior,
            planned,
        )
        .await
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let snapshots = self.connection.snapshots();
        lifecycle::delete(&self.connection.client(cx)?, &snapshots, cx, &state).await
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        lifecycle::import(&self.connection.client(cx)?, id).await
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        let is_ours = is_same_type(source, TYPE_NAME, Persona::MongodbAtlas);
        Ok(is_ours.then(|| source.state.clone()))
    }
}

/// Plans the stored spellings when the configured addresses name the same people.
fn keep_same_people(plan: &mut AttributePlan<'_>) {
    let Some(prior) = plan.prior else { return };
    let (Some(stored), Some(planned)) = (lifecycle::texts(prior), lifecycle::texts(plan.planned))
    else {
        return;
    };
    if members::are_same(&stored, &planned) {
        *plan.planned = prior.clone();
    }
}
