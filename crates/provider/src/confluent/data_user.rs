//! The data source `confluent_user`: one user by id, address or name.
//!
//! Schema and rules are the vendor's: exactly one of the three, and a name or an address that
//! several users share is an error. Better than the vendor's: addresses are compared as the service
//! compares them, and what is ambiguous is listed.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostic, Diagnostics, Object, Schema, async_trait,
};
use vestibule_client::confluent::Confluent;
use vestibule_wire::confluent::User;

use crate::address;
use crate::connection::Connection;
use crate::failure::stop;

const CANNOT_READ: &str = "Cannot read the user";

/// By what a user can be found, in the order in which the vendor looks.
const KEYS: [&str; 3] = ["id", "full_name", "email"];

/// The data source type.
pub(crate) struct UserData {
    connection: Arc<Connection<Confluent>>,
}

impl UserData {
    pub(crate) fn new(connection: Arc<Connection<Confluent>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for UserData {
    fn type_name(&self) -> &str {
        "confluent_user"
    }

    fn schema(&self) -> Schema {
        let key = |text: &str| Attribute::string().optional().computed().markdown(text);
        let computed = |text: &str| Attribute::string().computed().description(text);
        Schema::new()
            .description(
                "A user of a Confluent Cloud organization. Invited people are users, too, from \
                 the moment of their invitation on.",
            )
            .attribute("id", key("The user's id, for example `u-abc123`."))
            .attribute(
                "email",
                key("The user's address. Letter case does not count."),
            )
            .attribute(
                "full_name",
                key("The user's name, exactly as the service has it."),
            )
            .attribute("api_version", computed("The version of the API, iam/v2."))
            .attribute("kind", computed("The kind of the object, User."))
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let unset = |name: &&str| matches!(config.get(name).as_str(), Some(""));
        let given = KEYS
            .iter()
            .filter(|name| !config.get(name).is_null() && !unset(name))
            .count();
        let certain = KEYS.iter().all(|name| !config.get(name).is_unknown());
        if given > 1 || (given == 0 && certain) {
            diagnostics.push(not_one_key());
        }
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let given = |name: &str| config.get(name).as_str().filter(|text| !text.is_empty());
        let found = match (given("id"), given("full_name"), given("email")) {
            (Some(id), None, None) => by_id(&client, id).await?,
            (None, Some(name), None) => {
                let is_wanted = |user: &User| user.full_name.as_deref() == Some(name);
                only("full_name", name, users(&client).await?, is_wanted)?
            }
            (None, None, Some(email)) => {
                let is_wanted = |user: &User| address::is_same(&user.email, email);
                only("email", email, users(&client).await?, is_wanted)?
            }
            _ => return Err(not_one_key().into()),
        };
        let email = given("email").map_or_else(|| found.email.clone(), str::to_owned);
        Ok(Object::new()
            .with("id", found.id)
            .with("email", email)
            .with("full_name", found.full_name.unwrap_or_default())
            .with("api_version", found.api_version)
            .with("kind", found.kind))
    }
}

fn not_one_key() -> Diagnostic {
    Diagnostic::error("A user is looked up by one of its keys")
        .detail("Set exactly one of id, email and full_name.")
}

async fn users(client: &Confluent) -> Result<Vec<User>, Diagnostics> {
    client.users().await.map_err(stop(CANNOT_READ))
}

async fn by_id(client: &Confluent, id: &str) -> Result<User, Diagnostics> {
    let found = client.user(id).await.map_err(stop(CANNOT_READ))?;
    found.ok_or_else(|| missing("id", id).into())
}

/// The only user that is wanted.
fn only(
    key: &str,
    value: &str,
    users: Vec<User>,
    is_wanted: impl Fn(&User) -> bool,
) -> Result<User, Diagnostics> {
    let mut wanted = users.into_iter().filter(is_wanted);
    let Some(first) = wanted.next() else {
        return Err(missing(key, value).into());
    };
    let others: Vec<String> = wanted.map(|user| user.id).collect();
    if others.is_empty() {
        return Ok(first);
    }
    Err(Diagnostic::error("There are several such users")
        .detail(format!(
            "These users have the {key} {value:?}: {}, {}. Look the right one up by its id.",
            first.id,
            others.join(", ")
        ))
        .at(key)
        .into())
}

fn missing(key: &str, value: &str) -> Diagnostic {
    Diagnostic::error("There is no such user")
        .detail(format!(
            "The organization of these credentials has no user with the {key} {value:?}."
        ))
        .at(key)
}
