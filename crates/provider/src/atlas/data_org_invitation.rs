//! The data source `mongodbatlas_org_invitation`: one open invitation by its id.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostic, Diagnostics, Object, Schema, Type, Validator,
    async_trait,
};
use vestibule_client::atlas::Atlas;

use super::attributes::fill;
use super::org_invitation::{DEPRECATION, check_org_id};
use crate::address;
use crate::connection::Connection;
use crate::failure::stop;

/// The data source type.
pub(crate) struct OrgInvitationData {
    connection: Arc<Connection<Atlas>>,
}

impl OrgInvitationData {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for OrgInvitationData {
    fn type_name(&self) -> &str {
        "mongodbatlas_org_invitation"
    }

    fn schema(&self) -> Schema {
        let computed = |text: &str| Attribute::string().computed().description(text);
        let required = |text: &str| Attribute::string().required().description(text);
        let strings = |text: &str| Attribute::set(Type::String).computed().description(text);
        Schema::new()
            .description("An invitation to a MongoDB Atlas organization.")
            .deprecated(DEPRECATION)
            .attribute(
                "id",
                computed("The address of this data in the state.").optional(),
            )
            .attribute(
                "org_id",
                required("The organization: 24 hexadecimal digits.")
                    .validator(Validator::string(check_org_id)),
            )
            .attribute("username", required("The invited address."))
            .attribute(
                "invitation_id",
                required("The invitation's id.").validator(Validator::not_empty()),
            )
            .attribute("created_at", computed("When the invitation was made."))
            .attribute("expires_at", computed("When the invitation ends."))
            .attribute("inviter_username", computed("Who invited."))
            .attribute("teams_ids", strings("The teams to join."))
            .attribute("roles", strings("The roles in the organization."))
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self
            .connection
            .client()?
            .with_cancellation(cx.cancellation().clone());
        let (org_id, invitation_id) = (config.str("org_id")?, config.str("invitation_id")?);
        let found = client
            .org_invitation(org_id, invitation_id)
            .await
            .map_err(stop("Cannot read the invitation"))?;
        let Some(found) = found else {
            return Err(Diagnostic::error("There is no such invitation")
                .detail(format!(
                    "The organization {org_id} has no open invitation with the id \
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
        state.set("id", tfplugin::Value::Null);
        fill(&mut state, &found);
        Ok(state)
    }
}
