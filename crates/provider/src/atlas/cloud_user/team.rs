//! The resource `mongodbatlas_cloud_user_team_assignment`: somebody's place in a team.
//!
//! Each of its arguments says which place it is, so every change replaces it. The vendor's provider
//! forgets that, and its update always fails.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, MoveSource, Nesting, Object, ReadOutcome,
    Resource, ResourcePlan, Schema, Type, Validator, async_trait,
};
use vestibule_client::Error;
use vestibule_client::atlas::{Atlas, TeamUserFilter};
use vestibule_wire::atlas::OrgUser;

use super::super::failures;
use super::super::listed::{TeamPeople, place};
use super::super::org_invitation::org_id_argument;
use super::super::values::{keep_planned, set_strings};
use super::person::{Person, with_facts};
use super::roles::{computed_roles_attribute, org_roles};
use super::who::{Who, is_current, split_import_id};
use crate::connection::Connection;
use crate::failure::{deleted, not_interrupted, stop, stop_reading};
use crate::persona::Persona;
use crate::plan::is_same_type;

const TYPE_NAME: &str = "mongodbatlas_cloud_user_team_assignment";
const CANNOT_READ: &str = "Cannot read the user of the team";

/// The resource type.
pub(crate) struct TeamAssignment {
    connection: Arc<Connection<Atlas>>,
}

impl TeamAssignment {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl Resource for TeamAssignment {
    fn type_name(&self) -> &str {
        TYPE_NAME
    }

    fn schema(&self) -> Schema {
        let required = |text: &str| {
            Attribute::string()
                .required()
                .requires_replace()
                .description(text)
        };
        let schema = Schema::new()
            .description("Somebody's place in a MongoDB Atlas team, invited or member.")
            .attribute("org_id", org_id_argument().requires_replace())
            .attribute(
                "team_id",
                required("The team: 24 hexadecimal digits.").validator(Validator::not_empty()),
            )
            .attribute(
                "user_id",
                required("The user: 24 hexadecimal digits.")
                    .validator(Validator::string(check_user_id)),
            )
            .attribute(
                "username",
                Attribute::string()
                    .computed()
                    .description("The user's address."),
            );
        with_computed(schema)
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.connection.missing());
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let (org_id, team_id) = (planned.str("org_id")?, planned.str("team_id")?);
        let user_id = planned.str("user_id")?;
        let client = self.connection.client(cx)?;
        not_interrupted(cx)?;
        let snapshots = self.connection.snapshots();
        snapshots.changed_person(org_id, user_id);
        let answer = client
            .add_team_user(org_id, team_id, user_id)
            .await
            .map_err(|error| {
                let id = format!("{org_id}/{team_id}/{user_id}");
                failures::creation("Cannot add the user to the team", &error, TYPE_NAME, &id)
            })?;
        let mut state = planned.clone();
        cx.checkpoint(&state);
        let added = match answer {
            Some(added) => Some(added),
            None => team_user(&client, org_id, team_id, Who::Id(user_id))
                .await
                .map_err(stop_reading(CANNOT_READ))?,
        };
        let Some(added) = added else {
            return Err(Diagnostic::error("The team does not show the user")
                .detail("The service has added the user, but does not list them in the team.")
                .into());
        };
        fill(&mut state, &added);
        keep_planned(&mut state, &planned, &["org_id", "team_id", "user_id"]);
        Ok(state)
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let client = self.connection.client(cx)?;
        let (org_id, team_id) = (state.str("org_id")?, state.str("team_id")?);
        let found = match Who::named(&state).next() {
            None => return Ok(ReadOutcome::Gone),
            Some(Who::Id(id)) => {
                let source = TeamPeople {
                    client: &client,
                    org_id,
                    team_id,
                };
                let people = &self.connection.snapshots().team_people;
                people.of(&place(org_id, team_id)).find(id, &source).await
            }
            Some(who @ Who::Address(_)) => team_user(&client, org_id, team_id, who).await,
        };
        let found = found.map_err(stop_reading(CANNOT_READ))?;
        Ok(found.map_or(ReadOutcome::Gone, |found| {
            let mut state = state;
            fill(&mut state, &found);
            ReadOutcome::Keep(state)
        }))
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let (org_id, team_id) = (state.str("org_id")?, state.str("team_id")?);
        let client = self.connection.client(cx)?;
        let user_id = state.str("user_id")?;
        let snapshots = self.connection.snapshots();
        snapshots.changed_person(org_id, user_id);
        let answer = client.remove_team_user(org_id, team_id, user_id).await;
        deleted("Cannot take the user out of the team", answer)
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let form = "ORG_ID/TEAM_ID/USER_ID or ORG_ID/TEAM_ID/USERNAME";
        let [org_id, team_id, who] = split_import_id(id, form)?;
        let who = Who::parse(who);
        let found = team_user(&self.connection.client(cx)?, org_id, team_id, who)
            .await
            .map_err(stop("Cannot import the user"))?;
        if found.is_none() {
            return Err(failures::nothing_to_import(id, "team"));
        }
        let state = Object::new()
            .with("org_id", org_id)
            .with("team_id", team_id);
        Ok(who.put_into(state))
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        let is_ours = is_same_type(source, TYPE_NAME, Persona::MongodbAtlas);
        Ok(is_ours.then(|| source.state.clone()))
    }
}

/// The attributes that only the service sets, of resource and data source.
pub(super) fn with_computed(schema: Schema) -> Schema {
    let schema = schema
        .attribute("roles", computed_roles_attribute(Nesting::Set))
        .attribute(
            "team_ids",
            Attribute::set(Type::String)
                .computed()
                .description("All teams the user is in."),
        );
    with_facts(schema)
}

/// Members of a team and those who will be when they accept; none when there is no such team.
///
/// # Errors
/// What the service answers.
pub(crate) async fn team_user(
    client: &Atlas,
    org_id: &str,
    team_id: &str,
    who: Who<'_>,
) -> Result<Option<OrgUser>, Error> {
    let filter = match who {
        Who::Id(id) => TeamUserFilter {
            user_id: Some(id.to_owned()),
            ..TeamUserFilter::default()
        },
        Who::Address(address) => TeamUserFilter {
            username: Some(address.to_owned()),
            ..TeamUserFilter::default()
        },
    };
    let users = match client.list_team_users(org_id, team_id, &filter).await {
        Err(error) if error.is_not_found() => return Ok(None),
        answer => answer?,
    };
    Ok(users.into_iter().find(|user| {
        who.is(&user.user.id, &user.username) && is_current(&user.user.org_membership_status)
    }))
}

/// Fills in what the service says about a user of a team.
pub(super) fn fill(state: &mut Object, found: &OrgUser) {
    Person::from(found).fill(state);
    state.set("roles", org_roles(&found.roles));
    set_strings(state, "team_ids", &found.team_ids);
}

/// People are added by their id; an address is the likely mistake.
fn check_user_id(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("The user's id is empty.".to_owned());
    }
    if text.contains('@') {
        return Err(format!(
            "{text:?} is an address. Give the user's id, for example user_id of a \
             mongodbatlas_cloud_user_org_assignment."
        ));
    }
    Ok(())
}
