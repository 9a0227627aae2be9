//! The resource `vestibule_invitation`: schema, validation and plan.
//!
//! Owns one promise: the invitation stands as configured until it is answered, and what came of it
//! is said. What happens at the server is in `invitation_life`. Membership is not its affair:
//! `vestibule_member` follows a person further.

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, IdentitySchema, Nesting, Object, ReadOutcome,
    Resource, ResourcePlan, Schema, Validator, async_trait,
};

use super::invitation_life as life;
use super::project_roles;
use super::service::{Service, identity_in_organization, import_id_of, organization_attribute};
use super::values::{
    AUTH_TYPES, decided, decided_number, delivery_attribute, expires_in_argument, message_argument,
    roles_argument, teams_argument,
};
use crate::address;
use crate::plan::keep_same_address;

/// What a new sending decides anew.
const RENEWED: [&str; 8] = [
    "status",
    "reason",
    "delivery",
    "generation",
    "resend_count",
    "sent_at",
    "expires_at",
    "ended_at",
];

/// What an accepted invitation has given already.
const GIVEN: [&str; 4] = ["roles", "teams", project_roles::NAME, "auth_type"];

/// What an invitation says while it is open.
pub(super) const PROMISED: [&str; 5] = [
    "roles",
    "teams",
    project_roles::NAME,
    "message",
    "expires_in",
];

/// The resource type.
pub(crate) struct Invitation {
    service: Service,
}

impl Invitation {
    pub(crate) fn new(service: Service) -> Self {
        Self { service }
    }
}

/// The argument `on_expiry`.
pub(super) fn on_expiry_argument() -> Attribute {
    Attribute::string()
        .default_value("renew")
        .validator(Validator::one_of(["renew", "recreate", "fail", "ignore"]))
        .markdown(
            "What to plan when the invitation has expired: `renew` sends it again with a new link \
             and a new life, `recreate` replaces it by a new one, `fail` is an error, `ignore` \
             leaves it as it is, until it is to promise something else: that is a new one, too.",
        )
}

/// What a new life of an open invitation decides. Taking the argument away leaves the life that is.
pub(super) fn plan_life(plan: &mut ResourcePlan<'_>) {
    if plan.is_changed("expires_in") && !plan.planned.get("expires_in").is_null() {
        plan.set_unknown("expires_at");
    }
}

/// What somebody who plans has to decide about an expired invitation.
pub(super) fn plan_expiry(plan: &mut ResourcePlan<'_>, renewed: &[&str]) {
    match plan.planned.get("on_expiry").as_str() {
        Some("renew") => {
            for name in renewed {
                plan.set_unknown(name);
            }
        }
        Some("recreate") => {
            plan.set_unknown("status");
            plan.require_replace("status");
        }
        Some("fail") => plan.diagnostics.push(
            Diagnostic::error("The invitation has expired")
                .detail(
                    "Nobody answered it in time, and on_expiry = \"fail\" asks to stop then. \
                     Choose another on_expiry, or replace the resource with -replace.",
                )
                .at("on_expiry"),
        ),
        // What is not renewed cannot come to promise something else, either.
        Some("ignore") => {
            for name in PROMISED {
                if name != "expires_in" && plan.is_changed(name) {
                    plan.require_replace(name);
                }
            }
        }
        _ => {}
    }
}

#[async_trait]
impl Resource for Invitation {
    fn type_name(&self) -> &str {
        "vestibule_invitation"
    }

    fn schema(&self) -> Schema {
        let arguments = Schema::new()
            .markdown(
                "An invitation to an organization of a Vestibule server. It stays in the state \
                 without a difference when it is accepted, and leaves it when somebody else \
                 withdraws it; one that was declined stays, with a warning. Destroying it withdraws \
                 it, and removes nobody who has accepted. To follow a person into the organization \
                 and out of it again, use `vestibule_member`.",
            )
            .attribute("id", decided("The invitation's id, `inv_...`."))
            .attribute("organization", organization_attribute())
            .attribute(
                "email",
                Attribute::string()
                    .required()
                    .description("The address to invite. Letter case does not count.")
                    .validator(Validator::string(address::check))
                    .modify(keep_same_address)
                    .requires_replace(),
            )
            .attribute(
                "roles",
                roles_argument("The roles that are promised."),
            )
            .attribute(
                "teams",
                teams_argument("The teams that are promised, by id."),
            )
            .attribute(
                "project",
                Attribute::string()
                    .optional()
                    .requires_replace()
                    .validator(Validator::not_empty())
                    .markdown(
                        "Invites to this project, `prj_...`, instead of to the organization \
                         itself; members can be invited, too. Then `roles` and `teams` are left out, and \
                         `project_roles` has roles in this project only.",
                    ),
            )
            .attribute(
                project_roles::NAME,
                project_roles::argument(
                    "The roles in projects that are promised. Left out, none are, and what \
                     projects' owners add to the invitation stays.",
                ),
            )
            .attribute(
                "auth_type",
                Attribute::string()
                    .optional()
                    .computed()
                    .use_state_for_unknown()
                    .requires_replace()
                    .validator(Validator::one_of(AUTH_TYPES))
                    .markdown(
                        "How the person signs in, `local` or `sso`; the organization's default if \
                         left out.",
                    ),
            )
            .attribute("message", message_argument())
            .attribute("expires_in", expires_in_argument())
            .attribute("on_expiry", on_expiry_argument());
        with_decisions(arguments)
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_in_organization("The invitation's id, `inv_...`."))
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.service.missing());
        let Some(prior) = plan.prior else { return };
        match prior.get("status").as_str() {
            Some("expired") => plan_expiry(plan, &RENEWED),
            Some("accepted") => {
                for name in GIVEN {
                    if plan.is_changed(name) {
                        plan.diagnostics.push(answered(name));
                    }
                }
            }
            Some("staged" | "sent") => plan_life(plan),
            Some("deactivated") if PROMISED.iter().any(|name| plan.is_changed(name)) => {
                plan.diagnostics.push(ended());
            }
            _ => {}
        }
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        life::create(&self.service, cx, planned).await
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        life::read(&self.service, cx, state).await
    }

    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        life::update(&self.service, cx, &prior, planned).await
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        life::delete(&self.service, cx, &state).await
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        life::import(&self.service, cx, id).await
    }

    async fn import_identity(&self, cx: &Context, identity: Object) -> Result<Object, Diagnostics> {
        life::import(&self.service, cx, &import_id_of(&identity)).await
    }
}

/// Adds what the server decides.
fn with_decisions(schema: Schema) -> Schema {
    let inviter = [
        (
            "id",
            Attribute::string()
                .computed()
                .markdown("`usr_...` or `sva_...`."),
        ),
        (
            "name",
            Attribute::string()
                .computed()
                .description("Name or address, as shown in the mail."),
        ),
    ];
    schema
        .attribute(
            "status",
            decided("`staged`, `sent`, `accepted`, `expired` or `deactivated`."),
        )
        .attribute(
            "reason",
            decided("Why it is deactivated: `declined`, `user_left` and the like."),
        )
        .attribute("delivery", delivery_attribute())
        .attribute("user", decided("The invited person, `usr_...`."))
        .attribute(
            "inviter",
            Attribute::nested(Nesting::Single, inviter)
                .computed()
                .use_state_for_unknown()
                .description("Who invited."),
        )
        .attribute(
            "generation",
            decided_number("Which link is valid; rises with every sending."),
        )
        .attribute(
            "resend_count",
            decided_number("How often it was sent again."),
        )
        .attribute("sent_at", decided("When it was sent last."))
        .attribute("expires_at", decided("From when on it cannot be accepted."))
        .attribute(
            "accepted_at",
            decided("When it was accepted; null until then."),
        )
        .attribute("ended_at", decided("When it was ended by will."))
        .attribute("created_at", decided("When it was created."))
}

fn answered(name: &str) -> Diagnostic {
    Diagnostic::error("An accepted invitation cannot change")
        .detail(format!(
            "The invitation was accepted, so what it promised has been given, and {name} here \
             changes nothing any more. Manage the person with vestibule_member instead: it goes on \
             with roles and teams after the acceptance."
        ))
        .at(name)
}

fn ended() -> Diagnostic {
    Diagnostic::warning("The invitation has ended, and is not sent again").detail(
        "It was declined, or its person has left or was removed. What is changed here is noted \
             in the state, and nobody hears of it. Replace the resource with -replace to invite \
             again, or remove it.",
    )
}
