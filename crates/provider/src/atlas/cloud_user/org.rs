//! The resource `mongodbatlas_cloud_user_org_assignment`: somebody's place in an organization, from
//! the invitation on.

use std::sync::Arc;

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, MoveSource, Nesting, Object, ReadOutcome,
    Resource, ResourcePlan, Schema, Type, Validator, Value, async_trait,
};
use vestibule_client::Error;
use vestibule_client::atlas::Atlas;
use vestibule_wire::atlas::{OrgUser, OrgUserCreate, OrgUserRolesRequest, OrgUserUpdate};

use super::super::failures;
use super::super::listed::People;
use super::super::org_invitation::{org_id_argument, username_argument};
use super::super::state_id::StateId;
use super::super::values::{keep_planned, set_strings};
use super::person::{Person, with_facts};
use super::roles::{org_roles, project_roles_attribute};
use super::who::{Who, org_user, split_import_id};
use crate::connection::Connection;
use crate::failure::{change, deleted, not_interrupted, stop, stop_reading};
use crate::persona::Persona;
use crate::plan::{is_same_type, keep_unless_changed};
use crate::snapshot::Snapshots;

const TYPE_NAME: &str = "mongodbatlas_cloud_user_org_assignment";
const LEGACY_TYPE_NAME: &str = "mongodbatlas_org_invitation";
const CANNOT_READ: &str = "Cannot read the user of the organization";

/// The resource type.
pub(crate) struct OrgAssignment {
    connection: Arc<Connection<Atlas>>,
}

impl OrgAssignment {
    pub(crate) fn new(connection: Arc<Connection<Atlas>>) -> Self {
        Self { connection }
    }
}

#[async_trait]
impl Resource for OrgAssignment {
    fn type_name(&self) -> &str {
        TYPE_NAME
    }

    fn schema(&self) -> Schema {
        let schema = Schema::new()
            .description(
                "Somebody's place in a MongoDB Atlas organization. Creating it invites; the \
                 resource stays when the invitation is accepted, and destroying it removes the \
                 member. An invitation that expired or was declined leaves the state, so that the \
                 next plan invites again.",
            )
            .attribute("org_id", org_id_argument().requires_replace())
            .attribute(
                "username",
                username_argument("The address of the user. Letter case does not count."),
            )
            .attribute("roles", roles_attribute())
            .attribute(
                "user_id",
                Attribute::string()
                    .computed()
                    .use_state_for_unknown()
                    .description("The user's id, the same before and after acceptance."),
            )
            .attribute(
                "team_ids",
                Attribute::set(Type::String)
                    .computed()
                    .description("The teams the user is in."),
            );
        with_facts(schema)
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let Some(roles) = config.get("roles").as_object() else {
            return;
        };
        if roles.get("org_roles").is_null() {
            diagnostics.push(
                Diagnostic::error("The roles are missing")
                    .detail("A member needs at least one role, for example \"ORG_MEMBER\".")
                    .at("roles"),
            );
        }
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.connection.missing());
        let roles = |state: &Object| state.get("roles").as_object().cloned();
        let (Some(wanted), Some(stored)) = (roles(plan.planned), plan.prior.and_then(roles)) else {
            return;
        };
        if wanted.get("org_roles") == stored.get("org_roles") {
            keep_unless_changed(plan, &["org_id", "username"]);
        }
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let (org_id, username) = (planned.str("org_id")?, planned.str("username")?);
        let create = OrgUserCreate {
            roles: Some(requested_roles(&planned)),
            username: Some(username.to_owned()),
            ..OrgUserCreate::default()
        };
        not_interrupted(cx)?;
        let made = self
            .connection
            .client(cx)?
            .create_org_user(org_id, &create)
            .await
            .map_err(|error| {
                let id = format!("{org_id}/{username}");
                failures::creation("Cannot invite the user", &error, TYPE_NAME, &id)
            })?;
        let state = after_writing(&planned, &made);
        cx.checkpoint(&state);
        failures::check_id(&made.user.id)?;
        Ok(state)
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let client = self.connection.client(cx)?;
        let found = find(&client, &self.connection.snapshots().people, &state)
            .await
            .map_err(stop_reading(CANNOT_READ))?;
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
        let update = OrgUserUpdate {
            roles: Some(requested_roles(&planned)),
            ..OrgUserUpdate::default()
        };
        let (org_id, id) = (prior.str("org_id")?, prior.str("user_id")?);
        self.connection.snapshots().changed_person(org_id, id);
        let changed = self
            .connection
            .client(cx)?
            .update_org_user(org_id, id, &update)
            .await
            .map_err(|error| change("Cannot change the user's roles", &error))?;
        Ok(after_writing(&planned, &changed))
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let client = self.connection.client(cx)?;
        let org_id = state.str("org_id")?;
        let id = match state.opt_str("user_id")? {
            Some(id) => id.to_owned(),
            None => match find(&client, &self.connection.snapshots().people, &state)
                .await
                .map_err(stop_reading(CANNOT_READ))?
            {
                Some(found) => found.user.id,
                None => return Ok(()),
            },
        };
        self.connection.snapshots().changed_person(org_id, &id);
        let answer = client.remove_org_user(org_id, &id).await;
        deleted("Cannot remove the user from the organization", answer)
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let [org_id, who] = split_import_id(id, "ORG_ID/USERNAME or ORG_ID/USER_ID")?;
        let who = Who::parse(who);
        let client = self.connection.client(cx)?;
        let found = org_user(&client, org_id, who)
            .await
            .map_err(stop("Cannot import the user"))?;
        if found.is_none() {
            return Err(failures::nothing_to_import(id, "organization"));
        }
        Ok(who.put_into(Object::new().with("org_id", org_id)))
    }

    /// The vendor's `moved` from the legacy invitation: nobody is invited again. The read that
    /// follows finds the user by the address.
    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        if is_same_type(source, TYPE_NAME, Persona::MongodbAtlas) {
            return Ok(Some(source.state.clone()));
        }
        if !is_same_type(source, LEGACY_TYPE_NAME, Persona::MongodbAtlas) {
            return Ok(None);
        }
        let stored = StateId::decode(source.state.get("id").as_str().unwrap_or_default());
        let or_id = |name: &str, from_id: String| {
            let attribute = source.state.get(name).as_str();
            attribute.map_or(from_id, str::to_owned)
        };
        let (org_id, username) = (
            or_id("org_id", stored.org_id),
            or_id("username", stored.username),
        );
        if org_id.is_empty() || username.is_empty() {
            return Err(Diagnostic::error("The moved state names no user")
                .detail("It has neither org_id and username nor an id that says them.")
                .into());
        }
        Ok(Some(
            Object::new()
                .with("org_id", org_id)
                .with("username", username),
        ))
    }
}

fn roles_attribute() -> Attribute {
    Attribute::nested(
        Nesting::Single,
        [
            (
                "org_roles",
                Attribute::set(Type::String)
                    .optional()
                    .description("The roles in the organization, such as ORG_MEMBER; at least one.")
                    .validator(Validator::not_empty())
                    .validator(Validator::each(Validator::not_empty())),
            ),
            (
                "project_role_assignments",
                project_roles_attribute(Nesting::List),
            ),
        ],
    )
    .required()
    .description("The roles in the organization, and those in its projects.")
}

/// The organization roles of a plan; project roles belong to another resource and are not sent.
fn requested_roles(planned: &Object) -> OrgUserRolesRequest {
    let roles = planned.get("roles").as_object();
    let org_roles = roles.map(|roles| super::super::values::stored_strings(roles, "org_roles"));
    OrgUserRolesRequest {
        org_roles,
        group_role_assignments: None,
    }
}

/// The user by id, out of the list if many are read; by address where there is none, or where
/// another invitation has followed under another id.
///
/// # Errors
/// What the service answers.
async fn find(
    client: &Atlas,
    people: &Snapshots<OrgUser>,
    state: &Object,
) -> Result<Option<OrgUser>, Error> {
    let org_id = state.get("org_id").as_str().unwrap_or_default();
    let source = People { client, org_id };
    for who in Who::named(state) {
        let found = match who {
            Who::Id(id) => people.of(org_id).find(id, &source).await?,
            Who::Address(_) => org_user(client, org_id, who).await?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn after_writing(planned: &Object, answer: &OrgUser) -> Object {
    let mut state = planned.clone();
    fill(&mut state, answer);
    keep_planned(&mut state, planned, &["org_id", "username", "user_id"]);
    let wanted = planned.get("roles").as_object();
    if let (Some(wanted), Some(Value::Object(roles))) = (wanted, state.get_mut("roles")) {
        keep_planned(roles, wanted, &["org_roles"]);
    }
    state
}

/// Fills in what the service says about a user of an organization.
pub(super) fn fill(state: &mut Object, found: &OrgUser) {
    Person::from(found).fill(state);
    state.set("roles", org_roles(&found.roles));
    set_strings(state, "team_ids", &found.team_ids);
}
