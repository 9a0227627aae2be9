//! The data source `mongodbatlas_org_invitation`: one open invitation by its id.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Object, Schema, Type, Validator, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::attributes::fill;
use super::failures::{check_addressee, open_invitation};
use super::org_invitation::{DEPRECATION, org_id_argument};
use crate::connection::Connection;

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
                computed("The id in the state; not to be configured.").optional(),
            )
            .attribute("org_id", org_id_argument())
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
        let client = self.connection.client(cx)?;
        let (org_id, invitation_id) = (config.str("org_id")?, config.str("invitation_id")?);
        let answer = client.org_invitation(org_id, invitation_id).await;
        let place = format!("organization {org_id}");
        let found = open_invitation(answer, &place, invitation_id)?;
        check_addressee(cx, config.str("username")?, &found.username);
        let mut state = config;
        state.set("id", tfplugin::Value::Null);
        fill(&mut state, &found);
        Ok(state)
    }
}
