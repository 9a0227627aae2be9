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
use crate::failure::{change, failed, not_interrupted, stop_reading};

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
                 argument `teams` of `vestibule_member` or `vestibule_invitation`. Destroying it \
                 takes everybody out of it; a team that is on a project is not deleted.",
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
        let (client, organization) = self.service.client_and_organization(cx, &planned).await?;
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
        let (client, organization) = self.service.client_and_organization(cx, &state).await?;
        let source = Teams {
            client: &client,
            organization: &organization,
        };
        let teams = self.service.snapshots().teams.of(&organization);
        let found = teams.find(state.str("id")?, &source).await;
        let Some(found) = found.map_err(stop_reading("Cannot read the team"))? else {
            return self.service.gone(&client, &organization).await;
        };
        Ok(ReadOutcome::Keep(values::team(&found)))
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &prior).await?;
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
        let (client, organization) = self.service.client_and_organization(cx, &state).await?;
        let id = state.str("id")?;
        self.service.snapshots().teams.of(&organization).changed(id);
        let answer = client.delete_team(&organization, id).await;
        self.service
            .deleted(&client, &organization, "Cannot delete the team", answer)
            .await
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        self.service.imported(cx, id).await
    }

    async fn import_identity(&self, cx: &Context, identity: Object) -> Result<Object, Diagnostics> {
        self.import(cx, &import_id_of(&identity)).await
    }
}
