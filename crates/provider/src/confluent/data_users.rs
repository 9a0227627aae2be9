//! The data source `confluent_users`: the ids of all users of the organization.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostics, Object, Schema, Type, Value, async_trait,
};
use vestibule_client::confluent::Confluent;

use crate::connection::Connection;
use crate::failure::stop;

/// The data source's own id. The vendor's is the time of reading, which differs with every plan.
const ID: &str = "users";

/// The data source type.
pub(crate) struct UsersData {
    connection: Arc<Connection<Confluent>>,
}

impl UsersData {
    pub(crate) fn new(connection: Arc<Connection<Confluent>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for UsersData {
    fn type_name(&self) -> &str {
        "confluent_users"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .description("All users of a Confluent Cloud organization.")
            .attribute(
                "id",
                Attribute::string()
                    .optional()
                    .computed()
                    .description("Of no meaning."),
            )
            .attribute(
                "ids",
                Attribute::list(Type::String)
                    .computed()
                    .description("The ids of the users, in the service's order."),
            )
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let users = client
            .users()
            .await
            .map_err(stop("Cannot read the users"))?;
        let ids: Vec<Value> = users.into_iter().map(|user| Value::from(user.id)).collect();
        let id = match config.get("id") {
            Value::Null => Value::from(ID),
            given => given.clone(),
        };
        Ok(config.with("id", id).with("ids", ids))
    }
}
