//! The resource `mongodbatlas_cloud_user_project_assignment`: somebody's roles in a project.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, MoveSource, Object, ReadOutcome, Resource,
    ResourcePlan, Schema, Type, Validator, Value, async_trait,
};
use vestibule_client::atlas::Atlas;
use vestibule_client::{Error, ErrorKind};
use vestibule_wire::atlas::{GroupUser, GroupUserCreate};

use super::super::failures;
use super::super::listed::ProjectPeople;
use super::super::org_invitation::username_argument;
use super::super::values::{keep_planned, stored_strings};
use super::person::{Person, with_facts};
use super::who::{Who, is_current, split_import_id};
use crate::connection::Connection;
use crate::failure::{GONE, change, deleted, not_interrupted, outdated, stop, stop_reading};
use crate::persona::Persona;
use crate::plan::{is_same_type, keep_unless_changed};
use crate::snapshot::Snapshots;

const TYPE_NAME: &str = "mongodbatlas_cloud_user_project_assignment";
const CANNOT_READ: &str = "Cannot read the user of the project";
const CANNOT_UPDATE: &str = "Cannot change the user's roles in the project";

/// The resource type.
pub(crate) struct ProjectAssignment {
    connection: Arc<Connection<Atlas>>,
}

impl ProjectAssignment {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }

    async fn find(&self, client: &Atlas, state: &Object) -> Result<Option<GroupUser>, Diagnostics> {
        let snapshots = self.connection.snapshots();
        let found = find(client, &snapshots.project_people, state).await;
        found.map_err(stop_reading(CANNOT_READ))
    }

    /// Notes that we change what this state is about.
    fn changed(&self, state: &Object) {
        let text = |name: &str| state.get(name).as_str().unwrap_or_default();
        let snapshots = self.connection.snapshots();
        snapshots
            .project_people
            .of(text("project_id"))
            .changed(text("user_id"));
    }
}

#[async_trait]
impl Resource for ProjectAssignment {
    fn type_name(&self) -> &str {
        TYPE_NAME
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new()
            .description(
                "Somebody's roles in a MongoDB Atlas project. A member of the organization is \
                 added at once; anybody else is invited. Destroying it removes the user from the \
                 project.",
            )
            .attribute(
                "project_id",
                Attribute::string()
                    .required()
                    .requires_replace()
                    .description("The project: 24 hexadecimal digits.")
                    .validator(Validator::not_empty()),
            )
            .attribute(
                "username",
                username_argument("The address of the user. Letter case does not count."),
            )
            .attribute(
                "roles",
                Attribute::set(Type::String)
                    .required()
                    .description("The roles in the project, such as GROUP_READ_ONLY; at least one.")
                    .validator(Validator::not_empty())
                    .validator(Validator::each(Validator::not_empty())),
            )
            .attribute(
                "user_id",
                Attribute::string()
                    .computed()
                    .use_state_for_unknown()
                    .description("The user's id, the same before and after acceptance."),
            );
        with_facts(schema)
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.connection.missing());
        keep_unless_changed(plan, &["project_id", "username", "roles"]);
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let (project_id, username) = (planned.str("project_id")?, planned.str("username")?);
        let create = GroupUserCreate {
            roles: Some(stored_strings(&planned, "roles")),
            username: Some(username.to_owned()),
        };
        not_interrupted(cx)?;
        let made = self
            .connection
            .client(cx)?
            .create_project_user(project_id, &create)
            .await
            .map_err(|error| {
                let id = format!("{project_id}/{username}");
                failures::creation("Cannot add the user to the project", &error, TYPE_NAME, &id)
            })?;
        let mut state = planned.clone();
        fill(&mut state, &made);
        keep_planned(&mut state, &planned, &["project_id", "username", "roles"]);
        cx.checkpoint(&state);
        failures::check_id(&made.user.id)?;
        Ok(state)
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let client = self.connection.client(cx)?;
        let found = self.find(&client, &state).await?;
        Ok(found.map_or(ReadOutcome::Gone, |found| {
            let mut state = state;
            fill(&mut state, &found);
            ReadOutcome::Keep(state)
        }))
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let client = self.connection.client(cx)?;
        self.changed(&prior);
        let outcome = change_roles(&client, &prior, &planned).await;
        // Whatever came of it, the state has to say what is.
        let found = self.find(&client, &prior).await?;
        let Some(found) = found else {
            return Err(outcome
                .err()
                .map_or_else(
                    || outdated(Diagnostic::error(CANNOT_UPDATE), GONE),
                    |error| change(CANNOT_UPDATE, &error),
                )
                .into());
        };
        let mut state = planned.clone();
        fill(&mut state, &found);
        if state.get("roles") != planned.get("roles") {
            cx.checkpoint(&state);
            return Err(outcome.err().map_or_else(
                || refused_silently(&found),
                |error| change(CANNOT_UPDATE, &error).into(),
            ));
        }
        keep_planned(&mut state, &planned, &["project_id", "username", "user_id"]);
        Ok(state)
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let client = self.connection.client(cx)?;
        let project_id = state.str("project_id")?;
        let id = match state.opt_str("user_id")? {
            Some(id) => id.to_owned(),
            None => match self.find(&client, &state).await? {
                Some(found) => found.user.id,
                None => return Ok(()),
            },
        };
        self.changed(&state);
        let answer = client.remove_project_user(project_id, &id).await;
        deleted("Cannot remove the user from the project", answer)
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let [project_id, who] = split_import_id(id, "PROJECT_ID/USERNAME or PROJECT_ID/USER_ID")?;
        let who = Who::parse(who);
        let found = project_user(&self.connection.client(cx)?, project_id, who)
            .await
            .map_err(stop("Cannot import the user"))?;
        if found.is_none() {
            return Err(failures::nothing_to_import(id, "project"));
        }
        Ok(who.put_into(Object::new().with("project_id", project_id)))
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        let is_ours = is_same_type(source, TYPE_NAME, Persona::MongodbAtlas);
        Ok(is_ours.then(|| source.state.clone()))
    }
}

/// Adds before it removes: a user needs a role at any time.
async fn change_roles(client: &Atlas, prior: &Object, planned: &Object) -> Result<(), Error> {
    let text = |name: &str| prior.get(name).as_str().unwrap_or_default();
    let (project_id, user_id) = (text("project_id"), text("user_id"));
    let (has, wants) = (
        stored_strings(prior, "roles"),
        stored_strings(planned, "roles"),
    );
    for role in wants.iter().filter(|role| !has.contains(role)) {
        match client.add_project_role(project_id, user_id, role).await {
            // Somebody else has given it.
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            answer => answer?,
        }
    }
    for role in has.iter().filter(|role| !wants.contains(role)) {
        client
            .remove_project_role(project_id, user_id, role)
            .await?;
    }
    Ok(())
}

fn refused_silently(found: &GroupUser) -> Diagnostics {
    Diagnostic::error(CANNOT_UPDATE)
        .detail(format!(
            "The service accepted each change, but the user's roles now are {}.",
            found.roles.join(", ")
        ))
        .at("roles")
        .into()
}

/// The user by id, out of the list if many are read; by address where there is none, or where
/// another invitation has followed under another id.
///
/// # Errors
/// What the service answers.
async fn find(
    client: &Atlas,
    people: &Snapshots<GroupUser>,
    state: &Object,
) -> Result<Option<GroupUser>, Error> {
    let project_id = state.get("project_id").as_str().unwrap_or_default();
    let source = ProjectPeople { client, project_id };
    for who in Who::named(state) {
        let found = match who {
            Who::Id(id) => people.of(project_id).find(id, &source).await?,
            Who::Address(_) => project_user(client, project_id, who).await?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// A member of a project, or somebody who is invited to it; none when there is no such project.
///
/// # Errors
/// What the service answers.
pub(crate) async fn project_user(
    client: &Atlas,
    project_id: &str,
    who: Who<'_>,
) -> Result<Option<GroupUser>, Error> {
    let found: Vec<GroupUser> = match who {
        Who::Id(id) => {
            let found = client.project_user(project_id, id).await?;
            found.into_iter().collect()
        }
        Who::Address(address) => match client.list_project_users(project_id, Some(address)).await {
            Err(error) if error.is_not_found() => return Ok(None),
            answer => answer?,
        },
    };
    Ok(found.into_iter().find(|user| {
        who.is(&user.user.id, &user.username) && is_current(&user.user.org_membership_status)
    }))
}

/// Fills in what the service says about a user of a project.
pub(super) fn fill(state: &mut Object, found: &GroupUser) {
    Person::from(found).fill(state);
    state.set("roles", Value::set(&found.roles));
}
