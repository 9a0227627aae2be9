//! The data source `mongodbatlas_project_invitation`: one open invitation by its id.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostic, Diagnostics, Object, Schema, Type, Validator,
    Value, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::super::client;
use super::super::org_invitation::DEPRECATION;
use super::attributes::fill;
use super::resource::check_project_id;
use crate::address;
use crate::connection::Connection;
use crate::failure::stop;

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
                computed("The address of this data in the state.").optional(),
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
        let client = client(&self.connection, cx)?;
        let (project_id, invitation_id) = (config.str("project_id")?, config.str("invitation_id")?);
        let found = client
            .project_invitation(project_id, invitation_id)
            .await
            .map_err(stop("Cannot read the project invitation"))?;
        let Some(found) = found else {
            return Err(Diagnostic::error("There is no such invitation")
                .detail(format!(
                    "The project {project_id} has no open invitation with the id \
                     {invitation_id:?}: there never was one, or it was accepted, declined or \
                     deleted, or it expired."
                ))
                .at("invitation_id")
                .into());
        };
        if !address::is_same(config.str("username")?, &found.username) {
            cx.diagnostic(
                Diagnostic::warning("The invitation is for another address")
                    .detail(
                        "The id decides which invitation is read, and this one was sent to \
                         another address than the configured username. The data has the address \
                         of the invitation.",
                    )
                    .at("username"),
            );
        }
        let mut state = config;
        state.set("id", Value::Null);
        fill(&mut state, &found);
        Ok(state)
    }
}
