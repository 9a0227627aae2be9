//! The data source `mongodbatlas_project_invitation`: one open invitation by its id.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Object, Schema, Type, Validator, Value,
    async_trait,
};
use vestibule_client::atlas::Atlas;

use super::super::failures::{check_addressee, open_invitation};
use super::super::org_invitation::DEPRECATION;
use super::attributes::fill;
use super::resource::check_project_id;
use crate::connection::Connection;

/// The data source type.
pub(crate) struct ProjectInvitationData {
    connection: Arc<Connection<Atlas>>,
}

impl ProjectInvitationData {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for ProjectInvitationData {
    fn type_name(&self) -> &str {
        "mongodbatlas_project_invitation"
    }

    fn schema(&self) -> Schema {
        let computed = |text: &str| Attribute::string().computed().description(text);
        let required = |text: &str| Attribute::string().required().description(text);
        Schema::new()
            .description("An invitation to a MongoDB Atlas project.")
            .deprecated(DEPRECATION)
            .attribute(
                "id",
                computed("The id in the state; not to be configured.").optional(),
            )
            .attribute(
                "project_id",
                required("The project: 24 hexadecimal digits.")
                    .validator(Validator::string(check_project_id)),
            )
            .attribute("username", required("The invited address."))
            .attribute(
                "invitation_id",
                required("The invitation's id.").validator(Validator::not_empty()),
            )
            .attribute("created_at", computed("When the invitation was made."))
            .attribute("expires_at", computed("When the invitation ends."))
            .attribute("inviter_username", computed("Who invited."))
            .attribute(
                "roles",
                Attribute::set(Type::String)
                    .computed()
                    .description("The roles in the project."),
            )
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let (project_id, invitation_id) = (config.str("project_id")?, config.str("invitation_id")?);
        let answer = client.project_invitation(project_id, invitation_id).await;
        let place = format!("project {project_id}");
        let found = open_invitation(answer, &place, invitation_id)?;
        check_addressee(cx, config.str("username")?, &found.username);
        let mut state = config;
        state.set("id", Value::Null);
        fill(&mut state, &found);
        Ok(state)
    }
}
