//! The data source `mongodbatlas_cloud_user_project_assignment`.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Object, Schema, Type, Validator, async_trait,
};
use vestibule_client::atlas::Atlas;

use super::person::with_facts;
use super::project::{fill, project_user};
use super::who::{Who, check_exactly_one, nobody};
use crate::connection::Connection;
use crate::failure::stop;

/// The data source type.
pub(crate) struct ProjectAssignmentData {
    connection: Arc<Connection<Atlas>>,
}

impl ProjectAssignmentData {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for ProjectAssignmentData {
    fn type_name(&self) -> &str {
        "mongodbatlas_cloud_user_project_assignment"
    }

    fn schema(&self) -> Schema {
        let named = |text: &str| Attribute::string().optional().description(text);
        let schema = Schema::new()
            .description("Somebody's roles in a MongoDB Atlas project.")
            .attribute(
                "project_id",
                Attribute::string()
                    .required()
                    .description("The project: 24 hexadecimal digits.")
                    .validator(Validator::not_empty()),
            )
            .attribute("user_id", named("The user's id; this or username."))
            .attribute("username", named("The user's address; this or user_id."))
            .attribute(
                "roles",
                Attribute::set(Type::String)
                    .computed()
                    .description("The roles in the project."),
            );
        with_facts(schema)
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        check_exactly_one(config, diagnostics);
    }

    /// Gives id and address, as the vendor's provider does, although its schema calls them no
    /// computed attributes.
    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let project_id = config.str("project_id")?;
        let Some(who) = Who::named(&config).next() else {
            return Err(nobody(&config, "project"));
        };
        let found = project_user(&client, project_id, who)
            .await
            .map_err(stop("Cannot read the user of the project"))?;
        let Some(found) = found else {
            return Err(nobody(&config, "project"));
        };
        let mut data = config;
        fill(&mut data, &found);
        Ok(data)
    }
}
