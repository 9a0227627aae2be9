//! The resource `vestibule_api_key`.
//!
//! Owns how a secret does not get into the state: it is only there if that was asked for. For a key
//! that is needed during a run, the ephemeral resource of the same name makes one that ends with it.

use jiff::Timestamp;
use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, IdentitySchema, Object, ReadOutcome, Resource,
    ResourcePlan, Schema, Type, Validator, Value, async_trait,
};
use vestibule_client::native::Native;
use vestibule_wire::native::{ApiKey as Found, ApiKeyCreate, KeyKind};

use super::listed::Keys;
use super::service::{
    Service, complete, identity_in_organization, import_id_of, organization_attribute,
};
use super::values::{self, decided, texts};
use crate::failure::{not_interrupted, stop, stop_reading};

/// Which APIs there are keys for.
const KINDS: [KeyKind; 4] = [
    KeyKind::Native,
    KeyKind::Confluent,
    KeyKind::Atlas,
    KeyKind::AtlasServiceAccount,
];

/// The resource type.
pub(crate) struct ApiKey {
    service: Service,
}

impl ApiKey {
    pub(crate) fn new(service: Service) -> Self {
        Self { service }
    }
}

/// The argument `kind`.
pub(super) fn kind_argument() -> Attribute {
    Attribute::string()
        .validator(Validator::one_of(KINDS.map(KeyKind::as_str)))
        .markdown(
            "Which API it opens: `native` (the default), `confluent`, `atlas` or \
             `atlas_service_account`.",
        )
}

/// What an object of a configuration asks for.
pub(super) fn wanted(object: &Object) -> Result<ApiKeyCreate, Diagnostics> {
    let kind = object.string("kind")?.known().unwrap_or("native");
    let kind = KINDS.into_iter().find(|known| known.as_str() == kind);
    let has_roles = !object.get("roles").is_null();
    Ok(ApiKeyCreate {
        kind: kind.unwrap_or(KeyKind::Native),
        name: object.str("name")?.to_owned(),
        roles: has_roles.then(|| texts(object, "roles")).transpose()?,
        expires_in: object.integer("expires_in")?.known(),
    })
}

#[async_trait]
impl Resource for ApiKey {
    fn type_name(&self) -> &str {
        "vestibule_api_key"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .markdown(
                "A key of an organization of a Vestibule server. A change of any argument but \
                 `store_secret` replaces it. For a key that is only needed during a run, use the \
                 ephemeral resource of the same name.",
            )
            .attribute("id", decided("The key's id, `key_...`."))
            .attribute("organization", organization_attribute())
            .attribute(
                "name",
                Attribute::string()
                    .required()
                    .requires_replace()
                    .description("What it is for.")
                    .validator(Validator::not_empty()),
            )
            .attribute(
                "kind",
                kind_argument().default_value("native").requires_replace(),
            )
            .attribute(
                "roles",
                Attribute::set(Type::String)
                    .optional()
                    .validator(Validator::each(Validator::not_empty()))
                    .markdown(
                        "Roles of a new service account that the key speaks for, as of \
                         `vestibule_member`; an `atlas_service_account` needs them. Without them it \
                         speaks for the person whose token the provider has. The server does not \
                         say them of a key that is imported: what is configured is taken for them.",
                    ),
            )
            .attribute(
                "expires_in",
                Attribute::number()
                    .optional()
                    .validator(Validator::between(1, i64::from(u32::MAX)))
                    .markdown(
                        "Its life in seconds; without end if left out. A key that has ended stays \
                         in the state: replace it with `-replace`, or by `replace_triggered_by` a \
                         `time_rotating` of the provider hashicorp/time.",
                    ),
            )
            .attribute(
                "store_secret",
                Attribute::bool().default_value(false).markdown(
                    "Whether the secret is kept in the state, as `secret`, for everybody who may \
                     read the state. The server shows it once: a key that is made without cannot \
                     be used by anybody. Taking it back removes the secret from the state.",
                ),
            )
            .attribute(
                "secret",
                Attribute::string().computed().sensitive().markdown(
                    "The secret half; for a native key the whole token. Null unless \
                     `store_secret` was set when the key was made.",
                ),
            )
            .attribute(
                "public_id",
                decided("The public half: user name of Basic and Digest, client id of OAuth."),
            )
            .attribute(
                "owner",
                decided("Whom it speaks for, `usr_...` or `sva_...`."),
            )
            .attribute("created_at", decided("When it was created."))
            .attribute("expires_at", decided("When it ends; null if it does not."))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(identity_in_organization("The key's id, `key_...`."))
    }

    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        plan.diagnostics.extend(self.service.missing());
        plan_origin(plan);
        let is_stored = plan.planned.get("store_secret");
        let Value::Bool(is_stored) = is_stored else {
            return;
        };
        match plan.prior {
            None if !is_stored => {
                plan.planned.set("secret", Value::Null);
                plan.diagnostics.push(nobody_learns());
            }
            Some(_) if *is_stored => plan.keep_prior("secret"),
            Some(_) => plan.planned.set("secret", Value::Null),
            None => {}
        }
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &planned).await?;
        let create = wanted(&planned)?;
        not_interrupted(cx)?;
        let made = client
            .create_key(&organization, &create)
            .await
            .map_err(stop("Cannot create the key"))?;
        let mut known = values::key(&made.key).with("organization", organization);
        known.set("secret", made.secret.expose());
        Ok(complete(planned, &known))
    }

    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &state).await?;
        let source = Keys {
            client: &client,
            organization: &organization,
        };
        let keys = self.service.snapshots().keys.of(&organization);
        let found = keys.find(state.str("id")?, &source).await;
        let Some(found) = found.map_err(stop_reading("Cannot read the key"))? else {
            return self.service.gone(&client, &organization).await;
        };
        let mut state = state;
        for (name, value) in as_state(&organization, &found).iter() {
            if name != "store_secret" || state.get(name).is_null() {
                state.set(name.as_str(), value.clone());
            }
        }
        Ok(ReadOutcome::Keep(state))
    }

    /// Only `store_secret` changes in place, and it lives here alone.
    async fn update(
        &self,
        _cx: &Context,
        _prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        Ok(planned)
    }

    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics> {
        let (client, organization) = self.service.client_and_organization(cx, &state).await?;
        let id = state.str("id")?;
        self.service.snapshots().keys.of(&organization).changed(id);
        revoke(&self.service, &client, &organization, id).await
    }

    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let imported = self.service.imported(cx, id).await?;
        Ok(imported.with("store_secret", false))
    }

    async fn import_identity(&self, cx: &Context, identity: Object) -> Result<Object, Diagnostics> {
        self.import(cx, &import_id_of(&identity)).await
    }
}

/// Plans a replacement where a key is to have other roles or another life than it was made with.
///
/// Of an imported one the server says neither: what is configured is noted, unless it cannot be so.
fn plan_origin(plan: &mut ResourcePlan<'_>) {
    let Some(prior) = plan.prior else { return };
    let is_new = |name: &str| prior.get(name).is_null();
    let owner = prior.get("owner").as_str().unwrap_or_default();
    let may_have_roles = is_new("roles") && owner.starts_with("sva_");
    if plan.is_changed("roles") && !may_have_roles {
        plan.require_replace("roles");
    }
    let has_life = is_new("expires_in")
        && life(prior).is_some_and(|life| Value::from(life) == *plan.planned.get("expires_in"));
    if plan.is_changed("expires_in") && !has_life {
        plan.require_replace("expires_in");
    }
}

/// How long a key lives from its making on, in seconds; `None` without end.
fn life(key: &Object) -> Option<i64> {
    let instant = |name: &str| key.get(name).as_str()?.parse::<Timestamp>().ok();
    let (from, to) = (instant("created_at")?, instant("expires_at")?);
    Some(to.duration_since(from).as_secs())
}

/// A key as a state that nobody configured.
pub(super) fn as_state(organization: &str, found: &Found) -> Object {
    values::key(found)
        .with("organization", organization)
        .with("store_secret", false)
}

/// Revokes a key. That it is revoked already is no error.
pub(super) async fn revoke(
    service: &Service,
    client: &Native,
    organization: &str,
    id: &str,
) -> Result<(), Diagnostics> {
    let answer = client.revoke_key(organization, id).await;
    service
        .deleted(client, organization, "Cannot revoke the key", answer)
        .await
}

fn nobody_learns() -> Diagnostic {
    Diagnostic::warning("Nobody will learn the key's secret")
        .detail(
            "The secret is shown once, when the key is made, and store_secret is not set. Set \
             store_secret = true to have it in the state, or use the ephemeral resource \
             vestibule_api_key for a key that ends with the run.",
        )
        .at("store_secret")
}
