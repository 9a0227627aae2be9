//! The data source `mongodbatlas_cloud_user_org_assignment`.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Nesting, Object, Schema, Type, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::super::org_invitation::org_id_argument;
use super::org::fill;
use super::person::with_facts;
use super::roles::computed_roles_attribute;
use super::who::{Who, check_exactly_one, nobody, org_user};
use crate::connection::Connection;
use crate::failure::stop;

/// The data source type.
pub(crate) struct OrgAssignmentData {
    connection: Arc<Connection<Atlas>>,
}

impl OrgAssignmentData {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for OrgAssignmentData {
    fn type_name(&self) -> &str {
        "mongodbatlas_cloud_user_org_assignment"
    }

    fn schema(&self) -> Schema {
        let named = |text: &str| Attribute::string().optional().computed().description(text);
        let schema = Schema::new()
            .description("Somebody's place in a MongoDB Atlas organization, invited or member.")
            .attribute("org_id", org_id_argument())
            .attribute("user_id", named("The user's id; this or username."))
            .attribute("username", named("The user's address; this or user_id."))
            .attribute("roles", computed_roles_attribute(Nesting::List))
            .attribute(
                "team_ids",
                Attribute::set(Type::String)
                    .computed()
                    .description("The teams the user is in."),
            );
        with_facts(schema)
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        check_exactly_one(config, diagnostics);
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let org_id = config.str("org_id")?;
        let Some(who) = Who::named(&config).next() else {
            return Err(nobody(&config, "organization"));
        };
        let found = org_user(&client, org_id, who)
            .await
            .map_err(stop("Cannot read the user of the organization"))?;
        let Some(found) = found else {
            return Err(nobody(&config, "organization"));
        };
        let mut data = config;
        fill(&mut data, &found);
        Ok(data)
    }
}
