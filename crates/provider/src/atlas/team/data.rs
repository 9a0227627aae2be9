//! The data source `mongodbatlas_team`: a team by its id or its name, with everybody in it.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, DataSource, Diagnostic, Diagnostics, Object, Schema, Type, Validator,
    Value, async_trait,
};
use vestibule_client::atlas::Atlas;
use vestibule_wire::atlas::STATUS_ACTIVE;

use super::super::cloud_user::{is_current, listed, user_type};
use super::super::org_invitation::org_id_argument;
use super::lifecycle::state_id;
use super::members;
use super::resource::USERNAMES_DEPRECATION;
use crate::connection::Connection;
use crate::failure::stop;

const CANNOT_READ: &str = "Cannot read the team";

/// The data source type.
pub(crate) struct TeamData {
    connection: Arc<Connection<Atlas>>,
}

impl TeamData {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl DataSource for TeamData {
    fn type_name(&self) -> &str {
        "mongodbatlas_team"
    }

    fn schema(&self) -> Schema {
        let named = |text: &str| {
            Attribute::string()
                .optional()
                .computed()
                .description(text)
                .validator(Validator::not_empty())
        };
        Schema::new()
            .description("A team of a MongoDB Atlas organization, with everybody in it.")
            .attribute(
                "id",
                Attribute::string()
                    .optional()
                    .computed()
                    .description("The id in the state; not to be configured."),
            )
            .attribute("org_id", org_id_argument())
            .attribute("team_id", named("The team's id; this or name."))
            .attribute("name", named("The team's name; this or team_id."))
            .attribute(
                "usernames",
                Attribute::set(Type::String)
                    .computed()
                    .deprecated(USERNAMES_DEPRECATION)
                    .description(
                        "The addresses of the members, without people who are only invited.",
                    ),
            )
            .attribute(
                "users",
                Attribute::list(user_type())
                    .computed()
                    .description("Everybody in the team: members, and people who are invited."),
            )
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let (id, name) = (config.get("team_id"), config.get("name"));
        if id.is_unknown() || name.is_unknown() {
            return;
        }
        let problem = match (id.is_null(), name.is_null()) {
            (true, true) => "Neither team_id nor name is set. Set one of them.",
            (false, false) => "Both team_id and name are set. Set one of them only.",
            (true, false) | (false, true) => return,
        };
        diagnostics.push(
            Diagnostic::error("The team is not named by exactly one argument")
                .detail(problem)
                .at("team_id"),
        );
    }

    async fn read(&self, cx: &Context, config: Object) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        let org_id = config.str("org_id")?;
        let team_id = config.opt_str("team_id")?.filter(|id| !id.is_empty());
        let found = match team_id {
            Some(id) => client.team(org_id, id).await,
            None => client.team_by_name(org_id, config.str("name")?).await,
        };
        let Some(team) = found.map_err(stop(CANNOT_READ))? else {
            return Err(no_team(&config));
        };
        let users = members::list(&client, org_id, &team.id)
            .await
            .map_err(stop(CANNOT_READ))?;
        let Some(users) = users else {
            return Err(no_team(&config));
        };
        let active = users
            .iter()
            .filter(|user| user.user.org_membership_status == STATUS_ACTIVE)
            .map(|user| &user.username);
        let listed: Vec<Object> = users
            .iter()
            .filter(|user| is_current(&user.user.org_membership_status))
            .map(listed)
            .collect();
        let usernames = Value::set(active);
        let id = state_id(org_id, &team.id);
        let mut data = config;
        data.set("id", id);
        data.set("team_id", &team.id);
        data.set("name", &team.name);
        data.set("usernames", usernames);
        data.set("users", listed);
        Ok(data)
    }
}

fn no_team(config: &Object) -> Diagnostics {
    let name = if config.get("team_id").is_null() {
        "name"
    } else {
        "team_id"
    };
    let text = config.get(name).as_str().unwrap_or_default();
    Diagnostic::error("There is no such team")
        .detail(format!(
            "The organization has no team with the {name} {text:?}."
        ))
        .at(name)
        .into()
}
