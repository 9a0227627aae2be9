//! The data source `mongodbatlas_cloud_user_team_assignment`.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Object, Schema, Validator, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::super::org_invitation::org_id_argument;
use super::team::{fill, team_user, with_computed};
use super::who::{Who, check_exactly_one, nobody};
use crate::connection::Connection;
use crate::failure::stop;

/// The data source type.
pub(crate) struct TeamAssignmentData {
    connection: Arc<Connection<Atlas>>,
}

impl TeamAssignmentData {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for TeamAssignmentData {
    fn type_name(&self) -> &str {
        "mongodbatlas_cloud_user_team_assignment"
    }

    fn schema(&self) -> Schema {
        let required = |text: &str| Attribute::string().required().description(text);
        let named = |text: &str| Attribute::string().optional().description(text);
        let schema = Schema::new()
            .description("Somebody's place in a MongoDB Atlas team, invited or member.")
            .attribute("org_id", org_id_argument())
            .attribute(
                "team_id",
                required("The team: 24 hexadecimal digits.").validator(Validator::not_empty()),
            )
            .attribute("user_id", named("The user's id; this or username."))
            .attribute("username", named("The user's address; this or user_id."));
        with_computed(schema)
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        check_exactly_one(config, diagnostics);
    }

    /// Gives id and address, as the vendor's provider does, although its schema calls them no
    /// computed attributes.
    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let Some(who) = Who::named(&config).next() else {
            return Err(nobody(&config, "team"));
        };
        let (org_id, team_id) = (config.str("org_id")?, config.str("team_id")?);
        let found = team_user(&client, org_id, team_id, who)
            .await
            .map_err(stop("Cannot read the user of the team"))?;
        let Some(found) = found else {
            return Err(nobody(&config, "team"));
        };
        let mut data = config;
        fill(&mut data, &found);
        Ok(data)
    }
}
