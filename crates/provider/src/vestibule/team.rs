//! The resource `vestibule_team`. Who is in a team is said by `vestibule_member`.

use tfplugin::{
    Attribute, Context, Diagnostics, IdentitySchema, Object, ReadOutcome, Resource, ResourcePlan,
    Schema, Validator, async_trait,
};
use vestibule_wire::native::{TeamCreate, TeamPatch};

use super::listed::Teams;
use super::service::{
    Service, complete, identity_in_organization, import_id_of, organization_attribute,
};
use super::values::{self, decided};
use crate::failure::{change, failed, not_interrupted, stop, stop_reading};

/// The resource type.
pub(crate) struct Team {
    service: Service,
}

impl Team {
    pub(crate) fn new(service: Service) -> Self {
        Self { service }
    }
}

#[async_trait]
impl Resource for Team {
    fn type_name(&self) -> &str {
        "vestibule_team"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .markdown(
                "A team of an organization of a Vestibule server. Put people into it with the \
                 argument `teams` of `vestibule_member` or `vestibule_invitation`.",
            )
            .attribute("id", decided("The team's id, `team_...`."))
            .attribute("organization", organization_attribute())
            .attribute(
                "name",
                Attribute::string()
                    .required()
                    .description("The team's name, unique within the organization.")
                    .validator(Validator::not_empty()),
            )
            .attribute("created_at", decided("When it was created."))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_in_organization("The team's id, `team_...`."))
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.service.missing());
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let client = self.service.client(cx)?;
        let organization = self.service.organization(&client, &planned).await?;
        let create = TeamCreate {
            name: planned.str("name")?.to_owned(),
            members: Vec::new(),
        };
        not_interrupted(cx)?;
        let made = client
            .create_team(&organization, &create)
            .await
            .map_err(|error| failed("Cannot create the team", &error).at("name"))?;
        Ok(complete(planned, &values::team(&made)))
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let client = self.service.client(cx)?;
        let organization = self.service.organization(&client, &state).await?;
        let source = Teams {
            client: &client,
            organization: &organization,
        };
        let teams = self.service.snapshots().teams.of(&organization);
        let found = teams.find(state.str("id")?, &source).await;
        let Some(found) = found.map_err(stop_reading("Cannot read the team"))? else {
            self.service.opens(&client, &organization).await?;
            return Ok(ReadOutcome::Gone);
        };
        Ok(ReadOutcome::Keep(values::team(&found)))
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let client = self.service.client(cx)?;
        let organization = self.service.organization(&client, &prior).await?;
        let patch = TeamPatch {
            name: Some(planned.str("name")?.to_owned()),
        };
        let id = prior.str("id")?;
        self.service.snapshots().teams.of(&organization).changed(id);
        client
            .update_team(&organization, id, &patch)
            .await
            .map_err(|error| change("Cannot change the team", &error).at("name"))?;
        Ok(planned)
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let client = self.service.client(cx)?;
        let organization = self.service.organization(&client, &state).await?;
        let id = state.str("id")?;
        self.service.snapshots().teams.of(&organization).changed(id);
        match client.delete_team(&organization, id).await {
            Err(error) if !error.is_not_found() => Err(stop("Cannot delete the team")(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let client = self.service.client(cx)?;
        let (organization, id) = self.service.split_import_id(&client, id).await?;
        Ok(Object::new()
            .with("organization", organization)
            .with("id", id))
    }

    async fn import_identity(&self, cx: &Context, identity: Object) -> Result<Object, Diagnostics> {
        self.import(cx, &import_id_of(&identity)).await
    }
}
