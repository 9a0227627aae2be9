//! The data source `confluent_invitation`: one invitation by its id.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Object, Schema, Validator, async_trait,
};
use vestibule_client::confluent::Confluent;

use super::attributes::{fill, reference_type};
use crate::connection::Connection;
use crate::failure::existing_invitation;

/// The data source type.
pub(crate) struct InvitationData {
    connection: Arc<Connection<Confluent>>,
}

impl InvitationData {
    pub(crate) fn new(connection: Arc<Connection<Confluent>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for InvitationData {
    fn type_name(&self) -> &str {
        "confluent_invitation"
    }

    fn schema(&self) -> Schema {
        let computed = |text: &str| Attribute::string().computed().description(text);
        let reference = |text: &str| Attribute::new(reference_type()).computed().markdown(text);
        Schema::new()
            .description("An invitation to a Confluent Cloud organization.")
            .attribute(
                "id",
                Attribute::string()
                    .required()
                    .description("The invitation's id, for example i-zyw30.")
                    .validator(Validator::not_empty()),
            )
            .attribute("email", computed("The invited address."))
            .attribute("auth_type", computed("How the invited user signs in."))
            .attribute(
                "status",
                computed("The status, for example INVITE_STATUS_SENT."),
            )
            .attribute(
                "accepted_at",
                computed("When it was accepted; null until then."),
            )
            .attribute("expires_at", computed("When it ends."))
            .attribute("user", reference("The invited user: `user[0].id`."))
            .attribute("creator", reference("Who invited: `creator[0].id`."))
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let id = config.str("id")?;
        let found = existing_invitation(client.invitation(id).await, "id", || {
            format!("The organization of these credentials has no invitation with the id {id:?}.")
        })?;
        let mut state = config;
        fill(&mut state, &found);
        state.set("email", found.email);
        state.set("auth_type", found.auth_type);
        Ok(state)
    }
}
