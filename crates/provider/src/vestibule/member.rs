//! The resource `vestibule_member`: schema, validation and plan.
//!
//! Owns one promise: the person is in the organization as configured, on whatever stretch of the
//! way from invitation to membership to leaving they are. Accepting an invitation changes nothing
//! in a plan. What happens at the server is in `member_life`.

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, IdentitySchema, MoveSource, Object, ReadOutcome,
    Resource, ResourcePlan, Schema, Type, Validator, async_trait,
};

use super::invitation::{on_expiry_argument, plan_expiry, plan_life};
use super::member_life as life;
use super::project_roles;
use super::service::{Service, organization_attribute};
use super::values::{
    AUTH_TYPES, decided, delivery_attribute, expires_in_argument, message_argument, roles_argument,
    teams_argument,
};
use crate::address;
use crate::persona::Persona;
use crate::plan::{is_same_type, keep_same_address};

/// What a new sending decides anew.
pub(super) const RENEWED: [&str; 4] = ["status", "reason", "delivery", "expires_at"];

/// What a new invitation of somebody who has gone decides anew.
const REINVITED: [&str; 6] = [
    "status",
    "reason",
    "delivery",
    "expires_at",
    "invitation",
    "joined_at",
];

/// What the state of an invitation says that reading does not.
const MOVED: [&str; 6] = [
    "organization",
    "email",
    "auth_type",
    "message",
    "expires_in",
    "on_expiry",
];

/// The resource type.
pub(crate) struct Member {
    service: Service,
}

impl Member {
    pub(crate) fn new(service: Service) -> Self {
        Self { service }
    }
}

fn on_leave_argument() -> Attribute {
    Attribute::string()
        .default_value("reinvite")
        .validator(Validator::one_of(["reinvite", "forget", "fail"]))
        .markdown(
            "What to plan when the person is in the organization no more, or will not come: they \
             left, were removed, declined, or their invitation was withdrawn. `reinvite` invites \
             them again, `forget` leaves it at that, `fail` is an error.",
        )
}

#[async_trait]
impl Resource for Member {
    fn type_name(&self) -> &str {
        "vestibule_member"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .markdown(
                "A person in an organization of a Vestibule server, from the invitation over the \
                 membership to the removal. Creating it invites; when the person accepts, nothing \
                 differs; destroying it withdraws the invitation or ends the membership. So does \
                 another key of `for_each`, unless a `moved` block says that it is the same person. \
                 A `moved` block also makes one of a `vestibule_invitation`, without inviting again.",
            )
            .attribute(
                "id",
                decided("The person, `usr_...`; known from the invitation on."),
            )
            .attribute("organization", organization_attribute())
            .attribute(
                "email",
                Attribute::string()
                    .required()
                    .description("The person's address. Letter case does not count.")
                    .validator(Validator::string(address::check))
                    .modify(keep_same_address)
                    .requires_replace(),
            )
            .attribute(
                "roles",
                roles_argument("The person's roles, promised or given."),
            )
            .attribute(
                "teams",
                teams_argument("The teams the person is in or is promised, by id: these and no others."),
            )
            .attribute(
                project_roles::NAME,
                project_roles::argument(
                    "The person's roles in projects, promised or given: these and no others. Left \
                     out, roles in projects are not managed here, and only shown.",
                ),
            )
            .attribute(
                "auth_type",
                Attribute::string()
                    .optional()
                    .computed()
                    .use_state_for_unknown()
                    .validator(Validator::one_of(AUTH_TYPES))
                    .markdown(
                        "How the person is to sign in, `local` or `sso`; the organization's \
                         default if left out. It cannot change once they are a member.",
                    ),
            )
            .attribute("message", message_argument())
            .attribute("expires_in", expires_in_argument())
            .attribute("on_expiry", on_expiry_argument())
            .attribute("on_leave", on_leave_argument())
            .attribute(
                "status",
                decided("`invited`, `expired` (the invitation), `active` or `gone`."),
            )
            .attribute(
                "reason",
                decided(
                    "Why the person is gone: `declined`, `user_left`, `user_removed`, `revoked`.",
                ),
            )
            .attribute("invitation", decided("The last invitation, `inv_...`."))
            .attribute("delivery", delivery_attribute())
            .attribute(
                "expires_at",
                decided("From when on the invitation cannot be accepted; null for members."),
            )
            .attribute("joined_at", decided("When the membership began."))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(
            IdentitySchema::new()
                .required("email", Type::String, "The person's address.")
                .optional(
                    "organization",
                    Type::String,
                    "The organization; the one that the token was made in if left out.",
                ),
        )
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.service.missing());
        let Some(prior) = plan.prior else { return };
        let status = prior.get("status").as_str();
        plan_auth_type(plan, prior, status);
        match status {
            Some("expired") => plan_expiry(plan, &RENEWED),
            Some("gone") => plan_return(plan),
            Some("invited") => plan_life(plan),
            _ => {}
        }
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        life::create(&self.service, cx, planned).await
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        life::read(&self.service, cx, state)
            .await
            .map(ReadOutcome::Keep)
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
        let email = identity.str("email")?;
        let id = match identity.opt_str("organization")? {
            Some(organization) => format!("{organization}/{email}"),
            None => email.to_owned(),
        };
        life::import(&self.service, cx, &id).await
    }

    /// From a `vestibule_invitation`: nobody is invited again. The read that follows finds how the
    /// person stands.
    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        if !is_same_type(source, "vestibule_invitation", Persona::Vestibule) {
            return Ok(None);
        }
        if !source.state.get("project").is_null() {
            return Err(Diagnostic::error(
                "An invitation to a project makes no member of the organization",
            )
            .detail(
                "Remove the moved block. The roles in projects of a member are an argument \
                         of vestibule_member.",
            )
            .into());
        }
        let mut moved = Object::new().with("on_leave", "reinvite");
        for name in MOVED {
            moved.set(name, source.state.get(name).clone());
        }
        Ok(Some(moved))
    }
}

/// How somebody signs in is settled when they are invited.
fn plan_auth_type(plan: &mut ResourcePlan<'_>, prior: &Object, status: Option<&str>) {
    if prior.get("auth_type").is_null() || !plan.is_changed("auth_type") {
        return;
    }
    if status != Some("active") {
        plan.require_replace("auth_type");
        return;
    }
    plan.diagnostics.push(
        Diagnostic::error("The auth_type of a member cannot change")
            .detail(
                "How the person signs in was settled by their invitation. Give auth_type its \
                 former value or remove it.",
            )
            .at("auth_type"),
    );
}

/// What to plan for somebody who has gone.
fn plan_return(plan: &mut ResourcePlan<'_>) {
    match plan.planned.get("on_leave").as_str() {
        Some("reinvite") => {
            for name in REINVITED {
                plan.set_unknown(name);
            }
            // What they once had in projects is not promised again unless that is configured.
            if plan.config.get(project_roles::NAME).is_null() {
                plan.set_unknown(project_roles::NAME);
            }
        }
        Some("fail") => {
            let why = plan.prior.and_then(|prior| prior.get("reason").as_str());
            let detail = format!(
                "{}, and on_leave = \"fail\" asks to stop then. Choose another on_leave, or remove \
                 the person from the configuration.",
                gone(why)
            );
            plan.diagnostics.push(
                Diagnostic::error("The person is not in the organization")
                    .detail(detail)
                    .at("on_leave"),
            );
        }
        _ => {}
    }
}

fn gone(reason: Option<&str>) -> &'static str {
    match reason {
        Some("declined") => "They declined the invitation",
        Some("user_left") => "They left",
        Some("user_removed") => "They were removed",
        Some("revoked") => "Their invitation was withdrawn",
        _ => "They are neither member nor invited",
    }
}
