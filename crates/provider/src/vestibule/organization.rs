//! The resource `vestibule_organization`.

use tfplugin::{
    Attribute, Context, Diagnostics, IdentitySchema, Nesting, Object, ReadOutcome, Resource,
    ResourcePlan, Schema, Type, Validator, async_trait,
};
use vestibule_wire::native::{InvitationLifetimesPatch, OrganizationCreate, OrganizationPatch};

use super::service::{Service, complete};
use super::values::{self, decided};
use crate::failure::{change, not_interrupted, stop};

/// The resource type.
pub(crate) struct Organization {
    service: Service,
}

impl Organization {
    pub(crate) fn new(service: Service) -> Self {
        Self { service }
    }
}

#[async_trait]
impl Resource for Organization {
    fn type_name(&self) -> &str {
        "vestibule_organization"
    }

    fn schema(&self) -> Schema {
        let lifetime = |text: &str| {
            Attribute::number()
                .optional()
                .computed()
                .use_state_for_unknown()
                .validator(Validator::between(1, i64::from(u32::MAX)))
                .description(text)
        };
        Schema::new()
            .markdown(
                "An organization of a Vestibule server. The person whose token the provider has \
                 becomes its owner. Destroying it only takes it out of the state: people, \
                 invitations and the audit trail are not Terraform's to delete.",
            )
            .attribute("id", decided("The organization's id, `org_...`."))
            .attribute(
                "name",
                Attribute::string()
                    .required()
                    .description("The name that people read in invitations.")
                    .validator(Validator::not_empty()),
            )
            .attribute(
                "sso_enabled",
                Attribute::bool()
                    .default_value(false)
                    .description("Whether members sign in through an identity provider."),
            )
            .attribute(
                "invitation_lifetimes",
                Attribute::nested(
                    Nesting::Single,
                    [
                        (
                            "native",
                            lifetime(
                                "Of those made through Vestibule's own API; seven days at first.",
                            ),
                        ),
                        (
                            "confluent",
                            lifetime("Of those made through Confluent's API; seven days at first."),
                        ),
                        (
                            "atlas",
                            lifetime("Of those made through Atlas's API; thirty days at first."),
                        ),
                    ],
                )
                .optional()
                .computed()
                .use_state_for_unknown()
                .description(
                    "How long invitations can be accepted that say nothing of it themselves, in \
                     seconds.",
                ),
            )
            .attribute("created_at", decided("When it was created."))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new().required(
            "id",
            Type::String,
            "The organization's id, `org_...`.",
        ))
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.service.missing());
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let client = self.service.client(cx)?;
        let create = OrganizationCreate {
            name: planned.str("name")?.to_owned(),
            sso_enabled: planned.bool("sso_enabled")?.known(),
            invitation_lifetimes: lifetimes(&planned)?,
        };
        not_interrupted(cx)?;
        let made = client
            .create_organization(&create)
            .await
            .map_err(stop("Cannot create the organization"))?;
        Ok(with_lifetimes(planned, &values::organization(&made)))
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let client = self.service.client(cx)?;
        // A stranger is told the same as about an organization that never was: it is never gone.
        let found = self.service.opens(&client, state.str("id")?).await?;
        Ok(ReadOutcome::Keep(values::organization(&found)))
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let client = self.service.client(cx)?;
        let patch = OrganizationPatch {
            name: Some(planned.str("name")?.to_owned()),
            sso_enabled: planned.bool("sso_enabled")?.known(),
            invitation_lifetimes: lifetimes(&planned)?,
        };
        let changed = client
            .update_organization(prior.str("id")?, &patch)
            .await
            .map_err(|error| change("Cannot change the organization", &error))?;
        Ok(with_lifetimes(planned, &values::organization(&changed)))
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        cx.warning(
            "The organization still exists",
            format!(
                "Terraform has forgotten the organization {}; on the server it is as it was. The \
                 server has no way to delete an organization.",
                state.str("id")?
            ),
        );
        Ok(())
    }

    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        Ok(Object::new().with("id", id.trim()))
    }
}

/// The lifetimes that are configured.
fn lifetimes(planned: &Object) -> Result<Option<InvitationLifetimesPatch>, Diagnostics> {
    let Some(given) = planned.object("invitation_lifetimes")?.known() else {
        return Ok(None);
    };
    Ok(Some(InvitationLifetimesPatch {
        native: given.integer("native")?.known(),
        confluent: given.integer("confluent")?.known(),
        atlas: given.integer("atlas")?.known(),
    }))
}

/// Completes the plan, the lifetimes that were not configured included.
fn with_lifetimes(planned: Object, found: &Object) -> Object {
    let mut state = complete(planned, found);
    let lifetimes = |object: &Object| object.get("invitation_lifetimes").as_object().cloned();
    if let (Some(planned), Some(found)) = (lifetimes(&state), lifetimes(found)) {
        state.set("invitation_lifetimes", complete(planned, &found));
    }
    state
}
