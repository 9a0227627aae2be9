//! The resource `vestibule_project`. Who has roles in a project is said by `vestibule_member`.

use tfplugin::{
    Attribute, Context, Diagnostics, IdentitySchema, Object, ReadOutcome, Resource, ResourcePlan,
    Schema, Validator, async_trait,
};
use vestibule_wire::native::{ProjectCreate, ProjectPatch};

use super::listed::Projects;
use super::service::{
    Service, complete, identity_in_organization, import_id_of, organization_attribute,
};
use super::values::{self, decided};
use crate::failure::{change, failed, not_interrupted, stop_reading};

/// The resource type.
pub(crate) struct Project {
    service: Service,
}

impl Project {
    pub(crate) fn new(service: Service) -> Self {
        Self { service }
    }

    /// Notes that we change this project.
    fn changed(&self, organization: &str, id: &str) {
        let snapshots = self.service.snapshots();
        snapshots.projects.of(organization).changed(id);
    }
}

#[async_trait]
impl Resource for Project {
    fn type_name(&self) -> &str {
        "vestibule_project"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .markdown(
                "A project of an organization of a Vestibule server: a part of it that people have \
                 roles of their own in. Give them with the argument `project_roles` of \
                 `vestibule_member` or `vestibule_invitation`. Whoever the token speaks for owns \
                 the projects that it makes. Destroying it takes everybody's roles in it away and \
                 withdraws open invitations to it.",
            )
            .attribute("id", decided("The project's id, `prj_...`."))
            .attribute("organization", organization_attribute())
            .attribute(
                "name",
                Attribute::string()
                    .required()
                    .markdown(
                        "The project's name, unique within the organization: letters, digits, \
                         spaces and `-_.(),:&@+'`, at most 64.",
                    )
                    .validator(Validator::not_empty()),
            )
            .attribute("created_at", decided("When it was created."))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_in_organization("The project's id, `prj_...`."))
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.service.missing());
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &planned).await?;
        let create = ProjectCreate {
            name: planned.str("name")?.to_owned(),
        };
        not_interrupted(cx)?;
        let made = client
            .create_project(&organization, &create)
            .await
            .map_err(|error| failed("Cannot create the project", &error).at("name"))?;
        Ok(complete(planned, &values::project(&made)))
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &state).await?;
        let source = Projects {
            client: &client,
            organization: &organization,
        };
        let projects = self.service.snapshots().projects.of(&organization);
        let found = projects.find(state.str("id")?, &source).await;
        let Some(found) = found.map_err(stop_reading("Cannot read the project"))? else {
            return self.service.gone(&client, &organization).await;
        };
        Ok(ReadOutcome::Keep(values::project(&found)))
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &prior).await?;
        let patch = ProjectPatch {
            name: Some(planned.str("name")?.to_owned()),
        };
        let id = prior.str("id")?;
        self.changed(&organization, id);
        client
            .update_project(&organization, id, &patch)
            .await
            .map_err(|error| change("Cannot change the project", &error).at("name"))?;
        Ok(planned)
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &state).await?;
        let id = state.str("id")?;
        self.changed(&organization, id);
        let answer = client.delete_project(&organization, id).await;
        self.service
            .deleted(&client, &organization, "Cannot delete the project", answer)
            .await
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        self.service.imported(cx, id).await
    }

    async fn import_identity(&self, cx: &Context, identity: Object) -> Result<Object, Diagnostics> {
        self.import(cx, &import_id_of(&identity)).await
    }
}
