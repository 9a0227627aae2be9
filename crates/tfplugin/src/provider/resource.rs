//! The resource trait and its plan view.

use async_trait::async_trait;

use super::{Context, Private};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::{IdentitySchema, Schema};
use crate::value::{Object, Path, Value};

/// A managed resource type.
///
/// Handlers are called concurrently (Terraform's `-parallelism`), each on its own task. A panic
/// in one becomes an error diagnostic. Objects that handlers return may leave attributes out
/// (they become null) and may hold lists where the schema says set.
#[async_trait]
pub trait Resource: Send + Sync + 'static {
    /// The full name, as in `resource "<type name>" "x"`.
    fn type_name(&self) -> &str;

    /// The arguments and exported values.
    fn schema(&self) -> Schema;

    /// What identifies the remote object for good, beside its state. `None`, the default: nothing
    /// does, and the type cannot be imported by identity or listed.
    fn identity_schema(&self) -> Option<IdentitySchema> {
        None
    }

    /// The identity of the object with this state. The default takes the attributes of the same
    /// names from the state. It may be incomplete where the state is (right after an import); it
    /// must never change while the object lives.
    fn identity(&self, state: &Object) -> Object {
        self.identity_schema()
            .map(|schema| schema.pick(state))
            .unwrap_or_default()
    }

    /// Checks the configuration beyond the schema. Values may be unknown, the provider is not
    /// configured, and there must be no network access here.
    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let _unused = (config, diagnostics);
    }

    /// Adjusts the plan of a creation or an update, after defaults and the attributes' own plan
    /// modifiers. Only computed attributes may be given values other than the configured ones.
    fn modify_plan(&self, plan: &mut ResourcePlan<'_>) {
        let _unused = plan;
    }

    /// Creates the remote object. Every attribute that is unknown in `planned` must be known in
    /// the result; known ones must be kept as they are.
    ///
    /// Call [`Context::checkpoint`] as soon as the object exists: if a later step fails, panics
    /// or is interrupted, Terraform still learns of it.
    ///
    /// # Errors
    /// Diagnostics. Without a checkpoint Terraform takes it that nothing was created.
    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics>;

    /// Reads the remote object anew. `state` may be sparse right after an import. Keep stored
    /// values that mean the same as the remote ones (letter case, order), or every plan differs.
    ///
    /// # Errors
    /// Diagnostics; the stored state stays as it is.
    async fn read(&self, cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics>;

    /// Changes the remote object in place. The default says that the type cannot be updated:
    /// right if every argument requires replacement.
    ///
    /// # Errors
    /// Diagnostics. Without a checkpoint the state before the update is kept.
    async fn update(
        &self,
        cx: &Context,
        prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        let _unused = (cx, prior, planned);
        Err(Diagnostic::error(format!("{} cannot be updated in place", self.type_name())).into())
    }

    /// Deletes the remote object. That it is gone already is no error.
    ///
    /// # Errors
    /// Diagnostics; the state is kept.
    async fn delete(&self, cx: &Context, state: Object) -> Result<(), Diagnostics>;

    /// Turns an import id into a state; Terraform calls [`read`](Self::read) on it afterwards, so
    /// the attributes that identify the object are enough. The default refuses.
    ///
    /// # Errors
    /// Diagnostics about the id.
    async fn import(&self, cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        let _unused = (cx, id);
        Err(Diagnostic::error(format!("{} cannot be imported", self.type_name())).into())
    }

    /// Turns an identity into a state, as [`import`](Self::import) does with an id. What the
    /// identity schema requires is there; the rest may be null. The default takes an identity
    /// that is one string for an import id, and refuses others.
    ///
    /// # Errors
    /// Diagnostics about the identity.
    async fn import_identity(&self, cx: &Context, identity: Object) -> Result<Object, Diagnostics> {
        let schema = self.identity_schema().unwrap_or_default();
        match schema.only_string(&identity) {
            Some(id) => self.import(cx, id).await,
            None => {
                let summary = format!("{} cannot be imported by identity", self.type_name());
                Err(Diagnostic::error(summary).into())
            }
        }
    }

    /// Brings a stored identity to the present identity schema, as [`upgrade`](Self::upgrade) does
    /// with states.
    ///
    /// # Errors
    /// Diagnostics if the identity cannot be understood.
    fn upgrade_identity(&self, version: i64, identity: Object) -> Result<Object, Diagnostics> {
        let _unused = version;
        Ok(identity)
    }

    /// Brings a stored state to the present schema. Called for every stored state, also if
    /// `version` is the schema's. Lists, sets and tuples all arrive as lists, maps as objects.
    /// Afterwards missing attributes become null and surplus ones are dropped, so the default
    /// (no change) is right until something is renamed.
    ///
    /// # Errors
    /// Diagnostics if the state cannot be understood.
    fn upgrade(&self, version: i64, state: Object) -> Result<Object, Diagnostics> {
        let _unused = version;
        Ok(state)
    }

    /// Takes over the state of another type or provider (`moved` blocks). `None` means that this
    /// source is not supported, which is the default.
    ///
    /// # Errors
    /// Diagnostics if the source is supported but its state is not understood.
    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        let _unused = source;
        Ok(None)
    }
}

/// What reading a resource found.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadOutcome {
    /// The object as it is now.
    Keep(Object),
    /// There is no such object any more: Terraform takes it out of the state.
    Gone,
}

/// The state that a `moved` block hands over.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MoveSource {
    /// The full address of the other provider: `registry.terraform.io/confluentinc/confluent`.
    pub provider_address: String,
    /// The other resource type.
    pub type_name: String,
    /// The version of the other type's schema.
    pub schema_version: i64,
    /// The other type's attributes, lists for all collections and objects for maps.
    pub state: Object,
    /// The private state, as far as it is understood.
    pub private: Private,
    /// The other type's identity, if it has one and Terraform knows it.
    pub identity: Option<Object>,
    /// The version of the other type's identity schema.
    pub identity_schema_version: i64,
}

/// The plan of a creation or an update, as [`Resource::modify_plan`] may change it.
#[derive(Debug)]
#[non_exhaustive]
pub struct ResourcePlan<'a> {
    /// The configuration; may hold unknowns.
    pub config: &'a Object,
    /// The stored state; `None` if the resource is to be created.
    pub prior: Option<&'a Object>,
    /// The planned state, for change.
    pub planned: &'a mut Object,
    /// The private state, for change.
    pub private: &'a mut Private,
    /// Errors and warnings about the plan.
    pub diagnostics: &'a mut Diagnostics,
    pub(crate) replace: &'a mut Vec<Path>,
}

impl ResourcePlan<'_> {
    /// Whether the resource is to be created.
    #[must_use]
    pub fn is_create(&self) -> bool {
        self.prior.is_none()
    }

    /// Whether the planned value of a top-level attribute differs from the stored one.
    #[must_use]
    pub fn is_changed(&self, name: &str) -> bool {
        self.prior
            .is_none_or(|prior| prior.get(name) != self.planned.get(name))
    }

    /// Plans a replacement of the resource because of an attribute.
    pub fn require_replace(&mut self, path: impl Into<Path>) {
        self.replace.push(path.into());
    }

    /// Plans the stored value of a computed attribute: "this change does not alter it".
    pub fn keep_prior(&mut self, name: &str) {
        if let Some(prior) = self.prior {
            self.planned.set(name, prior.get(name).clone());
        }
    }

    /// Plans a computed attribute as known only after apply.
    pub fn set_unknown(&mut self, name: &str) {
        self.planned.set(name, Value::UNKNOWN);
    }
}
